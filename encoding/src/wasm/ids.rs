//! The exports of the tokenizer alone for those who encode and decode.

use std::cell::RefCell;

use super::boundary::{give, give_words, number, with_staged, with_staged_text};
use super::encoding;
use crate::{Code, Codec, Error, Result};

thread_local! {
    /// By the number of the encoding.
    static CODECS: RefCell<Vec<Option<Codec>>> = const { RefCell::new(Vec::new()) };
}

pub(super) fn with_codec<T>(number: usize, call: impl FnOnce(&Codec) -> Result<T>) -> Result<T> {
    CODECS.with_borrow(|codecs| match codecs.get(number) {
        Some(Some(codec)) => call(codec),
        _ => {
            let message = "found no ids of this encoding, expected them to be loaded";
            Err(Error::new(Code::UnknownEncoding, "", message))
        }
    })
}

/// Loads the staged ids, which follow the staged pack that the encoding was loaded from.
#[unsafe(no_mangle)]
pub extern "C" fn ids_register(at: usize, pack_bytes: usize, ids_bytes: usize) -> f64 {
    number(|| {
        let encoding = encoding(at)?;
        let codec = with_staged(pack_bytes.saturating_add(ids_bytes), |staged| {
            let (pack, ids) = staged.split_at(pack_bytes);
            Codec::new(&encoding, pack, ids)
        })??;
        CODECS.with_borrow_mut(|codecs| {
            if codecs.len() <= at {
                codecs.resize(at + 1, None);
            }
            codecs[at] = Some(codec);
        });
        Ok(0.0)
    })
}

/// The ids of the staged text, a word each.
#[unsafe(no_mangle)]
pub extern "C" fn text_encode(encoding: usize, bytes: usize) -> f64 {
    number(|| {
        let ids = with_codec(encoding, |codec| {
            with_staged_text(bytes, |text| codec.encode(text))
        })?;
        Ok(give_words(&ids))
    })
}

/// The bytes of the staged ids, a little-endian word each. JavaScript makes text of them.
#[unsafe(no_mangle)]
pub extern "C" fn ids_decode(encoding: usize, bytes: usize) -> f64 {
    number(|| {
        let decoded = with_codec(encoding, |codec| {
            with_staged(bytes, |staged| {
                let (words, _) = staged.as_chunks::<4>();
                let ids: Vec<u32> = words.iter().map(|word| u32::from_le_bytes(*word)).collect();
                codec.decode_bytes(&ids)
            })?
        })?;
        Ok(give(decoded))
    })
}
