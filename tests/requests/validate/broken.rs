//! A transcript for each named invariant, which breaks it and nothing else.

use serde_json::{Value, json};
use token_headroom::{Dialect, repair_as, validate_as};

use super::{
    AI_SDK, CHAT, CLAUDE, CONVERSE, GEMINI, LANGCHAIN, RESPONSES, chat_call, claude_call, messages,
    user,
};

fn claude_result(id: &str) -> Value {
    json!({ "role": "user", "content": [{ "type": "tool_result", "tool_use_id": id, "content": "r" }] })
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
