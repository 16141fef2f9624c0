//! Ids of texts, piece by piece: out of a memo, or by merging.

use std::ops::ControlFlow;

use super::id_memo::{IdMemo, Key, MAX_IDS, MAX_PIECE};
use super::longer_id_memo::LongerIdMemo;
use super::tokens::Tokens;
use crate::counter::Counter;
use crate::merges::long::Told;
use crate::merges::merge::each_of_short;
use crate::pack::NO_ID;
use crate::pieces::Ends;

/// Ids that are kept room for after a call.
const KEPT: usize = 1 << 16;

/// Memory that one call at a time uses, and the ids of its text as far as it is encoded.
pub(super) struct Encoder {
    memo: IdMemo,
    longer: LongerIdMemo,
    /// With some behind them that are none, so that several can be written at once.
    ids: Vec<u32>,
    length: usize,
}

impl Encoder {
    /// One that remembers nothing.
    pub fn new() -> Self {
        Self {
            memo: IdMemo::new(),
            longer: LongerIdMemo::default(),
            ids: Vec::new(),
            length: 0,
        }
    }

    /// Adds the ids of `text`.
    pub fn encode(&mut self, tokens: &Tokens, counter: &mut Counter<'_>, text: &[u8]) {
        let mut start = 0;
        let mut ends = Ends::new();
        while start < text.len() {
            for &end in ends.find(counter.pattern, text, start) {
                let piece = &text[start..end];
                if piece.len() <= MAX_PIECE {
                    let key = Key::new(sixteen_from(text, start), piece.len());
                    let (found, count) = self.memo.get(key);
                    self.push_some(found, count);
                    if count == 0 {
                        let ids = self.merge(tokens, counter, piece);
                        self.memo.put(key, &self.ids[ids..self.length]);
                    }
                } else {
                    self.encode_longer(tokens, counter, piece);
                }
                start = end;
            }
        }
    }

    #[inline(never)]
    fn encode_longer(&mut self, tokens: &Tokens, counter: &mut Counter<'_>, piece: &[u8]) {
        let found = self.longer.get(piece);
        if found.is_empty() {
            let ids = self.merge(tokens, counter, piece);
            self.longer.put(piece, &self.ids[ids..self.length]);
            return;
        }
        self.ids.truncate(self.length);
        self.ids.extend_from_slice(found);
        self.length = self.ids.len();
    }

    /// Adds the ids of a piece that no memo knows; gives where they start.
    #[inline(never)]
    fn merge(&mut self, tokens: &Tokens, counter: &mut Counter<'_>, piece: &[u8]) -> usize {
        let vocabulary = counter.vocabulary;
        let first = self.length;
        if !vocabulary.is_whole(piece) {
            each_of_short(vocabulary, piece, |token| self.push(tokens.id(token)));
            if self.length > first {
                return first;
            }
        }
        let mut from = 0;
        counter.token_ends(piece, &mut |told| {
            match told {
                Told::End(to) => {
                    self.push(tokens.find(&piece[from..to]).unwrap_or(NO_ID));
                    from = to;
                }
                Told::Anew => {
                    self.length = first;
                    from = 0;
                }
            }
            ControlFlow::Continue(())
        });
        first
    }

    /// Adds an id.
    pub fn push(&mut self, id: u32) {
        self.push_some([id, 0, 0, 0], 1);
    }

    /// Adds the first `count` of `ids`.
    #[inline(always)]
    fn push_some(&mut self, ids: [u32; MAX_IDS], count: usize) {
        if self.ids.len() < self.length + MAX_IDS {
            self.grow();
        }
        if let Some(place) = self.ids[self.length..].first_chunk_mut() {
            *place = ids;
        }
        self.length += count;
    }

    #[inline(never)]
    fn grow(&mut self) {
        self.ids.resize(2 * self.length + 64, 0);
    }

    /// The ids of the text, which is at its end.
    pub fn finish(&mut self) -> Vec<u32> {
        let ids = self.ids[..self.length].to_vec();
        self.length = 0;
        self.ids.truncate(KEPT);
        self.ids.shrink_to(KEPT);
        ids
    }
}

/// The sixteen bytes from `start` on; zeros where the text has ended.
#[inline(always)]
fn sixteen_from(text: &[u8], start: usize) -> [u8; 16] {
    match text[start..].first_chunk() {
        Some(bytes) => *bytes,
        None => {
            let mut bytes = [0; 16];
            bytes[..text.len() - start].copy_from_slice(&text[start..]);
            bytes
        }
    }
}
