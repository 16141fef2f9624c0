//! SHA-256 of requests and messages, over a serialisation that does not depend on how they were written.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::json;

/// Hex digest of one message: SHA-256 of its compact JSON, keys in the caller's order.
pub(crate) fn message(message: &Value) -> String {
    let mut hasher = Sha256::new();
    line(&mut hasher, message);
    hex(hasher)
}

/// Hex digest of a request: SHA-256 of the compact JSON of the body without its messages, then of each
/// message, each followed by a line feed. Keys are in the caller's order; where `messages` stands
/// among the body's keys does not matter.
pub(crate) fn request<'a>(rest: &Value, messages: impl Iterator<Item = &'a Value>) -> String {
    let mut hasher = Sha256::new();
    line(&mut hasher, rest);
    for message in messages {
        line(&mut hasher, message);
    }
    hex(hasher)
}

/// Compact JSON holds no raw line feed, so that lines cannot run into each other.
fn line(hasher: &mut Sha256, value: &Value) {
    hasher.update(json::plain(value).as_bytes());
    hasher.update(b"\n");
}

fn hex(hasher: Sha256) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(64);
    for byte in hasher.finalize() {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
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
