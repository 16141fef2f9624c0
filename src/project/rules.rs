//! The constants of Chat Completions framing, fitted to recorded provider usage for each family of models.

use crate::json::Style;
use crate::models::Framing;

/// Constants of a family.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) framing: Framing,
    /// Start of the answer.
    pub(super) prime: i64,
    /// Around a message.
    pub(super) message: i64,
    /// On top of it, around an assistant's text.
    pub(super) assistant: i64,
    /// On top of a participant's name.
    pub(super) name: i64,
    /// Around one call, and around its result; only the sum was measured.
    pub(super) call: i64,
    pub(super) result: i64,
    /// Around several calls with their results.
    pub(super) parallel: i64,
    /// How the results of several calls are written.
    pub(super) results: Style,
}

/// Python's `json.dumps` by default.
const ESCAPED: Style = Style {
    comma: ", ",
    colon: ": ",
    ascii: true,
};
/// The same without escapes.
const SPACED: Style = Style {
    comma: ", ",
    colon: ": ",
    ascii: false,
};

impl Rules {
    pub(super) fn of(framing: Framing) -> Self {
        let chat = Self {
            framing,
            prime: 3,
            message: 4,
            assistant: 0,
            name: 1,
            call: 9,
            result: 3,
            parallel: 20,
            results: ESCAPED,
        };
        match framing {
            Framing::OpenaiOld | Framing::OpenaiChat => chat,
            Framing::OpenaiReasoning => Self { prime: 2, ..chat },
            Framing::OpenaiGpt5 => Self {
                prime: 2,
                assistant: 2,
                call: 10,
                result: 8,
                parallel: 26,
                results: SPACED,
                ..chat
            },
            // Contents and nothing else.
            Framing::OpenaiSearch => Self {
                prime: 0,
                message: 0,
                name: 0,
                ..chat
            },
        }
    }
}
