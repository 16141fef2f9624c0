//! What a chat template, or a provider's hidden text, adds around each part of a request.

use crate::json::{COMPACT, SPACED, Style};
use crate::project::estimate::Estimate;

/// Least, likely and most tokens.
pub(super) type Range = [i64; 3];

/// The same tokens in every recorded request.
pub(super) const fn just(tokens: i64) -> Range {
    [tokens, tokens, tokens]
}

/// `range` as an estimate.
pub(super) fn estimate([least, likely, most]: Range) -> Estimate {
    Estimate::between(least, likely, most)
}

/// The frame of a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    /// Start token, blocks that are always there, start of the answer.
    pub(super) once: Range,
    /// A default text, where the request brings no instructions.
    pub(super) default_system: Range,
    /// Around instructions.
    pub(super) system: Range,
    /// Around a user message.
    pub(super) user: Range,
    /// Around an answer.
    pub(super) assistant: Range,
    /// Around the first answer that makes calls in a turn, beside its calls.
    pub(super) turn: Range,
    /// Around a call with its result, beside the texts of both.
    pub(super) call: Range,
    /// Whether a call is shown as one JSON object on lines of its own, rather than its name and arguments apart.
    pub(super) call_json: bool,
    /// For each argument of a call.
    pub(super) argument: f64,
    /// Tool declarations.
    pub(super) tools: Tools,
    /// Earlier thoughts.
    pub(super) thoughts: Thoughts,
    /// A JSON object as the answer.
    pub(super) object: Range,
    /// A schema for the answer, beside its JSON; `None`: it is not shown.
    pub(super) schema: Option<Schema>,
    /// Whether the template trims messages.
    pub(super) trims: bool,
    /// Tokens of `once` and `tools.once` that are words of the provider's own.
    pub(super) hidden: i64,
}

/// What tool declarations cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tools {
    /// Once, where there are any.
    pub(super) once: Range,
    /// The same without instructions.
    pub(super) default_system: i64,
    /// For each.
    pub(super) each: i64,
    /// For each that has parameters.
    pub(super) parameters: i64,
    /// For each of its parameters.
    pub(super) parameter: i64,
    /// What of a declaration is shown.
    pub(super) form: Form,
    /// How its JSON is written.
    pub(super) style: Style,
    /// When some tool must be called.
    pub(super) required: Range,
    /// Whether `none` removes them.
    pub(super) none_removes: bool,
}

/// What of a declaration is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// All of it: `{"type": "function", "function": {...}}`.
    Tool,
    /// All of it, without fields of a schema that Ollama's structures do not have.
    Known,
    /// The function.
    Function,
    /// Bedrock's: `{"toolSpec": {...}}`.
    ToolSpec,
}

/// What becomes of earlier thoughts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Thoughts {
    /// They are dropped, also those between think tags in the text.
    Dropped,
    /// They are kept, with this many tokens around each.
    Kept(i64),
    /// They are kept after the last user message, and dropped before it.
    InLoop(i64),
    /// They are kept in messages that make calls.
    WithCalls(i64),
    /// Those of a field of their own are dropped, perhaps; those in the text are kept after the last user message.
    InText,
    /// They are dropped inside a turn with calls; otherwise the provider may bring back its own, longer ones.
    PerhapsBrought,
}

/// How a schema is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schema {
    /// Beside its JSON.
    pub(super) once: Range,
    /// How it is written.
    pub(super) style: Style,
    /// Whether the whole response format is shown.
    pub(super) whole: bool,
}

/// A template without instructions of its own: nothing hidden, no tools known.
pub(super) const PLAIN: Frame = Frame {
    once: just(0),
    default_system: just(0),
    system: just(0),
    user: just(0),
    assistant: just(0),
    turn: just(0),
    call: [0, 20, 80],
    call_json: false,
    argument: 0.0,
    tools: Tools {
        once: [0, 80, 300],
        default_system: 0,
        each: 0,
        parameters: 0,
        parameter: 0,
        form: Form::Tool,
        style: SPACED,
        required: [0, 0, 20],
        none_removes: false,
    },
    thoughts: Thoughts::Dropped,
    object: [0, 0, 30],
    schema: None,
    trims: false,
    hidden: 0,
};

/// Tools as JSON, known within `once`.
pub(super) const fn tools(once: Range, form: Form, style: Style) -> Tools {
    Tools {
        once,
        form,
        style,
        ..PLAIN.tools
    }
}

/// A schema without blanks.
pub(super) const fn compact_schema(once: Range) -> Option<Schema> {
    Some(Schema {
        once,
        style: COMPACT,
        whole: false,
    })
}
