//! What ranges of codes stand for.

/// Ranges that are remembered, at most: one for each code of two bytes.
const RANGES: usize = 1 << 16;

/// Values by range of codes.
pub(super) struct Ranges<T>(Vec<Range<T>>);

struct Range<T> {
    first: u32,
    last: u32,
    value: T,
}

impl<T> Default for Ranges<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Ranges<T> {
    pub(super) fn add(&mut self, first: u32, last: u32, value: T) {
        if self.0.len() >= RANGES {
            return;
        }
        self.0.push(Range { first, last, value });
    }

    /// Puts the ranges in order, which looking up needs.
    pub(super) fn sort(&mut self) {
        self.0.sort_by_key(|range| range.first);
    }

    /// The value for a code, and how far into its range the code is.
    pub(super) fn get(&self, code: u32) -> Option<(u32, &T)> {
        let after = self.0.partition_point(|range| range.first <= code);
        let range = self.0.get(after.checked_sub(1)?)?;
        (code <= range.last).then_some((code - range.first, &range.value))
    }
}
