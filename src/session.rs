//! Messages that have been counted, by handle, so that a turn costs what is new in it.
//!
//! A binding keeps the handle of each message object it has sent. The store is bounded: what was not part of a
//! request for longest goes first, and a handle that is gone fails as [`Code::Stale`], after which the binding
//! sends the message again.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use crate::conversation::{Dialect, Message, Part};
use crate::count::{CountText, Counted, CountedMessage, count_message};
use crate::normalize::{Body, assemble, list_key, normalize_message};
use crate::order::sorted;
use token_headroom_encoding::{Code, Error, Result};

/// A request in which messages that were sent before are only named.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Wire {
    /// The dialect; recognised from the body when absent.
    pub dialect: Option<Dialect>,
    /// The field that holds the list of messages; `None` for a list alone.
    pub list: Option<String>,
    /// The body without its messages.
    pub rest: Value,
    /// The handle of each message, in order.
    pub messages: Vec<u64>,
    /// The messages that have not been sent before, with the handles they get.
    pub fresh: Vec<(u64, Value)>,
}

impl Wire {
    /// The request that `value` describes; `None` when it is none.
    #[must_use]
    pub fn read(mut value: Value) -> Option<Self> {
        let messages = value.get("messages")?.as_array()?;
        let messages = messages.iter().map(Value::as_u64).collect::<Option<_>>()?;
        let mut fresh = Vec::new();
        for pair in value.get_mut("fresh")?.as_array_mut()? {
            let [handle, message] = pair.as_array_mut()?.as_mut_slice() else {
                return None;
            };
            fresh.push((handle.as_u64()?, message.take()));
        }
        Some(Self {
            dialect: value
                .get("dialect")
                .and_then(Value::as_str)
                .and_then(Dialect::named),
            list: value.get("list").and_then(Value::as_str).map(str::to_owned),
            rest: value.get_mut("rest")?.take(),
            messages,
            fresh,
        })
    }
}

/// A bounded store of counted messages.
#[derive(Debug)]
pub struct Session {
    capacity: usize,
    held: usize,
    turn: u64,
    counted: u64,
    messages: HashMap<(usize, u64), Held>,
}

/// A counted message and when it was last part of a request.
#[derive(Debug)]
struct Held {
    message: Arc<CountedMessage>,
    bytes: usize,
    turn: u64,
}

impl Session {
    /// A store that holds at most about `capacity` bytes of messages, or one request if that is larger.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            capacity,
            held: 0,
            turn: 0,
            counted: 0,
            messages: HashMap::new(),
        }
    }

    /// Messages counted so far; those taken from the store do not count.
    #[must_use]
    pub fn counted(&self) -> u64 {
        self.counted
    }

    /// The counted conversation that `wire` describes; only its fresh messages are normalised and counted.
    /// `encoding` keeps the counts of different counters apart.
    ///
    /// # Errors
    /// [`Stale`](Code::Stale) for a handle that is neither held nor fresh; else as
    /// [`normalize`](crate::normalize).
    pub fn recall(
        &mut self,
        encoding: usize,
        wire: Wire,
        counter: &dyn CountText,
    ) -> Result<Counted> {
        self.turn += 1;
        let Wire {
            dialect,
            list,
            rest,
            messages: handles,
            fresh,
        } = wire;
        let mut fresh: HashMap<u64, Value> = fresh.into_iter().collect();
        self.refuse_unknown(encoding, &handles, &fresh)?;
        let body = if list.is_none() && handles.is_empty() {
            // A body that the binding took no list out of: messages are elsewhere in it, or nowhere.
            Body::of(&rest)?
        } else {
            Body {
                rest,
                key: list.as_deref().and_then(list_key),
                list: Vec::new(),
            }
        };
        let raws = handles.iter().filter_map(|handle| {
            let held = || {
                self.messages
                    .get(&(encoding, *handle))
                    .map(|held| &held.message.message.raw)
            };
            fresh.get(handle).or_else(held)
        });
        let dialect = dialect.unwrap_or_else(|| body.dialect(raws.chain(&body.list)));
        let mut messages = Vec::with_capacity(handles.len());
        for (index, raw) in body.list.iter().enumerate() {
            let message = normalize_message(dialect, raw.clone(), &body.place(index))?;
            messages.push(Arc::new(count_message(Arc::new(message), counter)));
        }
        for (index, handle) in handles.iter().enumerate() {
            let key = (encoding, *handle);
            let unread = match (fresh.remove(handle), self.messages.get_mut(&key)) {
                (Some(raw), _) => raw,
                // A message that was read in another dialect, before later ones told which it is, is read again.
                (None, Some(held)) if held.message.message.dialect != dialect => {
                    held.message.message.raw.clone()
                }
                (None, Some(held)) => {
                    held.turn = self.turn;
                    messages.push(held.message.clone());
                    continue;
                }
                (None, None) => return Err(stale(index)),
            };
            let message = normalize_message(dialect, unread, &body.place(index))?;
            let message = Arc::new(count_message(Arc::new(message), counter));
            self.keep(key, message.clone());
            self.counted += 1;
            messages.push(message);
        }
        self.evict();
        let conversation = assemble(
            dialect,
            body.rest,
            body.key,
            messages
                .iter()
                .map(|counted| counted.message.clone())
                .collect(),
        )?;
        if messages.is_empty() {
            // They were somewhere in the body.
            let found = conversation.messages.iter();
            messages.extend(found.map(|message| Arc::new(count_message(message.clone(), counter))));
        }
        Ok(Counted {
            conversation: Arc::new(conversation),
            messages,
        })
    }

    /// Before anything is counted, since the binding will send everything again.
    fn refuse_unknown(
        &self,
        encoding: usize,
        handles: &[u64],
        fresh: &HashMap<u64, Value>,
    ) -> Result<()> {
        let unknown = handles.iter().position(|handle| {
            !fresh.contains_key(handle) && !self.messages.contains_key(&(encoding, *handle))
        });
        unknown.map_or(Ok(()), |index| Err(stale(index)))
    }

    fn keep(&mut self, key: (usize, u64), message: Arc<CountedMessage>) {
        // What was read without the second half of the module is read again with it.
        #[cfg(all(feature = "wasm", target_arch = "wasm32"))]
        if token_headroom_encoding::late::is_lacking() {
            return;
        }
        let bytes = weight(&message.message);
        self.held += bytes;
        let held = Held {
            message,
            bytes,
            turn: self.turn,
        };
        if let Some(replaced) = self.messages.insert(key, held) {
            self.held = self.held.saturating_sub(replaced.bytes);
        }
    }

    /// Makes room down to half the capacity, so that full stores are not walked at every turn. Whole turns go,
    /// oldest first; the messages of the current request stay.
    fn evict(&mut self) {
        if self.held <= self.capacity {
            return;
        }
        let old = self.messages.values().filter(|held| held.turn != self.turn);
        let old = old.map(|held| (held.turn, held.bytes)).collect();
        let mut last = None;
        for (turn, bytes) in sorted(old, |a: &(u64, usize), b| a.0.cmp(&b.0)) {
            if self.held <= self.capacity / 2 && last != Some(turn) {
                break;
            }
            self.held = self.held.saturating_sub(bytes);
            last = Some(turn);
        }
        self.messages
            .retain(|_, held| held.turn == self.turn || last.is_none_or(|last| held.turn > last));
    }
}

fn stale(index: usize) -> Error {
    Error::new(
        Code::Stale,
        format!("messages[{index}]"),
        "found the handle of a message that is not held, expected one that is, or its content",
    )
    .with_hint("send every message of the request again")
}

/// Bytes of a placeholder's message, about.
const REPLACED: usize = 1_024;

/// About the memory that a message takes: its text is held as JSON and as parts, and once a plan has looked at it, so are its
/// names: one in 50 bytes or so, of eight bytes each. A result may keep what stands in its place besides.
fn weight(message: &Message) -> usize {
    let is_result = |part: &&Part| matches!(part, Part::ToolResult { .. });
    let mut bytes = REPLACED * message.parts.iter().filter(is_result).count();
    let mut open = vec![&message.raw];
    while let Some(value) = open.pop() {
        // A value in a map: its node, its key's allocation and the map's index.
        bytes += 96;
        match value {
            Value::String(text) => bytes += 2 * text.len() + text.len() / 6,
            Value::Array(items) => open.extend(items),
            Value::Object(fields) => open.extend(fields.values()),
            _ => {}
        }
    }
    bytes
}

#[cfg(test)]
mod tests;
