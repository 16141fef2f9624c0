//! OpenAI Responses. A thought is an item of its own, and goes with the items after it or not at all.

use serde_json::Value;

use super::content::{entry, is_any, say, speaker};
use super::{Question, Writer};
use crate::conversation::{Conversation, Role};
use crate::json::object;

pub(super) const WRITER: Writer = Writer {
    results: |_, raw| vec![raw],
    answer,
    strip: |_| {},
    said,
    ask,
};

fn answer(item: &mut Value, text: &str) -> Option<String> {
    let takes_parts = is_any(item, &["function_call_output", "custom_tool_call_output"]);
    let takes_text = is_any(
        item,
        &["local_shell_call_output", "apply_patch_call_output"],
    );
    // A screenshot must stay one, and what a shell prints is a list of its own.
    let is_text = item.get("output").is_some_and(Value::is_string);
    if !(takes_parts || takes_text && is_text) {
        return None;
    }
    let kinds = ["input_text", "output_text", "text"];
    say(item.as_object_mut()?, "output", text, &kinds);
    Some(text.to_owned())
}

fn said(conversation: &Conversation, role: Role, text: &str) -> Value {
    let role = match role {
        Role::System | Role::Developer => role.name(),
        role => speaker(role),
    };
    let mut messages = conversation.messages.iter();
    if messages.any(|message| is_any(&message.raw, &["message"])) {
        return object(vec![
            ("type", "message".into()),
            ("role", role.into()),
            ("content", text.into()),
        ]);
    }
    entry(role, text)
}

fn ask(question: &Question<'_>) -> Value {
    object(vec![
        ("model", question.model.into()),
        ("instructions", question.instructions.into()),
        ("input", Value::Array(vec![entry("user", question.text)])),
        ("max_output_tokens", question.max_tokens.into()),
    ])
}
