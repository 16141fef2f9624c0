//! Sorting without code of its own for every type.

use serde_json::{Map, Value};

pub(crate) use token_headroom_encoding::order::sorted;

/// Fields in the alphabetical order of their keys.
pub(crate) fn fields(fields: &Map<String, Value>) -> Vec<(&String, &Value)> {
    sorted(fields.iter().collect(), |a, b| a.0.cmp(b.0))
}
