//! Calls and results in each generation, and the thoughts before them.

use serde_json::{Value, json};

use super::{at, exactly, user};

fn called() -> Value {
    json!({ "contents": [
        user(""),
        { "role": "model", "parts": [{ "functionCall": { "id": "c1", "name": "find", "args": { "what": "it's", "n": 2, "all": true } } }] },
        { "role": "user", "parts": [{ "functionResponse": { "id": "c1", "name": "find", "response": { "at": [3, "left"] } } }] },
    ] })
}

#[test]
fn calls_in_pieces_are_names_keys_strings_and_numbers() {
    let pieces = "find".len() * 2 + "whatit'snall".len() + 1 + "atleft".len() + 1;
    exactly("vertex", "gemini-2.5-flash", &called(), pieces);
    assert_eq!(
        at("google", "gemini-2.0-flash", &called()).tokens as usize,
        pieces
    );
}

#[test]
fn calls_in_2_5_are_python_and_results_json() {
    let call = r"default_api.find(what = 'it\'s', n = 2, all = True)";
    let result = r#"find{"at": [3, "left"]}"#;
    let projection = at("google", "gemini-2.5-flash", &called());
    assert_eq!(
        projection.tokens as usize,
        3 + call.len() + result.len() + 6
    );
    assert_eq!(projection.by_category.tool_calls as usize, call.len());
}

#[test]
fn calls_from_3_on_are_framed_by_control_tokens() {
    let call = "call:find{all:true,n:2,what:it's}";
    let result = "response:find{at:[3,left]}";
    exactly(
        "google",
        "gemini-3-flash-preview",
        &called(),
        3 + call.len() + 4 + result.len() + 4,
    );
}

fn thought(later: Value) -> Value {
    let signature = "A".repeat(400);
    json!({ "contents": [
        user("a"),
        { "role": "model", "parts": [{ "functionCall": { "name": "f" }, "thoughtSignature": signature }] },
        { "role": "user", "parts": [{ "functionResponse": { "name": "f", "response": {} } }] },
        later,
    ] })
}

#[test]
fn gemini_3_forgets_its_thoughts_when_the_user_speaks_and_3_5_does_not() {
    let bare = at("google", "gemini-3-flash-preview", &called()).upper_bound;
    assert!(bare > 0);
    let model_speaks = json!({ "role": "model", "parts": [{ "text": "b" }] });
    for (model, later, live) in [
        ("gemini-3-flash-preview", user("b"), false),
        ("gemini-3-flash-preview", model_speaks.clone(), true),
        ("gemini-3.5-flash", user("b"), true),
        ("gemini-2.5-flash", user("b"), true),
    ] {
        let projection = at("google", model, &thought(later));
        let sealed = projection
            .warnings
            .iter()
            .any(|warning| warning.code == "sealed_reasoning");
        assert_eq!(sealed, live, "{model}");
        // 300 bytes: 0.32 tokens each at most.
        let width = projection.upper_bound - projection.lower_bound;
        assert!(width <= 97 + 10, "{model}: {width}");
    }
}
