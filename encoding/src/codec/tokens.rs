//! What tokens are made of, and their ids.

use std::borrow::Cow;
use std::ops::Range;

use crate::error::Result;
use crate::pack::{Merges, NO_ID, corrupt, read_ids};

/// Tokens longer than this are refused: expanding the merges of a hostile pack must not fill the memory.
const MAX_TOKEN: usize = 1 << 16;
/// Slots that a token may be looked for in; tokens that are made to collide are refused, before they take quadratic time.
const MAX_SLOTS: usize = 1 << 10;
/// The most bytes that all tokens may have together.
const MAX_TOKENS: usize = 1 << 26;

/// The tokens of a vocabulary by number: bytes, characters, merges and wholes.
pub(super) struct Tokens {
    /// The bytes of all tokens, one after the other, and where each ends; behind them those of the literals.
    bytes: Vec<u8>,
    ends: Vec<u32>,
    /// By token: its id.
    ids: Vec<u32>,
    /// Open addressing over the bytes of tokens: a token's number and one, or 0.
    slots: Vec<u32>,
    /// By id, ascending: tokens and literals.
    by_id: Vec<Known>,
}

/// What an id stands for, and where its bytes are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Known {
    id: u32,
    start: u32,
    end: u32,
}

impl Tokens {
    /// Those of `merges`, with what a file of ids and the literals say: their ids, and what they decode to.
    pub fn new<'a>(
        merges: &Merges<'_>,
        ids: &[u8],
        literals: impl Iterator<Item = (u32, Cow<'a, str>)>,
    ) -> Result<Self> {
        let ids = read_ids(ids)?;
        let (bytes, ends) = expand(merges)?;
        if ids.len() != ends.len() {
            let message = format!("{} ids for {} tokens", ids.len(), ends.len());
            return Err(corrupt(message));
        }
        let mut tokens = Self {
            slots: vec![0; (ends.len() * 2).next_power_of_two()],
            bytes,
            ends,
            ids,
            by_id: Vec::new(),
        };
        tokens.index(literals)?;
        Ok(tokens)
    }

    /// The id of a token.
    #[inline]
    pub fn id(&self, token: u32) -> u32 {
        self.ids[token as usize]
    }

    /// What the token or literal of an id decodes to, if there is one.
    #[inline]
    pub fn of_id(&self, id: u32) -> Option<Range<usize>> {
        // Mostly all numbers from 0 on are ids.
        let known = match self.by_id.get(id as usize) {
            Some(known) if known.id == id => known,
            _ => {
                let at = self.by_id.binary_search_by_key(&id, |known| known.id);
                self.by_id.get(at.ok()?)?
            }
        };
        Some(known.start as usize..known.end as usize)
    }

    /// All bytes that tokens and literals decode to.
    pub fn all_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where the bytes of a token are.
    fn place(&self, token: u32) -> Range<u32> {
        let token = token as usize;
        let start = match token.checked_sub(1) {
            Some(before) => self.ends[before],
            None => 0,
        };
        start..self.ends[token]
    }

    fn bytes(&self, token: u32) -> &[u8] {
        let Range { start, end } = self.place(token);
        &self.bytes[start as usize..end as usize]
    }

    /// The id of the token that `bytes` are. No two tokens have the same bytes.
    pub fn find(&self, bytes: &[u8]) -> Option<u32> {
        let mut slot = self.slot(bytes);
        loop {
            let token = self.slots[slot].checked_sub(1)?;
            if self.bytes(token) == bytes {
                return Some(self.ids[token as usize]);
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }

    fn slot(&self, bytes: &[u8]) -> usize {
        crate::longer_memo::hash(bytes) as usize & (self.slots.len() - 1)
    }

    fn index<'a>(&mut self, literals: impl Iterator<Item = (u32, Cow<'a, str>)>) -> Result<()> {
        for token in 0..self.ends.len() as u32 {
            let id = self.ids[token as usize];
            if id != NO_ID {
                let Range { start, end } = self.place(token);
                self.by_id.push(Known { id, start, end });
            }
            let first = self.slot(self.bytes(token));
            let mask = self.slots.len() - 1;
            let free = (first..first + MAX_SLOTS).find(|slot| self.slots[slot & mask] == 0);
            let slot = free.ok_or_else(|| corrupt("its tokens collide".to_owned()))? & mask;
            self.slots[slot] = token + 1;
        }
        for (id, text) in literals {
            let start = self.bytes.len() as u32;
            self.bytes.extend(text.as_bytes());
            let end = self.bytes.len() as u32;
            self.by_id.push(Known { id, start, end });
        }
        // A literal may repeat a token of the vocabulary: the token comes first, because its bytes do.
        self.by_id.sort_unstable();
        self.by_id.dedup_by_key(|known| known.id);
        Ok(())
    }
}

/// The bytes of every token, and where each ends.
fn expand(merges: &Merges<'_>) -> Result<(Vec<u8>, Vec<u32>)> {
    let mut bytes: Vec<u8> = (0..=255).collect();
    let mut ends: Vec<u32> = (1..=256).collect();
    let mut buffer = [0; 4];
    for character in merges.characters() {
        bytes.extend(character.encode_utf8(&mut buffer).as_bytes());
        ends.push(bytes.len() as u32);
    }
    for (left, right) in merges.pairs()? {
        let place = |token: u32| {
            let end = ends.get(token as usize).copied().unwrap_or_default();
            let start = token
                .checked_sub(1)
                .and_then(|before| ends.get(before as usize));
            start.copied().unwrap_or_default() as usize..end as usize
        };
        let (left, right) = (place(left), place(right));
        if left.len() + right.len() > MAX_TOKEN || bytes.len() > MAX_TOKENS {
            return Err(corrupt(format!("a token of more than {MAX_TOKEN} bytes")));
        }
        bytes.extend_from_within(left);
        bytes.extend_from_within(right);
        ends.push(bytes.len() as u32);
    }
    for whole in merges.wholes()? {
        bytes.extend(whole);
        ends.push(bytes.len() as u32);
    }
    Ok((bytes, ends))
}
