//! How arguments and results cross into JavaScript: as numbers, and what is longer in two buffers of linear memory.
//!
//! JavaScript asks for a *staging* buffer, writes bytes into it and calls an export with their number. An export gives a
//! number that is not negative; what is longer stands in the *answer* buffer, and the number is its length in bytes.
//! A failure is the negative length of an answer that holds the error as JSON: `{ code, path, message, hint }`. Negative infinity says that
//! the [second half](crate::late) of the module is needed first.
//!
//! No export takes an address, so nothing that JavaScript passes can make one read or write where it must not. Nothing
//! calls back into JavaScript, so no export is entered twice. A panic or a lack of memory ends the instance:
//! JavaScript discards it and starts another.

use std::cell::{Cell, RefCell};

use crate::late::was_lacking;
use crate::{Code, Error, Result};

thread_local! {
    static STAGING: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static ANSWER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static HOOKED: Cell<bool> = const { Cell::new(false) };
}

/// What is kept of a buffer when it is given back.
const KEPT_BYTES: usize = 1 << 20;

/// The address of a staging buffer of at least `bytes` bytes; valid until the next call. While it is large enough it stays what it is, and
/// keeps what it holds.
#[unsafe(no_mangle)]
pub extern "C" fn staging_reserve(bytes: usize) -> *mut u8 {
    hook_panics();
    STAGING.with_borrow_mut(|staging| {
        if staging.len() < bytes {
            // Not copied: JavaScript keeps what it still needs, which is rarely anything.
            *staging = Vec::new();
            *staging = vec![0; bytes];
        }
        staging.as_mut_ptr()
    })
}

/// The address of the answer; valid until the next call.
#[unsafe(no_mangle)]
pub extern "C" fn answer_address() -> *const u8 {
    ANSWER.with_borrow(|answer| answer.as_ptr())
}

/// Gives large buffers back.
#[unsafe(no_mangle)]
pub extern "C" fn buffers_release() {
    for buffer in [&STAGING, &ANSWER] {
        buffer.with_borrow_mut(|buffer| {
            buffer.truncate(KEPT_BYTES);
            buffer.shrink_to(KEPT_BYTES);
        });
    }
}

/// Runs an export that gives a number.
pub fn number(call: impl FnOnce() -> Result<f64>) -> f64 {
    let given = call();
    if was_lacking() {
        return f64::NEG_INFINITY;
    }
    given.unwrap_or_else(|error| -give(error_json(&error)))
}

/// Puts bytes into the answer and gives their number.
pub fn give(bytes: Vec<u8>) -> f64 {
    let length = bytes.len();
    ANSWER.set(bytes);
    length as f64
}

/// Puts words into the answer, little-endian, and gives the number of bytes.
pub fn give_words(words: &[u32]) -> f64 {
    let mut bytes = vec![0; 4 * words.len()];
    for (four, word) in bytes.as_chunks_mut().0.iter_mut().zip(words) {
        *four = word.to_le_bytes();
    }
    give(bytes)
}

/// Hands the first `bytes` staged bytes to `read`.
///
/// # Errors
/// [`InvalidValue`](Code::InvalidValue) when less was staged.
pub fn with_staged<T>(bytes: usize, read: impl FnOnce(&[u8]) -> T) -> Result<T> {
    STAGING.with_borrow(|staging| {
        let staged = staging.get(..bytes).ok_or_else(|| {
            let message = format!("found {} staged bytes, expected {bytes}", staging.len());
            Error::new(Code::InvalidValue, "", message)
        })?;
        Ok(read(staged))
    })
}

/// Hands the first `bytes` staged bytes to `read` as text.
///
/// # Errors
/// [`InvalidValue`](Code::InvalidValue) when they are not UTF-8.
pub fn with_staged_text<T>(bytes: usize, read: impl FnOnce(&str) -> T) -> Result<T> {
    with_staged(bytes, |staged| match std::str::from_utf8(staged) {
        Ok(text) => Ok(read(text)),
        Err(_) => Err(not_utf8()),
    })?
}

/// The failure of a call whose staged bytes are no text.
pub fn not_utf8() -> Error {
    let message = "found bytes that are not UTF-8, expected text";
    Error::new(Code::InvalidValue, "", message)
}

/// Leaves the message of a panic in the answer, should there ever be one, for the error that JavaScript throws.
fn hook_panics() {
    if HOOKED.replace(true) {
        return;
    }
    std::panic::set_hook(Box::new(|info| {
        let message = info.to_string().into_bytes();
        PANIC_BYTES.set(message.len());
        ANSWER.with(|answer| {
            if let Ok(mut answer) = answer.try_borrow_mut() {
                *answer = message;
            }
        });
    }));
}

thread_local! {
    static PANIC_BYTES: Cell<usize> = const { Cell::new(0) };
}

/// After a trap: the length of the answer if it is the message of a panic, otherwise 0.
#[unsafe(no_mangle)]
pub extern "C" fn panic_bytes() -> usize {
    PANIC_BYTES.get()
}

/// By hand: the tokenizer has no other use for a JSON library.
fn error_json(error: &Error) -> Vec<u8> {
    let mut json = String::from("{");
    let fields = [
        ("code", error.code.as_str()),
        ("path", &error.path),
        ("message", &error.message),
        ("hint", &error.hint),
    ];
    for (name, value) in fields {
        if json.len() > 1 {
            json.push(',');
        }
        push_string(&mut json, name);
        json.push(':');
        push_string(&mut json, value);
    }
    json.push('}');
    json.into_bytes()
}

fn push_string(json: &mut String, text: &str) {
    json.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                json.push('\\');
                json.push(character);
            }
            '\0'..='\x1f' => {
                json.push_str("\\u00");
                for shift in [4, 0] {
                    json.extend(char::from_digit(u32::from(character) >> shift & 15, 16));
                }
            }
            _ => json.push(character),
        }
    }
    json.push('"');
}
