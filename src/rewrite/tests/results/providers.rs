//! In the dialects of providers.

use serde_json::json;

use super::{each, none, read, results, written};
use crate::conversation::Dialect;
use crate::rewrite::with_texts;

#[test]
fn openai_chat_keeps_a_string_or_a_list_of_parts() {
    each(
        Dialect::OpenaiChat,
        vec![
            (
                json!({ "role": "tool", "content": "long", "tool_call_id": "a", "name": "f" }),
                json!({ "role": "tool", "content": "gone", "tool_call_id": "a", "name": "f" }),
            ),
            (
                json!({ "tool_call_id": "a", "role": "tool", "content": [
                    { "type": "text", "text": "long", "x": 1 },
                    { "type": "text", "text": "er", "cache_control": { "type": "ephemeral" } },
                ] }),
                json!({ "tool_call_id": "a", "role": "tool", "content": [
                    { "type": "text", "text": "gone", "x": 1, "cache_control": { "type": "ephemeral" } },
                ] }),
            ),
            (
                json!({ "role": "tool", "tool_call_id": "a", "content": [
                    { "type": "image_url", "image_url": { "url": "https://a.b/c.png" } },
                ] }),
                json!({ "role": "tool", "tool_call_id": "a", "content": [{ "type": "text", "text": "gone" }] }),
            ),
            (
                json!({ "role": "function", "name": "f", "content": "" }),
                json!({ "role": "function", "name": "f", "content": "gone" }),
            ),
        ],
    );
}

#[test]
fn openai_responses_keeps_items_and_types_of_parts() {
    each(
        Dialect::OpenaiResponses,
        vec![
            (
                json!({ "type": "function_call_output", "call_id": "a", "output": "long", "id": "fc_1", "status": "completed" }),
                json!({ "type": "function_call_output", "call_id": "a", "output": "gone", "id": "fc_1", "status": "completed" }),
            ),
            (
                json!({ "type": "custom_tool_call_output", "call_id": "a", "output": [
                    { "type": "input_image", "image_url": "https://a.b/c.png" },
                ] }),
                json!({ "type": "custom_tool_call_output", "call_id": "a", "output": [
                    { "type": "input_text", "text": "gone" },
                ] }),
            ),
            (
                json!({ "type": "local_shell_call_output", "id": "a", "output": "{\"stdout\":\"\"}" }),
                json!({ "type": "local_shell_call_output", "id": "a", "output": "gone" }),
            ),
            (
                json!({ "type": "apply_patch_call_output", "call_id": "a", "status": "failed", "output": "no such file" }),
                json!({ "type": "apply_patch_call_output", "call_id": "a", "status": "failed", "output": "gone" }),
            ),
        ],
    );
    none(
        Dialect::OpenaiResponses,
        vec![
            json!({ "type": "computer_call_output", "call_id": "a", "output": {
                "type": "computer_screenshot", "image_url": "data:image/png;base64,",
            } }),
            json!({ "type": "computer_call_output", "call_id": "a", "output": "a text where none can stand" }),
            json!({ "type": "shell_call_output", "call_id": "a", "output": [{ "stdout": "a", "stderr": "" }] }),
            json!({ "type": "apply_patch_call_output", "call_id": "a", "status": "completed" }),
            json!({ "type": "mcp_approval_response", "approval_request_id": "a", "approve": true }),
        ],
    );
}

#[test]
fn anthropic_rewrites_parallel_results_at_once_and_no_neighbour() {
    let picture = json!({ "type": "image", "source": { "type": "base64", "media_type": "image/png", "data": "" } });
    let document = json!({ "type": "document", "source": { "type": "content", "content": [
        { "type": "text", "text": "page" }, picture,
    ] } });
    let raw = json!({ "role": "user", "content": [
        document,
        { "type": "tool_result", "tool_use_id": "a", "content": "long", "is_error": true, "cache_control": { "type": "ephemeral" } },
        { "type": "text", "text": "between" },
        { "tool_use_id": "b", "type": "tool_result", "content": [
            picture,
            { "type": "text", "text": "x", "citations": [{ "cited_text": "x" }] },
            { "type": "text", "text": "y", "cache_control": { "type": "ephemeral", "ttl": "1h" } },
        ] },
        { "type": "tool_result", "tool_use_id": "c" },
    ] });
    let message = read(Dialect::Anthropic, &raw);
    let [a, b, c] = results(&message)[..] else {
        panic!("three results");
    };
    // The document is two parts: a document and its picture.
    assert_eq!((a, b, c), (2, 4, 5));
    let expected = json!({ "role": "user", "content": [
        document,
        { "type": "tool_result", "tool_use_id": "a", "content": "A", "is_error": true, "cache_control": { "type": "ephemeral" } },
        { "type": "text", "text": "between" },
        { "tool_use_id": "b", "type": "tool_result", "content": [
            { "type": "text", "text": "B", "cache_control": { "type": "ephemeral", "ttl": "1h" } },
        ] },
        { "type": "tool_result", "tool_use_id": "c" },
    ] });
    let both = with_texts(&message, &[(b, "B"), (a, "A")]);
    assert_eq!(written(both), Some(expected.to_string()));
    let third = with_texts(&message, &[(c, "C")]).expect("a result without content");
    assert_eq!(
        third["content"][4],
        json!({ "type": "tool_result", "tool_use_id": "c", "content": "C" })
    );
    assert_eq!(third["content"][3], raw["content"][3]);
}

#[test]
fn anthropic_tools_that_a_search_loaded_stay() {
    none(
        Dialect::Anthropic,
        vec![
            json!({ "role": "user", "content": [{ "type": "tool_result", "tool_use_id": "a", "content": [
                { "type": "tool_reference", "tool_name": "f" },
            ] }] }),
        ],
    );
}

#[test]
fn gemini_keeps_an_object_and_its_only_key() {
    each(
        Dialect::Gemini,
        vec![
            (
                json!({ "role": "user", "parts": [
                    { "functionResponse": { "id": "1", "name": "f", "response": { "content": "long" }, "willContinue": false } },
                    { "functionResponse": { "name": "g", "response": { "a": 1, "b": 2 } } },
                ] }),
                json!({ "role": "user", "parts": [
                    { "functionResponse": { "id": "1", "name": "f", "response": { "content": "gone" }, "willContinue": false } },
                    { "functionResponse": { "name": "g", "response": { "result": "gone" } } },
                ] }),
            ),
            (
                json!({ "parts": [{ "function_response": { "name": "f", "response": { "code": 1, "error": "no" } } }], "role": "function" }),
                json!({ "parts": [{ "function_response": { "name": "f", "response": { "error": "gone" } } }], "role": "function" }),
            ),
            (
                json!({ "role": "user", "parts": { "functionResponse": {
                    "name": "f", "response": {},
                    "parts": [{ "inlineData": { "mimeType": "image/png", "data": "" } }],
                } } }),
                json!({ "role": "user", "parts": { "functionResponse": { "name": "f", "response": { "result": "gone" } } } }),
            ),
            (
                json!({ "functionResponse": { "name": "f" }, "thoughtSignature": "c2ln" }),
                json!({ "functionResponse": { "name": "f", "response": { "result": "gone" } }, "thoughtSignature": "c2ln" }),
            ),
            (
                // A key that is data itself.
                json!({ "functionResponse": { "name": "f", "response": { "k".repeat(65): true } } }),
                json!({ "functionResponse": { "name": "f", "response": { "result": "gone" } } }),
            ),
        ],
    );
}

#[test]
fn converse_says_it_in_one_block() {
    each(
        Dialect::BedrockConverse,
        vec![(
            json!({ "role": "user", "content": [
                { "toolResult": { "toolUseId": "a", "content": [{ "json": { "x": 1 } }, { "text": "y" }], "status": "error" } },
                { "toolResult": { "toolUseId": "b", "content": [{ "text": "z", "json": null }, { "cachePoint": { "type": "default" } }] } },
                { "cachePoint": { "type": "default" } },
            ] }),
            json!({ "role": "user", "content": [
                { "toolResult": { "toolUseId": "a", "content": [{ "text": "gone" }], "status": "error" } },
                { "toolResult": { "toolUseId": "b", "content": [{ "text": "gone" }, { "cachePoint": { "type": "default" } }] } },
                { "cachePoint": { "type": "default" } },
            ] }),
        )],
    );
}

#[test]
fn cohere_has_texts_and_documents_or_outputs() {
    each(
        Dialect::Cohere,
        vec![
            (
                json!({ "role": "tool", "tool_call_id": "a", "content": "long" }),
                json!({ "role": "tool", "tool_call_id": "a", "content": "gone" }),
            ),
            (
                json!({ "role": "tool", "tool_call_id": "a", "content": [{ "type": "document", "document": { "data": "long" } }] }),
                json!({ "role": "tool", "tool_call_id": "a", "content": [{ "type": "text", "text": "gone" }] }),
            ),
            (
                json!({ "role": "TOOL", "tool_results": [
                    { "call": { "name": "f", "parameters": {} }, "outputs": [{ "rows": [1, 2] }] },
                    { "call": { "name": "g", "parameters": {} }, "outputs": [{ "a": 1 }, { "a": 2 }] },
                ] }),
                json!({ "role": "TOOL", "tool_results": [
                    { "call": { "name": "f", "parameters": {} }, "outputs": [{ "rows": "gone" }] },
                    { "call": { "name": "g", "parameters": {} }, "outputs": [{ "result": "gone" }] },
                ] }),
            ),
        ],
    );
}

#[test]
fn cohere_s_newest_results_stand_beside_the_history() {
    let body = json!({ "message": "", "tool_results": [{ "call": { "name": "f" }, "outputs": [{ "a": 1 }, {}] }] });
    let conversation = crate::normalize::normalize(&body).expect("a body of version 1");
    let last = conversation.messages.last().expect("the results");
    assert_eq!(
        with_texts(last, &[(0, "gone")]),
        Some(json!([{ "call": { "name": "f" }, "outputs": [{ "result": "gone" }] }]))
    );
}

#[test]
fn ollama_drops_the_result_s_pictures() {
    each(
        Dialect::Ollama,
        vec![(
            json!({ "role": "tool", "content": "long", "images": [""], "tool_name": "f" }),
            json!({ "role": "tool", "content": "gone", "tool_name": "f" }),
        )],
    );
}
