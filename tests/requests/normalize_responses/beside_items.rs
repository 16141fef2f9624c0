//! What stands beside the items: tools, the choice between them, the form of the answer, and what the provider keeps.

use serde_json::{Value, json};
use token_headroom::{Dialect, ResponseFormat, Thinking, ToolChoice, ToolKind};

use super::refused::refused;
use super::{codes, conversation};

#[test]
fn tools_are_flat_and_the_providers_own_are_named() {
    let conversation = conversation(json!({
        "input": "hi",
        "tools": [
            { "type": "function", "name": "f", "description": "d", "parameters": { "type": "object" }, "strict": true },
            { "type": "function", "name": "later", "defer_loading": true },
            { "type": "custom", "name": "sql", "format": { "type": "grammar", "syntax": "lark", "definition": "start: A" } },
            { "type": "namespace", "name": "ns", "tools": [{ "type": "function", "name": "g" }] },
            { "type": "web_search" },
        ],
    }));
    let kinds: Vec<(&str, ToolKind)> = conversation
        .tools
        .iter()
        .map(|tool| (tool.name.as_str(), tool.kind))
        .collect();
    assert_eq!(
        kinds,
        [
            ("f", ToolKind::Function),
            ("later", ToolKind::Function),
            ("sql", ToolKind::Custom),
            ("ns", ToolKind::Custom),
            ("web_search", ToolKind::Server),
        ]
    );
    assert_eq!(
        codes(&conversation),
        [
            "unknown_tool tools[1]",
            "unknown_tool tools[2]",
            "unknown_tool tools[3]",
            "server_tool tools[4]",
        ]
    );
}

#[test]
fn a_choice_may_name_a_tool_or_several() {
    let choice =
        |choice: Value| conversation(json!({ "input": "hi", "tool_choice": choice })).tool_choice;
    assert_eq!(choice(json!("auto")), ToolChoice::Free);
    assert_eq!(choice(json!("required")), ToolChoice::Required);
    assert_eq!(choice(json!("none")), ToolChoice::None);
    assert_eq!(
        choice(json!({ "type": "function", "name": "f" })),
        ToolChoice::Forced("f".to_owned())
    );
    let allowed = |mode: &str| json!({ "type": "allowed_tools", "mode": mode, "tools": [] });
    assert_eq!(choice(allowed("auto")), ToolChoice::Free);
    assert_eq!(choice(allowed("required")), ToolChoice::Required);
    assert_eq!(
        choice(json!({ "type": "web_search" })),
        ToolChoice::Required
    );
}

#[test]
fn the_form_of_the_answer_stands_in_text() {
    let format =
        |format: Value| conversation(json!({ "input": "hi", "text": { "format": format } }));
    let schema = json!({ "type": "json_schema", "name": "v", "strict": true, "schema": { "type": "object" } });
    assert_eq!(
        format(schema).response_format,
        ResponseFormat::JsonSchema {
            name: "v".to_owned(),
            description: None,
            schema: json!({ "type": "object" }),
        }
    );
    assert_eq!(
        format(json!({ "type": "json_object" })).response_format,
        ResponseFormat::JsonObject
    );
    let unknown = format(json!({ "type": "grammar" }));
    assert_eq!(unknown.response_format, ResponseFormat::Text);
    assert_eq!(codes(&unknown), ["unknown_format text.format"]);
}

#[test]
fn what_the_provider_keeps_is_flagged() {
    let flagged = conversation(json!({
        "input": "hi", "previous_response_id": "resp_1", "conversation": { "id": "conv_1" },
        "truncation": "auto", "max_output_tokens": 100, "parallel_tool_calls": false,
        "reasoning": { "effort": "low", "mode": "pro", "context": "all_turns" },
    }));
    assert_eq!(
        codes(&flagged),
        [
            "server_history previous_response_id",
            "server_history conversation",
            "server_truncation truncation",
            "server_tool reasoning.mode",
            "sealed_reasoning reasoning.context",
        ]
    );
    assert_eq!(flagged.output_cap, Some(100));
    assert_eq!(flagged.parallel_tool_calls, Some(false));
    assert_eq!(flagged.thinking, Thinking::Enabled);
}

#[test]
fn a_body_may_hold_nothing_but_what_the_provider_keeps() {
    for body in [
        json!({ "prompt": { "id": "pmpt_1", "variables": { "a": "b" } } }),
        json!({ "input": null, "previous_response_id": "resp_1" }),
        json!({ "input": [], "previous_response_id": "resp_1" }),
        json!({ "input": [], "conversation": "conv_1" }),
    ] {
        let conversation = conversation(body);
        assert_eq!(conversation.dialect, Dialect::OpenaiResponses);
        assert!(conversation.messages.is_empty());
        assert_eq!(conversation.warnings[0].code, "server_history");
    }
    assert_eq!(refused(json!({ "input": [] })).path, "input");
}
