//! Fields under either of their spellings, wherever the SDKs put them.

use serde_json::{Map, Value};

/// The field under the first of its spellings that is there, with that spelling. `null` is the same as absent.
pub(super) fn either<'a>(
    fields: &'a Map<String, Value>,
    keys: [&'static str; 2],
) -> Option<(&'static str, &'a Value)> {
    keys.into_iter()
        .find_map(|key| Some((key, fields.get(key).filter(|value| !value.is_null())?)))
}

/// A field of the body, or of the `config` in which the SDKs collect all settings.
pub(super) fn setting<'a>(
    body: &'a Map<String, Value>,
    keys: [&'static str; 2],
) -> Option<(&'static str, &'a Value)> {
    let config = || body.get("config").and_then(Value::as_object);
    either(body, keys).or_else(|| either(config()?, keys))
}

/// A field of `generationConfig`, or of the `config` in which the SDKs collect all settings.
pub(super) fn generation<'a>(
    body: &'a Map<String, Value>,
    keys: [&'static str; 2],
) -> Option<(String, &'a Value)> {
    for place in ["generationConfig", "generation_config", "config"] {
        let found = body
            .get(place)
            .and_then(Value::as_object)
            .and_then(|fields| either(fields, keys));
        if let Some((key, value)) = found {
            return Some((format!("{place}.{key}"), value));
        }
    }
    None
}

/// A field of the generation settings of a whole body, for rules that depend on how it was put.
pub(crate) fn generation_setting<'a>(
    rest: &'a Value,
    keys: [&'static str; 2],
) -> Option<&'a Value> {
    let body = rest.as_object()?;
    let nested = either(body, super::NESTED).and_then(|(_, request)| request.as_object());
    generation(nested.unwrap_or(body), keys).map(|(_, value)| value)
}
