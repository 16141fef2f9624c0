//! Base64 read piecewise: media can be large, and its headers are small.

use std::borrow::Cow;

/// Base64 text that is decoded where it is looked at.
pub(crate) struct Base64<'a> {
    /// The digits, without padding and line breaks.
    digits: Cow<'a, [u8]>,
    /// Length of the whole in bytes, where the digits are only its start.
    whole: Option<usize>,
}

impl<'a> Base64<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let wrapped = text.bytes().take(1024).any(|b| b.is_ascii_whitespace());
        let digits = if wrapped {
            Cow::Owned(text.bytes().filter(|b| !b.is_ascii_whitespace()).collect())
        } else {
            Cow::Borrowed(text.trim_end_matches('=').as_bytes())
        };
        Self {
            digits,
            whole: None,
        }
    }

    /// The digits of bytes at hand.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Self {
        let mut digits = Vec::with_capacity(bytes.len() / 3 * 4 + 4);
        for chunk in bytes.chunks(3) {
            let word = chunk.iter().fold(0_u32, |n, b| (n << 8) | u32::from(*b))
                << (8 * (3 - chunk.len()));
            for place in 0..=chunk.len() {
                let sextet = (word >> (18 - 6 * place)) as usize & 63;
                digits.extend(DIGITS.get(sextet));
            }
        }
        Self {
            digits: Cow::Owned(digits),
            whole: None,
        }
    }

    /// The same, as the start of something that is `bytes` long.
    pub(crate) fn starting(mut self, bytes: usize) -> Self {
        self.whole = (bytes > self.len()).then_some(bytes);
        self
    }

    /// Whether everything can be decoded.
    pub(crate) fn is_whole(&self) -> bool {
        self.whole.is_none()
    }

    /// The payload of `data:...;base64,...`.
    pub(crate) fn of_data_url(url: &'a str) -> Option<Self> {
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
        self.whole
            .unwrap_or(self.digits.len() / 4 * 3 + (self.digits.len() % 4 * 3) / 4)
    }

    /// At most `length` decoded bytes from `offset` on; ends early at a character that is no digit.
    pub(super) fn bytes(&self, offset: usize, length: usize) -> Vec<u8> {
        let skip = offset % 3;
        let first = (offset / 3).saturating_mul(4);
        let wanted = length.saturating_add(skip);
        let digits = self.digits.get(first..).unwrap_or_default();
        let mut bytes = Vec::with_capacity(wanted.min(self.digits.len()));
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

/// The standard alphabet.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

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
    fn bytes_survive_being_written_as_base64() {
        let bytes: Vec<u8> = (0..=255).collect();
        for length in 0..=bytes.len() {
            let data = Base64::of_bytes(&bytes[..length]);
            assert_eq!(data.len(), length);
            assert_eq!(data.bytes(0, 999), &bytes[..length]);
        }
    }

    #[test]
    fn the_start_of_something_knows_its_length() {
        let data = Base64::of_bytes(b"Many hands").starting(27);
        assert_eq!((data.len(), data.is_whole()), (27, false));
        assert_eq!(data.bytes(0, 99), b"Many hands");
        assert!(Base64::of_bytes(b"Many").starting(4).is_whole());
    }

    #[test]
    fn line_breaks_in_base64_are_skipped() {
        let data = Base64::new("TWFu\r\neSBo\r\nYW5kcw==");
        assert_eq!(data.bytes(0, 99), b"Many hands");
    }
}
