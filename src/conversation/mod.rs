//! The internal vocabulary: one shape for every dialect.
//!
//! A [`Conversation`] loses nothing: each [`Message`] keeps the JSON it came from in `raw`, and what no
//! variant describes is an [`Part::Opaque`]. Messages are shared (`Arc`), so that a session can reuse
//! what it has already normalised and counted.

mod dialect;
mod parts;
mod tools;

use std::collections::HashSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::count::Shape;
pub use dialect::Dialect;
pub use parts::{Detail, File, Image, Part, Reasoning, ToolCall};
pub use tools::{Tool, ToolChoice, ToolKind};

/// A whole request, normalised.
#[derive(Clone, Debug, PartialEq)]
pub struct Conversation {
    /// The dialect the request is written in.
    pub dialect: Dialect,
    /// The model named in the body.
    pub model: Option<String>,
    /// Instructions that stand outside the list of messages: `system`, `instructions`, `systemInstruction`. Its role is
    /// [`Role::System`], and its `raw` is the field's value.
    pub instructions: Option<Arc<Message>>,
    /// Every message, in order; one for each entry of the dialect's list.
    pub messages: Vec<Arc<Message>>,
    /// Declared tools.
    pub tools: Vec<Tool>,
    /// Whether tools came in the retired `functions` field, which is framed differently.
    pub legacy_functions: bool,
    /// What the model must do with the tools.
    pub tool_choice: ToolChoice,
    /// The value of `parallel_tool_calls`, when given.
    pub parallel_tool_calls: Option<bool>,
    /// The form the answer must have.
    pub response_format: ResponseFormat,
    /// Whether the model is asked to think.
    pub thinking: Thinking,
    /// The request's own cap on output: `max_completion_tokens`, `max_tokens` or what the dialect calls it, in tokens.
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
    /// What is said, in order. Where results are messages of their own (OpenAI), such a message holds exactly one
    /// [`Part::ToolResult`].
    pub parts: Vec<Part>,
    /// The dialect that it was read in.
    pub dialect: Dialect,
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

impl Role {
    /// As it is written.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Developer => "developer",
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Tool => "tool",
            Self::Function => "function",
        }
    }

    /// Who speaks in a message of `parts`: results are a tool's even where the API has the user say them.
    pub(crate) fn of(self, parts: &[Part]) -> Self {
        let is_result = |part: &Part| matches!(part, Part::ToolResult { .. });
        match self {
            Self::User if !parts.is_empty() && parts.iter().all(is_result) => Self::Tool,
            role => role,
        }
    }
}

/// Whether the model is asked to think before it answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Thinking {
    /// Nothing was said.
    #[default]
    Unsaid,
    /// It must not.
    Disabled,
    /// It must.
    Enabled,
    /// It may, as it sees fit.
    Adaptive,
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
    /// Stable name: `unknown_image_size`, `unknown_audio_length`, `unknown_video_length`, `file`, `remote_media`,
    /// `unknown_part`, `unknown_tool`, `server_tool`, `server_history`, `server_truncation`, `sealed_reasoning`, `unknown_format`,
    /// `unpaired_tool_result`, `unanswered_call`, `not_sent`, `unread_schema`, `saved_state`, `model_mismatch`,
    /// `assumed_model` or `assumed_encoding`.
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

    /// The parts, those of results included, in order.
    pub fn leaves(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().flat_map(|part| match part {
            Part::ToolResult { parts, .. } => parts.as_slice(),
            other => std::slice::from_ref(other),
        })
    }

    /// Whether the message answers a call.
    #[must_use]
    pub fn is_result(&self) -> bool {
        matches!(self.role, Role::Tool | Role::Function)
            || self
                .parts
                .iter()
                .any(|part| matches!(part, Part::ToolResult { .. }))
    }
}

impl Conversation {
    /// A conversation of which only the messages are known; `rest` is the body without them.
    #[must_use]
    pub fn new(dialect: Dialect, rest: Value, messages: Vec<Arc<Message>>) -> Self {
        Self {
            dialect,
            model: None,
            instructions: None,
            messages,
            tools: Vec::new(),
            legacy_functions: false,
            tool_choice: ToolChoice::Free,
            parallel_tool_calls: None,
            response_format: ResponseFormat::Text,
            thinking: Thinking::Unsaid,
            output_cap: None,
            rest,
            warnings: Vec::new(),
        }
    }

    /// The atomic groups, in order; together they cover every message exactly once.
    ///
    /// Results belong to the assistant message before them, whatever ids they carry: a request in which
    /// they answer something else is one that the API rejects, and taking them apart would not mend it.
    ///
    /// Where every thought, text and call is an item of its own (Responses), the assistant's items that follow each
    /// other are one turn, with the answers after them; so are items between an answer and the answers still missing.
    #[must_use]
    pub fn groups(&self) -> Vec<Group> {
        if self.dialect != Dialect::OpenaiResponses {
            return groups(self.messages.iter().map(|message| Shape::of(message)));
        }
        let mut groups: Vec<Group> = Vec::new();
        let mut open: HashSet<&str> = HashSet::new();
        for (index, message) in self.messages.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|at| self.messages.get(at));
            let continues = message.role == Role::Assistant
                && before.is_some_and(|before| {
                    before.role == Role::Assistant || before.is_result() && !open.is_empty()
                });
            if !continues && !message.is_result() {
                open.clear();
            }
            follow(message, &mut open);
            match groups.last_mut() {
                Some(last) if continues => {
                    last.messages.end = index + 1;
                    if group_kind(Shape::of(message)) == GroupKind::ToolTurn {
                        last.kind = GroupKind::ToolTurn;
                    }
                }
                _ => grouped(&mut groups, index, Shape::of(message)),
            }
        }
        groups
    }
}

/// The atomic groups of messages where every turn is one message and its results.
pub(crate) fn groups(messages: impl Iterator<Item = Shape>) -> Vec<Group> {
    let mut groups = Vec::with_capacity(messages.size_hint().0);
    for (index, message) in messages.enumerate() {
        grouped(&mut groups, index, message);
    }
    groups
}

/// Puts a message into the last group if it holds results of its turn, else into one of its own.
fn grouped(groups: &mut Vec<Group>, index: usize, message: Shape) {
    match groups.last_mut() {
        Some(last) if message.is_result && last.kind == GroupKind::ToolTurn => {
            last.messages.end = index + 1;
        }
        _ => groups.push(Group {
            kind: group_kind(message),
            messages: index..index + 1,
        }),
    }
}

/// Keeps the ids of calls that are not answered yet.
fn follow<'a>(message: &'a Message, open: &mut HashSet<&'a str>) {
    open.extend(message.calls().map(|call| call.id.as_str()));
    for part in &message.parts {
        if let Part::ToolResult { call_id, .. } = part {
            open.remove(call_id.as_str());
        }
    }
}

fn group_kind(message: Shape) -> GroupKind {
    match message.role {
        Role::System | Role::Developer => GroupKind::Instructions,
        _ if message.is_result => GroupKind::ToolTurn,
        Role::User => GroupKind::User,
        Role::Assistant if !message.calls => GroupKind::Assistant,
        Role::Assistant | Role::Tool | Role::Function => GroupKind::ToolTurn,
    }
}
