//! Base64 read piecewise: media can be large, and its headers are small.

use std::borrow::Cow;

/// Base64 text that is decoded where it is looked at.
pub(super) struct Base64<'a> {
    /// The digits, without padding and line breaks.
    digits: Cow<'a, [u8]>,
}

impl<'a> Base64<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let wrapped = text.bytes().take(1024).any(|b| b.is_ascii_whitespace());
        let digits = if wrapped {
            Cow::Owned(text.bytes().filter(|b| !b.is_ascii_whitespace()).collect())
        } else {
            Cow::Borrowed(text.trim_end_matches('=').as_bytes())
        };
        Self { digits }
    }

    /// The payload of `data:...;base64,...`.
    pub(super) fn of_data_url(url: &'a str) -> Option<Self> {
        let scheme = url.get(..5)?;
        if !scheme.eq_ignore_ascii_case("data:") {
            return None;
        }
        let (head, payload) = url.split_once(',')?;
        let is_base64 = head.len() >= 7
            && head
                .get(head.len() - 7..)
                .is_some_and(|end| end.eq_ignore_ascii_case(";base64"));
        is_base64.then(|| Self::new(payload))
    }

    /// Decoded length.
    pub(super) fn len(&self) -> usize {
        self.digits.len() / 4 * 3 + (self.digits.len() % 4 * 3) / 4
    }

    /// At most `length` decoded bytes from `offset` on; ends early at a character that is no digit.
    pub(super) fn bytes(&self, offset: usize, length: usize) -> Vec<u8> {
        let skip = offset % 3;
        let first = (offset / 3).saturating_mul(4);
        let wanted = length.saturating_add(skip);
        let digits = self.digits.get(first..).unwrap_or_default();
        let mut bytes = Vec::with_capacity(wanted.min(self.len()));
        for chunk in digits.chunks(4) {
            if bytes.len() >= wanted {
                break;
            }
            let mut word = 0_u32;
            let mut bits = 0_u32;
            for digit in chunk.iter().map_while(|digit| sextet(*digit)) {
                word = (word << 6) | digit;
                bits += 6;
            }
            for index in 1..=bits / 8 {
                bytes.push((word >> (bits - 8 * index)) as u8);
            }
            if bits < 24 {
                break;
            }
        }
        bytes.truncate(wanted);
        bytes.drain(..skip.min(bytes.len()));
        bytes
    }
}

/// The six bits of a base64 digit, in the standard or the URL-safe alphabet.
fn sextet(digit: u8) -> Option<u32> {
    let value = match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_decodes_any_range() {
        // "Many hands make light work." in base64.
        let data = Base64::new("TWFueSBoYW5kcyBtYWtlIGxpZ2h0IHdvcmsu");
        let text = b"Many hands make light work.";
        assert_eq!(data.len(), text.len());
        for start in 0..text.len() {
            for end in start..text.len() {
                assert_eq!(data.bytes(start, end - start), &text[start..end]);
            }
        }
    }

    #[test]
    fn line_breaks_in_base64_are_skipped() {
        let data = Base64::new("TWFu\r\neSBo\r\nYW5kcw==");
        assert_eq!(data.bytes(0, 99), b"Many hands");
    }
}
