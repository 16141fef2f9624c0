//! What a chat template, or a provider's hidden text, adds around each part of a request.

use crate::json::{COMPACT, SPACED, Style};
use crate::project::estimate::Estimate;

/// Least, likely and most tokens.
pub(super) type Range = [i16; 3];

/// The same tokens in every recorded request.
pub(super) const fn just(tokens: i16) -> Range {
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
    /// How a call is written.
    pub(super) called: Called,
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
    /// What stands between the texts of one message.
    pub(super) between: &'static str,
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
    /// What stands before all of them, between two and after them, where they are one text; else each is counted by itself.
    pub(super) list: Option<[&'static str; 3]>,
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
    /// The function.
    Function,
    /// Bedrock's: `{"toolSpec": {...}}`.
    ToolSpec,
    /// A text of these pieces.
    Pieces(&'static [Piece]),
}

/// A piece of a declaration or of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// The same for every tool.
    Text(&'static str),
    /// The function's name.
    Name,
    /// Its description.
    Description,
    /// Its parameters, as JSON.
    Parameters,
    /// The function, as JSON on lines indented by four blanks.
    Indented,
    /// The function as SGLang hands it to a template: with `strict`, its keys in alphabetical order.
    Strict,
    /// The function in Ollama's structures, as JSON; fields that these do not have are dropped when the request is read.
    /// Descriptions that are not given are empty, and `required` is always there.
    KnownBefore,
    /// The same without empty fields, the others in alphabetical order.
    KnownSorted,
    /// The same as Go prints structures.
    Printed,
    /// Arguments of a call, as JSON without blanks.
    Arguments,
}

/// How a call is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Called {
    /// Its name and its arguments without blanks, apart from each other.
    Apart,
    /// Its id, which its result repeats, and its arguments with blanks.
    Identified,
    /// One text.
    As(&'static [Piece]),
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
    /// The same, but some servers keep none, and old ones keep those between think tags in the text.
    PerhapsInLoop(i64),
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
    called: Called::Apart,
    argument: 0.0,
    tools: Tools {
        once: [0, 80, 300],
        default_system: 0,
        each: 0,
        parameters: 0,
        parameter: 0,
        form: Form::Tool,
        style: SPACED,
        list: None,
        required: [0, 0, 20],
        none_removes: false,
    },
    thoughts: Thoughts::Dropped,
    object: [0, 0, 30],
    schema: None,
    trims: false,
    between: "",
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
