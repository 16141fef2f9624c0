//! Each named invariant has a transcript that breaks it and nothing else; what is legal raises nothing; repairs hold.

use proptest::prelude::*;
use serde_json::{Value, json};
use token_headroom::{Dialect, repair_as, validate, validate_as};

const CHAT: Dialect = Dialect::OpenaiChat;
const RESPONSES: Dialect = Dialect::OpenaiResponses;
const CLAUDE: Dialect = Dialect::Anthropic;
const GEMINI: Dialect = Dialect::Gemini;
const AI_SDK: Dialect = Dialect::AiSdk;
const LANGCHAIN: Dialect = Dialect::Langchain;
const CONVERSE: Dialect = Dialect::BedrockConverse;

/// A transcript with a parallel turn, a single call and a plain answer, in each dialect.
#[rustfmt::skip] // One message a line.
fn valid() -> Vec<(Dialect, Value)> {
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

fn list(request: &Value) -> &Vec<Value> {
    let keys = ["messages", "contents", "input"];
    let found = keys
        .into_iter()
        .find_map(|key| request.get(key))
        .unwrap_or(request);
    found.as_array().expect("a list of messages")
}

fn with_list(request: &Value, messages: Vec<Value>) -> Value {
    let mut request = request.clone();
    let keys = ["messages", "contents", "input"];
    match keys.into_iter().find(|key| request.get(*key).is_some()) {
        Some(key) => request[key] = messages.into(),
        None => request = messages.into(),
    }
    request
}

fn user(text: &str) -> Value {
    json!({ "role": "user", "content": text })
}

fn chat_call(id: &str) -> Value {
    json!({ "role": "assistant", "content": null, "tool_calls": [
        { "id": id, "type": "function", "function": { "name": "f", "arguments": "{}" } } ] })
}

fn claude_call(id: &str) -> Value {
    json!({ "role": "assistant", "content": [{ "type": "tool_use", "id": id, "name": "f", "input": {} }] })
}

fn claude_result(id: &str) -> Value {
    json!({ "role": "user", "content": [{ "type": "tool_result", "tool_use_id": id, "content": "r" }] })
}

fn messages(messages: Vec<Value>) -> Value {
    json!({ "messages": messages })
}

fn function_call(id: &str) -> Value {
    json!({ "type": "function_call", "call_id": id, "name": "f", "arguments": "{}" })
}

fn model(part: Value) -> Value {
    json!({ "role": "model", "parts": [part] })
}

/// Dialect, invariant, a transcript that breaks it, where, and whether a repair can mend it.
#[rustfmt::skip] // One transcript a line.
fn broken() -> Vec<(Dialect, &'static str, Value, &'static str, bool)> {
    let call = || model(json!({ "functionCall": { "name": "f", "args": {} } }));
    let said = |text: &str| json!({ "role": "user", "parts": [{ "text": text }] });
    let response = |name: &str| json!({ "role": "user", "parts": [{ "functionResponse": { "name": name, "response": {} } }] });
    let sdk_call = json!({ "type": "tool-call", "toolCallId": "1", "toolName": "f", "input": {} });
    let sdk_result = |output: Value| json!({ "role": "tool", "content": [
        { "type": "tool-result", "toolCallId": "1", "toolName": "f", "output": output }] });
    let sdk_text = json!({ "type": "text", "value": "r" });
    let ai_call = |key: &str| json!({ "type": "ai", "content": "", key: [{ "id": "1", "name": "f", "args": {} }] });
    let converse = |blocks: Value| json!({ "role": "user", "content": blocks });
    let converse_call = json!({ "role": "assistant", "content": [{ "toolUse": { "toolUseId": "1", "name": "f", "input": {} } }] });
    let compaction = json!({ "type": "compaction", "content": "so far" });
    vec![
        (Dialect::Cohere, "C1", messages(vec![user("a?"), json!({ "role": "tool", "tool_call_id": "1", "content": "a" })]), "messages[1]", true),
        (Dialect::Ollama, "C1", messages(vec![user("a?"), json!({ "role": "assistant", "content": "", "tool_calls": [{ "function": { "name": "f", "arguments": {} } }] }), user("b?")]), "messages[1].tool_calls[0]", true),
        (Dialect::Autogen, "C1", json!([{ "type": "UserMessage", "source": "user", "content": "a?" }, { "type": "AssistantMessage", "source": "a", "content": [{ "id": "1", "name": "f", "arguments": "{}" }] }, { "type": "UserMessage", "source": "user", "content": "b?" }]), "messages[1].content[0]", true),
        (CHAT, "C1", messages(vec![user("a?"), chat_call("1"), json!({ "role": "tool", "tool_call_id": "1", "content": "a" }), json!({ "role": "tool", "tool_call_id": "1", "content": "b" })]), "messages[3]", true),
        (CLAUDE, "C3", messages(vec![user("a?"), claude_call("1"), claude_result("1"), claude_call("1"), claude_result("1")]), "messages[3].content[0]", true),
        (CLAUDE, "C5", messages(vec![user("a?"), json!({ "role": "user", "content": [{ "type": "text", "text": " " }] })]), "messages[1].content[0]", true),
        (CONVERSE, "C5", messages(vec![converse(json!([{ "text": "a?" }])), json!({ "role": "assistant", "content": [{ "text": "" }, { "text": "b" }] }), converse(json!([{ "text": "c" }]))]), "messages[1].content[0]", true),
        (CHAT, "C5", messages(vec![user("a?"), json!({ "role": "user", "content": [] })]), "messages[1].content", true),
        (CHAT, "OC1", messages(vec![user("a?"), chat_call("1"), user("b?"), json!({ "role": "tool", "tool_call_id": "1", "content": "a" })]), "messages[3]", true),
        (CHAT, "OC1", messages(vec![user("a?"), chat_call("1"), user("b?")]), "messages[1].tool_calls[0]", true),
        (CHAT, "OC2", messages(vec![user("a?"), json!({ "role": "tool", "tool_call_id": "1", "content": "a" })]), "messages[1]", true),
        (CHAT, "OC5", messages(vec![user("a?"), json!({ "role": "assistant", "content": null }), user("b?")]), "messages[1].content", true),
        (CHAT, "OC6", messages(vec![user("a?"), json!({ "role": "assistant", "tool_calls": [{ "id": "1", "type": "function", "function": { "name": "f", "arguments": { "a": 1 } } }] })]), "messages[1].tool_calls[0].function.arguments", true),
        (RESPONSES, "OR1", json!({ "input": [user("a?"), { "type": "function_call_output", "call_id": "1", "output": "a" }] }), "input[1]", true),
        (RESPONSES, "OR1", json!({ "input": [user("a?"), function_call("1"), user("b?")] }), "input[1]", true),
        (RESPONSES, "OR3", json!({ "input": [user("a?"), { "type": "reasoning", "id": "rs", "summary": [] }, user("b?")] }), "input[1]", true),
        (RESPONSES, "OR4", json!({ "input": [user("a?"), { "type": "reasoning", "id": "rs" }, function_call("1")] }), "input[1].summary", true),
        (RESPONSES, "OR7", json!({ "input": [user("a?"), { "type": "compaction_trigger" }, user("b?")] }), "input[1]", true),
        (RESPONSES, "OR8", json!({ "input": [user("a?"), { "type": "computer_call", "call_id": "1", "action": {} }, user("b?")] }), "input[1]", true),
        (RESPONSES, "OR8", json!({ "input": [user("a?"), { "type": "custom_tool_call_output", "call_id": "1", "output": "a" }] }), "input[1]", true),
        (CLAUDE, "AN1", messages(vec![user("a?"), claude_call("1"), user("b?")]), "messages[1].content[0]", true),
        (CLAUDE, "AN1", messages(vec![user("a?"), claude_result("1")]), "messages[1].content[0]", true),
        (CLAUDE, "AN1", messages(vec![user("a?"), claude_call("1"), json!({ "role": "user", "content": [{ "type": "text", "text": "here" }, { "type": "tool_result", "tool_use_id": "1", "content": "r" }] })]), "messages[2].content[1]", true),
        (CLAUDE, "AN1", messages(vec![user("a?"), claude_call("1"), user("b?"), json!({ "role": "assistant", "content": "no" }), claude_result("1")]), "messages[4].content[0]", true),
        (CLAUDE, "AN2", messages(vec![claude_call("1"), claude_result("1"), user("a?")]), "messages[0]", true),
        (CLAUDE, "AN4", messages(vec![user("a?"), json!({ "role": "assistant", "content": [{ "type": "thinking", "thinking": "hm" }, { "type": "text", "text": "b" }] }), user("c?")]), "messages[1].content[0]", true),
        (CLAUDE, "AN8", messages(vec![user("a?"), json!({ "role": "assistant", "content": [{ "type": "text", "text": "b" }, compaction] }), user("c?")]), "messages[1].content[1]", false),
        (CLAUDE, "AN9", json!({ "context_management": { "edits": [{ "type": "compact_20260112" }] }, "messages": [user("a?"), claude_call("1")] }), "messages[1]", false),
        (CLAUDE, "AN12", messages(vec![user("a?"), json!({ "role": "assistant", "content": [{ "type": "web_search_tool_result", "tool_use_id": "s", "content": [] }, { "type": "text", "text": "b" }] }), user("c?")]), "messages[1].content[0]", true),
        (CLAUDE, "AN12", messages(vec![user("a?"), json!({ "role": "assistant", "content": [{ "type": "server_tool_use", "id": "s", "name": "web_search", "input": {} }, { "type": "text", "text": "b" }] }), user("c?")]), "messages[1].content[0]", true),
        (GEMINI, "G1", json!({ "contents": [said("a?"), model(json!({ "text": "b" })), call(), response("f")] }), "contents[2]", true),
        (GEMINI, "G1", json!({ "contents": [call(), response("f"), said("a?")] }), "contents[0]", true),
        (GEMINI, "G2", json!({ "contents": [said("a?"), call(), said("b?")] }), "contents[1].parts[0]", true),
        (GEMINI, "G2", json!({ "contents": [said("a?"), call(), response("f"), response("g")] }), "contents[3].parts[0]", true),
        (GEMINI, "G3", json!({ "contents": [said("a?"), model(json!({ "text": "b" }))] }), "contents[1]", true),
        (GEMINI, "G4", json!({ "model": "gemini-3-pro", "contents": [said("a?"), call(), response("f")] }), "contents[1].parts[0]", false),
        (GEMINI, "G5", json!({ "contents": [said("a?"), { "role": "user", "parts": [{ "text": "b", "thoughtSignature": "s" }] }] }), "contents[1].parts[0]", true),
        (AI_SDK, "AI1", messages(vec![user("a?"), json!({ "role": "assistant", "content": [sdk_call] }), user("b?")]), "messages[1].content[0]", true),
        (AI_SDK, "AI1", messages(vec![user("a?"), sdk_result(sdk_text.clone())]), "messages[1].content[0]", true),
        (AI_SDK, "AI2", messages(vec![user("a?"), json!({ "role": "tool", "content": [{ "type": "tool-approval-response", "approvalId": "x", "approved": true }] })]), "messages[1].content[0]", true),
        (AI_SDK, "AI3", messages(vec![user("a?"), json!({ "role": "assistant", "content": [{ "type": "text", "text": "b" }, { "type": "reasoning", "text": "", "providerOptions": { "openai": { "itemId": "rs" } } }] }), user("c?")]), "messages[1].content[1]", true),
        (AI_SDK, "AI5", messages(vec![user("a?"), json!({ "role": "assistant", "content": [] }), user("b?")]), "messages[1].content", true),
        (AI_SDK, "AI6", messages(vec![user("a?"), json!({ "role": "assistant", "content": [sdk_call] }), sdk_result(json!("r"))]), "messages[2].content[0].output", true),
        (LANGCHAIN, "LC1", json!([{ "type": "human", "content": "a?" }, ai_call("tool_calls"), { "type": "human", "content": "b?" }]), "messages[1].tool_calls[0]", true),
        (LANGCHAIN, "LC1", json!([{ "type": "human", "content": "a?" }, { "type": "tool", "tool_call_id": "1", "content": "r" }]), "messages[1]", true),
        (LANGCHAIN, "LC1", json!([{ "type": "human", "content": "a?" }, { "type": "ai", "content": [{ "type": "tool_use", "id": "2", "name": "f", "input": {} }], "tool_calls": [{ "id": "1", "name": "f", "args": {} }] }]), "messages[1].content[0]", true),
        (LANGCHAIN, "LC3", json!([{ "type": "human", "content": "a?" }, { "type": "remove", "id": "__remove_all__" }, { "type": "human", "content": "b?" }]), "messages[1]", true),
        (LANGCHAIN, "LC4", json!([{ "type": "human", "content": "a?" }, ai_call("invalid_tool_calls"), { "type": "human", "content": "b?" }]), "messages[1].invalid_tool_calls[0]", true),
        (LANGCHAIN, "LC5", json!([{ "type": "system", "content": "be brief" }, { "type": "ai", "content": "a" }]), "messages[1]", false),
        (CONVERSE, "BR1", messages(vec![converse(json!([{ "text": "a?" }])), json!({ "role": "assistant", "content": [{ "text": "b" }] }), json!({ "role": "assistant", "content": [{ "text": "c" }] })]), "messages[2]", true),
        (CONVERSE, "BR2", json!({ "toolConfig": {}, "messages": [converse(json!([{ "text": "a?" }])), converse_call, converse(json!([{ "text": "b?" }]))] }), "messages[1].content[0]", true),
        (CONVERSE, "BR3", json!({ "modelId": "m", "messages": [converse(json!([{ "text": "a?" }])), converse_call, converse(json!([{ "toolResult": { "toolUseId": "1", "content": [{ "text": "r" }] } }]))] }), "messages[1].content[0]", false),
        (CHAT, "shape", messages(vec![user("a?"), json!({ "role": "bot", "content": "b" })]), "messages[1].role", false),
    ]
}

#[test]
fn each_invariant_is_named_alone_with_its_place_and_what_helps() {
    for (dialect, name, request, path, mends) in broken() {
        let validation = validate_as(Some(dialect), &request);
        assert_eq!(
            validation.violations.len(),
            1,
            "{name} {request}: {:?}",
            validation.violations
        );
        let violation = &validation.violations[0];
        assert_eq!(
            (violation.invariant.as_str(), violation.path.as_str()),
            (name, path),
            "{request}"
        );
        assert!(
            violation.message.starts_with("found ") && violation.message.contains("expected "),
            "{}",
            violation.message
        );
        assert!(!violation.hint.is_empty(), "{name}");
        assert!(!validation.ok);
        let repaired = repair_as(Some(dialect), &request);
        assert_eq!(
            repaired.violations.is_empty(),
            mends,
            "{name}: {repaired:?}"
        );
        if mends {
            assert_eq!(repaired.changes[0].invariant, name, "{repaired:?}");
            assert_eq!(
                repaired.changes.is_empty(),
                repaired.request == request,
                "{name}"
            );
        }
    }
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

#[test]
fn answers_stand_in_the_shape_of_the_dialect_and_results_move_as_they_are() {
    let request = messages(vec![
        user("a?"),
        claude_call("1"),
        json!({ "role": "user", "content": "b?" }),
    ]);
    let repaired = repair_as(None, &request);
    assert_eq!(
        repaired.request["messages"][2],
        json!({ "role": "user", "content": [
        { "type": "tool_result", "tool_use_id": "1", "content": "[no result was recorded]", "is_error": true },
        { "type": "text", "text": "b?" } ] })
    );
    let result = json!({ "role": "tool", "tool_call_id": "1", "content": "a", "x": 1 });
    let request = messages(vec![user("a?"), chat_call("1"), user("b?"), result.clone()]);
    let repaired = repair_as(None, &request);
    assert_eq!(
        repaired.request,
        messages(vec![user("a?"), chat_call("1"), result, user("b?")])
    );
}

/// Deletes, doubles or swaps messages.
fn damaged(request: &Value, damage: &[(u8, usize, usize)]) -> Value {
    let mut messages = list(request).clone();
    for &(kind, a, b) in damage {
        let count = messages.len();
        let (a, b) = (a % count, b % count);
        match kind % 3 {
            0 if count > 1 => {
                messages.remove(a);
            }
            1 => messages.insert(b, messages[a].clone()),
            _ => messages.swap(a, b),
        }
    }
    with_list(request, messages)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn random_damage_is_repaired_and_a_repair_of_a_repair_changes_nothing(
        which in 0_usize..11,
        damage in prop::collection::vec((0_u8..3, 0_usize..64, 0_usize..64), 1..6),
    ) {
        let (dialect, request) = valid().swap_remove(which);
        let request = damaged(&request, &damage);
        let repaired = repair_as(Some(dialect), &request);
        // What names who asks, or what the model signed, cannot be made up; a start without anything that was asked neither.
        let asked = list(&request).iter().any(|message| {
            let said = message.get("parts").or(message.get("content"));
            let is_results = said.and_then(Value::as_array).is_some_and(|parts| {
                parts.iter().all(|part| ["functionResponse", "toolResult", "tool_use_id", "call_id", "cachePoint"].iter().any(|key| part.get(*key).is_some()))
            });
            let role = message.get("role").or(message.get("type")).and_then(Value::as_str);
            matches!(role, Some("user" | "human" | "UserMessage")) && !is_results
        });
        for violation in &repaired.violations {
            let excused = !asked || violation.invariant == "G4";
            prop_assert!(excused, "{violation:?} in {} from {request}", repaired.request);
        }
        let again = repair_as(Some(dialect), &repaired.request);
        prop_assert_eq!(&again.changes, &[], "{} from {}", repaired.request, request);
        prop_assert_eq!(&again.request, &repaired.request);
        prop_assert_eq!(repaired.changes.is_empty(), repaired.request == request);
    }

    #[test]
    fn hostile_values_never_panic(request in hostile(), which in 0_usize..12) {
        let dialects = [
            None, Some(CHAT), Some(RESPONSES), Some(CLAUDE), Some(GEMINI), Some(AI_SDK), Some(LANGCHAIN), Some(CONVERSE),
            Some(Dialect::Cohere), Some(Dialect::Ollama), Some(Dialect::Autogen), Some(Dialect::Completions),
        ];
        let dialect = dialects[which];
        let validation = validate_as(dialect, &request);
        prop_assert_eq!(validation.ok, validation.violations.is_empty());
        let repaired = repair_as(dialect, &request);
        let again = repair_as(dialect.or(validation.dialect), &repaired.request);
        prop_assert_eq!(again.changes, &[], "{} from {}", repaired.request, request);
    }
}

/// JSON made of the words that requests are made of.
fn hostile() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "",
        "1",
        "2",
        "f",
        "user",
        "assistant",
        "model",
        "tool",
        "system",
        "ai",
        "human",
        "tool_use",
        "tool_result",
        "thinking",
        "reasoning",
        "function_call",
        "function_call_output",
        "tool-call",
        "tool-result",
        "compaction",
        "text",
        "remove",
        "__remove_all__",
        "ToolCallRequestEvent",
        "ToolCallExecutionEvent",
        "tool-approval-request",
        "server_tool_use",
    ]);
    let key = prop::sample::select(vec![
        "role",
        "type",
        "content",
        "parts",
        "id",
        "name",
        "tool_calls",
        "tool_call_id",
        "call_id",
        "tool_use_id",
        "toolUse",
        "toolResult",
        "toolUseId",
        "functionCall",
        "functionResponse",
        "function",
        "arguments",
        "args",
        "kwargs",
        "data",
        "toolCallId",
        "toolName",
        "input",
        "output",
        "text",
        "thinking",
        "signature",
        "summary",
        "thoughtSignature",
        "invalid_tool_calls",
        "additional_kwargs",
        "function_call",
        "tool_responses",
        "approvalId",
        "providerOptions",
    ]);
    let leaf = prop_oneof![
        4 => word.prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<i32>().prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(4, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..6).prop_map(|fields| fields
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect()),
        ]
    });
    let list = prop::collection::vec(value.clone(), 0..8);
    prop_oneof![
        2 => (prop::sample::select(vec!["messages", "contents", "input", "prompt"]), list)
            .prop_map(|(key, list)| json!({ key: list })),
        1 => value,
    ]
}

#[test]
fn a_repair_leaves_what_is_empty_where_nothing_else_asks() {
    let empty = || json!({ "role": "user", "content": [{ "type": "text", "text": "" }] });
    let said = |role: &str, text: &str| json!({ "role": role, "content": text });
    let both = json!({ "role": "user", "content": [{ "type": "text", "text": " " }, { "type": "text", "text": "" }] });
    for messages in [
        vec![empty()],
        vec![said("user", " ")],
        vec![both.clone()],
        vec![empty(), said("assistant", "Hello.")],
        vec![empty(), said("assistant", "Hello."), both.clone()],
    ] {
        let request = json!({ "max_tokens": 9, "messages": messages });
        let before = validate_as(Some(CLAUDE), &request).violations;
        assert!(
            before.iter().all(|violation| violation.invariant == "C5"),
            "{before:?}"
        );
        let repaired = repair_as(Some(CLAUDE), &request);
        assert_eq!(repaired.request, request);
        assert!(repaired.changes.is_empty());
        assert_eq!(repaired.violations, before);
        assert!(
            repaired
                .violations
                .iter()
                .all(|violation| violation.hint.contains("say something"))
        );
    }
    // Beside another that asks it goes, and what is left is valid.
    for messages in [
        vec![said("user", "a?"), said("assistant", "A."), empty()],
        vec![both, said("assistant", "Hello."), said("user", "a?")],
        vec![said("user", "a?"), empty(), said("user", "b?")],
    ] {
        let repaired = repair_as(Some(CLAUDE), &json!({ "messages": messages }));
        assert!(!repaired.changes.is_empty());
        assert!(repaired.violations.is_empty(), "{:?}", repaired.violations);
        assert!(validate_as(Some(CLAUDE), &repaired.request).ok);
    }
    // A result without a call, and nothing else: no request would be left.
    let request = json!({ "messages": [{ "role": "tool", "tool_call_id": "1", "content": "a" }] });
    let repaired = repair_as(Some(CHAT), &request);
    assert_eq!((repaired.request, repaired.changes.len()), (request, 0));
    assert_eq!(
        repaired
            .violations
            .iter()
            .map(|v| &*v.invariant)
            .collect::<Vec<_>>(),
        ["OC2"]
    );
}
