//! Names of message lists, so that a request is recognised as the continuation of an earlier one.
//!
//! Not for security: a fingerprint decides which usage report an estimate starts from, never whether a plan is valid.

use serde_json::Value;

use crate::conversation::Conversation;
use crate::count::Counted;

/// An odd constant with well spread bits, from the golden ratio.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Digest of one value; objects with other key orders differ, as they do for a provider.
pub(crate) fn digest(value: &Value) -> u64 {
    let mut state = 0;
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::Null => state = mix(state, 1),
            Value::Bool(truth) => state = mix(state, 2 + u64::from(*truth)),
            Value::Number(number) => {
                state = mix(mix(state, 4), number.as_f64().unwrap_or_default().to_bits());
            }
            Value::String(text) => state = mix_text(mix(state, 5), text),
            Value::Array(items) => {
                state = mix(mix(state, 6), items.len() as u64);
                open.extend(items);
            }
            Value::Object(fields) => {
                state = mix(mix(state, 7), fields.len() as u64);
                for key in fields.keys() {
                    state = mix_text(state, key);
                }
                open.extend(fields.values());
            }
        }
    }
    state
}

/// The name of the first `messages` of `counted`, with what stands beside them; `None` when there are fewer.
pub(crate) fn of(counted: &Counted, messages: usize) -> Option<String> {
    let mut state = beside(&counted.conversation);
    for message in counted.messages.get(..messages)? {
        state = mix(state, message.digest);
    }
    Some(format!("{messages}-{state:016x}"))
}

/// How many messages a fingerprint names.
pub(crate) fn messages(fingerprint: &str) -> Option<usize> {
    fingerprint.split('-').next()?.parse().ok()
}

/// Instructions and tools: with others the provider saw another prompt.
fn beside(conversation: &Conversation) -> u64 {
    let instructions = conversation.instructions.iter().map(|message| &message.raw);
    let tools = conversation.tools.iter().map(|tool| &tool.raw);
    instructions
        .chain(tools)
        .fold(0, |state, value| mix(state, digest(value)))
}

fn mix(state: u64, value: u64) -> u64 {
    let mixed = (state ^ value).wrapping_mul(SPREAD);
    mixed ^ (mixed >> 29)
}

fn mix_text(state: u64, text: &str) -> u64 {
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let state = words
        .iter()
        .fold(mix(state, text.len() as u64), |state, word| {
            mix(state, u64::from_le_bytes(*word))
        });
    rest.iter()
        .fold(state, |state, byte| mix(state, u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_differs_has_another_digest() {
        let values = [
            json!(null),
            json!(false),
            json!(true),
            json!(0),
            json!(1),
            json!(""),
            json!("a"),
            json!("aaaaaaaa"),
            json!("aaaaaaaab"),
            json!([]),
            json!({}),
            json!([null]),
            json!([[]]),
            json!({ "a": 1 }),
            json!({ "b": 1 }),
            json!({ "a": 1, "b": 2 }),
            json!({ "b": 2, "a": 1 }),
            json!(["a", "b"]),
            json!(["b", "a"]),
        ];
        for (index, one) in values.iter().enumerate() {
            for other in &values[index + 1..] {
                assert_ne!(digest(one), digest(other), "{one} {other}");
            }
            assert_eq!(digest(one), digest(&one.clone()));
        }
    }
}
