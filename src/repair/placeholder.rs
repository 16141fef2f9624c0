//! A result for a call that has none, in the dialect and shape of the call.

use serde_json::Value;

use crate::conversation::Dialect;
use crate::json::object;
use crate::verify::entries::{Entry, unwrapped};

/// What is said in place of a result.
const TEXT: &str = "[no result was recorded]";

fn list(values: Vec<Value>) -> Value {
    Value::Array(values)
}

/// The result as a message; `None` where the tool has no result that could be made up.
pub(super) fn result(dialect: Dialect, message: &Value, call: &Entry<'_>) -> Option<Value> {
    let (id, name) = (call.id, call.name);
    Some(match dialect {
        Dialect::OpenaiResponses => return item(call),
        Dialect::Anthropic => {
            let block = object(vec![
                ("type", "tool_result".into()),
                ("tool_use_id", id.into()),
                ("content", TEXT.into()),
                ("is_error", true.into()),
            ]);
            object(vec![
                ("role", "user".into()),
                ("content", list(vec![block])),
            ])
        }
        Dialect::BedrockConverse => {
            let result = object(vec![
                ("toolUseId", id.into()),
                ("content", list(vec![object(vec![("text", TEXT.into())])])),
                ("status", "error".into()),
            ]);
            let block = object(vec![("toolResult", result)]);
            object(vec![
                ("role", "user".into()),
                ("content", list(vec![block])),
            ])
        }
        Dialect::Gemini => {
            let mut response = Vec::new();
            if !id.is_empty() {
                response.push(("id", id.into()));
            }
            response.push(("name", name.into()));
            response.push(("response", object(vec![("error", TEXT.into())])));
            let key = match call.value.get("function_call") {
                Some(_) => "function_response",
                None => "functionResponse",
            };
            let part = object(vec![(key, object(response))]);
            object(vec![("role", "user".into()), ("parts", list(vec![part]))])
        }
        Dialect::AiSdk => {
            let mut part: Vec<(&str, Value)> = vec![
                ("type", "tool-result".into()),
                ("toolCallId", id.into()),
                ("toolName", name.into()),
            ];
            // Version 4 has `args` and `result`.
            part.push(match call.value.get("args") {
                Some(_) => ("result", TEXT.into()),
                None => {
                    let output = vec![("type", "error-text".into()), ("value", TEXT.into())];
                    ("output", object(output))
                }
            });
            object(vec![
                ("role", "tool".into()),
                ("content", list(vec![object(part)])),
            ])
        }
        Dialect::Langchain => langchain(message, id, name),
        Dialect::Autogen if message.get("role").is_none() => {
            let result = object(vec![
                ("content", TEXT.into()),
                ("name", name.into()),
                ("call_id", id.into()),
                ("is_error", true.into()),
            ]);
            let kind = message.get("type").and_then(Value::as_str);
            let mut fields: Vec<(&str, Value)> = vec![(
                "type",
                match kind {
                    Some("ToolCallRequestEvent") => "ToolCallExecutionEvent",
                    Some("ToolCallMessage") => "ToolCallResultMessage",
                    _ => "FunctionExecutionResultMessage",
                }
                .into(),
            )];
            if let Some(source) = message
                .get("source")
                .filter(|_| kind != Some("AssistantMessage"))
            {
                fields.push(("source", source.clone()));
            }
            fields.push(("content", list(vec![result])));
            object(fields)
        }
        _ => chat(dialect, call),
    })
}

fn chat(dialect: Dialect, call: &Entry<'_>) -> Value {
    if call.place.key == "function_call" {
        return object(vec![
            ("role", "function".into()),
            ("name", call.name.into()),
            ("content", TEXT.into()),
        ]);
    }
    let mut fields: Vec<(&str, Value)> = vec![("role", "tool".into())];
    if !call.id.is_empty() {
        fields.push(("tool_call_id", call.id.into()));
    }
    if dialect == Dialect::Ollama {
        fields.push(("tool_name", call.name.into()));
    }
    fields.push(("content", TEXT.into()));
    object(fields)
}

fn item(call: &Entry<'_>) -> Option<Value> {
    let kind = call.value.get("type").and_then(Value::as_str)?;
    let key = if kind == "local_shell_call" {
        "id"
    } else {
        "call_id"
    };
    let answer = format!("{kind}_output");
    let mut fields: Vec<(&str, Value)> = vec![("type", answer.into()), (key, call.id.into())];
    match kind {
        "function_call" | "custom_tool_call" | "local_shell_call" => {
            fields.push(("output", TEXT.into()));
        }
        "apply_patch_call" => {
            fields.push(("status", "failed".into()));
            fields.push(("output", TEXT.into()));
        }
        "shell_call" => {
            let outcome = object(vec![("type", "exit".into()), ("exit_code", 1.into())]);
            let said = object(vec![
                ("stdout", "".into()),
                ("stderr", TEXT.into()),
                ("outcome", outcome),
            ]);
            fields.push(("output", list(vec![said])));
        }
        // A computer answers with a picture of its screen.
        _ => return None,
    }
    Some(object(fields))
}

fn langchain(message: &Value, id: &str, name: &str) -> Value {
    let own: Vec<(&str, Value)> = vec![
        ("content", TEXT.into()),
        ("tool_call_id", id.into()),
        ("name", name.into()),
        ("status", "error".into()),
    ];
    let with = |first: (&'static str, Value)| {
        let mut fields = vec![first];
        fields.extend(own.iter().map(|(key, value)| (*key, value.clone())));
        object(fields)
    };
    match unwrapped(message).0 {
        "data" => object(vec![("type", "tool".into()), ("data", object(own))]),
        "kwargs" => {
            let mut class = message
                .get("id")
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default();
            class.pop();
            class.push("ToolMessage".into());
            object(vec![
                ("lc", 1.into()),
                ("type", "constructor".into()),
                ("id", list(class)),
                ("kwargs", object(own)),
            ])
        }
        _ if message.get("role").is_some() && message.get("type").is_none() => {
            with(("role", "tool".into()))
        }
        _ => with(("type", "tool".into())),
    }
}
