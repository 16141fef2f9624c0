//! Long texts of an answer, which cross as they are behind it: in JSON they would be escaped here and read letter by letter there.

use serde::Serialize;
use serde_json::Value;

/// Shorter texts are not worth a place of their own, in bytes.
const LONG: usize = 16 << 10;

/// Texts that were taken out of an answer.
#[derive(Default)]
pub(super) struct Texts {
    places: Vec<Place>,
    texts: Vec<String>,
}

/// Where a text belongs.
#[derive(Serialize)]
pub(super) struct Place {
    /// Names of fields and positions in lists.
    path: Vec<Value>,
    /// Its length.
    bytes: usize,
}

impl Texts {
    /// Takes the long texts out of `value`, which stands at `path`, and leaves empty ones.
    pub(super) fn take(&mut self, value: &mut Value, path: &[Value]) {
        let inner = |key: Value| [path, &[key]].concat();
        match value {
            Value::String(text) if text.len() >= LONG => {
                self.places.push(Place {
                    path: path.to_vec(),
                    bytes: text.len(),
                });
                self.texts.push(std::mem::take(text));
            }
            Value::Array(items) => {
                for (at, item) in items.iter_mut().enumerate() {
                    self.take(item, &inner(at.into()));
                }
            }
            Value::Object(fields) => {
                for (key, field) in fields {
                    self.take(field, &inner(key.as_str().into()));
                }
            }
            _ => {}
        }
    }

    /// Where they belong, in their order.
    pub(super) fn places(&self) -> &[Place] {
        &self.places
    }

    /// `answer`, and all of them behind it.
    pub(super) fn behind(&self, mut answer: String) -> String {
        answer.reserve_exact(self.texts.iter().map(String::len).sum());
        self.texts.iter().for_each(|text| answer.push_str(text));
        answer
    }
}
