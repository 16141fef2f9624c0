//! LangChain: the wrapping of a message stays, whatever it is.

use serde_json::{Map, Value};

use super::content::{drop_types, is_any, of_type, say};
use super::{Question, Writer};
use crate::conversation::{Conversation, Message, Role};
use crate::json::object;

pub(super) const WRITER: Writer = Writer {
    results,
    answer,
    strip,
    said,
    ask,
};

const THOUGHTS: [&str; 4] = [
    "reasoning",
    "thinking",
    "redacted_thinking",
    "reasoning_content",
];
const TEXTS: [&str; 3] = ["text", "input_text", "output_text"];

/// The message's own fields, out of what they are wrapped in.
fn fields(raw: &mut Value) -> Option<&mut Value> {
    let wrapping = if raw.get("lc").is_some() {
        "kwargs"
    } else if raw.get("type").is_some_and(Value::is_string) {
        "data"
    } else {
        return Some(raw);
    };
    if raw.get(wrapping).is_some_and(Value::is_object) {
        raw.get_mut(wrapping)
    } else {
        Some(raw)
    }
}

/// A tool's message is a result; in others Anthropic's blocks are.
fn results(role: Role, raw: &mut Value) -> Vec<&mut Value> {
    match role {
        Role::Tool | Role::Function => vec![raw],
        _ => fields(raw).map_or_else(Vec::new, |own| of_type(own, "content", "tool_result")),
    }
}

fn answer(result: &mut Value, text: &str) -> Option<String> {
    let own = match result {
        Value::Array(pair) => {
            *pair.get_mut(1)? = text.into();
            return Some(text.to_owned());
        }
        block if is_any(block, &["tool_result"]) => block,
        message => fields(message)?,
    };
    let own = own.as_object_mut()?;
    // The first version of stored messages has `text`.
    let key = if own.contains_key("content") || !own.contains_key("text") {
        "content"
    } else {
        "text"
    };
    say(own, key, text, &TEXTS);
    Some(text.to_owned())
}

/// Thoughts go, unless they are items that OpenAI stored: it refuses the items after them then.
fn strip(raw: &mut Value) {
    let Some(own) = fields(raw) else {
        return;
    };
    let blocks = own.get("content").and_then(Value::as_array);
    let is_stored = |block: &Value| {
        let id = block.get("id").and_then(Value::as_str);
        is_any(block, &THOUGHTS) && id.is_some_and(|id| id.starts_with("rs_"))
    };
    if blocks.is_some_and(|blocks| blocks.iter().any(is_stored)) {
        return;
    }
    drop_types(own, "content", &THOUGHTS);
    if let Some(Value::Object(extra)) = own.get_mut("additional_kwargs") {
        extra.shift_remove("reasoning_content");
    }
}

/// In the wrapping and under the names that a message of the role has, else as any message of the conversation.
fn said(conversation: &Conversation, role: Role, text: &str) -> Value {
    let messages = || conversation.messages.iter();
    let same = messages().find(|message| message.role == role && wrapping(message).is_some());
    let sample = same.or_else(|| messages().find(|message| wrapping(message).is_some()));
    let Some((sample, wrapping)) = sample.and_then(|sample| Some((sample, wrapping(sample)?)))
    else {
        return object(vec![
            ("type", kind(role, 0).into()),
            ("content", text.into()),
        ]);
    };
    let own = sample.raw.as_object();
    let own = |key: &str| own.and_then(|own| own.get(key));
    let name = |key: &str| {
        let said = own(key).and_then(Value::as_str).unwrap_or_default();
        let known = (0..3).map(|form| kind(role, form));
        let default = kind(role, usize::from(key == "role"));
        known
            .into_iter()
            .find(|kind| *kind == said)
            .unwrap_or(default)
    };
    let content = ("content", Value::from(text));
    match wrapping {
        Wrapping::Pair => {
            let said = sample
                .raw
                .get(0)
                .and_then(Value::as_str)
                .unwrap_or_default();
            let form = usize::from(matches!(said, "user" | "assistant"));
            Value::Array(vec![kind(role, form).into(), text.into()])
        }
        Wrapping::Constructor => {
            let class = kind(role, 2);
            let mut id = own("id")
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default();
            id.pop();
            id.push(class.into());
            let mut kwargs = vec![content];
            // Python names the type among the arguments.
            if own("kwargs").is_some_and(|kwargs| kwargs.get("type").is_some()) {
                kwargs.push(("type", kind(role, 0).into()));
            }
            object(vec![
                ("lc", own("lc").cloned().unwrap_or_default()),
                ("type", "constructor".into()),
                ("id", Value::Array(id)),
                ("kwargs", object(kwargs)),
            ])
        }
        Wrapping::Stored => object(vec![
            ("type", name("type").into()),
            ("data", object(vec![content])),
        ]),
        Wrapping::Type => object(vec![("type", name("type").into()), content]),
        Wrapping::Role => object(vec![("role", name("role").into()), content]),
    }
}

/// What a message is wrapped in.
#[derive(Clone, Copy)]
enum Wrapping {
    /// `["human", "hi"]`.
    Pair,
    /// `{ lc, type, id, kwargs }`.
    Constructor,
    /// `{ type, data }`.
    Stored,
    /// `{ type, content }`.
    Type,
    /// `{ role, content }`.
    Role,
}

/// `None` for a bare text, and for a message whose class got lost.
fn wrapping(message: &Message) -> Option<Wrapping> {
    let own: &Map<String, Value> = match &message.raw {
        Value::Array(_) => return Some(Wrapping::Pair),
        raw => raw.as_object()?,
    };
    Some(if own.contains_key("lc") {
        Wrapping::Constructor
    } else if own.contains_key("type") {
        match own.get("data") {
            Some(Value::Object(_)) => Wrapping::Stored,
            _ => Wrapping::Type,
        }
    } else if own.contains_key("role") {
        Wrapping::Role
    } else {
        return None;
    })
}

/// A role's type, its name in Chat Completions, and its class.
fn kind(role: Role, form: usize) -> &'static str {
    let forms = match role {
        Role::Assistant => ["ai", "assistant", "AIMessage"],
        Role::System | Role::Developer => ["system", "system", "SystemMessage"],
        _ => ["human", "user", "HumanMessage"],
    };
    forms.get(form).copied().unwrap_or_default()
}

fn ask(question: &Question<'_>) -> Value {
    let conversation = question.conversation;
    let messages = vec![
        said(conversation, Role::System, question.instructions),
        said(conversation, Role::User, question.text),
    ];
    let mut body = Vec::new();
    if question.has("model") || question.has("model_name") {
        let key = question.key(&["model", "model_name"]);
        body.push((key, question.model.into()));
    }
    let cap = question.key(&["max_tokens", "max_completion_tokens", "maxTokens"]);
    body.push(("messages", Value::Array(messages)));
    body.push((cap, question.max_tokens.into()));
    object(body)
}
