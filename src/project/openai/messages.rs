//! Framing of Chat Completions messages. What no recorded request shows is bounded.

use super::document::{self, document};
use super::reasoning;
use super::rules::Rules;
use super::turn;
use crate::conversation::{GroupKind, Part, Role, groups};
use crate::count::{self, CountText, CountedMessage};
use crate::models::{Framing, ImageRule};
use crate::project::attachments::attachment;
use crate::project::costs::Cost;
use crate::project::estimate::Estimate;
use crate::project::view::View;

/// The cost of every message, and whether there is a file in or before them; `has_files` says whether one is before them.
pub(super) fn messages(
    view: &View<'_>,
    rules: &Rules,
    image: ImageRule,
    counter: &dyn CountText,
    mut has_files: bool,
) -> (Vec<Cost>, bool) {
    let mut costs = Vec::with_capacity(view.messages.len());
    for group in groups(view.shapes.iter().copied()) {
        let messages = view.messages.get(group.messages).unwrap_or_default();
        match (group.kind, messages) {
            (GroupKind::ToolTurn, [first, results @ ..]) if !first.shape.is_result => {
                turn::turn(first, results, rules, image, counter, &mut costs);
            }
            (GroupKind::ToolTurn, results) => {
                turn::unasked(results, rules, image, counter, &mut costs);
            }
            _ => costs.extend(messages.iter().map(|message| Cost {
                text: said(message, rules, counter),
                media: media(message, rules, image, counter),
                ..Cost::default()
            })),
        }
    }
    if !has_files {
        let is_document = |part: &Part| matches!(part, Part::File(file) if file.text.is_none());
        let mut messages = view.messages.iter();
        let first = messages.position(|message| message.message.leaves().any(is_document));
        has_files = first.is_some();
        if let Some(cost) = first.and_then(|first| costs.get_mut(first)) {
            cost.media += document::beside_files(rules);
        }
    }
    (costs, has_files)
}

/// Text with the frame of a message.
pub(super) fn said(counted: &CountedMessage, rules: &Rules, counter: &dyn CountText) -> Estimate {
    let mut frame = rules.message;
    if counted.message.role == Role::Assistant {
        frame += rules.assistant;
    }
    let mut cost = Estimate::exact(frame + i64::from(counted.content)) + opaque(counted.opaque);
    if counted.message.name.is_some() {
        let name = Estimate::exact(rules.name + i64::from(counted.name));
        cost += match rules.framing {
            Framing::OpenaiOld | Framing::OpenaiChat => name,
            // No record of a name on these.
            _ => name.widened(1, 2),
        };
    }
    cost + counted
        .message
        .parts
        .iter()
        .map(|part| beside(part, counter))
        .sum()
}

/// What is neither text nor media, in dialects that carry more than Chat Completions does.
fn beside(part: &Part, counter: &dyn CountText) -> Estimate {
    match part {
        Part::Reasoning(thoughts) => reasoning::repeated(thoughts, counter),
        Part::File(file) => file.text.as_deref().map_or_else(Estimate::default, |text| {
            let tokens = i64::from(counter.count_text(text));
            Estimate::between(0_i64, tokens, tokens + 220)
        }),
        _ => Estimate::default(),
    }
}

/// Parts of unknown kinds: nothing at least, their JSON and a frame at most.
pub(super) fn opaque(tokens: u32) -> Estimate {
    match i64::from(tokens) {
        0 => Estimate::default(),
        tokens => Estimate::between(0_i64, tokens, tokens + 16),
    }
}

pub(super) fn media(
    counted: &CountedMessage,
    rules: &Rules,
    image: ImageRule,
    counter: &dyn CountText,
) -> Estimate {
    media_of(count::own_parts(&counted.message), rules, image, counter)
}

/// Pictures, recordings and documents among `parts`.
pub(super) fn media_of(
    parts: &[Part],
    rules: &Rules,
    image: ImageRule,
    counter: &dyn CountText,
) -> Estimate {
    parts
        .iter()
        .filter_map(|part| match part {
            Part::File(file) if file.text.is_some() => None,
            Part::File(file) => Some(document(file, rules, image, counter)),
            _ => attachment(part, image),
        })
        .sum()
}

/// Assistant messages with text; in Chat each is addressed to the schema that answers must match.
pub(super) fn assistant_texts(counted: &View<'_>) -> i64 {
    let texts = counted
        .messages
        .iter()
        .filter(|m| m.message.role == Role::Assistant && (m.content > 0 || m.calls.is_empty()))
        .count();
    i64::try_from(texts).unwrap_or(i64::MAX / 4)
}

/// The text of the first message, when it is one of instructions: the part that later text is joined to.
pub(super) fn leading_text(counted: &View<'_>) -> Option<String> {
    let first = match &counted.conversation.instructions {
        Some(instructions) => instructions,
        None => &counted.messages.first()?.message,
    };
    matches!(first.role, Role::System | Role::Developer).then(|| {
        count::segments(first)
            .pop()
            .unwrap_or_default()
            .into_owned()
    })
}
