//! Messages, their parts, names and frames.

use serde_json::{Value, json};
use token_headroom::Basis;

use super::{exactly, projection, t};

#[test]
fn a_message_is_its_text_and_a_frame_of_four() {
    let hello = json!({ "messages": [{ "role": "user", "content": "Hello!" }] });
    // "Hello!" is two tokens in both encodings.
    exactly("gpt-4o", hello.clone(), 3 + 4 + 2);
    exactly("gpt-4-turbo", hello.clone(), 3 + 4 + 2);
    exactly("o3-mini", hello.clone(), 2 + 4 + 2);
    exactly("gpt-5", hello.clone(), 2 + 4 + 2);
    exactly("gpt-4o-search-preview", hello, 2);
}

#[test]
fn parts_are_one_text_unless_a_cache_segment_ends() {
    let parts = |breakpoint: Value| {
        json!({ "messages": [{ "role": "user", "content": [
            { "type": "text", "text": "Read the hand", "prompt_cache_breakpoint": breakpoint },
            { "type": "text", "text": "book." },
        ] }] })
    };
    assert_ne!(t("Read the handbook."), t("Read the hand") + t("book."));
    exactly("gpt-4o", parts(json!(null)), 7 + t("Read the handbook."));
    let cut = t("Read the hand") + t("book.");
    exactly("gpt-4o", parts(json!({ "mode": "explicit" })), 7 + cut);
}

#[test]
fn an_answer_costs_two_more_on_gpt_5() {
    let body = json!({ "messages": [
        { "role": "system", "content": "Be terse." },
        { "role": "user", "content": "Why?" },
        { "role": "assistant", "content": "Because." },
    ] });
    let texts = t("Be terse.") + t("Why?") + t("Because.");
    exactly("gpt-4.1", body.clone(), 3 + 12 + texts);
    exactly("gpt-5-mini", body, 2 + 12 + texts + 2);
}

#[test]
fn a_name_costs_itself_and_one() {
    let body = json!({ "messages": [{ "role": "user", "name": "ada", "content": "Why?" }] });
    exactly("gpt-4o", body, 7 + t("Why?") + 1 + t("ada"));
}

#[test]
fn what_no_record_settles_has_bounds() {
    let tool = |parameters: Value| {
        json!({ "messages": [{ "role": "user", "content": "Hi" }], "tools": [
            { "type": "function", "function": { "name": "f", "parameters": parameters } },
        ] })
    };
    let of = |schema: Value| tool(json!({ "type": "object", "properties": { "a": schema } }));
    for body in [
        of(json!({ "type": "string", "pattern": "^a+$" })),
        of(json!({ "type": "number", "exclusiveMinimum": 0 })),
        of(json!({ "type": ["string", "null"], "description": "either" })),
        tool(json!({ "type": "object", "properties": { "next": { "$ref": "#" } } })),
    ] {
        let projection = projection("gpt-5-nano", &body);
        assert!(projection.lower_bound < projection.upper_bound, "{body}");
        assert_eq!(projection.basis, Basis::Estimated);
    }
    let custom = json!({ "messages": [{ "role": "user", "content": "Hi" }], "tools": [
        { "type": "custom", "custom": { "name": "shell" } },
    ] });
    assert!(projection("gpt-5", &custom).upper_bound > 400);
}
