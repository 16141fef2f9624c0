//! What a message tells by itself. It is found once and kept with the counted message, so that a plan reads only what is new.

use std::sync::{Arc, OnceLock};

use crate::conversation::{Message, Part};
use crate::count::CountedMessage;
use crate::json;
use crate::plan::cut::result_text;
use crate::plan::economy::has_marker;
use crate::plan::evicted::{is_evicted, is_placeholder};
use crate::plan::ground::is_compaction;

use super::answers::{joined, tells_of_failure};
use super::calls;
use super::files::{Tools, Touches};
use super::hash::{mix, word};
use super::references::{self, Names};
use super::repeats;
use super::sketch::{self, Bands, Sketch};

/// What is known of a message.
#[derive(Debug)]
pub(crate) struct Facts {
    /// Hashes of the names in what is said and called, in order.
    pub(super) said: Names,
    /// Of each call, in order.
    pub(super) calls: Box<[Made]>,
    /// Of each result, in order.
    pub(super) answers: Box<[Answered]>,
    /// Whether there is nothing of an unknown kind in it.
    pub(super) is_plain: bool,
    /// Whether a cache breakpoint stands in it.
    pub(crate) is_marked: bool,
    /// Whether the provider itself has summarised in it what was before.
    pub(crate) is_compaction: bool,
}

/// What is known of a call.
#[derive(Debug)]
pub(super) struct Made {
    /// [Equal for equal calls](calls::key).
    pub key: u64,
    /// Whether the tool shows something else each time.
    pub moves: bool,
    /// The files that it reads and writes.
    pub touches: Touches,
}

/// What is known of a result.
#[derive(Debug)]
pub(super) struct Answered {
    /// Equal for equal texts.
    pub hash: u64,
    /// Length of its text.
    pub bytes: usize,
    /// Whether it says more than texts: pictures, files.
    pub has_media: bool,
    /// Whether the tool failed, by the request or by the first word of the text.
    pub failed: bool,
    /// Whether it is a placeholder, or holds the notice of a cut.
    pub is_evicted: bool,
    /// Whether it is a placeholder, in whatever form the dialect has it.
    pub is_masked: bool,
    /// Hashes of the names in it; none where it is evicted.
    pub names: Names,
    /// What similar texts share; `None` where it is too short to compare. Found when first asked for.
    bands: OnceLock<Option<Box<Bands>>>,
    /// Its sketch, where another text may be like it.
    sketch: OnceLock<Option<Box<Sketch>>>,
}

impl Facts {
    /// What is known of `counted`. `tools` knows tools by their names.
    pub(super) fn of<'a>(counted: &'a CountedMessage, tools: &mut Tools<'a>) -> &'a Self {
        let found = || Arc::new(Self::found(&counted.message, tools));
        counted.facts.get_or_init(found)
    }

    fn found<'a>(message: &'a Message, tools: &mut Tools<'a>) -> Self {
        let (mut calls, mut answers) = (Vec::new(), Vec::new());
        for (at, part) in message.parts.iter().enumerate() {
            match part {
                Part::ToolCall(made) => {
                    let arguments = json::parsed(&made.arguments);
                    calls.push(Made {
                        key: calls::key(made, arguments.as_ref()),
                        moves: repeats::moves(&made.name),
                        touches: tools.touches(made, arguments.as_ref()),
                    });
                }
                Part::ToolResult {
                    parts, is_error, ..
                } => {
                    let text = joined(parts);
                    let is_evicted = is_evicted(&text);
                    answers.push(Answered {
                        hash: mix(word(text.as_bytes())),
                        bytes: text.len(),
                        has_media: parts.iter().any(|part| !matches!(part, Part::Text { .. })),
                        failed: *is_error || tells_of_failure(&text),
                        is_evicted,
                        is_masked: result_text(message, at)
                            .is_some_and(|text| is_placeholder(&text)),
                        names: references::names((!is_evicted).then_some(&*text)),
                        bands: OnceLock::new(),
                        sketch: OnceLock::new(),
                    });
                }
                _ => {}
            }
        }
        Self {
            said: references::said(message),
            calls: calls.into(),
            answers: answers.into(),
            is_plain: !message.leaves().any(|part| matches!(part, Part::Opaque(_))),
            is_marked: has_marker(&message.raw),
            is_compaction: is_compaction(&message.raw),
        }
    }
}

impl Answered {
    /// What texts like its own, which is in `parts`, have in common with it.
    pub(super) fn bands(&self, parts: &[Part]) -> Option<&Bands> {
        let found = || sketch::bands_of(&joined(parts));
        self.bands.get_or_init(found).as_deref()
    }

    /// The same as a whole.
    pub(super) fn sketch(&self, parts: &[Part]) -> Option<&Sketch> {
        let found = || sketch::sketch(&joined(parts)).map(Box::new);
        self.sketch.get_or_init(found).as_deref()
    }
}
