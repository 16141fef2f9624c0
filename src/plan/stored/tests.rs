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
    let list = |kind: &str| step(json!({ "kind": kind, "messages": [0, 5], "originals": ["y"] }));
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
