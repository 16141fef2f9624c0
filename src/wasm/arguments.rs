//! Arguments and answers, as JSON.

use serde::Serialize;
use serde_json::Value;
use token_headroom_encoding::wasm::boundary::{give, number, with_staged_text};
use token_headroom_encoding::{Code, Error, Result};

use super::state::{STATE, State};
use crate::json;
use crate::options;
use crate::plan::Policy;
use crate::signals::Calibration;

/// Runs `call` on the state and the `N` arguments among the first `bytes` staged bytes; its result becomes the answer.
pub(super) fn answer<const N: usize, T: Serialize>(
    bytes: usize,
    call: impl FnOnce(&mut State, [Value; N]) -> Result<T>,
) -> f64 {
    number(|| {
        let arguments = taken(bytes)?;
        let value = STATE.with_borrow_mut(|state| call(state, arguments))?;
        Ok(give(written(&value)?.into_bytes()))
    })
}

/// The `N` arguments among the first `bytes` staged bytes.
pub(super) fn taken<const N: usize>(bytes: usize) -> Result<[Value; N]> {
    reserve(bytes.saturating_mul(GROWTH));
    <[Value; N]>::try_from(arguments(bytes)?).map_err(|given| {
        let message = format!("found {} arguments, expected {N}", given.len());
        Error::new(Code::InvalidType, "", message)
    })
}

/// `value` as text.
pub(super) fn written<T: Serialize>(value: &T) -> Result<String> {
    json::to_json(value).map_err(|error| unreadable(&error.to_string()))
}

/// Memory that a request takes for each of its bytes, about: as text, as values, as parts and as what is counted.
const GROWTH: usize = 6;
/// Less is not worth asking for ahead.
const LITTLE: usize = 1 << 20;

/// Asks for memory at once: the allocator asks page by page, which costs a runtime up to a millisecond each time. What is
/// given back stays with the allocator. More than there may be is not asked for.
pub(super) fn reserve(bytes: usize) {
    if bytes >= LITTLE {
        // Where memory is short it is asked for when it is needed, page by page.
        let mut memory = Vec::<u8>::new();
        let _ = memory.try_reserve_exact(bytes.min(1 << 29));
        // An allocation that nobody looks at would be left out.
        std::hint::black_box(&memory);
    }
}

/// Without a limit on nesting: the package has refused what nests too deeply for a stack.
fn arguments(bytes: usize) -> Result<Vec<Value>> {
    match with_staged_text(bytes, json::parse)? {
        Ok(Value::Array(arguments)) => Ok(arguments),
        Ok(_) => Err(unreadable("arguments that are no array")),
        Err(malformed) => Err(unreadable(&format!(
            "found no {} at byte {}",
            malformed.expected, malformed.at
        ))),
    }
}

/// A policy; the default one for `null`.
pub(super) fn read_policy(policy: Value) -> Result<Policy> {
    options::policy(Some(policy).filter(|policy| !policy.is_null()))
}

/// What was learned; nothing for `null`.
pub(super) fn learned(value: &Value) -> Result<Option<Calibration>> {
    if value.is_null() {
        return Ok(None);
    }
    Calibration::read(value).map(Some)
}

/// The failure of a call whose arguments the package would not pass.
pub(super) fn unreadable(what: &str) -> Error {
    let message = format!("found a value that cannot be read: {what}");
    Error::new(Code::InvalidType, "", message).with_hint("pass plain JSON values")
}
