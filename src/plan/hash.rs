//! SHA-256 of requests and messages, over a serialisation that does not depend on how they were written.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::count::CountedMessage;
use crate::json;

/// A digest.
pub(crate) type Sha = [u8; 32];

/// Hex digest of one message: SHA-256 of its compact JSON, keys in the caller's order, and a line feed.
pub(crate) fn message(message: &Value) -> String {
    hex(line(message))
}

/// The same of a counted message, which keeps it.
pub(crate) fn counted(message: &CountedMessage) -> String {
    hex(known(message))
}

/// Hex digest of a request: SHA-256 of the digest of the body without its messages and of the digests of all messages, 32
/// bytes each. Keys are in the caller's order; where `messages` stands among the body's keys does not matter.
///
/// Digests of digests, so that of a long history only what is new or changed is read.
pub(crate) fn request<'a>(rest: &Value, messages: impl Iterator<Item = &'a Value>) -> String {
    joined(rest, &mut messages.map(line))
}

/// The same of counted messages.
pub(crate) fn counted_request<'a>(
    rest: &Value,
    messages: impl Iterator<Item = &'a CountedMessage>,
) -> String {
    joined(rest, &mut messages.map(known))
}

fn joined(rest: &Value, messages: &mut dyn Iterator<Item = Sha>) -> String {
    let mut hasher = Sha256::new();
    hasher.update(line(rest));
    for message in messages {
        hasher.update(message);
    }
    hex(hasher.finalize().into())
}

fn known(message: &CountedMessage) -> Sha {
    let raw = &message.message.raw;
    *message.sha.get_or_init(|| line(raw))
}

/// Digest of one value.
pub(crate) fn line(value: &Value) -> Sha {
    let mut text = String::with_capacity(1024);
    json::write_plain(value, &mut text);
    text.push('\n');
    Sha256::digest(text.as_bytes()).into()
}

/// As it is written.
pub(crate) fn hex(digest: Sha) -> String {
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    let mut text = [[0; 2]; 32];
    for (pair, byte) in text.iter_mut().zip(digest) {
        *pair = [byte >> 4, byte & 15].map(|digit| DIGITS[usize::from(digit)]);
    }
    str::from_utf8(text.as_flattened())
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_message_hashes_like_its_compact_json_and_a_line_feed() {
        // printf '{"role":"user","content":"hi"}\n' | sha256sum
        assert_eq!(
            message(&json!({ "role": "user", "content": "hi" })),
            "2ba43c0c94d5018cd09ae2e1777690306c9e17074cdca973a0d7a8372b201665"
        );
    }

    #[test]
    fn key_order_and_message_borders_count() {
        let (a, b) = (json!({"x": 1, "y": 2}), json!({"y": 2, "x": 1}));
        assert_ne!(message(&a), message(&b));
        let rest = json!({});
        assert_ne!(
            request(&rest, [&a, &b].into_iter()),
            request(&rest, [&b, &a].into_iter())
        );
    }
}
