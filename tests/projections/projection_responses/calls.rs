//! Calls and their answers, and the thoughts before them.

use serde_json::{Value, json};
use token_headroom::Basis;

use super::{between, exactly, hi, projection, t};

/// A question, calls of `look_up` and their answers; `id` is the calls' own.
fn turn(calls: &[(&str, &str)], id: bool) -> Value {
    let mut items = vec![hi()];
    items.extend(calls.iter().enumerate().map(|(n, (arguments, _))| {
        let mut call = json!({ "type": "function_call", "call_id": n.to_string(), "name": "look_up", "arguments": arguments });
        if id {
            call["id"] = json!(format!("fc_{n}"));
        }
        call
    }));
    items.extend(calls.iter().enumerate().map(|(n, (_, output))| {
        json!({ "type": "function_call_output", "call_id": n.to_string(), "output": output })
    }));
    json!({ "input": items })
}

#[test]
fn a_call_and_its_answer_are_addressed() {
    let body = turn(&[("{ \"city\": \"Malmö\" }", "{\"t\": 7}")], false);
    let texts = t("{\"city\":\"Malmö\"}") + t("{\"t\": 7}");
    let names = 2 * t("functions.look_up");
    exactly("gpt-4.1", body.clone(), 3 + 4 + t("Hi") + 9 + names + texts);
    exactly(
        "gpt-5.4",
        body.clone(),
        2 + 4 + t("Hi") + 18 + names + texts,
    );
    // The first generation takes three less.
    exactly("gpt-5-nano", body, 2 + 4 + t("Hi") + 15 + names + texts);
}

#[test]
fn a_call_under_its_own_id_is_bounded() {
    let calls = [("{}", "7"), ("{}", "8")];
    let without = projection("gpt-4o", &turn(&calls, false)).tokens;
    let least = without;
    between(
        "gpt-4o",
        turn(&calls, true),
        [least, without + 6, without + 6],
    );
}

#[test]
fn several_calls_are_wrapped_by_gpt_5_alone() {
    let body = turn(&[("{\"n\": 1}", "7°"), ("{}", "sunny")], false);
    let names = 2 * t("functions.look_up");
    let outputs = t("7°") + t("sunny");
    let apart = t("{\"n\":1}") + t("{}") + outputs;
    exactly(
        "gpt-4o",
        body.clone(),
        3 + 4 + t("Hi") + 2 * 9 + 2 * names + apart,
    );
    let wrapped = t(
        "{\"tool_uses\":[{\"recipient_name\":\"functions.look_up\",\"parameters\":{\"n\":1}},{\"recipient_name\":\"functions.look_up\",\"parameters\":{}}]}",
    );
    exactly(
        "gpt-5.4",
        body,
        2 + 4 + t("Hi") + 12 + wrapped + 16 + names + outputs,
    );
}

#[test]
fn reasoning_counts_inside_the_loop_of_calls_alone() {
    // 4,000 characters of base64 are 3,000 bytes, 650 of them envelope: 470 at five bytes a token, 713 at 3.3.
    let thoughts =
        json!({ "type": "reasoning", "summary": [], "encrypted_content": "A".repeat(4_000) });
    let mut looped = turn(&[("{}", "7")], false);
    let bare = projection("gpt-5.4", &looped).tokens;
    looped["input"]
        .as_array_mut()
        .unwrap()
        .insert(1, thoughts.clone());
    between("gpt-5.4", looped.clone(), [bare, bare + 470, bare + 713]);
    assert_eq!(
        projection("gpt-5.4", &looped).warnings[0].code,
        "sealed_reasoning"
    );

    // A question after it: what came before is dropped, unless it is asked for, or by the models that keep it.
    looped["input"].as_array_mut().unwrap().push(hi());
    let dropped = projection("gpt-5.4", &looped);
    assert_eq!(dropped.tokens, bare + 4 + t("Hi"));
    assert_eq!(dropped.basis, Basis::Exact);
    let kept = projection("gpt-5.6-sol", &looped);
    assert_eq!(kept.tokens, dropped.tokens + 470);
    looped["reasoning"] = json!({ "context": "all_turns" });
    assert_eq!(projection("gpt-5.4", &looped).tokens, dropped.tokens + 470);
}
