//! A valid transcript of each dialect, and what is legal beside it.

use serde_json::{Value, json};
use token_headroom::{Dialect, repair_as, validate, validate_as};

use super::{AI_SDK, CHAT, CLAUDE, CONVERSE, GEMINI, LANGCHAIN, RESPONSES, list, with_list};

/// A transcript with a parallel turn, a single call and a plain answer, in each dialect.
#[rustfmt::skip] // One message a line.
pub(super) fn valid() -> Vec<(Dialect, Value)> {
    vec![
        (CHAT, json!({ "messages": [
            { "role": "system", "content": "be brief" },
            { "role": "user", "content": "a and b?" },
            { "role": "assistant", "content": null, "tool_calls": [
                { "id": "1", "type": "function", "function": { "name": "f", "arguments": "{}" } },
                { "id": "2", "type": "function", "function": { "name": "f", "arguments": "{}" } } ] },
            { "role": "tool", "tool_call_id": "2", "content": "b" },
            { "role": "tool", "tool_call_id": "1", "content": "" },
            { "role": "assistant", "content": "" },
            { "role": "user", "content": "and c?" },
            { "role": "assistant", "content": "look", "tool_calls": [
                { "id": "3", "type": "function", "function": { "name": "f", "arguments": "{}" } } ] },
            { "role": "tool", "tool_call_id": "3", "content": "c" },
            { "role": "assistant", "content": "c it is" },
            { "role": "user", "content": "thanks" },
        ]})),
        (RESPONSES, json!({ "input": [
            { "role": "user", "content": "a and b?" },
            { "type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "x" },
            { "type": "function_call", "id": "fc_1", "call_id": "1", "name": "f", "arguments": "{}" },
            { "type": "custom_tool_call", "call_id": "2", "name": "g", "input": "x" },
            { "type": "function_call_output", "call_id": "1", "output": "a" },
            { "type": "custom_tool_call_output", "call_id": "2", "output": "b" },
            { "type": "message", "role": "assistant", "content": [{ "type": "output_text", "text": "done" }] },
            { "role": "user", "content": "and c?" },
            { "type": "function_call", "call_id": "3", "name": "f", "arguments": "{}" },
            { "type": "function_call_output", "call_id": "3", "output": "c" },
            { "role": "assistant", "content": "c it is" },
            { "role": "user", "content": "thanks" },
        ]})),
        (CLAUDE, json!({ "system": "be brief", "messages": [
            { "role": "user", "content": "a and b?" },
            { "role": "assistant", "content": [
                { "type": "thinking", "thinking": "hm", "signature": "s" },
                { "type": "text", "text": "look" },
                { "type": "tool_use", "id": "1", "name": "f", "input": {} },
                { "type": "tool_use", "id": "2", "name": "f", "input": {} } ] },
            { "role": "user", "content": [
                { "type": "tool_result", "tool_use_id": "1", "content": "a" },
                { "type": "tool_result", "tool_use_id": "2", "content": [{ "type": "text", "text": "b" }] },
                { "type": "text", "text": "go on" } ] },
            { "role": "assistant", "content": [
                { "type": "server_tool_use", "id": "srv", "name": "web_search", "input": { "query": "c" } },
                { "type": "web_search_tool_result", "tool_use_id": "srv", "content": [] },
                { "type": "text", "text": "c it is" } ] },
            { "role": "user", "content": "and d?" },
            { "role": "assistant", "content": [{ "type": "tool_use", "id": "3", "name": "f", "input": {} }] },
            { "role": "user", "content": [{ "type": "tool_result", "tool_use_id": "3", "content": "d" }] },
            { "role": "assistant", "content": "d" },
            { "role": "user", "content": "thanks" },
        ]})),
        (GEMINI, json!({ "model": "gemini-3-pro", "contents": [
            { "role": "user", "parts": [{ "text": "a and b?" }] },
            { "role": "model", "parts": [
                { "text": "hm", "thought": true },
                { "functionCall": { "name": "f", "args": {} }, "thoughtSignature": "s" },
                { "functionCall": { "name": "f", "args": {} } } ] },
            { "role": "user", "parts": [
                { "functionResponse": { "name": "f", "response": {} } },
                { "functionResponse": { "name": "f", "response": {} } } ] },
            { "role": "model", "parts": [{ "text": "done" }] },
            { "role": "user", "parts": [{ "text": "and c?" }] },
            { "role": "model", "parts": [{ "functionCall": { "name": "g", "args": {} }, "thoughtSignature": "s" }] },
            { "role": "user", "parts": [{ "functionResponse": { "name": "g", "response": {} } }] },
        ]})),
        (AI_SDK, json!({ "messages": [
            { "role": "user", "content": "a and b?" },
            { "role": "assistant", "content": [
                { "type": "reasoning", "text": "hm", "providerOptions": { "openai": { "itemId": "rs_1" } } },
                { "type": "tool-call", "toolCallId": "1", "toolName": "f", "input": {} },
                { "type": "tool-call", "toolCallId": "2", "toolName": "f", "input": {} },
                { "type": "tool-call", "toolCallId": "p", "toolName": "search", "input": {}, "providerExecuted": true },
                { "type": "tool-result", "toolCallId": "p", "toolName": "search", "output": { "type": "json", "value": [] } } ] },
            { "role": "tool", "content": [
                { "type": "tool-result", "toolCallId": "1", "toolName": "f", "output": { "type": "text", "value": "a" } } ] },
            { "role": "tool", "content": [
                { "type": "tool-result", "toolCallId": "2", "toolName": "f", "output": { "type": "json", "value": {} } } ] },
            { "role": "assistant", "content": "done" },
            { "role": "user", "content": [{ "type": "text", "text": "and c?" }] },
            { "role": "assistant", "content": [
                { "type": "tool-call", "toolCallId": "3", "toolName": "f", "input": {} },
                { "type": "tool-approval-request", "approvalId": "ok", "toolCallId": "3" } ] },
            { "role": "tool", "content": [
                { "type": "tool-approval-response", "approvalId": "ok", "approved": true },
                { "type": "tool-result", "toolCallId": "3", "toolName": "f", "output": { "type": "text", "value": "c" } } ] },
            { "role": "assistant", "content": "c" },
        ]})),
        (LANGCHAIN, json!([
            { "type": "system", "content": "be brief" },
            { "type": "human", "content": "a and b?" },
            { "type": "ai", "content": [
                { "type": "text", "text": "look" },
                { "type": "tool_use", "id": "1", "name": "f", "input": {} } ],
              "tool_calls": [{ "id": "1", "name": "f", "args": {} }],
              "invalid_tool_calls": [{ "id": "2", "name": "f", "args": "{", "error": "no JSON" }] },
            { "type": "tool", "tool_call_id": "1", "content": "a" },
            { "type": "tool", "tool_call_id": "2", "content": "no JSON", "status": "error" },
            { "type": "ai", "content": "done" },
            { "type": "human", "content": "and c?" },
            { "type": "ai", "content": "", "tool_calls": [{ "id": "3", "name": "f", "args": {} }] },
            { "type": "tool", "tool_call_id": "3", "content": "c" },
            { "type": "ai", "content": "c" },
        ])),
        (CONVERSE, json!({ "toolConfig": { "tools": [] }, "messages": [
            { "role": "user", "content": [{ "text": "a and b?" }] },
            { "role": "assistant", "content": [
                { "toolUse": { "toolUseId": "1", "name": "f", "input": {} } },
                { "toolUse": { "toolUseId": "2", "name": "f", "input": {} } } ] },
            { "role": "user", "content": [
                { "toolResult": { "toolUseId": "2", "content": [{ "text": "b" }] } },
                { "toolResult": { "toolUseId": "1", "content": [{ "json": {} }] } },
                { "cachePoint": { "type": "default" } } ] },
            { "role": "assistant", "content": [{ "text": "done" }] },
            { "role": "user", "content": [{ "text": "and c?" }] },
            { "role": "assistant", "content": [{ "toolUse": { "toolUseId": "3", "name": "f", "input": {} } }] },
            { "role": "user", "content": [{ "toolResult": { "toolUseId": "3", "content": [{ "text": "c" }] } }] },
        ]})),
        (Dialect::Cohere, json!({ "messages": [
            { "role": "user", "content": "a?" },
            { "role": "assistant", "tool_plan": "look", "tool_calls": [
                { "id": "1", "type": "function", "function": { "name": "f", "arguments": "{}" } } ] },
            { "role": "tool", "tool_call_id": "1", "content": "a" },
            { "role": "assistant", "content": "a" },
        ]})),
        (Dialect::Ollama, json!({ "messages": [
            { "role": "user", "content": "a and b?" },
            { "role": "assistant", "content": "", "tool_calls": [
                { "function": { "name": "f", "arguments": {} } },
                { "function": { "name": "g", "arguments": {} } } ] },
            { "role": "tool", "tool_name": "f", "content": "a" },
            { "role": "tool", "content": "b" },
            { "role": "assistant", "content": "done" },
        ]})),
        (Dialect::Autogen, json!([
            { "type": "UserMessage", "source": "user", "content": "a?" },
            { "type": "AssistantMessage", "source": "a", "content": [{ "id": "1", "name": "f", "arguments": "{}" }] },
            { "type": "FunctionExecutionResultMessage", "content": [
                { "call_id": "1", "name": "f", "content": "a", "is_error": false } ] },
            { "type": "AssistantMessage", "source": "a", "content": "done" },
        ])),
        (Dialect::Autogen, json!([
            { "role": "user", "content": "a?", "name": "u" },
            { "role": "assistant", "content": "", "tool_calls": [
                { "id": "1", "type": "function", "function": { "name": "f", "arguments": "{}" } } ] },
            { "role": "tool", "tool_responses": [{ "tool_call_id": "1", "role": "tool", "content": "a" }], "content": "a" },
            { "role": "assistant", "content": "done" },
        ])),
    ]
}

#[test]
fn valid_transcripts_raise_nothing_and_come_back_as_they_are() {
    for (dialect, request) in valid() {
        let validation = validate(&request);
        assert_eq!(
            (validation.dialect, &validation.violations[..]),
            (Some(dialect), &[][..]),
            "{request}"
        );
        let repaired = repair_as(None, &request);
        assert_eq!((repaired.request, repaired.changes), (request, Vec::new()));
    }
}

#[test]
fn calls_that_wait_at_the_end_are_legal() {
    for (dialect, request) in valid() {
        let all = list(&request);
        for end in 1..=all.len() {
            // A history that is cut behind a call, or behind some of its results, goes on with the rest. Gemini's ends
            // with the user, reasoning with its item, a question with its answer.
            let cut = with_list(&request, all[..end].to_vec());
            let violations = validate_as(Some(dialect), &cut).violations;
            let names: Vec<&str> = violations
                .iter()
                .map(|violation| violation.invariant.as_str())
                .collect();
            assert!(
                names.iter().all(|name| ["G3", "OR3", "LC5"].contains(name)),
                "{names:?} {cut}"
            );
        }
    }
}

#[test]
fn what_the_provider_keeps_is_not_missed() {
    let request = json!({ "previous_response_id": "resp_1", "input": [
        { "type": "function_call_output", "call_id": "1", "output": "a" } ] });
    assert_eq!(validate(&request).violations, []);
}
