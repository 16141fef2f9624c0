//! Cuts texts to a number of tokens.
//!
//! A cut changes how the text next to it is split, so no cut is trusted: each is counted before it is kept. What is
//! counted again is only the neighbourhood of the cut, because everything farther away stays as it was.

use std::ops::ControlFlow;

use crate::counter::Counter;
use crate::encoding::{Keep, Kept};
use crate::merges::long::Told;

/// Pieces before a cut that are counted again. What follows a piece's end can change the piece only within a
/// run of whitespace, and such a run starts at most three pieces: with it line breaks after symbols, up to
/// the last line break, up to the last blank, and that blank.
const UNSETTLED: usize = 4;

/// The part of `text` that [`Encoding::truncate`](crate::Encoding::truncate) describes.
pub(crate) fn truncate(counter: &mut Counter<'_>, text: &str, limit: u32, keep: Keep) -> Kept {
    match keep {
        Keep::Head => {
            let (head, tokens) = longest_head(counter, text, limit);
            Kept {
                head,
                tail: text.len(),
                tokens,
            }
        }
        Keep::Tail => {
            let total = counter.count(text.as_bytes());
            let (tail, tokens) = longest_tail(counter, text, total, limit);
            Kept {
                head: 0,
                tail,
                tokens,
            }
        }
        Keep::Both => both(counter, text, limit),
    }
}

/// A piece that starts at `start`, after `before` tokens.
#[derive(Clone, Copy, Default)]
struct Start {
    start: usize,
    before: u32,
}

fn longest_head(counter: &mut Counter<'_>, text: &str, limit: u32) -> (usize, u32) {
    let bytes = text.as_bytes();
    let mut latest = [Start::default(); UNSETTLED];
    let mut at = Start::default();
    let end = loop {
        if at.start >= bytes.len() {
            return (bytes.len(), at.before);
        }
        let end = counter.piece_end(bytes, at.start);
        let count = counter.count_piece(bytes, at.start, end, limit - at.before);
        if count > limit - at.before {
            break end;
        }
        latest.rotate_left(1);
        latest[UNSETTLED - 1] = at;
        at = Start {
            start: end,
            before: at.before + count,
        };
    };
    let settled = latest[0];
    let count_head = |counter: &mut Counter<'_>, cut: usize| {
        if cut < at.start {
            return counter.count(&bytes[..cut]);
        }
        counter
            .count(&bytes[settled.start..cut])
            .saturating_add(settled.before)
    };

    // The tokens of the piece that fit, as if cutting it changed nothing.
    let room = (limit - at.before) as usize;
    let mut ends = Vec::with_capacity(room.min(end - at.start));
    if room > 0 {
        counter.token_ends(&bytes[at.start..end], &mut |told| {
            match told {
                Told::End(token_end) => ends.push(at.start + token_end),
                Told::Anew => ends.clear(),
            }
            if ends.len() == room {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
    }
    let mut cut = floor_boundary(text, ends.last().copied().unwrap_or(at.start));
    let mut tokens = count_head(counter, cut);
    while tokens > limit {
        // Cutting did change something: give back as many tokens as there are too many, then single characters.
        ends.truncate(ends.len().saturating_sub((tokens - limit) as usize));
        cut = match ends.last() {
            Some(&shorter) => floor_boundary(text, shorter),
            None => previous_boundary(text, cut.min(at.start)),
        };
        tokens = count_head(counter, cut);
    }
    while cut < bytes.len() {
        let longer = next_boundary(text, cut);
        let more = count_head(counter, longer);
        if more > limit {
            break;
        }
        (cut, tokens) = (longer, more);
    }
    (cut, tokens)
}

/// Where the longest tail starts, and its tokens; `total` is the count of `text`.
fn longest_tail(counter: &mut Counter<'_>, text: &str, total: u32, limit: u32) -> (usize, u32) {
    let bytes = text.as_bytes();
    if total <= limit {
        return (0, total);
    }
    // A tail that starts where a piece starts has that text's pieces.
    let mut start = 0;
    let mut after = total;
    let (piece, known) = loop {
        let end = counter.piece_end(bytes, start);
        after -= counter.count_piece(bytes, start, end, u32::MAX).min(after);
        if after <= limit {
            break (
                start,
                Known {
                    start: end,
                    tokens: after,
                },
            );
        }
        start = end;
    };

    let mut ends = vec![piece];
    counter.token_ends(&bytes[piece..known.start], &mut |told| {
        match told {
            Told::End(token_end) => ends.push(piece + token_end),
            Told::Anew => ends.truncate(1),
        }
        ControlFlow::Continue(())
    });
    // The last `k` tokens of the piece start at `ends[ends.len() - 1 - k]`.
    let mut taken = ((limit - after) as usize).min(ends.len() - 1);
    let mut cut;
    let mut tokens;
    loop {
        cut = ceil_boundary(text, ends[ends.len() - 1 - taken]);
        tokens = count_tail(counter, bytes, cut, known);
        if tokens <= limit {
            break;
        }
        taken = taken.saturating_sub((tokens - limit) as usize);
    }
    while cut > 0 {
        let longer = previous_boundary(text, cut);
        let more = count_tail(counter, bytes, longer, known);
        if more > limit {
            break;
        }
        (cut, tokens) = (longer, more);
    }
    (cut, tokens)
}

/// A tail whose count is known.
#[derive(Clone, Copy)]
struct Known {
    start: usize,
    tokens: u32,
}

/// Tokens of `text[cut..]`: from where its pieces and those of `known` start at the same place, they are the same.
fn count_tail(counter: &mut Counter<'_>, text: &[u8], cut: usize, known: Known) -> u32 {
    let mut start = cut;
    let mut tokens = 0_u32;
    let mut known = known;
    while start != known.start {
        if start < known.start {
            let end = counter.piece_end(text, start);
            tokens = tokens.saturating_add(counter.count_piece(text, start, end, u32::MAX));
            start = end;
        } else {
            let end = counter.piece_end(text, known.start);
            known.tokens -= counter
                .count_piece(text, known.start, end, u32::MAX)
                .min(known.tokens);
            known.start = end;
        }
    }
    tokens.saturating_add(known.tokens)
}

fn both(counter: &mut Counter<'_>, text: &str, limit: u32) -> Kept {
    let bytes = text.as_bytes();
    let total = counter.count(bytes);
    if total <= limit {
        return Kept::whole(text, total, Keep::Both);
    }
    let (head, head_tokens) = longest_head(counter, text, limit.div_ceil(2));
    let mut joined = bytes[..head].to_vec();
    let mut count_joined = |counter: &mut Counter<'_>, tail: usize| {
        joined.truncate(head);
        joined.extend_from_slice(&bytes[tail..]);
        counter.count(&joined)
    };
    // The join can cost tokens, or save some. Start from a tail that fits, and let it grow.
    let mut room = limit.saturating_sub(head_tokens);
    let (mut tail, mut tokens) = loop {
        let (tail, _) = longest_tail(counter, text, total, room);
        let tail = tail.max(head);
        let tokens = count_joined(counter, tail);
        if tokens <= limit {
            break (tail, tokens);
        }
        if room == 0 {
            break (bytes.len(), head_tokens);
        }
        room = room.saturating_sub(tokens - limit);
    };
    while tail > head {
        let longer = previous_boundary(text, tail);
        let more = count_joined(counter, longer);
        if more > limit {
            break;
        }
        (tail, tokens) = (longer, more);
    }
    Kept { head, tail, tokens }
}

fn floor_boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn ceil_boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

fn previous_boundary(text: &str, at: usize) -> usize {
    floor_boundary(text, at.saturating_sub(1))
}

fn next_boundary(text: &str, at: usize) -> usize {
    ceil_boundary(text, at + 1)
}
