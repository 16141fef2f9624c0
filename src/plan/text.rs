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
    let mut text = String::new();
    push_grouped(number, &mut text);
    text
}

/// Appends it.
pub(super) fn push_grouped(number: u64, out: &mut String) {
    let (thousands, rest) = (number / 1_000, number % 1_000);
    if thousands > 0 {
        push_grouped(thousands, out);
        out.push(',');
    }
    for unit in [100, 10, 1] {
        if thousands > 0 || rest >= unit || unit == 1 {
            out.push(char::from(b'0' + (rest / unit % 10) as u8));
        }
    }
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

/// The highest level, `most` at most, at which `sizes`, each cut off there, sum to at most `budget`.
pub(super) fn level(sizes: &[u64], budget: u64, most: u64) -> u64 {
    // Where there is room there is nothing to sort.
    if sizes.iter().map(|size| most.min(*size)).sum::<u64>() <= budget {
        return most;
    }
    let sorted = sorted(sizes.to_vec(), u64::cmp);
    let mut left = budget;
    for (position, &size) in sorted.iter().enumerate() {
        let share = left / (sorted.len() - position) as u64;
        if size > share {
            return share.min(most);
        }
        left -= size;
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(10), "10");
        assert_eq!(grouped(1000), "1,000");
        assert_eq!(grouped(12_345_678), "12,345,678");
    }

    #[test]
    fn the_level_fills_the_budget_and_no_more() {
        assert_eq!(level(&[10, 10, 10], 30, 1_000), 1_000);
        assert_eq!(level(&[1, 100, 100], 21, 1_000), 10);
        assert_eq!(level(&[1, 100, 100], 21, 9), 9);
        assert_eq!(level(&[1, 100, 100], 21, 11), 10);
        assert_eq!(level(&[100, 100, 100], 2, 1_000), 0);
        assert_eq!(level(&[], 0, 1_000), 1_000);
    }
}
