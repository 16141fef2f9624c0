//! What stands for a summary until one is written: facts about the removed messages, no interpretation.

use crate::conversation::{Conversation, Message, Part, Role};
use crate::count::CountText;
use crate::order::sorted;

use super::ground::Ground;
use super::text::{self, floor, grouped};
use super::worth::ByText;

/// Most tokens of a digest: enough for the requests made and the tools used, whatever room there is.
const MOST: u32 = 320;
/// Most lines below the first.
const LINES: usize = 16;
/// Most bytes that are quoted of one message.
const EXCERPT: usize = 160;

/// The shortest digest of `count` messages.
pub(super) fn shortest(count: usize) -> String {
    format!("[{} earlier messages were removed.]", grouped(count as u64))
}

/// The fullest digest of `messages` that takes at most `budget` tokens, or the shortest one.
pub(super) fn digest(
    conversation: &Conversation,
    ground: &Ground,
    messages: &[usize],
    budget: u32,
    counter: &dyn CountText,
) -> String {
    let budget = budget.min(MOST);
    let mut text = shortest(messages.len());
    let lines = std::iter::once(tools(ground, messages))
        .chain(messages.iter().filter_map(|&index| {
            conversation
                .messages
                .get(index)
                .and_then(|message| quote(message))
        }))
        .filter(|line| !line.is_empty())
        .take(LINES);
    for line in lines {
        let longer = format!("{text}\n{line}");
        if counter.count_text(&longer) <= budget {
            text = longer;
        }
    }
    text
}

/// How often each tool answered, most used first.
fn tools(ground: &Ground, messages: &[usize]) -> String {
    let results = ground.worths.results.iter();
    let mut uses: ByText<'_, usize> = ByText::default();
    for worth in results {
        if messages.binary_search(&worth.place.message).is_ok() {
            *uses.entry(worth.tool).or_default() += 1;
        }
    }
    let uses = uses.into_iter().collect();
    let uses = sorted(uses, |a: &(&str, usize), b| {
        b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0))
    });
    let uses: Vec<String> = uses
        .iter()
        .take(LINES)
        .map(|(tool, times)| format!("{} x {times}", text::tool(tool)))
        .collect();
    if uses.is_empty() {
        String::new()
    } else {
        format!("Tools used: {}", uses.join(", "))
    }
}

/// The start of what a user or the assistant said, as a JSON string, so that it reads as a quotation.
fn quote(message: &Message) -> Option<String> {
    let who = match message.role {
        Role::User => "User",
        Role::Assistant => "Assistant",
        _ => return None,
    };
    let text = message.parts.iter().find_map(|part| match part {
        Part::Text { text, .. } if !text.trim().is_empty() => Some(text.trim()),
        _ => None,
    })?;
    let end = floor(text, EXCERPT);
    let start = text.get(..end).unwrap_or_default();
    let more = if end < text.len() { " ..." } else { "" };
    Some(format!(
        "{who}: {}{more}",
        crate::json::plain(&start.into())
    ))
}
