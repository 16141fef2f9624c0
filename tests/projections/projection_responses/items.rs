//! Items of every kind, and what the provider keeps.

use proptest::prelude::*;
use serde_json::{Value, json};
use token_headroom::Basis;

use super::{between, exactly, hi, on_host, projection, t, tools};
use crate::support;

#[test]
fn items_are_framed_like_messages() {
    let body = json!({ "input": "Hello!" });
    // "Hello!" is two tokens in both encodings.
    exactly("gpt-4o", body.clone(), 3 + 4 + 2);
    exactly("gpt-4-turbo", body.clone(), 2 + 4 + 2);
    exactly("gpt-4-0613", body.clone(), 2 + 4 + 2);
    exactly("gpt-3.5-turbo", body.clone(), 3 + 4 + 2);
    exactly("o3-mini", body.clone(), 2 + 4 + 2);
    exactly("gpt-5.4", body, 2 + 4 + 2);

    let led = json!({ "instructions": "Be terse.", "input": [hi(), { "role": "assistant", "content": "Because." }] });
    let texts = t("Be terse.") + t("Hi") + t("Because.");
    exactly("gpt-4.1", led.clone(), 3 + 12 + texts);
    exactly("gpt-5", led.clone(), 2 + 12 + 2 + texts);
    assert_eq!(projection("gpt-4.1", &led).instructions, 4 + t("Be terse."));
    let empty = json!({ "instructions": "", "input": [hi()] });
    exactly("gpt-4.1", empty, 3 + 4 + t("Hi"));
}

#[test]
fn what_the_provider_keeps_is_allowed_half_the_window() {
    let body = json!({ "input": [hi()], "previous_response_id": "resp_1" });
    let bare = 3 + 4 + t("Hi");
    between("gpt-4o", body, [bare, bare, bare + 64_000]);
    let stored = json!({ "prompt": { "id": "pmpt_1" } });
    between("gpt-4o", stored, [3, 3, 64_003]);
}

#[test]
fn an_inherited_name_on_azure_is_in_doubt() {
    let body = json!({ "input": [hi()] });
    let sure = on_host(None, "gpt-4", &body);
    let unsure = on_host(Some("azure"), "gpt-4", &body);
    assert_eq!(sure.basis, Basis::Exact);
    assert_eq!(unsure.tokens, sure.tokens);
    assert!(unsure.lower_bound < sure.tokens && unsure.upper_bound > sure.tokens);
    assert_eq!(unsure.warnings[0].code, "assumed_model");
    let dated = on_host(Some("azure"), "gpt-4-0613", &body);
    assert_eq!(dated.basis, Basis::Exact);
}

#[test]
fn many_items_are_projected_in_little_time() {
    let mut items = Vec::new();
    for n in 0..5_000 {
        let id = n.to_string();
        items.push(
            json!({ "type": "function_call", "call_id": id, "name": "f", "arguments": "{}" }),
        );
        items.push(json!({ "type": "function_call_output", "call_id": id, "output": "1" }));
    }
    items.push(hi());
    let start = std::time::Instant::now();
    let found = projection("gpt-5.4", &json!({ "input": items }));
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
    assert_eq!(found.messages.len(), 10_001);
}

/// Items of every kind that is framed in its own way.
fn item() -> impl Strategy<Value = Value> {
    let id = prop::sample::select(vec!["a", "b", "c"]);
    prop_oneof![
        support::text().prop_map(|text| json!({ "role": "user", "content": text })),
        support::text().prop_map(|text| json!({ "role": "assistant", "content": [{ "type": "output_text", "text": text }] })),
        support::text().prop_map(|text| json!({ "type": "reasoning", "id": "rs", "summary": [{ "type": "summary_text", "text": text }] })),
        (0..5_000_usize).prop_map(|n| json!({ "type": "reasoning", "summary": [], "encrypted_content": "A".repeat(n) })),
        (id.clone(), support::text()).prop_map(|(id, text)| json!({ "type": "function_call", "call_id": id, "name": "f", "arguments": text })),
        (id.clone(), support::text()).prop_map(|(id, text)| json!({ "type": "function_call", "id": "fc_1", "call_id": id, "name": "f", "namespace": "n", "arguments": text })),
        (id, support::text()).prop_map(|(id, text)| json!({ "type": "function_call_output", "call_id": id, "output": text })),
        Just(json!({ "type": "web_search_call", "id": "ws", "status": "completed" })),
        Just(json!({ "type": "additional_tools", "role": "developer", "tools": tools() })),
        Just(json!({ "type": "tool_search_output", "call_id": null, "tools": tools() })),
        support::text().prop_map(|text| json!({ "type": "new", "text": text })),
    ]
}

proptest! {
    #[test]
    fn the_parts_sum_to_the_whole(
        items in prop::collection::vec(item(), 1..12),
        model in prop::sample::select(vec!["gpt-4o", "gpt-4-0613", "o3", "gpt-5-nano", "gpt-5.4", "gpt-5.6"]),
        led in any::<bool>(),
    ) {
        let mut body = json!({ "input": items, "tools": tools() });
        if led {
            body["instructions"] = json!("Help.");
        }
        let found = projection(model, &body);
        let messages: u32 = found.messages.iter().map(|message| message.tokens).sum();
        let parts = &found.by_category;
        prop_assert_eq!(messages + found.instructions + parts.tools + parts.format + parts.framing, found.tokens);
        prop_assert!(found.lower_bound <= found.tokens && found.tokens <= found.upper_bound);
        prop_assert_eq!(found.messages.len(), items.len());
    }
}
