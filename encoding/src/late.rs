//! What a WebAssembly module in two halves has in the second.
//!
//! The first half looks for such a function in a slot, which is empty until the second half is started and fills it. What finds its
//! slot empty goes on without, and that is noted: [`number`](crate::wasm::boundary::number) then says that the second half is
//! needed, JavaScript starts it and makes the same call again. Nothing that was found meanwhile may be kept.

use std::cell::Cell;
use std::sync::OnceLock;

thread_local! {
    static LACKING: Cell<bool> = const { Cell::new(false) };
}

/// The place of a function of the second half.
#[derive(Debug)]
pub struct Late<F>(OnceLock<F>);

impl<F: Copy> Default for Late<F> {
    fn default() -> Self {
        Self::new()
    }
}

impl<F: Copy> Late<F> {
    /// An empty one.
    #[must_use]
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// The function, if it is there; that it is not is noted.
    pub fn get(&self) -> Option<F> {
        let found = self.0.get().copied();
        if found.is_none() {
            LACKING.set(true);
        }
        found
    }

    /// Puts the function there; the first one stays.
    pub fn fill(&self, function: F) {
        // A place that only one function is ever put in would be compiled to a direct call, and the first half would hold the function.
        let _ = self.0.set(std::hint::black_box(function));
    }
}

/// Whether the call has looked for something that was not there.
#[must_use]
pub fn is_lacking() -> bool {
    LACKING.get()
}

/// The same, and forgets it.
#[must_use]
pub fn was_lacking() -> bool {
    LACKING.replace(false)
}

/// Brings what this crate has in the second half: form KC, which no vocabulary of the package asks for.
#[cfg(all(feature = "wasm-late", target_arch = "wasm32"))]
pub fn fill() {
    crate::normal::NFKC.fill(crate::normal::whole_nfkc);
}

#[cfg(test)]
mod tests {
    use super::{Late, is_lacking, was_lacking};

    #[test]
    fn an_empty_place_is_noted_until_it_is_told() {
        let place: Late<fn(u32) -> u32> = Late::new();
        assert!(!is_lacking());
        assert!(place.get().is_none());
        assert!(is_lacking() && was_lacking() && !is_lacking());
        place.fill(|number| number + 1);
        place.fill(|number| number + 2);
        assert_eq!(place.get().map(|add| add(1)), Some(2));
        assert!(!is_lacking());
    }
}
