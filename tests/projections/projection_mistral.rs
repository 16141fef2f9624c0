//! Mistral's layouts as mistral-common 1.13.1 publishes them: control tokens cost one each.

use serde_json::{Value, json};
use token_headroom::{
    Basis, CountText, ModelOptions, Projection, count, normalize, project, resolve,
};

/// Every character is a token, so that counts follow from the rule alone.
struct Characters;

impl CountText for Characters {
    fn count_text(&self, text: &str) -> u32 {
        text.chars().count() as u32
    }
}

fn projection(model: &str, body: &Value) -> Projection {
    let model = resolve(&ModelOptions::for_model(model)).expect("a model of the catalogue");
    let conversation = normalize(body).expect("the body is allowed");
    project(
        &count(conversation.into(), &Characters),
        &model,
        &Characters,
    )
}

fn length(text: &str) -> u32 {
    text.chars().count() as u32
}

#[test]
fn turns_stand_between_control_tokens() {
    let body = json!({ "messages": [
        { "role": "system", "content": "abc" },
        { "role": "user", "content": "de" },
        { "role": "assistant", "content": "f" },
        { "role": "user", "content": "gh" },
    ]});
    // Start; 3 + 2; 2 + 2; 1 + 1; 2 + 2.
    let v13 = projection("mistral-large-2512", &body);
    assert_eq!((v13.tokens, v13.basis), (1 + 5 + 4 + 2 + 4, Basis::Exact));
    // The system text and a blank line join the first user text.
    let v3 = projection("ministral-3b-2410", &body);
    assert_eq!(v3.tokens, 1 + (3 + 2) + 4 + 2 + 4);
    // Model settings.
    let v15 = projection("mistral-small-2603", &body);
    assert_eq!(v15.tokens, v13.tokens + 12);
}

#[test]
fn tools_are_one_json_list_with_a_token_at_each_end() {
    let tool = json!({ "type": "function", "function": { "name": "f", "strict": true, "parameters": { "type": "object" } } });
    let body = json!({ "messages": [{ "role": "user", "content": "x" }], "tools": [tool] });
    let shown = "[{\"type\": \"function\", \"function\": {\"name\": \"f\", \"description\": \"\", \"parameters\": {\"type\": \"object\"}}}]";
    let projection = projection("mistral-large-2512", &body);
    assert_eq!(projection.by_category.tools, 2 + length(shown));
}

#[test]
fn calls_and_results_differ_by_layout() {
    let body = json!({ "messages": [
        { "role": "user", "content": "x" },
        { "role": "assistant", "content": "", "tool_calls": [
            { "id": "abcdefghi", "type": "function", "function": { "name": "f", "arguments": "{\"a\":1}" } },
        ]},
        { "role": "tool", "tool_call_id": "abcdefghi", "content": "42" },
    ]});
    let v13 = projection("mistral-large-2512", &body);
    assert_eq!(v13.by_category.tool_calls, 2 + 1 + length("{\"a\": 1}"));
    assert_eq!(v13.by_category.tool_results, 2 + 2);
    let v11 = projection("mistral-small-2506", &body);
    assert_eq!(
        v11.by_category.tool_calls,
        v13.by_category.tool_calls + 1 + 9
    );
    assert_eq!(v11.by_category.tool_results, 3 + 9 + 2);
    let v3 = projection("ministral-3b-2410", &body);
    let call = "[{\"name\": \"f\", \"arguments\": {\"a\": 1}, \"id\": \"abcdefghi\"}]";
    assert_eq!(v3.by_category.tool_calls, 1 + length(call));
    let result = "{\"content\": 42, \"call_id\": \"abcdefghi\"}";
    assert_eq!(v3.by_category.tool_results, 2 + length(result));
}

#[test]
fn thoughts_in_chunks_are_kept() {
    let body = json!({ "messages": [
        { "role": "user", "content": "x" },
        { "role": "assistant", "content": [
            { "type": "thinking", "thinking": [{ "type": "text", "text": "hmm" }] },
            { "type": "text", "text": "y" },
        ]},
        { "role": "user", "content": "z" },
    ]});
    let projection = projection("mistral-large-2512", &body);
    assert_eq!(projection.tokens, 1 + 3 + (3 + 2 + 1 + 1) + 3);
}

#[test]
fn an_alias_that_moves_is_bounded_by_every_layout() {
    let body = json!({ "messages": [{ "role": "user", "content": "hello" }] });
    let alias = projection("mistral-small-latest", &body);
    assert_eq!((alias.lower_bound, alias.tokens), (8, 8 + 12));
    assert!(alias.upper_bound >= 8 + 12);
    // A request for an object was never answered with the settings block.
    let mut object = body.clone();
    object["response_format"] = json!({ "type": "json_object" });
    assert_eq!(projection("mistral-small-latest", &object).tokens, 8);
    // Only models with the settings block take an effort.
    let mut effort = body.clone();
    effort["reasoning_effort"] = "high".into();
    assert_eq!(projection("mistral-large-latest", &effort).tokens, 8 + 12);
}

#[test]
fn pictures_cost_a_token_for_each_cell_and_row() {
    // A GIF's header tells 400 by 301 pixels: 15 cells of 28 pixels across, 11 down.
    let gif = "data:image/gif;base64,R0lGODlhkAEtAQAAAAAAAAAAAAAAAAAA";
    let body = json!({ "messages": [{ "role": "user", "content": [
        { "type": "image_url", "image_url": gif },
    ]}]});
    let projection = projection("mistral-large-2512", &body);
    assert_eq!(projection.by_category.media, 15 * 11 + 11);
}
