//! A plan read back from JSON, as it was stored.

use serde_json::{Map, Value};

use super::{CompactionPlan, Floor, PlanStatus, Size, Step, StepKind, SummarySlot};

/// The key of what is missing or no such value, with the keys around it.
pub(crate) type Place = String;

type Read<T> = Result<T, Place>;

/// The plan that `value` is. Keys that a plan does not have are ignored.
///
/// # Errors
/// The place of the first value that is missing, or is not what a plan has there.
pub(crate) fn read(value: &Value) -> Read<CompactionPlan> {
    let fields = Fields::of(value, "")?;
    let steps = fields.list("steps", |place, value| step(&Fields::of(value, place)?))?;
    let summary = |place: &str, value: &Value| {
        let fields = Fields::of(value, place)?;
        Ok(SummarySlot {
            max_tokens: fields.tokens("maxTokens")?,
            request: fields.get("request")?.clone(),
            request_tokens: fields.tokens("requestTokens")?,
        })
    };
    Ok(CompactionPlan {
        version: fields.tokens("version")?,
        status: match fields.text("status")?.as_str() {
            "unneeded" => PlanStatus::Unneeded,
            "planned" => PlanStatus::Planned,
            "irreducible" => PlanStatus::Irreducible,
            _ => return Err(fields.place("status")),
        },
        model: fields.text("model")?,
        input: fields.text("input")?,
        output: fields.text("output")?,
        available: fields.tokens("available")?,
        target: fields.tokens("target")?,
        released: fields
            .get("released")?
            .as_bool()
            .ok_or_else(|| fields.place("released"))?,
        before: size(&fields, "before")?,
        after: size(&fields, "after")?,
        steps,
        summary: fields.optional("summary", summary)?,
        floor: fields.optional("floor", floor)?,
        invariants: fields.list("invariants", text)?,
    })
}

fn size(fields: &Fields<'_>, key: &str) -> Read<Size> {
    let fields = Fields::of(fields.get(key)?, &fields.place(key))?;
    Ok(Size {
        tokens: fields.tokens("tokens")?,
        lower_bound: fields.tokens("lowerBound")?,
        upper_bound: fields.tokens("upperBound")?,
    })
}

fn floor(place: &str, value: &Value) -> Read<Floor> {
    let fields = Fields::of(value, place)?;
    Ok(Floor {
        system: fields.tokens("system")?,
        tools: fields.tokens("tools")?,
        first_user: fields.tokens("firstUser")?,
        pinned: fields.tokens("pinned")?,
        tail: fields.tokens("tail")?,
        framing: fields.tokens("framing")?,
        middle: fields.tokens("middle")?,
        total: fields.tokens("total")?,
    })
}

fn step(fields: &Fields<'_>) -> Read<Step> {
    let kind = match fields.text("kind")?.as_str() {
        "mask" => StepKind::Mask {
            message: fields.index("message")?,
            call_id: fields.text("callId")?,
            tool: fields.text("tool")?,
            placeholder: fields.text("placeholder")?,
            original: fields.text("original")?,
        },
        "cut" => StepKind::Cut {
            message: fields.index("message")?,
            call_id: fields.text("callId")?,
            tool: fields.text("tool")?,
            head: fields.index("head")?,
            tail: fields.index("tail")?,
            notice: fields.text("notice")?,
            original: fields.text("original")?,
        },
        "summarise" => StepKind::Summarise {
            messages: fields.list("messages", index)?,
            digest: fields.text("digest")?,
            originals: fields.list("originals", text)?,
        },
        _ => return Err(fields.place("kind")),
    };
    Ok(Step {
        kind,
        reason: fields.text("reason")?,
        tokens_before: fields.tokens("tokensBefore")?,
        tokens_after: fields.tokens("tokensAfter")?,
        lost: fields.text("lost")?,
        recover: fields.text("recover")?,
    })
}

fn text(place: &str, value: &Value) -> Read<String> {
    value
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| place.to_owned())
}

fn index(place: &str, value: &Value) -> Read<usize> {
    value
        .as_u64()
        .and_then(|number| usize::try_from(number).ok())
        .ok_or_else(|| place.to_owned())
}

/// An object of the plan, and where it stands.
struct Fields<'a> {
    place: String,
    values: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    fn of(value: &'a Value, place: &str) -> Read<Self> {
        match value {
            Value::Object(values) => Ok(Self {
                place: place.to_owned(),
                values,
            }),
            _ => Err(place.to_owned()),
        }
    }

    fn place(&self, key: &str) -> Place {
        if self.place.is_empty() {
            key.to_owned()
        } else {
            [&self.place, ".", key].concat()
        }
    }

    fn get(&self, key: &str) -> Read<&'a Value> {
        self.values.get(key).ok_or_else(|| self.place(key))
    }

    fn text(&self, key: &str) -> Read<String> {
        text(&self.place(key), self.get(key)?)
    }

    fn index(&self, key: &str) -> Read<usize> {
        index(&self.place(key), self.get(key)?)
    }

    fn tokens(&self, key: &str) -> Read<u32> {
        let number = self.get(key)?.as_u64();
        number
            .and_then(|number| u32::try_from(number).ok())
            .ok_or_else(|| self.place(key))
    }

    fn list<T>(&self, key: &str, read: fn(&str, &Value) -> Read<T>) -> Read<Vec<T>> {
        let items = self.get(key)?.as_array().ok_or_else(|| self.place(key))?;
        let mut all = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            all.push(read(&format!("{}[{at}]", self.place(key)), item)?);
        }
        Ok(all)
    }

    fn optional<T>(&self, key: &str, read: fn(&str, &Value) -> Read<T>) -> Read<Option<T>> {
        match self.values.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => read(&self.place(key), value).map(Some),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn stored() -> Value {
        let size = json!({ "tokens": 9, "lowerBound": 8, "upperBound": 10 });
        let end = json!({
            "reason": "r", "tokensBefore": 9, "tokensAfter": 5, "lost": "l", "recover": "g",
        });
        let step = |kind: Value| {
            let mut step = kind;
            for (key, value) in end.as_object().unwrap() {
                step[key] = value.clone();
            }
            step
        };
        json!({
            "version": 1, "status": "planned", "model": "m", "input": "i", "output": "o",
            "available": 7, "target": 6, "released": true, "before": size, "after": size,
            "steps": [
                step(json!({
                    "kind": "mask", "message": 1, "callId": "c", "tool": "t", "placeholder": "p",
                    "original": "x",
                })),
                step(json!({
                    "kind": "cut", "message": 2, "callId": "c", "tool": "t", "head": 3, "tail": 4,
                    "notice": "n", "original": "x",
                })),
                step(json!({
                    "kind": "summarise", "messages": [0, 5], "digest": "d", "originals": ["y"],
                })),
            ],
            "summary": { "maxTokens": 64, "request": { "a": [1.5] }, "requestTokens": 3 },
            "floor": {
                "system": 1, "tools": 2, "firstUser": 3, "pinned": 4, "tail": 5, "framing": 6,
                "middle": 7, "total": 28,
            },
            "invariants": ["C1"],
        })
    }

    #[test]
    fn a_plan_is_read_as_its_derived_reader_reads_it() {
        let derived: CompactionPlan = serde_json::from_value(stored()).unwrap();
        assert_eq!(read(&stored()), Ok(derived));
        let mut short = stored();
        short["summary"] = Value::Null;
        short.as_object_mut().unwrap().remove("floor");
        short["unknown"] = json!(1);
        let derived: CompactionPlan = serde_json::from_value(short.clone()).unwrap();
        assert_eq!(read(&short), Ok(derived));
    }

    #[test]
    fn every_value_matters_and_is_named_when_it_is_absent_or_another() {
        fn visit(value: &mut Value, path: &str, at: &str, stored: &Value) {
            let places: Vec<(String, String)> = match value {
                Value::Object(fields) => fields
                    .keys()
                    .map(|key| (format!("{path}/{key}"), format!("{at}.{key}")))
                    .collect(),
                Value::Array(items) => (0..items.len())
                    .map(|index| (format!("{path}/{index}"), format!("{at}[{index}]")))
                    .collect(),
                _ => return,
            };
            for (path, at) in places {
                // What the summariser is sent can be anything.
                if path == "/summary/request" {
                    continue;
                }
                let mut wrong = stored.clone();
                *wrong.pointer_mut(&path).unwrap() = json!(-1);
                let named = at.trim_start_matches('.').to_owned();
                assert_eq!(read(&wrong), Err(named));
                assert!(serde_json::from_value::<CompactionPlan>(wrong).is_err());
                visit(
                    value
                        .pointer_mut(&path[path.rfind('/').unwrap()..])
                        .unwrap(),
                    &path,
                    &at,
                    stored,
                );
            }
        }
        visit(&mut stored(), "", "", &stored());
    }
}
