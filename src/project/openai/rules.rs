//! The constants of OpenAI framing, fitted to recorded provider usage for each family of models and each API.

use crate::conversation::{Conversation, Dialect};
use crate::json::{SPACED, Style};
use crate::models::{Framing, Model};
use crate::project::attachments::reads_files;

/// The API that a request goes through; the same model is framed differently by each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Api {
    /// Chat Completions, and every dialect that reaches an OpenAI model some other way.
    Chat,
    /// Responses.
    Responses,
}

impl Api {
    pub(super) fn of(dialect: Dialect) -> Self {
        match dialect {
            Dialect::OpenaiResponses => Self::Responses,
            _ => Self::Chat,
        }
    }
}

/// Constants of a family.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) framing: Framing,
    pub(super) api: Api,
    /// Start of the answer.
    pub(super) prime: i64,
    /// Around a message.
    pub(super) message: i64,
    /// On top of it, around an assistant's text.
    pub(super) assistant: i64,
    /// On top of a participant's name.
    pub(super) name: i64,
    /// Around one call, and around its result; only the sum was measured. Chat shows the call's bare name, Responses the
    /// name as it is addressed.
    pub(super) call: i64,
    pub(super) result: i64,
    /// On top of a call that is sent back under its own id: least, likely, most. No field tells which requests count it.
    pub(super) replayed: [i64; 3],
    /// Whether Responses addresses an assistant's text to the schema that answers must match.
    pub(super) addresses_texts: bool,
    /// Around several calls with their results; in Responses without the results, and two less for each call.
    pub(super) parallel: i64,
    /// How the results of several calls are written in Chat.
    pub(super) results: Style,
    /// Around a namespace of tools in a message of its own.
    pub(super) tools: i64,
    /// Around a schema in a message of its own.
    pub(super) format: i64,
    /// Around the text of a page of a PDF.
    pub(super) page: i64,
    /// Whether a page's picture stands beside its text, and whether it may.
    pub(super) draws_pages: bool,
    pub(super) may_draw_pages: bool,
    /// Whether the host reads files itself.
    pub(super) reads_files: bool,
    /// Whether it is Responses of its first weeks.
    pub(super) is_first: bool,
}

/// Pages stand in a message of their own: the 4 around it, recorded for five documents.
const PAGE: i64 = 4;
/// `<PARSED TEXT FOR PAGE: 1 / 1>` above a page's text, as models repeat it: numbers of up to three digits are one token.
const PAGE_MARK: i64 = 13;
/// Responses had no mark on 2025-10-29 and has it from 2026-06-11 on; Chat had no pictures on 2026-02-10 and has them from
/// 2026-06-08 on. All on `nano` models: no other is on record since.
const MARKED_AND_DRAWN: &str = "2026-06-01";
/// Hidden text beside files in Chat, and beside tools in the first weeks of Responses; there it went where calls must not be
/// parallel, so it is presumably the namespace `multi_tool_use`.
pub(super) const PARALLEL: i64 = 195;
/// The first weeks of Responses: up to 2025-03-28 every request on record has the hidden text, from 2025-04-18 on none.
const FIRST_RESPONSES: &str = "2025-04-01";

/// Python's `json.dumps` by default.
const ESCAPED: Style = Style {
    comma: ", ",
    colon: ": ",
    ascii: true,
};
impl Rules {
    pub(super) fn of(model: &Model, conversation: &Conversation) -> Self {
        let framing = model.framing;
        let api = Api::of(conversation.dialect);
        let is_changed = !model.is_before(MARKED_AND_DRAWN);
        let is_nano = model.row.ends_with("-nano");
        let chat = Self {
            framing,
            api,
            prime: 3,
            message: 4,
            assistant: 0,
            name: 1,
            call: 9,
            result: 3,
            replayed: [0; 3],
            addresses_texts: false,
            parallel: 20,
            results: ESCAPED,
            tools: 3,
            format: 8,
            // By one request with two files and those with one: what is left of both after the part that comes once.
            page: 2 * PAGE + PAGE_MARK,
            draws_pages: is_changed && is_nano,
            may_draw_pages: is_changed,
            reads_files: reads_files(conversation, model),
            is_first: false,
        };
        let rules = match framing {
            Framing::OpenaiOld | Framing::OpenaiChat => chat,
            Framing::OpenaiReasoning => Self {
                prime: 2,
                tools: 4,
                ..chat
            },
            Framing::OpenaiGpt5 => Self {
                prime: 2,
                assistant: 2,
                call: 10,
                result: 8,
                parallel: 26,
                results: SPACED,
                tools: 91,
                ..chat
            },
            // Contents and nothing else.
            _ => Self {
                prime: 0,
                message: 0,
                name: 0,
                ..chat
            },
        };
        if api == Api::Chat {
            return rules;
        }
        let rules = Self {
            page: PAGE + i64::from(rules.draws_pages) * PAGE_MARK,
            // Not one of its records has any.
            draws_pages: false,
            may_draw_pages: false,
            is_first: model.is_before(FIRST_RESPONSES),
            ..rules
        };
        match (api, framing) {
            (Api::Chat, _) => rules,
            (Api::Responses, Framing::OpenaiGpt5) => {
                let responses = Self {
                    // By two records of calls with ids, neither of the first generation.
                    replayed: [-3, 0, 3],
                    parallel: 16,
                    tools: 9,
                    format: 4,
                    ..rules
                };
                if !is_first_gpt5(model) {
                    return responses;
                }
                Self {
                    call: 7,
                    replayed: [0, 6, 6],
                    addresses_texts: true,
                    ..responses
                }
            }
            (Api::Responses, _) => Self {
                // One less in all on the models of cl100k's time.
                prime: rules.prime
                    - i64::from(model.row.starts_with("gpt-4-") || model.row == "gpt-4"),
                call: 6,
                // 17 of 29 calls of 13 requests count it; in the first weeks one of seven of five.
                replayed: [0, if rules.is_first { 0 } else { 3 }, 3],
                tools: 3,
                format: 5,
                ..rules
            },
        }
    }
}

/// gpt-5, gpt-5-mini, gpt-5-nano and what is named after them, as against gpt-5.2, 5.4 and later.
fn is_first_gpt5(model: &Model) -> bool {
    model.row == "gpt-5" || model.row.starts_with("gpt-5-")
}
