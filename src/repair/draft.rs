//! The messages under repair: each knows where it came from.

use serde_json::Value;

use crate::apply::Edit;
use crate::conversation::{Dialect, Role};
use crate::json::object;
use crate::normalize::Body;
use crate::order::sorted;
use crate::verify::entries::{Entry, Kind, Place, unwrapped};
use crate::verify::transcript::{Seen, Transcript};
use crate::verify::{Read, at_mut};

use super::RepairChange;
use super::fixes::{Answer, Fixes, MessageFixes, Write};

/// A message under repair.
struct Item {
    /// Its index in the request as it was given; `None` for one that was added.
    origin: Option<usize>,
    value: Value,
    changed: bool,
}

/// The request under repair.
pub(super) struct Draft {
    dialect: Dialect,
    rest: Value,
    list: &'static str,
    items: Vec<Item>,
    pub(super) changes: Vec<RepairChange>,
}

impl Draft {
    pub(super) fn of(dialect: Dialect, body: Body) -> Self {
        let items = body
            .list
            .into_iter()
            .enumerate()
            .map(|(index, value)| Item {
                origin: Some(index),
                value,
                changed: false,
            });
        Self {
            dialect,
            rest: body.rest,
            list: body.key.unwrap_or("messages"),
            items: items.collect(),
            changes: Vec::new(),
        }
    }

    /// What `look` sees in the messages as they are now.
    pub(super) fn read<T>(&self, look: impl FnOnce(&Transcript<'_>) -> T) -> T {
        let messages = self.items.iter().map(|item| self.seen(&item.value));
        look(&Transcript {
            dialect: self.dialect,
            rest: &self.rest,
            messages: messages.collect(),
        })
    }

    fn seen<'a>(&self, raw: &'a Value) -> Seen<'a> {
        let Read { role, sent, .. } = Read::of(self.dialect, raw, "");
        Seen::new(self.dialect, role, raw, sent)
    }

    /// Makes the changes; `false`, and nothing is changed, when no message would be left, or all would be as before.
    pub(super) fn apply(&mut self, mut fixes: Fixes) -> bool {
        let places: Vec<usize> = self
            .items
            .iter()
            .enumerate()
            .map(|(index, item)| item.origin.unwrap_or(index))
            .collect();
        let gone = |fixes: &MessageFixes| fixes.remove.contains(&Place::WHOLE);
        if fixes.of.len() >= self.items.len() && fixes.of.iter().all(gone) {
            return false;
        }
        fixes
            .of
            .resize_with(self.items.len(), MessageFixes::default);
        let mut made = Vec::with_capacity(self.items.len());
        // Results that wait for their place.
        let mut waiting: Vec<Item> = Vec::new();
        let before: Vec<Value> = self.items.iter().map(|item| item.value.clone()).collect();
        let old = std::mem::take(&mut self.items);
        let origins: Vec<(Option<usize>, bool)> =
            old.iter().map(|item| (item.origin, item.changed)).collect();
        for (mut item, fixes) in old.into_iter().zip(fixes.of) {
            for write in fixes.set {
                set(&mut item.value, write);
                item.changed = true;
            }
            if fixes.remove.is_empty() || self.without(&mut item, &fixes.remove) {
                if !waiting.is_empty() {
                    self.place(&mut item, &mut waiting, &mut made);
                }
                if fixes.join {
                    join(&mut made, item);
                } else {
                    made.push(item);
                }
            }
            waiting.extend(in_order(fixes.answers).into_iter().map(|answer| {
                let moved = answer.origin.and_then(|at| origins.get(at).copied());
                let (origin, changed) = moved.unwrap_or_default();
                Item {
                    origin,
                    value: answer.message,
                    changed,
                }
            }));
        }
        self.settle(&mut waiting, &mut made);
        let is_same = made.iter().map(|item| &item.value).eq(&before);
        self.items = made;
        if is_same {
            return false;
        }
        for told in fixes.told {
            let place = places.get(told.message).copied().unwrap_or(told.message);
            self.changes.push(RepairChange {
                invariant: told.invariant.to_owned(),
                path: format!("{}[{place}]{}", self.list, told.place),
                message: told.text.to_owned(),
            });
        }
        true
    }

    /// Takes entries out of a message; `false` when nothing of it is left.
    fn without(&self, item: &mut Item, removed: &[Place]) -> bool {
        if removed.contains(&Place::WHOLE) {
            return false;
        }
        item.changed = true;
        // From the last, so that positions stay what they are.
        let last_first = sorted(removed.to_vec(), |a, b| b.index.cmp(&a.index));
        for place in last_first {
            let Some(index) = place.index else {
                remove_field(&mut item.value, place);
                continue;
            };
            let list = Place {
                index: None,
                ..place
            };
            if let Some(Value::Array(entries)) = at_mut(&mut item.value, list)
                && index < entries.len()
            {
                entries.remove(index);
                // An empty list of calls is refused.
                if entries.is_empty() && place.key.ends_with("tool_calls") {
                    remove_field(&mut item.value, list);
                }
            }
        }
        let content = unwrapped(&item.value)
            .1
            .get("content")
            .and_then(Value::as_str);
        let says = content.is_some_and(|text| !text.is_empty());
        says || !self.seen(&item.value).entries.is_empty()
    }

    /// Puts the results that wait before or into a message, where it ends the wait.
    fn place(&self, item: &mut Item, waiting: &mut Vec<Item>, made: &mut Vec<Item>) {
        let seen = self.seen(&item.value);
        let (role, has_results) = (seen.role, seen.has(Kind::Result));
        let leading = |entry: &&Entry<'_>| entry.kind == Kind::Result;
        let results = seen.entries.iter().take_while(leading).count();
        let is_results = seen.is_results();
        match self.dialect {
            Dialect::Anthropic | Dialect::BedrockConverse => {
                if role == Role::Assistant {
                    return;
                }
                if role != Role::System && splice(item, "content", results, waiting) {
                    return;
                }
            }
            Dialect::Gemini => {
                if role == Role::Assistant {
                    return;
                }
                if has_results && splice(item, "parts", results, waiting) {
                    return;
                }
            }
            Dialect::AiSdk if role == Role::Tool && splice(item, "content", results, waiting) => {
                return;
            }
            _ if is_results => return,
            _ => {}
        }
        self.settle(waiting, made);
    }

    /// Puts the results that wait at the end: as one message where the dialect has results as parts.
    fn settle(&self, waiting: &mut Vec<Item>, made: &mut Vec<Item>) {
        let key = match self.dialect {
            Dialect::Anthropic | Dialect::BedrockConverse | Dialect::AiSdk => "content",
            Dialect::Gemini => "parts",
            _ => "",
        };
        let mut results = waiting.drain(..);
        if key.is_empty() {
            made.extend(results);
        } else if let Some(mut first) = results.next() {
            for next in results {
                extend(&mut first, key, next);
            }
            made.push(first);
        }
    }

    /// What became of the messages, and the changes.
    pub(super) fn finish(self) -> (Vec<Edit>, Vec<RepairChange>) {
        let edits = self.items.into_iter().map(|item| match item.origin {
            None => Edit::Insert {
                message: item.value,
            },
            Some(index) if item.changed => Edit::Replace {
                index,
                message: item.value,
            },
            Some(index) => Edit::Keep { index },
        });
        (edits.collect(), self.changes)
    }
}

fn in_order(answers: Vec<Answer>) -> Vec<Answer> {
    sorted(answers, |a, b| a.call.cmp(&b.call))
}

fn set(message: &mut Value, write: Write) {
    let Some(mut target) = at_mut(message, write.place) else {
        return;
    };
    for key in write.keys {
        let Some(fields) = target.as_object_mut() else {
            return;
        };
        target = fields.entry((*key).to_owned()).or_insert(Value::Null);
    }
    *target = write.value;
}

fn remove_field(message: &mut Value, place: Place) {
    let mut keys: Vec<&str> = place.keys().collect();
    let Some(last) = keys.pop() else { return };
    let outer = keys
        .into_iter()
        .try_fold(message, |value, key| value.get_mut(key));
    if let Some(Value::Object(fields)) = outer {
        fields.retain(|key, _| key != last);
    }
}

/// Moves results into the list of a message, behind the `results` that lead it.
fn splice(item: &mut Item, key: &str, results: usize, waiting: &mut Vec<Item>) -> bool {
    let Some(content) = item.value.get_mut(key) else {
        return false;
    };
    if let Value::String(text) = content {
        let said = object(vec![
            ("type", "text".into()),
            ("text", std::mem::take(text).into()),
        ]);
        *content = Value::Array(vec![said]);
    }
    let Value::Array(entries) = content else {
        return false;
    };
    let mut moved = Vec::new();
    for mut result in waiting.drain(..) {
        if let Some(Value::Array(values)) = result.value.get_mut(key) {
            moved.append(values);
        }
    }
    let at = results.min(entries.len());
    entries.splice(at..at, moved);
    item.changed = true;
    true
}

/// Joins a message with the last one that was made.
fn join(made: &mut Vec<Item>, item: Item) {
    let key = ["content", "parts"]
        .into_iter()
        .find(|key| item.value.get(*key).is_some());
    match (made.last_mut(), key) {
        (Some(last), Some(key)) => extend(last, key, item),
        _ => made.push(item),
    }
}

fn extend(item: &mut Item, key: &str, mut from: Item) {
    if let (Some(Value::Array(entries)), Some(Value::Array(more))) =
        (item.value.get_mut(key), from.value.get_mut(key))
    {
        entries.append(more);
        item.changed = true;
    }
}
