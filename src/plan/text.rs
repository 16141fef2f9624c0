//! Small pieces of wording that several steps share.

use crate::order::sorted;

/// Longest tool name that is repeated: the longest that the API takes.
pub(super) const LONGEST_NAME: usize = 64;

/// The name of a tool, for a message to the model.
pub(super) fn tool(name: &str) -> &str {
    // Few are that long.
    if name.len() > LONGEST_NAME && name.chars().count() > LONGEST_NAME {
        "a tool"
    } else {
        name
    }
}

/// `1234567` as `1,234,567`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The largest index not beyond `at` that is a border between code points.
pub(super) fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The smallest index not before `at` that is a border between code points.
pub(super) fn ceil(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

/// The highest level at which `sizes`, each cut off there, sum to at most `budget`.
pub(super) fn level(sizes: &[u64], budget: u64) -> u64 {
    let sorted = sorted(sizes.to_vec(), u64::cmp);
    let mut left = budget;
    for (position, &size) in sorted.iter().enumerate() {
        let share = left / (sorted.len() - position) as u64;
        if size > share {
            return share;
        }
        left -= size;
    }
    u64::MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1000), "1,000");
        assert_eq!(grouped(12_345_678), "12,345,678");
    }

    #[test]
    fn the_level_fills_the_budget_and_no_more() {
        assert_eq!(level(&[10, 10, 10], 30), u64::MAX);
        assert_eq!(level(&[1, 100, 100], 21), 10);
        assert_eq!(level(&[100, 100, 100], 2), 0);
        assert_eq!(level(&[], 0), u64::MAX);
    }
}
