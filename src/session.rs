//! Messages that have been counted, by handle, so that a turn costs what is new in it.
//!
//! A binding keeps the handle of each message object it has sent. The store is bounded: what was not part of a
//! request for longest goes first, and a handle that is gone fails as [`Code::Stale`], after which the binding
//! sends the message again.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use crate::conversation::{Dialect, Message, Part};
use crate::count::{CountText, Counted, CountedMessage, count_message};
use crate::normalize::{Body, assemble, list_key, normalize_message};
use crate::order::sorted;
use crate::plan::worth::{Spread, mix};
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
    messages: HashMap<Key, Held, Spread>,
}

/// What a message is held under: the encoding that it was counted in, and its handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key {
    encoding: usize,
    handle: u64,
}

impl Hash for Key {
    // Every message of a history is looked up at every turn. The binding alone makes handles, by counting up: a fixed hash will do.
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(mix(self.handle ^ (self.encoding as u64) << 48));
    }
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
            messages: HashMap::default(),
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
        let mut fresh = Fresh::of(fresh);
        let known = self.known(encoding, &handles, &fresh)?;
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
        let raws = handles.iter().zip(&known).filter_map(|(handle, known)| {
            let known = || known.as_ref().map(|known| &known.message.raw);
            fresh.get(*handle).or_else(known)
        });
        let dialect = dialect.unwrap_or_else(|| body.dialect(raws.chain(&body.list)));
        let mut messages = Vec::with_capacity(handles.len());
        for (index, raw) in body.list.iter().enumerate() {
            let message = normalize_message(dialect, raw.clone(), &body.place(index))?;
            messages.push(Arc::new(count_message(Arc::new(message), counter)));
        }
        let mut each = handles.iter().zip(known).enumerate();
        let read = each.try_for_each(|(index, (&handle, known))| {
            let key = Key { encoding, handle };
            // What was fresh, or read again, is in the store when its handle comes once more.
            let stored = || Some(self.messages.get(&key)?.message.clone());
            let known = known.filter(|known| known.message.dialect == dialect);
            let unread = match (fresh.take(handle), known.or_else(stored)) {
                (Some(raw), _) => raw,
                (None, Some(known)) if known.message.dialect == dialect => {
                    messages.push(known);
                    return Ok(());
                }
                // A message that was read in another dialect, before later ones told which it is, is read again.
                (None, Some(known)) => known.message.raw.clone(),
                (None, None) => return Err(stale(index)),
            };
            let message = normalize_message(dialect, unread, &body.place(index))?;
            let message = Arc::new(count_message(Arc::new(message), counter));
            self.keep(key, message.clone());
            self.counted += 1;
            messages.push(message);
            Ok(())
        });
        // Also when one cannot be read: those before it are held.
        self.evict();
        read?;
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

    /// What is known of each handle that is not fresh; it is part of this turn. A handle that is neither is refused before anything is
    /// counted.
    fn known(
        &mut self,
        encoding: usize,
        handles: &[u64],
        fresh: &Fresh,
    ) -> Result<Vec<Option<Arc<CountedMessage>>>> {
        let mut known = Vec::with_capacity(handles.len());
        for (index, &handle) in handles.iter().enumerate() {
            if fresh.get(handle).is_some() {
                known.push(None);
            } else if let Some(held) = self.messages.get_mut(&Key { encoding, handle }) {
                held.turn = self.turn;
                known.push(Some(held.message.clone()));
            } else {
                self.give_up(encoding, handles.iter().take(index));
                return Err(stale(index));
            }
        }
        Ok(known)
    }

    /// Lets messages go before all others: the binding will send them again, under other handles.
    fn give_up<'a>(&mut self, encoding: usize, handles: impl Iterator<Item = &'a u64>) {
        for &handle in handles {
            if let Some(held) = self.messages.get_mut(&Key { encoding, handle }) {
                held.turn = 0;
            }
        }
    }

    fn keep(&mut self, key: Key, message: Arc<CountedMessage>) {
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

/// The messages that a request brings, by handle, until they are taken. Of several under one handle it is the last.
struct Fresh(Vec<(u64, Option<Value>)>);

impl Fresh {
    fn of(messages: Vec<(u64, Value)>) -> Self {
        let some = messages
            .into_iter()
            .map(|(handle, raw)| (handle, Some(raw)));
        Self(sorted(some.collect(), |one: &(u64, _), other| {
            one.0.cmp(&other.0)
        }))
    }

    fn find(&self, handle: u64) -> Option<usize> {
        let behind = self.0.partition_point(|(own, _)| *own <= handle);
        let last = behind.checked_sub(1)?;
        (self.0.get(last)?.0 == handle).then_some(last)
    }

    fn get(&self, handle: u64) -> Option<&Value> {
        self.0.get(self.find(handle)?)?.1.as_ref()
    }

    fn take(&mut self, handle: u64) -> Option<Value> {
        let at = self.find(handle)?;
        self.0.get_mut(at)?.1.take()
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
