//! C11 and C12, and what dialects call their own of them: instructions stay, and clearing changes contents alone.

use serde_json::Value;

use crate::conversation::{Dialect, Role};
use crate::verify::Violation;
use crate::verify::entries::unwrapped;
use crate::verify::skeleton::skeleton;
use crate::verify::state::signature;
use crate::verify::transcript::Seen;
use crate::verify::view::{View, own_thoughts};

/// C11, OC3: the body's own fields stay; instructions stay, and stay first; the plan adds none.
pub(super) fn c11_instructions(view: &View<'_>, violations: &mut Vec<Violation>) {
    let name = match view.dialect() {
        Dialect::OpenaiChat => "OC3",
        _ => "C11",
    };
    if view.before.rest != view.after.rest {
        let text = "found other fields beside the messages, expected them as they were";
        violations.push(Violation::new(name, "", text));
    }
    let instructs = |seen: &Seen<'_>| matches!(seen.role, Role::System | Role::Developer);
    let old = &view.before.messages;
    let leading = old.iter().take_while(|seen| instructs(seen)).count();
    for (index, seen) in old.iter().enumerate().filter(|(_, seen)| instructs(seen)) {
        // A newer compaction makes an older one void.
        let is_spent = view.dialect() == Dialect::OpenaiResponses
            && super::items::is_compaction(seen.raw)
            && super::items::newest_compaction(&view.before).is_some_and(|newest| index < newest);
        if !view.evidence.untouched(index) && !is_spent {
            let text = format!(
                "found the instructions of message {index} changed or removed, expected them untouched"
            );
            violations.push(view.broken(name, view.place(index), text));
        } else if index < leading && view.evidence.position(index) != Some(index) {
            let text = format!("found instructions that stood at {index}, expected them there");
            violations.push(view.broken(name, view.place(index), text));
        }
    }
    for (at, _) in view
        .after
        .messages
        .iter()
        .enumerate()
        .filter(|(_, seen)| instructs(seen))
    {
        if view.evidence.origin(at).is_none() {
            let text = "found instructions of the plan's own, expected none";
            violations.push(view.broken(name, at, text));
        }
    }
}

/// C12, OC4: where a message stays, only the contents of its results change, in their shape, texts of the user's are cut as steps
/// say, and thoughts go whole.
pub(super) fn c12_cleared_in_place(view: &View<'_>, violations: &mut Vec<Violation>) {
    let dialect = view.dialect();
    let name = match dialect {
        Dialect::OpenaiChat => "OC4",
        _ => "C12",
    };
    for (at, old, new) in view.replaced() {
        let told = view.evidence.origin(at);
        let told = told.and_then(|index| view.evidence.retold(index));
        let old = &view.as_told(old, told.as_ref());
        let (kept, given) = (skeleton(old, dialect), skeleton(new, dialect));
        if kept != given {
            let (name, key) = differing(dialect, name, old, new);
            let text = "found another value, expected that of the original message";
            let path = format!("{}[{at}]{key}", dialect.list_key());
            violations.push(Violation::new(name, path, text));
        }
        let shape = |seen: &Seen<'_>| {
            let fields = unwrapped(seen.raw).1;
            ["content", "output"].map(|key| fields.get(key).map(Value::is_array))
        };
        if shape(old) != shape(new) {
            let text = "found another shape of the content, expected a text or an array as before";
            violations.push(view.broken(name, at, text));
        }
        let mut left = own_thoughts(old).into_iter();
        for thought in own_thoughts(new) {
            if !left.any(|old| old.value == thought.value) {
                let name = match dialect {
                    Dialect::Anthropic => "AN4",
                    _ => name,
                };
                let text = "found thoughts that are not as the model made them, expected them whole or gone";
                let path = format!("{}[{at}]{}", dialect.list_key(), thought.place.path());
                violations.push(Violation::new(name, path, text));
            }
        }
    }
}

/// What to call a change of what is not a result's content, and where it is.
fn differing(
    dialect: Dialect,
    name: &'static str,
    old: &Seen<'_>,
    new: &Seen<'_>,
) -> (&'static str, String) {
    let differs = |key: &str| unwrapped(old.raw).1.get(key) != unwrapped(new.raw).1.get(key);
    let of_parts = |read: fn(&Value) -> Option<&Value>| {
        let read = |seen: &Seen<'_>| -> Vec<Option<Value>> {
            let kept = seen
                .entries
                .iter()
                .filter(|entry| entry.kind != crate::verify::entries::Kind::Thought);
            kept.map(|entry| read(entry.value).cloned()).collect()
        };
        read(old) != read(new)
    };
    let own: &[&str] = match dialect {
        Dialect::AiSdk => &["providerOptions", "providerMetadata"],
        Dialect::Langchain => &["additional_kwargs", "response_metadata", "id"],
        _ => &[],
    };
    if let Some(key) = own.iter().find(|key| differs(key)) {
        let name = if dialect == Dialect::AiSdk {
            "AI4"
        } else {
            "LC2"
        };
        return (name, format!(".{key}"));
    }
    let name = match dialect {
        Dialect::AiSdk if of_parts(|part| part.get("providerOptions")) => "AI4",
        Dialect::AiSdk if of_parts(|part| part.get("output")?.get("type")) => "AI6",
        Dialect::Gemini if of_signatures(old) != of_signatures(new) => "G5",
        _ => name,
    };
    let keys = old.raw.as_object().into_iter().chain(new.raw.as_object());
    let mut keys = keys.flat_map(|fields| fields.keys());
    let key = keys.find(|key| {
        key.as_str() != "content" && old.raw.get(key.as_str()) != new.raw.get(key.as_str())
    });
    (name, key.map(|key| format!(".{key}")).unwrap_or_default())
}

fn of_signatures<'a>(seen: &Seen<'a>) -> Vec<Option<&'a str>> {
    seen.entries
        .iter()
        .map(|entry| signature(entry.value))
        .collect()
}
