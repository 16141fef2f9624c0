//! The exports for texts in which special tokens are what they look like: prompts that the caller has rendered.
//!
//! They read the text as another handle of the encoding does, so that those who count ordinary text pay nothing for them.

use std::cell::RefCell;

use super::boundary::{give_words, number, with_staged_text};
use super::encoding;
use super::ids::with_codec;
use crate::{Code, Encoding, Error, Result};

/// An encoding that looks for special tokens.
struct Allowing {
    /// Which: their texts, with a NUL between; all when empty.
    names: String,
    encoding: Encoding,
}

thread_local! {
    /// By the number of the encoding, the one that was asked for last.
    static ALLOWING: RefCell<Vec<Option<Allowing>>> = const { RefCell::new(Vec::new()) };
}

/// Lets the encoding look for the special tokens that are staged, with a NUL between, or for all when none is.
#[unsafe(no_mangle)]
pub extern "C" fn special_allow(at: usize, bytes: usize) -> f64 {
    number(|| {
        let plain = encoding(at)?;
        if !plain.knows_special_tokens() {
            let message = format!("{} has counts, but no special tokens", plain.name());
            return Err(Error::new(Code::InvalidOption, "allowedSpecial", message)
                .with_hint("leave it out; their vendor publishes no vocabulary"));
        }
        with_staged_text(bytes, |names| {
            ALLOWING.with_borrow_mut(|allowing| {
                if allowing.len() <= at {
                    allowing.resize_with(at + 1, || None);
                }
                let slot = &mut allowing[at];
                if slot.as_ref().is_none_or(|known| known.names != names) {
                    let encoding = if names.is_empty() {
                        plain.with_special_tokens()
                    } else {
                        let names: Vec<&str> = names.split('\0').collect();
                        plain.with_allowed_special(&names)?
                    };
                    let names = names.to_owned();
                    *slot = Some(Allowing { names, encoding });
                }
                Ok(0.0)
            })
        })?
    })
}

/// Tokens of the staged text, with the special tokens that the encoding was let look for; infinity as soon as they exceed `limit`.
#[unsafe(no_mangle)]
pub extern "C" fn text_count_special(at: usize, bytes: usize, limit: u32) -> f64 {
    number(|| {
        let counted = with_allowing(at, |encoding| {
            with_staged_text(bytes, |text| encoding.count_up_to(text, limit))
        })?;
        Ok(counted.map_or(f64::INFINITY, f64::from))
    })
}

/// The ids of the staged text in the same way, a word each.
#[unsafe(no_mangle)]
pub extern "C" fn text_encode_special(at: usize, bytes: usize) -> f64 {
    number(|| {
        let ids = with_allowing(at, |encoding| {
            with_codec(at, |codec| {
                with_staged_text(bytes, |text| codec.encode_as(encoding, text))
            })
        })?;
        Ok(give_words(&ids))
    })
}

fn with_allowing<T>(at: usize, call: impl FnOnce(&Encoding) -> Result<T>) -> Result<T> {
    ALLOWING.with_borrow(|allowing| match allowing.get(at) {
        Some(Some(allowing)) => call(&allowing.encoding),
        _ => {
            let message = "found no special tokens, expected them to be allowed before";
            Err(Error::new(Code::InvalidOption, "allowedSpecial", message))
        }
    })
}
