//! What is told of a model.

use serde::Serialize;
use serde_json::Value;

use crate::json;
use crate::models::Model;

/// A model as [`model`](super::model) gives it.
pub(super) fn described(model: &Model) -> Value {
    let mut described = vec![
        ("name", model.name.as_str().into()),
        ("row", value(&model.row)),
        ("encoding", model.encoding.as_str().into()),
        ("framing", model.framing.name().into()),
        ("limit", value(&model.limit)),
        ("defaultHeadroom", value(&model.default_headroom)),
    ];
    if let Some(price) = &model.price {
        described.push(("price", value(price)));
    }
    if let Some(host) = model.host {
        described.push(("host", value(&host)));
    }
    if model.assumed {
        described.push(("assumed", true.into()));
    }
    for (key, text) in [
        ("retires", model.retires.as_deref().unwrap_or_default()),
        ("source", &model.source),
        ("date", &model.date),
    ] {
        if !text.is_empty() {
            described.push((key, text.into()));
        }
    }
    if !model.overrides.is_empty() {
        described.push(("overrides", value(&model.overrides)));
    }
    json::object(described)
}

/// `typed` as it is written.
fn value<T: Serialize + ?Sized>(typed: &T) -> Value {
    let written = json::to_json(typed).unwrap_or_default();
    json::parsed(&written).unwrap_or_default()
}
