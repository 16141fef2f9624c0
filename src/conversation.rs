//! The internal vocabulary: one shape for every dialect.
//!
//! A [`Conversation`] loses nothing: each [`Message`] keeps the JSON it came from in `raw`, and what no
//! variant describes is an [`Part::Opaque`]. Messages are shared (`Arc`), so that a session can reuse
//! what it has already normalised and counted.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The API whose request bodies are understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Dialect {
    /// OpenAI Chat Completions: `POST /v1/chat/completions`.
    OpenaiChat,
}

/// A whole request, normalised.
#[derive(Clone, Debug, PartialEq)]
pub struct Conversation {
    /// The dialect the request is written in.
    pub dialect: Dialect,
    /// The model named in the body.
    pub model: Option<String>,
    /// Every message, in order.
    pub messages: Vec<Arc<Message>>,
    /// Declared functions.
    pub tools: Vec<Tool>,
    /// Whether tools came in the retired `functions` field, which is framed differently.
    pub legacy_functions: bool,
    /// What the model must do with the tools.
    pub tool_choice: ToolChoice,
    /// The value of `parallel_tool_calls`, when given.
    pub parallel_tool_calls: Option<bool>,
    /// The form the answer must have.
    pub response_format: ResponseFormat,
    /// The request's own cap on output: `max_completion_tokens` or `max_tokens`, in tokens.
    pub output_cap: Option<u32>,
    /// The body without its messages; also the home of every field that has no place above.
    pub rest: Value,
    /// What was accepted although it cannot be counted exactly.
    pub warnings: Vec<Warning>,
}

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// The participant's name, if any.
    pub name: Option<String>,
    /// What is said, in order. A tool message holds exactly one [`Part::ToolResult`].
    pub parts: Vec<Part>,
    /// The message as the caller wrote it.
    pub raw: Value,
}

/// Who speaks. Tool results speak as [`Role::Tool`] whatever the dialect calls them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Instructions by the application.
    System,
    /// Instructions by the application, under the name that reasoning models use.
    Developer,
    /// The person or program that asks.
    User,
    /// The model.
    Assistant,
    /// A tool that answers a call.
    Tool,
    /// A tool that answers a legacy `function_call`.
    Function,
}

/// A piece of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Text.
    Text {
        /// The text.
        text: String,
        /// Whether the provider ends a cache segment here, which keeps the text from merging with the next part.
        breakpoint: bool,
    },
    /// A picture.
    Image(Image),
    /// A recording.
    Audio {
        /// Its length, when the header tells.
        seconds: Option<f64>,
    },
    /// A document.
    File {
        /// Its name, when given.
        name: Option<String>,
        /// Its pages, when the document tells.
        pages: Option<u32>,
        /// Size in bytes, when it travels in the request.
        bytes: Option<u64>,
    },
    /// The model asks for a tool.
    ToolCall(ToolCall),
    /// A tool's answer.
    ToolResult {
        /// The call that is answered; empty for a legacy function message.
        call_id: String,
        /// The answer.
        parts: Vec<Part>,
    },
    /// JSON of a kind that this version does not know; counted as text, with a bound.
    Opaque(Value),
}

/// A picture, as far as its header and the request tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Image {
    /// Width and height in pixels, when known.
    pub size: Option<(u32, u32)>,
    /// The detail that was asked for.
    pub detail: Detail,
}

/// How closely the model looks at a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// The provider's default.
    Auto,
    /// One small view.
    Low,
    /// Tiles or patches within the usual budget.
    High,
    /// Unreduced.
    Original,
}

/// A call that the model makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolCall {
    /// The id that the result answers; empty for a legacy `function_call`.
    pub id: String,
    /// The function's name.
    pub name: String,
    /// Arguments as the model wrote them: a JSON text, usually.
    pub arguments: String,
}

/// A declared function.
#[derive(Clone, Debug, PartialEq)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// What it does.
    pub description: Option<String>,
    /// JSON Schema of its parameters, in the caller's key order.
    pub parameters: Option<Value>,
    /// JSON of a tool that is not a function (custom tools, server tools); counted with a bound.
    pub opaque: Option<Value>,
}

/// What the model must do with the tools.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToolChoice {
    /// Nothing was said, or `auto`, `required`, `allowed_tools`: no cost of its own.
    Free,
    /// `none`.
    None,
    /// This function must be called.
    Forced(String),
}

/// The form the answer must have.
#[derive(Clone, Debug, PartialEq)]
pub enum ResponseFormat {
    /// Free text.
    Text,
    /// Some JSON object.
    JsonObject,
    /// JSON that matches a schema.
    JsonSchema {
        /// The schema's name.
        name: String,
        /// What it is for.
        description: Option<String>,
        /// The schema, in the caller's key order.
        schema: Value,
    },
}

/// Something accepted that lowers what the numbers can promise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Warning {
    /// Stable name: `unknown_image_size`, `unknown_audio_length`, `file`, `unknown_part`, `unknown_tool`,
    /// `unknown_format`, `unpaired_tool_result`, `unanswered_call`, `model_mismatch` or `assumed_model`.
    pub code: String,
    /// The place in the request.
    pub path: String,
    /// What this means for the numbers.
    pub message: String,
}

/// Messages that live or die together: an assistant turn with all its calls and their results, or a
/// single other message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What the group is.
    pub kind: GroupKind,
    /// Its messages, as indices into [`Conversation::messages`].
    pub messages: std::ops::Range<usize>,
}

/// What a [`Group`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupKind {
    /// A system or developer message.
    Instructions,
    /// A user message.
    User,
    /// An assistant message without calls.
    Assistant,
    /// An assistant message with calls, and the results that follow it; or results without such a message.
    ToolTurn,
}

impl Message {
    /// The calls the message makes, in order.
    pub fn calls(&self) -> impl Iterator<Item = &ToolCall> {
        self.parts.iter().filter_map(|part| match part {
            Part::ToolCall(call) => Some(call),
            _ => None,
        })
    }

    /// Whether the message answers a call.
    #[must_use]
    pub fn is_result(&self) -> bool {
        matches!(self.role, Role::Tool | Role::Function)
    }
}

impl Conversation {
    /// The atomic groups, in order; together they cover every message exactly once.
    ///
    /// Results belong to the assistant message before them, whatever ids they carry: a request in which
    /// they answer something else is one that the API rejects, and taking them apart would not mend it.
    #[must_use]
    pub fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for (index, message) in self.messages.iter().enumerate() {
            match groups.last_mut() {
                Some(last) if message.is_result() && last.kind == GroupKind::ToolTurn => {
                    last.messages.end = index + 1;
                }
                _ => groups.push(Group {
                    kind: group_kind(message),
                    messages: index..index + 1,
                }),
            }
        }
        groups
    }
}

fn group_kind(message: &Message) -> GroupKind {
    match message.role {
        Role::System | Role::Developer => GroupKind::Instructions,
        Role::User => GroupKind::User,
        Role::Assistant if message.calls().next().is_none() => GroupKind::Assistant,
        Role::Assistant | Role::Tool | Role::Function => GroupKind::ToolTurn,
    }
}
