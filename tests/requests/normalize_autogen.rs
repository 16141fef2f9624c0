//! Messages of AutoGen: chats of version 0.2, events, contexts and saved states of later ones.

use serde_json::{Value, json};
use token_headroom::{
    Code, Conversation, Detail, Dialect, Image, Message, Part, Reasoning, Role, ToolCall,
    normalize, normalize_as,
};

use crate::expected::{PNG, text};

fn read(body: &Value) -> Conversation {
    normalize_as(Some(Dialect::Autogen), body).unwrap()
}

fn one(message: Value) -> Message {
    (*read(&json!([message])).messages[0]).clone()
}

fn call() -> Part {
    Part::ToolCall(ToolCall {
        id: "c1".into(),
        name: "find".into(),
        arguments: "{\"q\": 1}".into(),
    })
}

fn result(name: Option<&str>, is_error: bool) -> Part {
    Part::ToolResult {
        call_id: "c1".into(),
        name: name.map(str::to_owned),
        parts: vec![text("found")],
        is_error,
    }
}

/// Role, name and parts.
fn said(message: Value) -> (Role, Option<String>, Vec<Part>) {
    let Message {
        role, name, parts, ..
    } = one(message);
    (role, name, parts)
}

#[test]
fn a_chat_of_version_0_2_is_read() {
    let read = normalize(&json!([
        { "role": "system", "content": "be brief" },
        { "role": "user", "name": "Admin", "content": "find it" },
        { "role": "assistant", "name": "Planner", "content": null, "tool_calls": [{
            "id": "c1", "type": "function", "function": { "name": "find", "arguments": "{\"q\": 1}" },
        }, { "id": "c2", "type": "function", "function": { "name": "find", "arguments": "{}" } }] },
        { "role": "tool", "name": "Executor", "content": "found\n\nfound", "tool_responses": [
            { "tool_call_id": "c1", "role": "tool", "content": "found" },
            { "tool_call_id": "c2", "role": "tool", "content": "also" },
        ] },
        { "role": "assistant", "content": "", "function_call": { "name": "old", "arguments": "{}" } },
        { "role": "function", "name": "old", "content": "done" },
    ]))
    .unwrap();
    assert_eq!(read.dialect, Dialect::Autogen);
    assert_eq!(read.messages[1].name.as_deref(), Some("Admin"));
    assert_eq!(read.messages[2].parts[0], call());
    // The joined content of such a message is not sent.
    assert_eq!(read.messages[3].parts.len(), 2);
    assert_eq!(read.messages[3].parts[0], result(None, false));
    assert_eq!(read.messages[5].role, Role::Function);
    assert_eq!(read.warnings, []);
}

#[test]
fn messages_of_a_models_context_are_read() {
    assert_eq!(
        said(json!({ "type": "SystemMessage", "content": "be brief" })),
        (Role::System, None, vec![text("be brief")])
    );
    assert_eq!(
        said(json!({ "type": "UserMessage", "source": "user", "content": "hi" })),
        (Role::User, Some("user".into()), vec![text("hi")])
    );
    let calls = json!([{ "id": "c1", "name": "find", "arguments": "{\"q\": 1}" }]);
    assert_eq!(
        said(
            json!({ "type": "AssistantMessage", "source": "a", "thought": "well", "content": calls })
        ),
        (Role::Assistant, None, vec![text("well"), call()])
    );
    assert_eq!(
        said(
            json!({ "type": "AssistantMessage", "source": "a", "thought": "well", "content": "hi" })
        ),
        (
            Role::Assistant,
            None,
            vec![
                Part::Reasoning(Reasoning {
                    text: "well".into(),
                    ..Reasoning::default()
                }),
                text("hi")
            ]
        )
    );
    assert_eq!(
        said(
            json!({ "type": "FunctionExecutionResultMessage", "content": [
            { "content": "found", "name": "find", "call_id": "c1", "is_error": true },
        ] })
        ),
        (Role::Tool, None, vec![result(Some("find"), true)])
    );
}

#[test]
fn a_message_of_many_kinds_is_read() {
    let remote = Part::Image(Image {
        size: None,
        detail: Detail::Auto,
    });
    let picture = Part::Image(Image {
        size: Some((3, 5)),
        detail: Detail::Auto,
    });
    let (role, name, parts) = said(
        json!({ "type": "MultiModalMessage", "source": "user", "content": [
        "look", { "data": PNG }, "https://example.com/a.png", { "new": 1 },
    ] }),
    );
    assert_eq!((role, name.as_deref()), (Role::User, Some("user")));
    assert_eq!(
        parts,
        [
            text("look"),
            picture,
            remote,
            Part::Opaque(json!({ "new": 1 }))
        ]
    );
}

#[test]
fn events_are_what_the_model_of_their_agent_is_shown() {
    let calls = json!([{ "id": "c1", "name": "find", "arguments": "{\"q\": 1}" }]);
    let results =
        json!([{ "content": "found", "name": "find", "call_id": "c1", "is_error": false }]);
    let event = |kind: &str, content: Value| {
        said(json!({ "type": kind, "source": "agent", "content": content }))
    };
    let agent = Some("agent".to_owned());
    assert_eq!(
        event("ToolCallRequestEvent", calls),
        (Role::Assistant, None, vec![call()])
    );
    assert_eq!(
        event("ToolCallExecutionEvent", results),
        (Role::Tool, None, vec![result(Some("find"), false)])
    );
    assert_eq!(
        event("ThoughtEvent", json!("well")),
        (Role::Assistant, None, vec![text("well")])
    );
    assert_eq!(
        event("TextMessage", json!("hi")),
        (Role::Assistant, None, vec![text("hi")])
    );
    assert_eq!(
        event("ToolCallSummaryMessage", json!("hi")),
        (Role::User, agent.clone(), vec![text("hi")])
    );
    assert_eq!(
        event("HandoffMessage", json!("hi")),
        (Role::User, agent.clone(), vec![text("hi")])
    );
    assert_eq!(
        event("StructuredMessage", json!({ "b": 1, "a": "é" })),
        (Role::Assistant, None, vec![text("{\"b\":1,\"a\":\"é\"}")])
    );
    assert_eq!(
        event(
            "MemoryQueryEvent",
            json!([{ "content": "known", "mime_type": "text/plain" }])
        ),
        (Role::System, None, vec![text("known")])
    );
    assert_eq!(
        said(
            json!({ "type": "CodeExecutionEvent", "source": "agent", "result": { "exit_code": 0, "output": "42" } })
        ),
        (Role::User, agent, vec![text("42")])
    );
}

#[test]
fn events_that_no_model_is_shown_say_nothing() {
    let read = read(&json!([
        { "type": "TextMessage", "source": "user", "content": "hi" },
        { "type": "ModelClientStreamingChunkEvent", "source": "agent", "content": "h" },
        { "type": "UserInputRequestedEvent", "source": "agent", "request_id": "r", "content": "" },
    ]));
    assert!(
        read.messages[1..]
            .iter()
            .all(|message| message.parts.is_empty())
    );
    let told: Vec<_> = read
        .warnings
        .iter()
        .map(|w| (w.code.as_str(), w.path.as_str()))
        .collect();
    assert_eq!(
        told,
        [("not_sent", "messages[1]"), ("not_sent", "messages[2]")]
    );
}

#[test]
fn the_state_of_an_agent_is_its_models_context() {
    let state = json!({ "type": "AssistantAgentState", "version": "1.0.0", "llm_context": { "messages": [
        { "type": "UserMessage", "source": "user", "content": "hi" },
        { "type": "AssistantMessage", "source": "a", "content": [{ "id": "c1", "name": "find", "arguments": "{}" }] },
    ] } });
    let read = normalize(&state).unwrap();
    assert_eq!((read.dialect, read.messages.len()), (Dialect::Autogen, 2));
    let told: Vec<_> = read
        .warnings
        .iter()
        .map(|w| (w.code.as_str(), w.path.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("saved_state", "llm_context.messages"),
            ("unanswered_call", "llm_context.messages[1].content[0]"),
        ]
    );
    assert_eq!(read.rest, state);
}

#[test]
fn of_the_state_of_a_team_the_longest_context_is_counted() {
    let context = |said: &str| {
        json!({ "type": "ChatAgentContainerState", "agent_state": { "type": "AssistantAgentState", "llm_context": { "messages": [
            { "type": "UserMessage", "source": "user", "content": said },
        ] } }, "message_buffer": [] })
    };
    let state = json!({ "type": "TeamState", "agent_states": {
        "writer": context("short"),
        "critic": context("the longest of all the contexts that this team has"),
        "RoundRobinGroupChatManager": { "type": "RoundRobinManagerState", "message_thread": [
            { "type": "TextMessage", "source": "user", "content": "a thread" },
        ] },
    } });
    let read = normalize(&state).unwrap();
    assert_eq!(
        read.messages[0].parts,
        [text("the longest of all the contexts that this team has")]
    );
    assert_eq!(
        read.warnings[0].path,
        "agent_states.critic.agent_state.llm_context.messages"
    );
    assert!(
        read.warnings[0].message.contains("3 contexts"),
        "{:?}",
        read.warnings
    );
    let error = normalize(&json!({ "type": "TeamState", "agent_states": {} })).unwrap_err();
    assert_eq!(error.code, Code::InvalidValue);
}

#[test]
fn logs_of_teams_are_read_by_their_speakers() {
    let read = read(&json!([
        { "role": "human", "content": "find it" },
        { "role": "Orchestrator (thought)", "content": "plan" },
        { "role": "assistant", "name": "Coder", "to": "Admin", "content": "done" },
    ]));
    let who: Vec<_> = read
        .messages
        .iter()
        .map(|m| (m.role, m.name.as_deref()))
        .collect();
    assert_eq!(
        who,
        [
            (Role::User, None),
            (Role::User, Some("Orchestrator (thought)")),
            (Role::Assistant, Some("Coder")),
        ]
    );
}

#[test]
fn mistakes_are_named_with_their_place() {
    for (message, code, path) in [
        (json!(4), Code::InvalidType, "messages[0]"),
        (json!({ "role": 4 }), Code::InvalidType, "messages[0].role"),
        (
            json!({ "role": "user", "content": 4 }),
            Code::InvalidType,
            "messages[0].content",
        ),
        (
            json!({ "role": "user", "content": [4] }),
            Code::InvalidType,
            "messages[0].content[0]",
        ),
        (
            json!({ "role": "assistant", "tool_calls": 4 }),
            Code::InvalidType,
            "messages[0].tool_calls",
        ),
        (
            json!({ "role": "assistant", "tool_calls": [{ "function": {} }] }),
            Code::MissingField,
            "messages[0].tool_calls[0].function.name",
        ),
        (
            json!({ "role": "tool", "tool_responses": [4] }),
            Code::InvalidType,
            "messages[0].tool_responses[0]",
        ),
        (
            json!({ "type": "TextMessage", "source": "a" }),
            Code::MissingField,
            "messages[0].content",
        ),
        (
            json!({ "type": "ToolCallRequestEvent", "source": "a", "content": "x" }),
            Code::InvalidType,
            "messages[0].content",
        ),
        (
            json!({ "type": "ToolCallExecutionEvent", "source": "a", "content": [4] }),
            Code::InvalidType,
            "messages[0].content[0]",
        ),
    ] {
        let error = normalize_as(Some(Dialect::Autogen), &json!([message])).unwrap_err();
        assert_eq!((error.code, error.path.as_str()), (code, path), "{error}");
    }
    let error = normalize(&json!({ "llm_context": { "messages": 4 } })).unwrap_err();
    assert_eq!(error.path, "llm_context.messages");
}
