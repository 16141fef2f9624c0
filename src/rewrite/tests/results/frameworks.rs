//! In the dialects of frameworks.

use serde_json::{Value, json};

use super::{each, gone, none, written};
use crate::conversation::Dialect;

#[test]
fn ai_sdk_keeps_the_tag_of_an_output() {
    let options = json!({ "anthropic": { "cacheControl": { "type": "ephemeral" } } });
    let message = |output: Value| {
        json!({ "role": "tool", "content": [
        { "type": "tool-result", "toolCallId": "a", "toolName": "f", "output": output, "providerOptions": options },
        { "type": "tool-approval-response", "approvalId": "1", "approved": true },
    ], "providerOptions": options })
    };
    let cases = [
        (
            json!({ "type": "text", "value": "long", "providerOptions": {} }),
            json!({ "type": "text", "value": "gone", "providerOptions": {} }),
        ),
        (
            json!({ "type": "json", "value": { "a": 1 } }),
            json!({ "type": "json", "value": "gone" }),
        ),
        (
            json!({ "type": "error-text", "value": "long" }),
            json!({ "type": "error-text", "value": "gone" }),
        ),
        (
            json!({ "type": "error-json", "value": [1] }),
            json!({ "type": "error-json", "value": "gone" }),
        ),
        (
            json!({ "type": "content", "value": [
                { "type": "media", "data": "", "mediaType": "image/png" }, { "type": "text", "text": "x", "providerOptions": options },
            ] }),
            json!({ "type": "content", "value": [{ "type": "text", "text": "gone", "providerOptions": options }] }),
        ),
    ];
    for (before, after) in cases {
        assert_eq!(
            written(gone(Dialect::AiSdk, &message(before))),
            Some(message(after).to_string())
        );
    }
    each(
        Dialect::AiSdk,
        vec![
            (
                json!({ "role": "tool", "content": [{ "type": "tool-result", "toolCallId": "a", "toolName": "f", "result": { "x": 1 }, "isError": true }] }),
                json!({ "role": "tool", "content": [{ "type": "tool-result", "toolCallId": "a", "toolName": "f", "result": "gone", "isError": true }] }),
            ),
            (
                json!({ "role": "tool", "content": [{ "type": "tool-result", "toolCallId": "a", "toolName": "f", "result": "x",
                    "experimental_content": [{ "type": "text", "text": "x" }] }] }),
                json!({ "role": "tool", "content": [{ "type": "tool-result", "toolCallId": "a", "toolName": "f", "result": "gone",
                    "experimental_content": [{ "type": "text", "text": "gone" }] }] }),
            ),
        ],
    );
    none(
        Dialect::AiSdk,
        vec![
            message(json!({ "type": "execution-denied", "reason": "no" })),
            message(json!({ "type": "new", "value": "x" })),
            // What the provider's own tools answered.
            json!({ "role": "assistant", "content": [
                { "type": "tool-call", "toolCallId": "a", "toolName": "web_search", "input": {}, "providerExecuted": true },
                { "type": "tool-result", "toolCallId": "a", "toolName": "web_search", "output": { "type": "json", "value": [] } },
            ] }),
            json!({ "role": "tool", "content": [
                { "type": "tool-result", "toolCallId": "a", "toolName": "f", "output": { "type": "text", "value": "" }, "providerExecuted": true },
            ] }),
        ],
    );
}

#[test]
fn langchain_keeps_the_wrapping_and_all_that_is_not_sent() {
    let fields = |content: Value| {
        json!({
            "content": content, "tool_call_id": "a", "name": "f", "id": "m1", "status": "error",
            "artifact": { "raw": [1] }, "additional_kwargs": { "x": 1 }, "response_metadata": { "y": 2 },
        })
    };
    let wrappings: [fn(Value) -> Value; 4] = [
        |fields| json!({ "lc": 1, "type": "constructor", "id": ["langchain_core", "messages", "ToolMessage"], "kwargs": fields }),
        |fields| json!({ "type": "tool", "data": fields }),
        |mut fields| {
            fields["type"] = "tool".into();
            fields
        },
        |mut fields| {
            fields["role"] = "tool".into();
            fields
        },
    ];
    let contents = [
        (json!("long"), json!("gone")),
        (
            json!([{ "type": "image_url", "image_url": "https://a.b/c.png" }, { "type": "text", "text": "x", "index": 0 }]),
            json!([{ "type": "text", "text": "gone", "index": 0 }]),
        ),
        (json!(["bare"]), json!([{ "type": "text", "text": "gone" }])),
    ];
    for wrapped in wrappings {
        for (before, after) in contents.clone() {
            assert_eq!(
                written(gone(Dialect::Langchain, &wrapped(fields(before)))),
                Some(wrapped(fields(after)).to_string())
            );
        }
    }
    each(
        Dialect::Langchain,
        vec![
            (json!(["function", "long"]), json!(["function", "gone"])),
            (
                json!({ "type": "human", "content": [
                    { "type": "tool_result", "tool_use_id": "a", "content": "long" }, { "type": "text", "text": "and?" },
                ] }),
                json!({ "type": "human", "content": [
                    { "type": "tool_result", "tool_use_id": "a", "content": "gone" }, { "type": "text", "text": "and?" },
                ] }),
            ),
        ],
    );
}

#[test]
fn autogen_has_one_result_or_several() {
    each(
        Dialect::Autogen,
        vec![
            (
                json!({ "content": "long", "role": "tool", "tool_call_id": "a" }),
                json!({ "content": "gone", "role": "tool", "tool_call_id": "a" }),
            ),
            (
                json!({ "content": "x\n\ny", "role": "tool", "tool_responses": [
                    { "tool_call_id": "a", "role": "tool", "content": "x" }, { "tool_call_id": "b", "role": "tool", "content": "y" },
                ] }),
                json!({ "content": "x\n\ny", "role": "tool", "tool_responses": [
                    { "tool_call_id": "a", "role": "tool", "content": "gone" }, { "tool_call_id": "b", "role": "tool", "content": "gone" },
                ] }),
            ),
            (
                json!({ "type": "FunctionExecutionResultMessage", "content": [
                    { "content": "long", "name": "f", "call_id": "a", "is_error": true },
                ] }),
                json!({ "type": "FunctionExecutionResultMessage", "content": [
                    { "content": "gone", "name": "f", "call_id": "a", "is_error": true },
                ] }),
            ),
            (
                json!({ "source": "coder", "type": "ToolCallExecutionEvent", "metadata": {}, "content": [
                    { "content": "long", "call_id": "a" }, { "content": "er", "call_id": "b" },
                ] }),
                json!({ "source": "coder", "type": "ToolCallExecutionEvent", "metadata": {}, "content": [
                    { "content": "gone", "call_id": "a" }, { "content": "gone", "call_id": "b" },
                ] }),
            ),
            (
                json!({ "role": "function", "name": "f", "content": "long" }),
                json!({ "role": "function", "name": "f", "content": "gone" }),
            ),
        ],
    );
}
