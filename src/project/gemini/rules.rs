//! Which rules hold for a model at a host.

use crate::conversation::{Conversation, Detail};
use crate::models::{Framing, Host, ImageRule, Model};
use crate::normalize::{generation_setting, resolution};
use crate::project::estimate::Estimate;

/// Fewest tokens that the provider keeps as cached content.
pub(super) const LEAST_CACHED: i64 = 1_024;
/// Most tokens of cached content: the window of the larger models.
pub(super) const MOST_CACHED: i64 = 1_048_576;

/// How declarations, calls and results are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// The names and texts in them, one by one.
    Pieces,
    /// Python: stubs of functions, calls as expressions.
    Stubs,
    /// The control tokens of Gemma 4's published template.
    Control,
}

/// The rules for a model at a host.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) framing: Framing,
    /// Whether another vocabulary than the model's own counts.
    pub(super) stands_in: bool,
    pub(super) host: Host,
    pub(super) layout: Layout,
    /// Around each content.
    pub(super) frame: i64,
    /// Start of the prompt and of the answer.
    pub(super) prime: i64,
    pub(super) image: ImageRule,
    /// The `mediaResolution` of the whole request.
    pub(super) resolution: Detail,
}

/// The API that a request makes OpenRouter ask first, by `provider.only` or `provider.order`, and whether it may ask another.
pub(super) fn route(conversation: &Conversation) -> Option<(Host, bool)> {
    let provider = conversation.rest.get("provider")?;
    let only = provider.get("only");
    let first = only.or_else(|| provider.get("order"))?.get(0)?.as_str()?;
    let is_strict = only.is_some()
        || provider
            .get("allow_fallbacks")
            .is_some_and(|flag| flag == false);
    let host = [
        ("google-ai-studio", Host::Maker),
        ("google-vertex", Host::Vertex),
    ]
    .iter()
    .find(|(name, _)| first.starts_with(name))?
    .1;
    Some((host, !is_strict))
}

impl Rules {
    pub(super) fn of(model: &Model, host: Host, conversation: &Conversation) -> Self {
        let is_template =
            model.framing == Framing::Gemma && !matches!(host, Host::Maker | Host::Vertex);
        // What is neither of Google's APIs nor OpenRouter is taken for the Gemini API, with bounds for both.
        let is_api = !matches!(host, Host::Vertex | Host::Openrouter);
        let layout = match model.framing {
            Framing::Gemini25 | Framing::Gemma if is_api => Layout::Stubs,
            Framing::Gemini3 | Framing::Gemini35 if is_api => Layout::Control,
            _ => Layout::Pieces,
        };
        Self {
            framing: model.framing,
            stands_in: model.stand_in.is_some(),
            host,
            layout,
            frame: match (is_template, is_api, model.framing) {
                // Gemma's template: start of turn, role, line break; end of turn, line break.
                (true, _, _) => 5,
                (false, true, framing) if framing != Framing::Gemini2 => 1,
                _ => 0,
            },
            // `<bos>`, and the start of the model's turn.
            prime: if is_template { 4 } else { 0 },
            image: model.image,
            resolution: resolution(generation_setting(
                &conversation.rest,
                ["mediaResolution", "media_resolution"],
            )),
        }
    }

    /// Whether this is Gemini 3 or later.
    pub(super) fn is_third(&self) -> bool {
        matches!(self.framing, Framing::Gemini3 | Framing::Gemini35)
    }

    /// A text that takes so many tokens in the vocabulary at hand.
    ///
    /// Models up to 2.0 count with Gemma 2's, for which Gemma 3's stands in. Over 17 kinds of texts Gemma 2 takes 0.94 to
    /// 1.005 times as many tokens of plain text, up to 1.07 of HTML, and most more where scripts are rare.
    pub(super) fn text(&self, text: &str, tokens: u32) -> Estimate {
        let tokens = i64::from(tokens);
        if !self.stands_in {
            return Estimate::exact(tokens);
        }
        let rare = text.chars().filter(|c| is_rare(*c)).count();
        let marks = text.bytes().filter(|byte| *byte == b'<').count();
        let more = i64::try_from(marks / 4 + rare * 3 / 5).unwrap_or(i64::MAX / 4);
        // A text of a few tokens is rarely cut otherwise.
        let less = i64::from(tokens > 8) + tokens / 17 + i64::from(!text.is_ascii()) * tokens / 9;
        Estimate::exact(tokens).widened(less, tokens / 50 + more)
    }
}

/// Whether a character belongs to a script of which the two vocabularies hold very different pieces: all but Latin, Greek,
/// Cyrillic, Arabic, kana and Chinese.
fn is_rare(c: char) -> bool {
    let code = u32::from(c);
    code >= 0x530 && !(0x600..0x700).contains(&code) && !(0x3000..0xa000).contains(&code)
}
