//! What holds for every body, and how long it takes.

use proptest::prelude::*;
use serde_json::{Value, json};
use token_headroom::Dialect;

use super::tools::weather;
use super::{ALL, of, projection, tokens};

/// A request with 20,000 messages is laid out in one pass.
#[test]
fn long_conversations_take_linear_time() {
    let alternating: Vec<Value> = (0..20_000)
        .map(|index| {
            let role = if index % 2 == 0 { "user" } else { "assistant" };
            json!({ "role": role, "content": "hello there" })
        })
        .collect();
    let one_speaker: Vec<Value> = (0..20_000)
        .map(|_| json!({ "role": "user", "content": "hello there" }))
        .collect();
    for messages in [alternating, one_speaker] {
        for model in ["claude-sonnet-4-5", "claude-sonnet-5"] {
            assert!(tokens(model, &of(json!(messages.clone()))) > 20_000);
        }
    }
}

fn block() -> impl Strategy<Value = Value> {
    let text = "[ -~\n—é漢]{0,12}";
    prop_oneof![
        4 => text.prop_map(|text| json!({ "type": "text", "text": text })),
        1 => text.prop_map(|text| json!({ "type": "thinking", "thinking": text, "signature": "abcd" })),
        1 => text.prop_map(|text| json!({ "type": "later", "payload": text })),
        2 => (0..3_u8, text).prop_map(|(id, text)| json!({
            "type": "tool_use", "id": format!("t{id}"), "name": "f", "input": { "a": text, "b": [1, null] }
        })),
        2 => (0..3_u8, text, any::<bool>()).prop_map(|(id, text, is_error)| json!({
            "type": "tool_result", "tool_use_id": format!("t{id}"), "content": text, "is_error": is_error
        })),
        1 => Just(json!({ "type": "image", "source": { "type": "url", "url": "https://example.com" } })),
        1 => text.prop_map(|text| json!({
            "type": "document", "title": text, "source": { "type": "text", "data": text }
        })),
    ]
}

fn body() -> impl Strategy<Value = Value> {
    let role = prop_oneof![Just("user"), Just("assistant"), Just("system")];
    let message = (role, prop::collection::vec(block(), 0..4))
        .prop_map(|(role, content)| json!({ "role": role, "content": content }));
    let messages = prop::collection::vec(message, 1..8);
    (messages, any::<[bool; 4]>(), "[ -~\n]{0,20}").prop_map(|(messages, has, system)| {
        let mut body = of(Value::Array(messages));
        if has[0] {
            body["system"] = json!(system);
        }
        if has[1] {
            body["tools"] = json!([weather(), { "type": "bash_20250124", "name": "bash" }]);
        }
        if has[2] {
            body["tool_choice"] = json!({ "type": "any" });
        }
        if has[3] {
            body["thinking"] = json!({ "type": "enabled", "budget_tokens": 1024 });
        }
        body
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever the body, the parts sum to the whole, which lies between its bounds.
    #[test]
    fn the_parts_sum_to_the_whole(body in body(), model in prop::sample::select(&ALL[..])) {
        let projection = projection(Dialect::Anthropic, model, None, &body);
        let parts: u32 = projection.messages.iter().map(|message| message.tokens).sum();
        let by = &projection.by_category;
        prop_assert_eq!(
            parts + projection.instructions + by.tools + by.format + by.framing,
            projection.tokens
        );
        let kinds = [
            by.system, by.tools, by.user, by.assistant, by.tool_calls, by.tool_results, by.media,
            by.format, by.framing,
        ];
        prop_assert_eq!(kinds.iter().sum::<u32>(), projection.tokens);
        prop_assert!(projection.lower_bound <= projection.tokens);
        prop_assert!(projection.tokens <= projection.upper_bound);
    }

    /// A block is never cheaper to have than not to have, by more than the joins of texts save.
    #[test]
    fn an_unknown_block_only_adds(body in body(), text in "[a-z ]{1,40}") {
        let mut longer = body.clone();
        longer["messages"].as_array_mut().unwrap().push(
            json!({ "role": "user", "content": [{ "type": "later", "payload": text }] })
        );
        let before = projection(Dialect::Anthropic, "claude-sonnet-4-5", None, &body);
        let after = projection(Dialect::Anthropic, "claude-sonnet-4-5", None, &longer);
        prop_assert!(after.upper_bound + 4 >= before.upper_bound);
    }
}
