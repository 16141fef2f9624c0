//! The changes told step by step, each with the exact size of the whole request before and after it.

use std::ops::Range;

use crate::conversation::Part;
use crate::project::{Projection, shares};

use super::document::{Cause, Step, StepKind};
use super::draft::{Change, Changed, Changes, Draft, NO_RESULT};
use super::ground::Ground;
use super::hash;
use super::offers::Offers;
use super::search::Found;
use super::text::grouped;
use super::worth::Place;

/// Most changed results of one turn that are measured one by one: each takes a count of the whole turn, since results of one turn
/// may share their cost. Beyond, what all of them free is counted, and shared out by their own texts.
pub(crate) const MOST_OF_ONE_TURN: usize = 256;

/// What steps are told from.
pub(super) struct Teller<'a> {
    pub draft: &'a Draft<'a>,
    pub ground: &'a Ground<'a>,
    pub offers: &'a Offers,
    pub before: &'a Projection,
}

impl Teller<'_> {
    /// The steps of `found`: masks and cuts of results in the order of the messages, then of the user's texts, then thoughts, repeated
    /// calls and the oldest groups.
    pub(super) fn steps(&self, found: &Found) -> Option<Vec<Step>> {
        let all = &found.changes;
        let mut steps = Vec::new();
        let mut now = self.before.tokens;
        let mut made = Changes::default();
        let is_said = |changed: &&Changed| changed.number == NO_RESULT;
        let (said, results): (Vec<_>, Vec<_>) = all.results.iter().partition(is_said);
        if !results.is_empty() {
            *made.results_mut() = results.into_iter().cloned().collect();
            let after = self.size(&made, found)?;
            self.results(&made, now, &after, &mut steps)?;
            now = after.tokens;
        }
        // Messages of the user's that follow each other may share a frame, so that each is counted with the whole.
        for changed in said {
            made.results_mut().set(changed.clone());
            let after = self.size(&made, found)?.tokens;
            steps.push(self.result(changed, [now, after])?);
            now = after;
        }
        let list = self.draft.conversation().dialect.list_key();
        let mut whole = |made: &Changes, kind: StepKind| -> Option<()> {
            let after = self.size(made, found)?.tokens;
            let [reason, lost, recover] = wording(&kind, 0, "", list);
            steps.push(Step {
                kind,
                reason,
                tokens_before: now,
                tokens_after: after,
                lost,
                recover,
            });
            now = after;
            Some(())
        };
        if !all.reasoning.is_empty() {
            made.reasoning.clone_from(&all.reasoning);
            let messages: Vec<usize> = all.reasoning.iter().copied().collect();
            let originals = self.originals(&messages);
            whole(
                &made,
                StepKind::DropReasoning {
                    messages,
                    originals,
                },
            )?;
        }
        if !all.removed.is_empty() {
            made.removed.clone_from(&all.removed);
            let messages: Vec<usize> = all.removed.iter().copied().collect();
            let originals = self.originals(&messages);
            whole(
                &made,
                StepKind::Remove {
                    messages,
                    originals,
                },
            )?;
        }
        if let Some(summary) = &all.summary {
            let (messages, digest) = (summary.messages.clone(), summary.text.clone());
            let originals = self.originals(&messages);
            let kind = if found.slot.is_some() {
                StepKind::Summarise {
                    messages,
                    digest,
                    originals,
                }
            } else {
                StepKind::Drop {
                    messages,
                    digest,
                    originals,
                }
            };
            whole(all, kind)?;
        }
        Some(steps)
    }

    /// The request with some of the changes made. The last step's is known already.
    fn size(&self, made: &Changes, found: &Found) -> Option<Projection> {
        let all = &found.changes;
        let is_all = made.results.len() == all.results.len()
            && made.reasoning.len() == all.reasoning.len()
            && made.removed.len() == all.removed.len()
            && made.summary.is_some() == all.summary.is_some();
        if is_all {
            Some(found.projection.clone())
        } else {
            self.draft.project(made)
        }
    }

    fn originals(&self, messages: &[usize]) -> Vec<String> {
        let found = messages
            .iter()
            .filter_map(|&index| self.draft.counted.messages.get(index));
        found.map(|message| hash::counted(message)).collect()
    }

    /// Masks and cuts. `after` is the request with all of them made, message for message.
    ///
    /// What a message takes depends on its own turn alone, so that the turns that are done and those that are not add up.
    /// Steps within one turn are measured apart, as far as they are [few](MOST_OF_ONE_TURN), and the last of them takes what is left.
    fn results(
        &self,
        all: &Changes,
        tokens: u32,
        after: &Projection,
        steps: &mut Vec<Step>,
    ) -> Option<()> {
        let freed = |index: usize| {
            let of = |projection: &Projection| {
                projection
                    .messages
                    .get(index)
                    .map_or(0, |message| i64::from(message.tokens))
            };
            of(self.before) - of(after)
        };
        let mut now = i64::from(tokens);
        let total: i64 = i64::from(tokens) - i64::from(after.tokens);
        let told: i64 = (0..self.before.messages.len()).map(freed).sum();
        let mut left = total - told;
        let groups = self.ground.groups.iter();
        let runs = groups.clone().map(|group| group.messages.clone());
        for (group, own) in groups.zip(all.results.of_each(runs)) {
            let mut whole: i64 = group.messages.clone().map(freed).sum();
            if own.is_empty() {
                // A neighbour's frame may depend on what has changed beside it.
                left += whole;
                continue;
            }
            whole += left;
            left = 0;
            let parts = self.within(own, group.messages.clone(), whole);
            for (changed, freed) in own.iter().zip(parts) {
                let after = now - freed;
                let sizes = [now, after].map(|size| u32::try_from(size.max(0)).unwrap_or(u32::MAX));
                steps.push(self.result(changed, sizes)?);
                now = after;
            }
        }
        // What no turn accounts for belongs to the last step.
        if let Some(last) = steps.last_mut() {
            last.tokens_after = after.tokens;
        }
        Some(())
    }

    /// What each change of one turn frees; the sum is `whole`.
    fn within(&self, own: &[Changed], group: Range<usize>, whole: i64) -> Vec<i64> {
        let [_, _, ..] = own else {
            return vec![whole];
        };
        if own.len() > MOST_OF_ONE_TURN {
            return self.shared_out(own, whole);
        }
        let measured = |changes: &Changes| self.draft.turn(group.clone(), changes);
        let mut made = Changes::default();
        let mut size = measured(&made);
        let mut parts = Vec::with_capacity(own.len());
        for changed in own {
            made.results_mut().set(changed.clone());
            let next = measured(&made);
            parts.push(size - next);
            size = next;
        }
        let told: i64 = parts.iter().sum();
        if let Some(last) = parts.last_mut() {
            *last += whole - told;
        }
        parts
    }

    /// `whole` by what the text of each change is shorter.
    fn shared_out(&self, own: &[Changed], whole: i64) -> Vec<i64> {
        let shorter = |changed: &Changed| {
            let size = self.offers.sizes.get(changed.number).copied();
            let left = self.draft.counter.count_text(changed.change.text());
            size.unwrap_or(0).saturating_sub(left)
        };
        let weights: Vec<u32> = own.iter().map(shorter).collect();
        let freed = u32::try_from(whole.max(0)).unwrap_or(u32::MAX);
        let mut parts: Vec<i64> = shares(freed, &weights).into_iter().map(i64::from).collect();
        if let Some(last) = parts.last_mut() {
            *last += whole - i64::from(freed);
        }
        parts
    }

    fn result(&self, changed: &Changed, [tokens_before, tokens_after]: [u32; 2]) -> Option<Step> {
        let Changed {
            place: Place { message, part },
            number,
            change,
        } = changed;
        let (message, part) = (*message, *part);
        let counted = self.draft.counted.messages.get(message)?;
        let original = hash::counted(counted);
        let (kind, tokens, subject) = match counted.message.parts.get(part)? {
            Part::ToolResult { call_id, .. } => {
                let worth = self.ground.worths.results.get(*number)?;
                let (tool, call_id) = (worth.tool.to_owned(), call_id.clone());
                let kind = match change {
                    Change::Mask { cause, placeholder } => StepKind::Mask {
                        message,
                        part,
                        call_id,
                        tool,
                        cause: *cause,
                        later: worth.later.filter(|_| *cause != Cause::Old),
                        placeholder: placeholder.to_string(),
                        original,
                    },
                    Change::Cut {
                        head, tail, notice, ..
                    } => StepKind::Cut {
                        message,
                        part,
                        call_id,
                        tool,
                        head: *head,
                        tail: *tail,
                        notice: notice.clone(),
                        original,
                    },
                };
                let tokens = self.offers.sizes.get(*number).copied().unwrap_or(0);
                let subject = worth.subject.as_deref().unwrap_or("what was read");
                (kind, tokens, subject)
            }
            Part::Text { text, .. } => match change {
                Change::Cut {
                    head, tail, notice, ..
                } => {
                    let kind = StepKind::CutText {
                        message,
                        part,
                        head: *head,
                        tail: *tail,
                        notice: notice.clone(),
                        original,
                    };
                    (kind, self.draft.counter.count_text(text), "")
                }
                Change::Mask { .. } => return None,
            },
            _ => return None,
        };
        let list = self.draft.conversation().dialect.list_key();
        let [reason, lost, recover] = wording(&kind, tokens, subject, list);
        Some(Step {
            kind,
            reason,
            tokens_before,
            tokens_after,
            lost,
            recover,
        })
    }
}

/// Where what went can be found.
const FROM: &str = " of the request planned for";

/// Why a step may be taken, what is lost with it, and how to get it back. `tokens` are those of the result or text that it changes,
/// `subject` is what the call had read.
pub(crate) fn wording(kind: &StepKind, tokens: u32, subject: &str, list: &str) -> [String; 3] {
    // There may be thousands of masks and cuts: their texts are joined, which takes less than formatting them.
    let place = |message: usize| [list, "[", &message.to_string(), "]"].concat();
    let again = |tool: &str, message: usize| {
        let place = place(message);
        let parts = ["call ", tool, " again, or take ", &place, FROM];
        parts.concat()
    };
    let listed = "take the listed messages of the request planned for";
    let count = |messages: &[usize]| grouped(messages.len() as u64);
    let tokens = grouped(tokens.into());
    match kind {
        StepKind::Mask {
            message,
            tool,
            cause,
            later,
            ..
        } => {
            let later = later.map(place);
            let later = later.as_deref().unwrap_or("a later message");
            let reason: &[&str] = match cause {
                Cause::Duplicate => &[later, " says the same"],
                Cause::Superseded => &["the same call was made again: ", later],
                Cause::NearDuplicate => &[later, " says nearly the same"],
                Cause::Stale => &[subject, " was changed later, in ", later],
                Cause::Old => &["an old tool result; the turns since then have used it"],
            };
            [
                reason.concat(),
                [&tokens, " tokens that ", tool, " returned"].concat(),
                again(tool, *message),
            ]
        }
        StepKind::Cut { message, tool, .. } => [
            "a long tool result; its head and tail say most".to_owned(),
            [
                "the middle of ",
                &tokens,
                " tokens that ",
                tool,
                " returned",
            ]
            .concat(),
            again(tool, *message),
        ],
        StepKind::CutText { message, .. } => [
            "a long text of the user's; nothing else made the request fit".to_owned(),
            format!("the middle of {tokens} tokens that the user said"),
            ["take ", &place(*message), FROM].concat(),
        ],
        StepKind::DropReasoning { messages, .. } => [
            "thoughts of earlier turns; an edit before signed thoughts invalidates them".to_owned(),
            format!("what the model thought in {} messages", count(messages)),
            listed.to_owned(),
        ],
        StepKind::Remove { .. } => [
            "every one of these calls was made again later".to_owned(),
            "that the calls were made before".to_owned(),
            format!("read the later results, or {listed}"),
        ],
        StepKind::Summarise { messages, .. } | StepKind::Drop { messages, .. } => [
            "what else may go does not reach the mark; the oldest turns matter least".to_owned(),
            format!("the wording of {} messages", count(messages)),
            listed.to_owned(),
        ],
    }
}
