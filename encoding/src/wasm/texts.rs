//! The exports for texts: counted and cut in encodings that are known by number.

use std::cell::RefCell;

use super::boundary::{give_words, not_utf8, number, with_staged};
use crate::late::is_lacking;
use crate::{Code, Encoding, Error, Keep, Result};

thread_local! {
    static STATE: RefCell<State> = const { RefCell::new(State { encodings: Vec::new(), work: Work { texts: 0, bytes: 0 } }) };
}

struct State {
    encodings: Vec<Encoding>,
    work: Work,
}

/// What the exports of this module have counted so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Work {
    /// Texts, long ones once for each part in which they are counted.
    pub texts: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// See [`Work`].
#[must_use]
pub fn work() -> Work {
    STATE.with_borrow(|state| state.work)
}

/// The encoding that [`encoding_register`] has given this number.
///
/// # Errors
/// [`UnknownEncoding`](Code::UnknownEncoding) for a number that it has not given.
pub fn encoding(number: usize) -> Result<Encoding> {
    STATE.with_borrow(|state| state.encoding(number).cloned())
}

impl State {
    fn encoding(&self, number: usize) -> Result<&Encoding> {
        self.encodings.get(number).ok_or_else(|| {
            let message =
                format!("found the encoding number {number}, expected one that is loaded");
            Error::new(Code::UnknownEncoding, "", message).with_hint("load its vocabulary first")
        })
    }
}

/// Loads the staged vocabulary pack, which `bytes` bytes take, as the encoding whose name follows, or as its first one
/// when no name follows, and gives its number.
#[unsafe(no_mangle)]
pub extern "C" fn encoding_register(bytes: usize, name_bytes: usize) -> f64 {
    number(|| {
        let encoding = with_staged(bytes.saturating_add(name_bytes), |staged| {
            let (pack, name) = staged.split_at(bytes);
            match std::str::from_utf8(name) {
                Ok("") | Err(_) => Encoding::from_pack(pack),
                Ok(name) => Encoding::from_pack_as(pack, name),
            }
        })??;
        STATE.with_borrow_mut(|state| {
            if !is_lacking() {
                state.encodings.push(encoding);
            }
            Ok(state.encodings.len().saturating_sub(1) as f64)
        })
    })
}

/// Tokens of the staged text; infinity as soon as they exceed `limit`.
#[unsafe(no_mangle)]
pub extern "C" fn text_count_up_to(encoding: usize, bytes: usize, limit: u32) -> f64 {
    number(|| {
        // JavaScript's encoder writes nothing else than UTF-8, and to make sure takes a twentieth of the time.
        let counted = staged(encoding, bytes, |encoding, staged| {
            encoding.count_utf8(staged, limit)
        })?;
        let counted = counted.map_err(|_| not_utf8())?;
        Ok(counted.map_or(f64::INFINITY, f64::from))
    })
}

/// Where the text that the staged bytes start may be cut in two whose counts add up: the last such place, or 0; infinity if none is known
/// in any text.
#[unsafe(no_mangle)]
pub extern "C" fn text_seam(encoding: usize, bytes: usize) -> f64 {
    number(|| {
        let encoding = self::encoding(encoding)?;
        let seam = with_staged(bytes, |staged| encoding.last_seam(staged))?;
        Ok(seam.map_or(f64::INFINITY, |seam| seam as f64))
    })
}

/// The fewest tokens that a text of so many bytes takes, or 0 where nothing is known.
#[unsafe(no_mangle)]
pub extern "C" fn text_least(encoding: usize, bytes: usize) -> f64 {
    number(|| Ok(self::encoding(encoding)?.least_tokens(bytes) as f64))
}

/// Tokens of `length` times the ASCII character `byte`; infinity if only the text itself tells.
#[unsafe(no_mangle)]
pub extern "C" fn text_count_run(encoding: usize, byte: u32, length: usize) -> f64 {
    number(|| {
        let encoding = self::encoding(encoding)?;
        let counted = encoding.count_run(byte as u8, length);
        Ok(counted.map_or(f64::INFINITY, f64::from))
    })
}

/// What of the staged text takes at most `limit` tokens. Keeps the head (0), the tail (1) or both (2).
///
/// Answers three words: where the kept head ends and the kept tail starts, in UTF-16 code units, and the tokens.
#[unsafe(no_mangle)]
pub extern "C" fn text_truncate(encoding: usize, bytes: usize, limit: u32, keep: u32) -> f64 {
    number(|| {
        let keep = match keep {
            0 => Keep::Head,
            1 => Keep::Tail,
            _ => Keep::Both,
        };
        let words = staged(encoding, bytes, |encoding, staged| {
            let text = std::str::from_utf8(staged).map_err(|_| not_utf8())?;
            let kept = encoding.truncate(text, limit, keep);
            let head = utf16_length(text.get(..kept.head));
            let tail = head + utf16_length(text.get(kept.head..kept.tail));
            Ok([head, tail, kept.tokens])
        })?;
        Ok(give_words(&words?))
    })
}

/// Hands an encoding `bytes` staged bytes of a text to work on.
fn staged<T>(encoding: usize, bytes: usize, work: impl FnOnce(&Encoding, &[u8]) -> T) -> Result<T> {
    STATE.with_borrow_mut(|state| {
        state.work.texts += 1;
        state.work.bytes += bytes as u64;
        let encoding = state.encoding(encoding)?;
        with_staged(bytes, |staged| work(encoding, staged))
    })
}

fn utf16_length(text: Option<&str>) -> u32 {
    text.map_or(0, |text| text.encode_utf16().count() as u32)
}
