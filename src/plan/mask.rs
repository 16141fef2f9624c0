//! Old tool results whose content may go: which, in what order, and what stands there instead.

use crate::conversation::{Message, Part};
use crate::order::sorted;

use super::draft::{Change, Draft, Replacement};
use super::ground::Ground;
use super::text::{self, LONGEST_NAME, grouped};

/// How every placeholder starts; a result that starts so has been masked before.
const START: &str = "[result of ";
/// How every placeholder ends.
const END: &str = "; call the tool again to see it]";
/// Longest text around the tool's name that is taken for a placeholder.
const LONGEST: usize = 200;
/// The results of one turn that go together, because parallel results share one cost.
pub(super) struct Unit {
    /// The replacements, by message.
    pub changes: Vec<(usize, Replacement)>,
    /// Tokens that the turn loses.
    pub gain: u32,
    /// What can be read again later comes first.
    superseded: bool,
    /// Groups between this one and the end.
    age: usize,
}

/// Every unit, the one to go first in front.
///
/// What can be read again further down goes first. Then value decides: tokens freed times age in
/// groups, so that few, large and old results go, and fresh ones stay. Equal values: the older.
pub(super) fn units(draft: &Draft<'_>, ground: &Ground) -> Vec<Unit> {
    let units: Vec<Unit> = ground
        .groups
        .iter()
        .enumerate()
        .filter_map(|(position, group)| {
            let candidates: Vec<usize> = ground.old_results(draft.conversation(), group).collect();
            let mut turn = draft.turn(group.messages.clone());
            let mut gain = 0;
            let mut changes = Vec::new();
            for &index in &candidates {
                let Some(replacement) = masked(draft, ground, index) else {
                    continue;
                };
                let freed = turn.replace(index, replacement.counted.clone());
                if freed > 0 {
                    gain += u32::try_from(freed).unwrap_or(u32::MAX);
                    changes.push((index, replacement));
                } else {
                    turn.undo();
                }
            }
            let superseded = !changes.is_empty()
                && changes
                    .iter()
                    .all(|(index, _)| ground.again.get(*index).is_some_and(Option::is_some));
            (!changes.is_empty()).then_some(Unit {
                changes,
                gain,
                superseded,
                age: ground.groups.len() - position,
            })
        })
        .collect();
    let key = |unit: &Unit| {
        let value = u64::from(unit.gain).saturating_mul(unit.age as u64);
        (unit.superseded, value, unit.age)
    };
    sorted(units, |a, b| key(b).cmp(&key(a)))
}

/// The replacement for a result, unless the placeholder would take as many tokens.
fn masked(draft: &Draft<'_>, ground: &Ground, index: usize) -> Option<Replacement> {
    let before = draft.content_tokens(index);
    let tool = ground.tools.get(index)?;
    let placeholder = placeholder(tool, before);
    let counted = draft.rewritten(index, &placeholder)?;
    let media = draft
        .message(index)
        .is_some_and(|message| has_media(message));
    (media || counted.content < before).then_some(Replacement {
        change: Change::Mask { placeholder },
        counted,
    })
}

fn placeholder(tool: &str, tokens: u32) -> String {
    format!(
        "{START}{} removed: {} tokens{END}",
        text::tool(tool),
        grouped(tokens.into())
    )
}

/// Whether the result's content is a placeholder already.
pub(super) fn is_masked(message: &Message) -> bool {
    let [Part::ToolResult { parts, .. }] = message.parts.as_slice() else {
        return false;
    };
    let [Part::Text { text, .. }] = parts.as_slice() else {
        return false;
    };
    // A result that was cut has a notice on a line of its own.
    text.len() <= LONGEST + 4 * LONGEST_NAME
        && !text.contains('\n')
        && text.starts_with(START)
        && text.ends_with(END)
}

/// Whether a result holds more than text, whose tokens are not in its text count.
fn has_media(message: &Message) -> bool {
    match message.parts.as_slice() {
        [Part::ToolResult { parts, .. }] => {
            parts.iter().any(|part| !matches!(part, Part::Text { .. }))
        }
        _ => false,
    }
}
