//! The changes told step by step, each with the exact size of the whole request before and after it.

use super::draft::{Change, Changes, Draft, Replacement};
use super::ground::Ground;
use super::search::Found;
use super::text::grouped;
use super::{Step, StepKind, hash};

/// The steps of `found` on a request of `tokens` tokens: masks and cuts in the order of the messages,
/// then the summary.
pub(super) fn steps(draft: &Draft<'_>, ground: &Ground, tokens: u32, found: &Found) -> Vec<Step> {
    let changes = &found.changes;
    let mut steps = Vec::with_capacity(changes.replaced.len() + 1);
    let mut now = tokens;
    let sizes = sizes(draft, ground, tokens, changes);
    for ((&index, replacement), after) in changes.replaced.iter().zip(sizes) {
        if let Some(step) = replaced(draft, ground, index, replacement, [now, after]) {
            steps.push(step);
        }
        now = after;
    }
    if let Some(summary) = &changes.summary {
        steps.push(summarised(
            draft,
            &summary.messages,
            changes,
            [now, found.projection.tokens],
        ));
    }
    steps
}

/// Tokens of the whole request after each replacement.
///
/// A replacement frees in the whole what it frees in its own turn, so that each turn is measured
/// alone. Should the sum disagree with the whole counted afresh, every step is counted afresh.
fn sizes(draft: &Draft<'_>, ground: &Ground, tokens: u32, changes: &Changes) -> Vec<u32> {
    let mut now = i64::from(tokens);
    let mut sizes = Vec::with_capacity(changes.replaced.len());
    for group in &ground.groups {
        let mut in_group = changes.replaced.range(group.messages.clone()).peekable();
        if in_group.peek().is_none() {
            continue;
        }
        let mut turn = draft.turn(group.messages.clone());
        for (&index, replacement) in in_group {
            now -= turn.replace(index, replacement.counted.clone());
            sizes.push(u32::try_from(now).unwrap_or(0));
        }
    }
    let mut replaced = Changes {
        replaced: changes.replaced.clone(),
        summary: None,
    };
    if sizes.last().copied().unwrap_or(tokens) == draft.project(&replaced).tokens {
        return sizes;
    }
    replaced.replaced.clear();
    changes
        .replaced
        .iter()
        .map(|(&index, replacement)| {
            replaced.replaced.insert(index, replacement.clone());
            draft.project(&replaced).tokens
        })
        .collect()
}

fn replaced(
    draft: &Draft<'_>,
    ground: &Ground,
    index: usize,
    replacement: &Replacement,
    [tokens_before, tokens_after]: [u32; 2],
) -> Option<Step> {
    let message = draft.message(index)?;
    let tool = ground.tools.get(index)?.clone();
    let call_id = super::ground::answers(message)
        .unwrap_or_default()
        .to_owned();
    let original = hash::message(&message.raw);
    let tokens = grouped(draft.content_tokens(index).into());
    let recover =
        format!("call {tool} again, or take messages[{index}] of the request planned for");
    let again = ground.again.get(index).copied().flatten();
    let (kind, reason, lost) = match &replacement.change {
        Change::Mask { placeholder } => (
            StepKind::Mask {
                message: index,
                call_id,
                tool: tool.clone(),
                placeholder: placeholder.clone(),
                original,
            },
            match again {
                Some(later) => format!("messages[{later}] holds a later result of the same call"),
                None => "an old tool result; the turns since then have used it".to_owned(),
            },
            format!("{tokens} tokens that {tool} returned"),
        ),
        Change::Cut { head, tail, notice } => (
            StepKind::Cut {
                message: index,
                call_id,
                tool: tool.clone(),
                head: *head,
                tail: *tail,
                notice: notice.clone(),
                original,
            },
            "a long tool result; its head and tail say most".to_owned(),
            format!("the middle of {tokens} tokens that {tool} returned"),
        ),
    };
    Some(Step {
        kind,
        reason,
        tokens_before,
        tokens_after,
        lost,
        recover,
    })
}

fn summarised(
    draft: &Draft<'_>,
    messages: &[usize],
    changes: &Changes,
    [tokens_before, tokens_after]: [u32; 2],
) -> Step {
    let digest = changes.summary.as_ref().and_then(|summary| {
        summary
            .counted
            .message
            .raw
            .get("content")
            .and_then(serde_json::Value::as_str)
    });
    Step {
        kind: StepKind::Summarise {
            messages: messages.to_vec(),
            digest: digest.unwrap_or_default().to_owned(),
            originals: messages
                .iter()
                .filter_map(|&index| draft.message(index))
                .map(|message| hash::message(&message.raw))
                .collect(),
        },
        reason: "masks and cuts do not reach the mark; the oldest turns matter least".to_owned(),
        tokens_before,
        tokens_after,
        lost: format!("the wording of {} messages", grouped(messages.len() as u64)),
        recover: "take the listed messages of the request planned for".to_owned(),
    }
}
