//! What a history allows: which messages must stay, which results may go, which groups may be summarised.

use std::collections::{HashMap, HashSet};

use super::{Policy, mask};
use crate::conversation::{Conversation, Group, GroupKind, Message, Part, Role};

/// Most results of one turn that are changed; the API takes at most 128 calls. The joint cost of a
/// parallel turn is measured after each change, which takes time in the square of their number.
const WIDEST: usize = 128;

/// Why a message may not be changed; [`Hold::Free`] when it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hold {
    /// A system or developer message.
    System,
    /// The first user message.
    FirstUser,
    /// Pinned by index, or the result of a kept tool.
    Pinned,
    /// One of the last groups, or the last user request.
    Tail,
    /// Nothing holds it.
    Free,
}

/// The conversation seen by the planner.
pub(super) struct Ground {
    /// Atomic groups, in order.
    pub groups: Vec<Group>,
    /// One entry per message.
    pub holds: Vec<Hold>,
    /// Per message: the tool that a result answers for. Empty for other messages.
    pub tools: Vec<String>,
    /// Per message: the later message in which the same thing can be read again.
    pub again: Vec<Option<usize>>,
    /// Whether the last group waits for results.
    pending: bool,
}

impl Ground {
    pub(super) fn new(conversation: &Conversation, policy: &Policy) -> Self {
        let groups = conversation.groups();
        let messages = &conversation.messages;
        let tools = tool_names(conversation, &groups);
        let again = repeated_later(conversation, &groups, &tools);
        let mut ground = Self {
            pending: groups.last().is_some_and(|last| waits(conversation, last)),
            holds: vec![Hold::Free; messages.len()],
            groups,
            tools,
            again,
        };
        ground.hold(conversation, policy);
        ground
    }

    fn hold(&mut self, conversation: &Conversation, policy: &Policy) {
        let messages = &conversation.messages;
        let user = |message: &std::sync::Arc<Message>| message.role == Role::User;
        // The last group is always kept: nobody has answered it yet.
        let tail = self.groups.len().saturating_sub(policy.keep_last.max(1));
        for group in self.groups.get(tail..).unwrap_or_default() {
            for hold in self
                .holds
                .get_mut(group.messages.clone())
                .into_iter()
                .flatten()
            {
                *hold = Hold::Tail;
            }
        }
        let mut set = |index: usize, value: Hold| {
            if let Some(hold) = self.holds.get_mut(index) {
                *hold = value;
            }
        };
        if let Some(last) = messages.iter().rposition(user) {
            set(last, Hold::Tail);
        }
        for (index, tool) in self.tools.iter().enumerate() {
            if !tool.is_empty() && policy.keep_tools.contains(tool) {
                set(index, Hold::Pinned);
            }
        }
        for &index in &policy.pinned {
            set(index, Hold::Pinned);
        }
        if let Some(first) = messages.iter().position(user) {
            set(first, Hold::FirstUser);
        }
        for (index, message) in messages.iter().enumerate() {
            if matches!(message.role, Role::System | Role::Developer) {
                set(index, Hold::System);
            }
        }
    }

    /// Whether the whole group may be replaced by a summary.
    pub(super) fn removable(&self, group: &Group) -> bool {
        self.holds
            .get(group.messages.clone())
            .is_some_and(|holds| holds.iter().all(|hold| *hold == Hold::Free))
    }

    /// The results among `group` that may lose their content.
    pub(super) fn old_results<'a>(
        &'a self,
        conversation: &'a Conversation,
        group: &Group,
    ) -> impl Iterator<Item = usize> + 'a {
        self.results(conversation, group, Hold::Free)
    }

    /// The results in the last groups that may be cut when nothing else helps.
    pub(super) fn tail_results<'a>(
        &'a self,
        conversation: &'a Conversation,
    ) -> impl Iterator<Item = usize> + 'a {
        let settled = self.groups.len() - usize::from(self.pending);
        self.groups
            .iter()
            .take(settled)
            .flat_map(move |group| self.results(conversation, group, Hold::Tail))
    }

    fn results<'a>(
        &'a self,
        conversation: &'a Conversation,
        group: &Group,
        hold: Hold,
    ) -> impl Iterator<Item = usize> + 'a {
        let may_go = move |index: &usize| {
            let index = *index;
            self.holds.get(index) == Some(&hold)
                && conversation
                    .messages
                    .get(index)
                    .is_some_and(|message| message.is_result() && !mask::is_masked(message))
        };
        group.messages.clone().filter(may_go).take(WIDEST)
    }
}

/// Whether `group` holds calls that no message of it answers.
pub(crate) fn waits(conversation: &Conversation, group: &Group) -> bool {
    let Some(messages) = conversation.messages.get(group.messages.clone()) else {
        return false;
    };
    let answered: HashSet<&str> = messages.iter().filter_map(|m| answers(m)).collect();
    group.kind == GroupKind::ToolTurn
        && messages
            .iter()
            .flat_map(|message| message.calls())
            .any(|call| !answered.contains(call.id.as_str()))
}

/// The id of the call that `message` answers, when it is a result.
pub(crate) fn answers(message: &Message) -> Option<&str> {
    match message.parts.as_slice() {
        [Part::ToolResult { call_id, .. }] => Some(call_id),
        _ => None,
    }
}

fn tool_names(conversation: &Conversation, groups: &[Group]) -> Vec<String> {
    let mut names = vec![String::new(); conversation.messages.len()];
    for group in groups
        .iter()
        .filter(|group| group.kind == GroupKind::ToolTurn)
    {
        let Some(messages) = conversation.messages.get(group.messages.clone()) else {
            continue;
        };
        let called: HashMap<&str, &str> = messages
            .iter()
            .flat_map(|message| message.calls())
            .map(|call| (call.id.as_str(), call.name.as_str()))
            .collect();
        for (name, message) in names.iter_mut().skip(group.messages.start).zip(messages) {
            let found = answers(message).and_then(|id| called.get(id).copied());
            let own = message.name.as_deref();
            if message.is_result() {
                *name = found.or(own).unwrap_or("a tool").to_owned();
            }
        }
    }
    names
}

/// For each result, the last later result of the same call (tool and arguments) or with the same text.
fn repeated_later(
    conversation: &Conversation,
    groups: &[Group],
    tools: &[String],
) -> Vec<Option<usize>> {
    let mut again = vec![None; conversation.messages.len()];
    let mut by_call: HashMap<(&str, &str), usize> = HashMap::new();
    let mut by_text: HashMap<(&str, &str), usize> = HashMap::new();
    for group in groups
        .iter()
        .rev()
        .filter(|group| group.kind == GroupKind::ToolTurn)
    {
        let Some(messages) = conversation.messages.get(group.messages.clone()) else {
            continue;
        };
        let arguments: HashMap<&str, &str> = messages
            .iter()
            .flat_map(|message| message.calls())
            .map(|call| (call.id.as_str(), call.arguments.as_str()))
            .collect();
        let results: Vec<_> = (group.messages.clone().zip(messages))
            .zip(tools.iter().skip(group.messages.start))
            .filter(|((_, message), _)| message.is_result())
            .map(|((index, message), tool)| {
                let call = answers(message).and_then(|id| arguments.get(id).copied());
                (index, tool.as_str(), call, only_text(message))
            })
            .collect();
        for &(index, tool, call, text) in &results {
            let call = call.and_then(|call| by_call.get(&(tool, call)));
            let text = text.and_then(|text| by_text.get(&(tool, text)));
            if let Some(found) = again.get_mut(index) {
                *found = call.or(text).copied();
            }
        }
        // Only now: the results of one turn do not repeat each other.
        for &(index, tool, call, text) in &results {
            if let Some(call) = call {
                by_call.entry((tool, call)).or_insert(index);
            }
            if let Some(text) = text {
                by_text.entry((tool, text)).or_insert(index);
            }
        }
    }
    again
}

/// The text of a result that consists of one text.
fn only_text(message: &Message) -> Option<&str> {
    match message.parts.as_slice() {
        [Part::ToolResult { parts, .. }] => match parts.as_slice() {
            [Part::Text { text, .. }] => Some(text),
            _ => None,
        },
        _ => None,
    }
}
