//! A plan read back from JSON, as it was stored.

use serde_json::{Map, Value};

use super::{
    CategoryUse, Cause, CompactionPlan, Floor, Objective, PlanStatus, Size, Step, StepKind,
    SummaryRequest, SummarySlot,
};

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
    Ok(CompactionPlan {
        version: fields.tokens("version")?,
        status: match fields.text("status")?.as_str() {
            "unneeded" => PlanStatus::Unneeded,
            "planned" => PlanStatus::Planned,
            "irreducible" => PlanStatus::Irreducible,
            _ => return Err(fields.place("status")),
        },
        model: fields.text("model")?,
        dialect: fields.text("dialect")?,
        input: fields.text("input")?,
        output: fields.text("output")?,
        available: fields.tokens("available")?,
        target: fields.tokens("target")?,
        released: fields.truth("released")?,
        before: size(&fields, "before")?,
        after: size(&fields, "after")?,
        steps,
        summary: fields.optional("summary", summary)?,
        floor: fields.optional("floor", floor)?,
        objective: fields.optional("objective", objective)?,
        categories: fields.optional_list("categories", category)?,
        regrets: fields.tokens("regrets")?,
        thinking_lost: fields.tokens("thinkingLost")?,
        notes: fields.optional_list("notes", text)?,
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
        reserve: fields.tokens("reserve")?,
        total: fields.tokens("total")?,
    })
}

fn summary(place: &str, value: &Value) -> Read<SummarySlot> {
    let fields = Fields::of(value, place)?;
    Ok(SummarySlot {
        max_tokens: fields.tokens("maxTokens")?,
        requests: fields.list("requests", |place, value| {
            let fields = Fields::of(value, place)?;
            Ok(SummaryRequest {
                max_tokens: fields.tokens("maxTokens")?,
                request: fields.get("request")?.clone(),
                tokens: fields.tokens("tokens")?,
            })
        })?,
    })
}

fn objective(place: &str, value: &Value) -> Read<Objective> {
    let fields = Fields::of(value, place)?;
    Ok(Objective {
        loss: fields.number("loss")?,
        rewrite: fields.number("rewrite")?,
        saved: fields.number("saved")?,
        shed: fields
            .get("shed")?
            .as_i64()
            .ok_or_else(|| fields.place("shed"))?,
        net: fields.number("net")?,
        net_usd: fields.optional("netUsd", number)?,
        break_even: fields.optional("breakEven", number)?,
        bound: fields.optional("bound", number)?,
        gap: fields.optional("gap", number)?,
        warm: fields.truth("warm")?,
    })
}

fn category(place: &str, value: &Value) -> Read<CategoryUse> {
    let fields = Fields::of(value, place)?;
    Ok(CategoryUse {
        category: fields.text("category")?,
        before: fields.tokens("before")?,
        allowance: fields.tokens("allowance")?,
        floor: fields.optional("floor", tokens)?.unwrap_or(0),
        after: fields.tokens("after")?,
    })
}

fn step(fields: &Fields<'_>) -> Read<Step> {
    Ok(Step {
        kind: kind(fields)?,
        reason: fields.text("reason")?,
        tokens_before: fields.tokens("tokensBefore")?,
        tokens_after: fields.tokens("tokensAfter")?,
        lost: fields.text("lost")?,
        recover: fields.text("recover")?,
    })
}

fn kind(fields: &Fields<'_>) -> Read<StepKind> {
    let messages = || fields.list("messages", index);
    let originals = || fields.list("originals", text);
    Ok(match fields.text("kind")?.as_str() {
        "mask" => StepKind::Mask {
            message: fields.index("message")?,
            part: fields.index("part")?,
            call_id: fields.text("callId")?,
            tool: fields.text("tool")?,
            cause: match fields.text("cause")?.as_str() {
                "duplicate" => Cause::Duplicate,
                "superseded" => Cause::Superseded,
                "stale" => Cause::Stale,
                "near_duplicate" => Cause::NearDuplicate,
                "old" => Cause::Old,
                _ => return Err(fields.place("cause")),
            },
            later: fields.optional("later", index)?,
            placeholder: fields.text("placeholder")?,
            original: fields.text("original")?,
        },
        "cut" => StepKind::Cut {
            message: fields.index("message")?,
            part: fields.index("part")?,
            call_id: fields.text("callId")?,
            tool: fields.text("tool")?,
            head: fields.index("head")?,
            tail: fields.index("tail")?,
            notice: fields.text("notice")?,
            original: fields.text("original")?,
        },
        "cut_text" => StepKind::CutText {
            message: fields.index("message")?,
            part: fields.index("part")?,
            head: fields.index("head")?,
            tail: fields.index("tail")?,
            notice: fields.text("notice")?,
            original: fields.text("original")?,
        },
        "drop_reasoning" => StepKind::DropReasoning {
            messages: messages()?,
            originals: originals()?,
        },
        "remove" => StepKind::Remove {
            messages: messages()?,
            originals: originals()?,
        },
        "summarise" => StepKind::Summarise {
            messages: messages()?,
            digest: fields.text("digest")?,
            originals: originals()?,
        },
        "drop" => StepKind::Drop {
            messages: messages()?,
            digest: fields.text("digest")?,
            originals: originals()?,
        },
        _ => return Err(fields.place("kind")),
    })
}

fn text(place: &str, value: &Value) -> Read<String> {
    value
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| place.to_owned())
}

fn number(place: &str, value: &Value) -> Read<f64> {
    value.as_f64().ok_or_else(|| place.to_owned())
}

fn tokens(place: &str, value: &Value) -> Read<u32> {
    let number = value.as_u64();
    let number = number.and_then(|number| u32::try_from(number).ok());
    number.ok_or_else(|| place.to_owned())
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
        tokens(&self.place(key), self.get(key)?)
    }

    fn number(&self, key: &str) -> Read<f64> {
        number(&self.place(key), self.get(key)?)
    }

    fn truth(&self, key: &str) -> Read<bool> {
        self.get(key)?.as_bool().ok_or_else(|| self.place(key))
    }

    fn optional_list<T>(&self, key: &str, read: fn(&str, &Value) -> Read<T>) -> Read<Vec<T>> {
        match self.values.get(key) {
            None => Ok(Vec::new()),
            Some(_) => self.list(key, read),
        }
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
        let step = |kind: Value| {
            let mut step = kind;
            for (key, value) in [
                ("reason", json!("r")),
                ("tokensBefore", json!(9)),
                ("tokensAfter", json!(5)),
                ("lost", json!("l")),
                ("recover", json!("c")),
            ] {
                step[key] = value;
            }
            step
        };
        let list =
            |kind: &str| step(json!({ "kind": kind, "messages": [0, 5], "originals": ["y"] }));
        let digest = |kind: &str| {
            let mut step = list(kind);
            step["digest"] = json!("d");
            step
        };
        let mask = |cause: &str| {
            step(json!({
                "kind": "mask", "message": 1, "part": 0, "callId": "c", "tool": "t", "cause": cause, "later": 4,
                "placeholder": "p", "original": "x",
            }))
        };
        json!({
            "version": 2, "status": "irreducible", "model": "m", "dialect": "gemini", "input": "i", "output": "o",
            "available": 100, "target": 80, "released": true, "before": size, "after": size,
            "steps": [
                mask("duplicate"), mask("superseded"), mask("stale"), mask("near_duplicate"), mask("old"),
                step(json!({
                    "kind": "cut", "message": 2, "part": 1, "callId": "c", "tool": "t", "head": 3, "tail": 4,
                    "notice": "n", "original": "x",
                })),
                step(json!({
                    "kind": "cut_text", "message": 2, "part": 1, "head": 3, "tail": 4, "notice": "n", "original": "x",
                })),
                list("drop_reasoning"), list("remove"), digest("summarise"), digest("drop"),
            ],
            "summary": {
                "maxTokens": 64, "requests": [{ "maxTokens": 64, "request": { "a": [1.5] }, "tokens": 3 }],
            },
            "floor": {
                "system": 1, "tools": 2, "firstUser": 3, "pinned": 4, "tail": 5, "framing": 6,
                "middle": 7, "reserve": 8, "total": 36,
            },
            "objective": {
                "loss": 1.5, "rewrite": 2.0, "saved": 3.0, "shed": 4, "net": -1.0, "netUsd": 0.5, "breakEven": 2.0,
                "bound": 0.25, "gap": 0.25, "warm": true,
            },
            "categories": [{ "category": "task", "before": 3, "allowance": 2, "floor": 1, "after": 1 }],
            "regrets": 1, "thinkingLost": 2, "notes": ["n"],
            "invariants": ["C1"],
        })
    }

    #[test]
    fn a_plan_is_read_as_its_derived_reader_reads_it() {
        let derived: CompactionPlan = serde_json::from_value(stored()).unwrap();
        assert_eq!(read(&stored()), Ok(derived));
        let mut short = stored();
        short["summary"] = Value::Null;
        for key in ["floor", "objective", "categories", "notes"] {
            short.as_object_mut().unwrap().remove(key);
        }
        short["unknown"] = json!(1);
        let derived: CompactionPlan = serde_json::from_value(short.clone()).unwrap();
        assert_eq!(read(&short), Ok(derived));
    }

    #[test]
    fn every_value_matters_and_is_named_when_it_is_another() {
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
                if path == "/summary/requests/0/request" {
                    continue;
                }
                let mut wrong = stored.clone();
                *wrong.pointer_mut(&path).unwrap() = json!([[]]);
                let named = read(&wrong).unwrap_err();
                assert!(
                    named.starts_with(at.trim_start_matches('.')),
                    "{named} for {at}"
                );
                assert!(
                    serde_json::from_value::<CompactionPlan>(wrong).is_err(),
                    "{at}"
                );
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
