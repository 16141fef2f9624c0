//! What the SDK's calls take: options of `doGenerate` and `generateText`, of versions 4 to 6.

use serde_json::json;
use token_headroom::{
    Dialect, Part, Reasoning, ResponseFormat, Role, Thinking, ToolCall, ToolChoice, normalize,
};

use super::{parts, read, text};

#[test]
fn call_options_are_read_whole() {
    let schema = json!({ "type": "object", "properties": { "q": { "type": "string" } } });
    let body = json!({
        "prompt": [
            { "role": "system", "content": "be brief", "providerOptions": { "anthropic": {} } },
            { "role": "user", "content": [{ "type": "text", "text": "find it" }] },
            { "role": "assistant", "content": [
                { "type": "reasoning", "text": "well", "providerOptions": { "anthropic": { "signature": "abcd" } } },
                { "type": "text", "text": "I look" },
                { "type": "tool-call", "toolCallId": "c", "toolName": "find", "input": { "q": "it", "n": 2 } },
            ] },
            { "role": "tool", "content": [
                { "type": "tool-result", "toolCallId": "c", "toolName": "find", "output": { "type": "json", "value": { "found": [1, "a"] } } },
            ] },
        ],
        "tools": [
            { "type": "function", "name": "find", "description": "finds", "inputSchema": schema },
            { "type": "provider", "id": "openai.web_search", "name": "web_search", "args": {} },
        ],
        "toolChoice": { "type": "tool", "toolName": "find" },
        "responseFormat": { "type": "json", "schema": schema, "name": "answer", "description": "d" },
        "maxOutputTokens": 77,
        "reasoning": "high",
        "providerOptions": { "openai": { "store": false } },
    });
    let read = normalize(&body).unwrap();
    assert_eq!(read.dialect, Dialect::AiSdk);
    let roles: Vec<Role> = read.messages.iter().map(|message| message.role).collect();
    assert_eq!(
        roles,
        [Role::System, Role::User, Role::Assistant, Role::Tool]
    );
    assert_eq!(
        read.messages[2].parts,
        [
            Part::Reasoning(Reasoning {
                text: "well".into(),
                sealed: 4,
                redacted: false
            }),
            text("I look"),
            Part::ToolCall(ToolCall {
                id: "c".into(),
                name: "find".into(),
                arguments: "{\"q\":\"it\",\"n\":2}".into()
            }),
        ]
    );
    assert_eq!(
        read.messages[3].parts,
        [Part::ToolResult {
            call_id: "c".into(),
            name: Some("find".into()),
            parts: vec![text("{\"found\":[1,\"a\"]}")],
            is_error: false,
        }]
    );
    assert_eq!(read.tools.len(), 2);
    assert_eq!(
        (
            read.tools[0].parameters.as_ref(),
            read.tools[1].is_function()
        ),
        (Some(&schema), false)
    );
    assert_eq!(read.tool_choice, ToolChoice::Forced("find".into()));
    assert_eq!(
        read.response_format,
        ResponseFormat::JsonSchema {
            name: "answer".into(),
            description: Some("d".into()),
            schema
        }
    );
    assert_eq!(
        (read.output_cap, read.thinking),
        (Some(77), Thinking::Enabled)
    );
    assert_eq!(
        read.rest["providerOptions"],
        json!({ "openai": { "store": false } })
    );
    let told: Vec<_> = read
        .warnings
        .iter()
        .map(|w| (w.code.as_str(), w.path.as_str()))
        .collect();
    assert_eq!(told, [("server_tool", "tools[1]")]);
}

#[test]
fn what_generate_text_takes_is_read() {
    let read = normalize(&json!({
        "model": { "modelId": "gpt-4o", "provider": "openai.chat" },
        "system": "be brief",
        "messages": [{ "role": "user", "content": "hi" }],
        "tools": { "find": { "description": "finds", "inputSchema": { "jsonSchema": { "type": "object" } } } },
        "toolChoice": "required",
        "maxOutputTokens": 5,
    }))
    .unwrap();
    assert_eq!(
        (read.dialect, read.model.as_deref()),
        (Dialect::AiSdk, Some("gpt-4o"))
    );
    let instructions = read.instructions.unwrap();
    assert_eq!(
        (instructions.role, instructions.parts.as_slice()),
        (Role::System, [text("be brief")].as_slice())
    );
    assert_eq!(read.tools[0].name, "find");
    assert_eq!(read.tools[0].parameters, Some(json!({ "type": "object" })));
    assert_eq!(read.tool_choice, ToolChoice::Required);
}

#[test]
fn instructions_may_be_messages() {
    let read = read(&json!({
        "instructions": [{ "role": "system", "content": "a" }, { "role": "system", "content": "b" }],
        "messages": [{ "role": "user", "content": "hi" }],
    }));
    assert_eq!(read.instructions.unwrap().parts, [text("a"), text("b")]);
}

#[test]
fn version_4_calls_are_read() {
    let call = parts(json!({ "role": "assistant", "content": [
        { "type": "tool-call", "toolCallId": "c", "toolName": "f", "args": { "q": 1 } },
    ] }));
    assert_eq!(
        call,
        [Part::ToolCall(ToolCall {
            id: "c".into(),
            name: "f".into(),
            arguments: "{\"q\":1}".into()
        })]
    );
}
