//! What a history allows: which groups must stay, which may be removed, which results may go.

use std::collections::HashSet;

use serde_json::Value;

use crate::conversation::{Conversation, Dialect, Group, GroupKind, Message, Part, Role};
use crate::count::{Counted, CountedMessage};
use crate::json::field;
use crate::models::{Model, thoughts_lead};
use crate::verify::pairs::open;
use crate::verify::transcript::Transcript;

use super::cut::said_text;
use super::kept::Kept;
use super::policy::Policy;
use super::worth::{Place, Worth, Worths, worths};

/// Why a message may not be removed; [`Hold::Free`] when it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hold {
    /// A system or developer message.
    System,
    /// The first user request.
    FirstUser,
    /// Pinned by index, the result of a kept tool, or a call or result whose counterpart is in another group.
    Pinned,
    /// One of the last groups, the last user request, or what thoughts lead in a tool loop that runs.
    Tail,
    /// Nothing holds it.
    Free,
}

/// The conversation seen by the planner.
pub(super) struct Ground<'a> {
    /// Atomic groups, in order.
    pub groups: Vec<Group>,
    /// One entry per message.
    pub holds: Vec<Hold>,
    /// Every result, in the order of the messages.
    pub worths: Worths<'a>,
    /// The first of the last groups.
    pub tail: usize,
    /// From where on thoughts stay: the first message of a running tool loop that they have to lead (AN13).
    pub led: usize,
    /// Whether the last group waits for results.
    pending: bool,
    /// Whether nothing may be edited, because the provider holds a part of the history.
    is_sealed: bool,
    /// The first message with a call that waits for its result; nothing from there on may be touched.
    waiting: usize,
    /// Messages that no step may touch at all.
    pinned: HashSet<usize>,
    /// Tools whose results stay.
    keep_tools: HashSet<String>,
}

impl<'a> Ground<'a> {
    /// `strips`: thoughts go with any edit.
    pub(super) fn new(counted: &'a Counted, model: &Model, policy: &Policy, strips: bool) -> Self {
        let conversation = &*counted.conversation;
        let groups = counted.groups();
        // The last group is always kept: nobody has answered it yet.
        let tail = groups.len().saturating_sub(policy.keep_last.max(1));
        let worths = worths(counted, &groups, policy);
        let (waiting, pairs) = unsettled(conversation, worths.is_settled);
        let mut ground = Self {
            pending: groups.last().is_some_and(|last| waits(conversation, last)),
            holds: vec![Hold::Free; conversation.messages.len()],
            worths,
            is_sealed: is_sealed(conversation) || strips && waits_in_thought(conversation, waiting),
            led: led(conversation, model),
            groups,
            tail,
            waiting,
            pinned: policy.pinned.iter().copied().collect(),
            keep_tools: policy.keep_tools.iter().cloned().collect(),
        };
        ground.hold(counted, &pairs);
        ground
    }

    /// `pairs`: the messages of each result and its call. Where something stands between them they are in two groups, and one
    /// would be left alone if the other went.
    fn hold(&mut self, counted: &Counted, pairs: &[[usize; 2]]) {
        let conversation = &*counted.conversation;
        let messages = &conversation.messages;
        self.hold_led(conversation);
        let tail = self.groups.get(self.tail..).unwrap_or_default();
        let last = tail.iter().flat_map(|group| group.messages.clone());
        let group = |index: usize| {
            let before = |group: &Group| group.messages.end <= index;
            self.groups.partition_point(before)
        };
        let torn = pairs.iter().filter(|pair| {
            let [result, call] = pair.map(group);
            result != call
        });
        let kept = self.worths.results.iter();
        let kept = kept.filter(|worth| self.keep_tools.contains(worth.tool));
        let held = last
            .chain(self.waiting..messages.len())
            .map(|index| (index, Hold::Tail))
            .chain(last_request(conversation).map(|index| (index, Hold::Tail)))
            .chain(kept.map(|worth| (worth.place.message, Hold::Pinned)))
            .chain(self.pinned.iter().map(|&index| (index, Hold::Pinned)))
            .chain(torn.flatten().map(|&index| (index, Hold::Pinned)))
            .chain(compactions(counted).map(|index| (index, Hold::Pinned)))
            .chain(first_request(conversation).map(|index| (index, Hold::FirstUser)));
        for (index, value) in held {
            if let Some(hold) = self.holds.get_mut(index) {
                *hold = value;
            }
        }
        for (hold, message) in self.holds.iter_mut().zip(messages) {
            if matches!(message.role, Role::System | Role::Developer) {
                *hold = Hold::System;
            }
        }
        if self.is_sealed {
            for hold in self.holds.iter_mut().filter(|hold| **hold == Hold::Free) {
                *hold = Hold::Pinned;
            }
        }
    }

    /// Turns of a running tool loop stay where the next has no thoughts of its own: without them, or with a note in their place,
    /// nothing would lead it (AN13).
    fn hold_led(&mut self, conversation: &Conversation) {
        for pair in self.groups.windows(2) {
            if let [group, next] = pair
                && group.messages.start >= self.led
                && !starts_with_thoughts(conversation, next.messages.start)
                && let Some(holds) = self.holds.get_mut(group.messages.clone())
            {
                holds.fill(Hold::Tail);
            }
        }
    }

    /// Whether the whole group may be removed.
    pub(super) fn removable(&self, group: &Group) -> bool {
        self.holds
            .get(group.messages.clone())
            .is_some_and(|holds| holds.iter().all(|hold| *hold == Hold::Free))
    }

    /// The groups that may be removed with the oldest, in order.
    ///
    /// Where roles have to take turns, what is removed has to be one run: a group that stays inside it could come to stand
    /// beside one of its own role. What is `kept` stays.
    pub(super) fn middle(&self, dialect: Dialect, kept: &Kept) -> Vec<usize> {
        let strict = matches!(dialect, Dialect::Gemini | Dialect::BedrockConverse);
        let free = |index: &usize| {
            let group = self.groups.get(*index);
            group.is_some_and(|group| self.removable(group)) && !kept.holds(*index)
        };
        let all = 0..self.groups.len();
        if strict {
            let start = all.clone().find(free).unwrap_or(self.groups.len());
            (start..self.groups.len()).take_while(free).collect()
        } else {
            all.filter(free).collect()
        }
    }

    /// Whether the content of a result of an earlier group may go.
    pub(super) fn is_old(&self, worth: &Worth<'_>) -> bool {
        worth.group < self.tail && self.may_change(worth)
    }

    /// The results from the group `first` on that may be cut when nothing else helps.
    pub(super) fn results_from(&self, first: usize) -> impl Iterator<Item = (usize, &Worth<'a>)> {
        let settled = self.groups.len() - usize::from(self.pending);
        let results = self.worths.results.iter().enumerate();
        results.filter(move |(_, worth)| {
            (first..settled).contains(&worth.group) && self.may_change(worth)
        })
    }

    /// The texts of the user's that may be cut when nothing else helps.
    pub(super) fn said(&self, conversation: &Conversation) -> Vec<Place> {
        let messages = conversation.messages.iter().zip(&self.holds).enumerate();
        let may_change = |index: usize, hold: Hold| {
            index < self.waiting
                && !self.is_sealed
                && hold != Hold::Pinned
                && !self.pinned.contains(&index)
        };
        messages
            .filter(|(index, (_, hold))| may_change(*index, **hold))
            .flat_map(|(message, (said, _))| {
                let parts = 0..said.parts.len();
                let texts = parts.filter(|part| said_text(said, *part).is_some());
                texts.map(move |part| Place { message, part })
            })
            .collect()
    }

    fn may_change(&self, worth: &Worth) -> bool {
        worth.is_callers
            && worth.place.message < self.waiting
            && !self.is_sealed
            && !worth.is_masked
            && !self.pinned.contains(&worth.place.message)
            && !self.keep_tools.contains(worth.tool)
    }
}

/// The first message behind what the user said last, when it starts with thoughts and the API wants them there. A text beside
/// results is no new request of the user's: the loop may go on behind it.
fn led(conversation: &Conversation, model: &Model) -> usize {
    let messages = &conversation.messages;
    let said = messages
        .iter()
        .rposition(|m| m.role == Role::User && !m.is_result());
    let first = said.map_or(0, |said| said + 1);
    let is_led = thoughts_lead(conversation, model) && starts_with_thoughts(conversation, first);
    if is_led { first } else { usize::MAX }
}

fn starts_with_thoughts(conversation: &Conversation, index: usize) -> bool {
    let message = conversation.messages.get(index);
    message.is_some_and(|message| matches!(message.parts.first(), Some(Part::Reasoning(_))))
}

/// Whether the provider keeps earlier turns, which local edits would contradict (OR6).
fn is_sealed(conversation: &Conversation) -> bool {
    let given = |key: &str| {
        conversation
            .rest
            .get(key)
            .is_some_and(|value| !value.is_null())
    };
    conversation.dialect == Dialect::OpenaiResponses
        && (given("previous_response_id") || given("conversation"))
}

/// The first message with a call that waits for its result (C6), and the messages of each result and its call, as the validators
/// see them. Where every call has its result they need not be asked, in the dialects in which they see the calls that the planner sees.
fn unsettled(conversation: &Conversation, is_settled: bool) -> (usize, Vec<[usize; 2]>) {
    let seen = || open(&Transcript::of(conversation));
    let (first, pairs) = match conversation.dialect {
        Dialect::OpenaiChat | Dialect::Anthropic if is_settled => {
            debug_assert_eq!(seen().0, None);
            (None, Vec::new())
        }
        _ => seen(),
    };
    (first.unwrap_or(usize::MAX), pairs)
}

/// Whether calls wait for their results in a turn with thoughts, which an edit before it would invalidate and which must stay
/// as they are (C6, AN3): then nothing can be edited.
fn waits_in_thought(conversation: &Conversation, first: usize) -> bool {
    let waiting = conversation.messages.iter().skip(first);
    waiting
        .flat_map(|message| &message.parts)
        .any(|part| matches!(part, Part::Reasoning(_)))
}

/// Messages in which the provider itself has summarised what was before: opaque, and never edited (AN8, OR7).
pub(super) fn compactions(counted: &Counted) -> impl Iterator<Item = usize> {
    let messages = counted.messages.iter().enumerate();
    let is_one = |counted: &CountedMessage| match counted.facts.get() {
        Some(facts) => facts.is_compaction,
        None => is_compaction(&counted.message.raw),
    };
    messages
        .filter(move |(_, counted)| is_one(counted))
        .map(|(index, _)| index)
}

/// Whether a message is one, or has one among its blocks.
pub(super) fn is_compaction(message: &Value) -> bool {
    let is_one = |value: &Value| {
        let fields = value.as_object();
        let kind = fields.and_then(|fields| field(fields, "type")?.as_str());
        matches!(
            kind,
            Some("compaction" | "compaction_summary" | "context_compaction")
        )
    };
    let fields = message.as_object();
    let blocks = fields.and_then(|fields| field(fields, "content")?.as_array());
    is_one(message) || blocks.is_some_and(|blocks| blocks.iter().any(is_one))
}

/// Whether a message says something for the user, beside results that it may carry.
pub(crate) fn is_request(message: &Message) -> bool {
    let says = |part: &Part| !matches!(part, Part::ToolResult { .. });
    message.role == Role::User && (message.parts.is_empty() || message.parts.iter().any(says))
}

/// The message of the last user request.
pub(crate) fn last_request(conversation: &Conversation) -> Option<usize> {
    conversation.messages.iter().rposition(|m| is_request(m))
}

/// The message of the first user request.
pub(crate) fn first_request(conversation: &Conversation) -> Option<usize> {
    conversation.messages.iter().position(|m| is_request(m))
}

/// Whether `group` holds calls that no result in it answers.
pub(crate) fn waits(conversation: &Conversation, group: &Group) -> bool {
    let Some(messages) = conversation.messages.get(group.messages.clone()) else {
        return false;
    };
    if group.kind != GroupKind::ToolTurn {
        return false;
    }
    let parts = || messages.iter().flat_map(|message| &message.parts);
    let mut answered = HashSet::new();
    let mut unnamed = 0_usize;
    for part in parts() {
        match part {
            Part::ToolResult { call_id, .. } if call_id.is_empty() => unnamed += 1,
            Part::ToolResult { call_id, .. } => {
                answered.insert(call_id.as_str());
            }
            _ => {}
        }
    }
    let open = parts().filter(|part| match part {
        Part::ToolCall(call) => !answered.contains(call.id.as_str()),
        _ => false,
    });
    open.count() > unnamed
}
