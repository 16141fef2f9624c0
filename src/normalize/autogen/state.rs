//! AutoGen 0.4: saved states of agents and teams, which hold the contexts of their models.
//!
//! A team's state has a context for each agent and a thread for its manager. No call sends more than one of them; the
//! longest is the one that overflows first.

use serde_json::Value;

use crate::normalize::read;
use token_headroom_encoding::Result;

/// The messages of a saved state that a call sends.
pub(super) struct Context<'a> {
    /// Where they are.
    pub(super) place: String,
    /// The messages.
    pub(super) messages: Vec<&'a Value>,
    /// How many other contexts the state holds.
    pub(super) others: usize,
}

/// The longest context; `None` when there is none that says anything.
pub(super) fn context(state: &Value) -> Result<Option<Context<'_>>> {
    let mut found: Vec<(String, Vec<&Value>)> = Vec::new();
    // Nesting is bounded by whoever calls.
    let mut open = vec![(String::new(), state)];
    while let Some((path, value)) = open.pop() {
        for key in ["llm_context.messages", "llm_messages", "message_thread"] {
            let place = key.split('.').try_fold(value, |value, key| value.get(key));
            let Some(list) = place.filter(|list| !list.is_null()) else {
                continue;
            };
            let place = read::join(&path, key);
            let list = list
                .as_array()
                .ok_or_else(|| read::wrong_type(list, &place, "an array of messages"))?;
            if !list.is_empty() {
                found.push((place, list.iter().collect()));
            }
        }
        for key in ["agent_state", "inner_team_state"] {
            if let Some(inner) = value.get(key).filter(|inner| inner.is_object()) {
                open.push((read::join(&path, key), inner));
            }
        }
        if let Some(Value::Object(agents)) = value.get("agent_states") {
            let path = read::join(&path, "agent_states");
            for (name, agent) in agents {
                open.push((read::join(&path, name), agent));
            }
        }
    }
    let others = found.len().saturating_sub(1);
    // Of equally long ones the first that is found, so that the choice does not depend on the order of a map.
    let longest = found.into_iter().max_by_key(|(place, list)| {
        (
            list.iter().map(|value| length(value)).sum::<usize>(),
            std::cmp::Reverse(place.clone()),
        )
    });
    Ok(longest.map(|(place, messages)| Context {
        place,
        messages,
        others,
    }))
}

/// Where the messages of a saved state are, for places in warnings.
pub(in crate::normalize) fn place(state: &Value) -> Option<String> {
    context(state).ok().flatten().map(|context| context.place)
}

/// Bytes of text.
fn length(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(length).sum(),
        Value::Object(fields) => fields.values().map(length).sum(),
        _ => 0,
    }
}
