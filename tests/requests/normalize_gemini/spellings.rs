//! The ways to write one request: spellings, shorter forms, other calls, and the config of an SDK.

use serde_json::json;
use token_headroom::{Dialect, ResponseFormat, Role, Thinking, ToolChoice, ToolKind};

use super::{PIXEL, read, said};

#[test]
fn both_spellings_mean_the_same() {
    let camel = json!({
        "systemInstruction": { "parts": [{ "text": "Be brief." }] },
        "contents": [
            { "role": "user", "parts": [{ "text": "a" }, { "inlineData": { "mimeType": "image/png", "data": PIXEL } }] },
            { "role": "model", "parts": [{ "functionCall": { "name": "f", "args": { "x": 1 } }, "thoughtSignature": "c2lnbmVk" }] },
            { "role": "user", "parts": [{ "functionResponse": { "name": "f", "response": { "y": 2 } } }] },
        ],
        "tools": [{ "functionDeclarations": [{ "name": "f", "parametersJsonSchema": { "type": "object" } }] }],
        "toolConfig": { "functionCallingConfig": { "mode": "ANY", "allowedFunctionNames": ["f"] } },
        "generationConfig": { "maxOutputTokens": 9, "responseMimeType": "application/json", "responseSchema": { "type": "OBJECT" },
            "thinkingConfig": { "thinkingBudget": 0 } },
    });
    let snake = json!({
        "system_instruction": { "parts": [{ "text": "Be brief." }] },
        "contents": [
            { "role": "user", "parts": [{ "text": "a" }, { "inline_data": { "mime_type": "image/png", "data": PIXEL } }] },
            { "role": "model", "parts": [{ "function_call": { "name": "f", "args": { "x": 1 } }, "thought_signature": "c2lnbmVk" }] },
            { "role": "user", "parts": [{ "function_response": { "name": "f", "response": { "y": 2 } } }] },
        ],
        "tools": [{ "function_declarations": [{ "name": "f", "parameters_json_schema": { "type": "object" } }] }],
        "tool_config": { "function_calling_config": { "mode": "ANY", "allowed_function_names": ["f"] } },
        "generation_config": { "max_output_tokens": 9, "response_mime_type": "application/json", "response_schema": { "type": "OBJECT" },
            "thinking_config": { "thinking_budget": 0 } },
    });
    let (camel, snake) = (read(&camel), read(&snake));
    assert_eq!(camel.dialect, Dialect::Gemini);
    for (camel, snake) in camel.messages.iter().zip(&snake.messages) {
        assert_eq!((camel.role, &camel.parts), (snake.role, &snake.parts));
    }
    let roles: Vec<Role> = camel.messages.iter().map(|message| message.role).collect();
    assert_eq!(roles, [Role::User, Role::Assistant, Role::Tool]);
    for conversation in [camel, snake] {
        assert_eq!(conversation.tool_choice, ToolChoice::Forced("f".to_owned()));
        assert_eq!(conversation.thinking, Thinking::Disabled);
        assert_eq!(conversation.output_cap, Some(9));
        assert!(matches!(
            conversation.response_format,
            ResponseFormat::JsonSchema { .. }
        ));
        assert_eq!(
            conversation.tools[0].parameters,
            Some(json!({ "type": "object" }))
        );
        let instructions = conversation.instructions.expect("instructions");
        assert_eq!(
            (instructions.role, instructions.parts.len()),
            (Role::System, 1)
        );
    }
}

#[test]
fn contents_may_be_a_text_a_part_or_one_content() {
    let one = [
        json!({ "contents": "Hi" }),
        json!({ "contents": ["Hi"] }),
        json!({ "contents": { "text": "Hi" } }),
        json!({ "contents": { "role": "user", "parts": { "text": "Hi" } } }),
        json!({ "contents": [{ "parts": [{ "text": "Hi" }] }] }),
        json!({ "contents": [{ "parts": ["Hi"] }] }),
        json!([{ "parts": [{ "text": "Hi" }] }]),
    ];
    for body in one {
        assert_eq!(said(&read(&body)), [(Role::User, "Hi")], "{body}");
    }
}

#[test]
fn count_tokens_may_nest_the_request() {
    let body = json!({ "generateContentRequest": {
        "model": "models/gemini-3.5-flash",
        "contents": [{ "role": "user", "parts": [{ "text": "Hi" }] }],
        "systemInstruction": { "parts": { "text": "" } },
        "tools": { "googleSearch": {} },
    } });
    let conversation = read(&body);
    assert_eq!(said(&conversation), [(Role::User, "Hi")]);
    assert_eq!(
        conversation.model.as_deref(),
        Some("models/gemini-3.5-flash")
    );
    assert!(conversation.instructions.is_some());
    assert_eq!(conversation.tools[0].kind, ToolKind::Server);
}

#[test]
fn the_config_of_an_sdk_is_read_like_the_body() {
    let conversation = read(&json!({
        "model": "gemini-2.5-flash",
        "contents": "Hi",
        "config": { "systemInstruction": "Be brief.", "maxOutputTokens": 5, "tools": [{ "functionDeclarations": [{ "name": "f" }] }],
            "responseJsonSchema": { "type": "object" } },
    }));
    assert!(conversation.instructions.is_some());
    assert_eq!(conversation.output_cap, Some(5));
    assert_eq!(conversation.tools[0].name, "f");
    assert!(matches!(
        conversation.response_format,
        ResponseFormat::JsonSchema { .. }
    ));
}
