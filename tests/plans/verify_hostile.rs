//! Requests and stored plans that were damaged at random: nothing panics, and what is planned all the same verifies.

use std::sync::Arc;

use crate::neutral::{FORMS, History, history, written};
use crate::planning::cases::cases;
use crate::planning::{WHOLE, Words, told};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};
use token_headroom::{
    CompactionPlan, Dialect, Fills, Model, ModelOptions, Policy, apply, count, judge, normalize_as,
    plan, project, repair_as, resolve, stored_plan, undo, validate_as, verify,
};

/// Damage at a place: what becomes of the value there.
type Damage = (Index, u8, Index);

/// Every place in `value`.
fn places(value: &Value, pointer: &str, all: &mut Vec<String>) {
    let mut visit = |value: &Value, key: &str| {
        let pointer = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
        all.push(pointer.clone());
        places(value, &pointer, all);
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| visit(value, key)),
        Value::Array(items) => {
            for (at, value) in items.iter().enumerate() {
                visit(value, &at.to_string());
            }
        }
        _ => {}
    }
}

fn damage(value: &mut Value, (place, kind, other): &Damage) {
    let mut all = Vec::new();
    places(value, "", &mut all);
    if all.is_empty() {
        return;
    }
    let other = value
        .pointer(other.get(&all).as_str())
        .cloned()
        .unwrap_or_default();
    let Some(found) = value.pointer_mut(place.get(&all).as_str()) else {
        return;
    };
    *found = match (kind % 11, found.take()) {
        (0, _) => Value::Null,
        (1, _) => other,
        (2, _) => json!([]),
        (3, _) => json!({}),
        (4, Value::String(text)) => json!(format!("{text}\u{0}é🙂<|endoftext|>")),
        (5, Value::String(_)) => json!(""),
        (4 | 5, _) => json!(u64::MAX),
        (6, Value::Array(items)) => items.into_iter().rev().collect(),
        (7, Value::Array(mut items)) => {
            items.pop();
            items.into()
        }
        (8, Value::Array(items)) => items.iter().chain(&items).cloned().collect(),
        (6..=8, _) => json!(-1.5),
        (9, found) => json!([found]),
        (_, found) => json!({ "type": "text", "text": found }),
    };
}

fn model(name: &str, limit: u32) -> Model {
    resolve(&ModelOptions {
        max_context_tokens: Some(limit.max(1)),
        ..ModelOptions::for_model(name)
    })
    .expect("a model")
}

/// A plan for `share` of what the request takes, where it can be read.
fn planned(
    dialect: Dialect,
    name: &str,
    request: &Value,
    share: f64,
) -> Option<(Model, CompactionPlan)> {
    let conversation = normalize_as(Some(dialect), request).ok()?;
    let counted = count(Arc::new(conversation), &Words);
    let size = project(&counted, &model(name, 1_000_000), &Words).upper_bound;
    let model = model(name, (f64::from(size) * share) as u32);
    let judgement = judge(project(&counted, &model, &Words), &model, None, WHOLE);
    let plan = plan(&counted, &judgement, &model, &Policy::default(), &Words);
    Some((model, plan))
}

fn damages(most: usize) -> impl Strategy<Value = Vec<Damage>> {
    prop::collection::vec((any::<Index>(), any::<u8>(), any::<Index>()), 1..most)
}

fn case() -> impl Strategy<Value = (usize, History, f64)> {
    (0..FORMS.len(), history(1..8, 120, 3), 0.1..1.0)
}

/// Plans for several shares of `request`, which verify; how many of them have steps.
fn plans_that_verify(name: &str, request: &Value) -> usize {
    let plans = (1..10).filter(|tenths| {
        let share = f64::from(*tenths) / 10.0;
        let (model, plan) = planned(Dialect::Anthropic, name, request, share).expect("a request");
        let verification = verify(request, &plan, &Fills::default(), &model, WHOLE, &Words);
        let mut numbers = verification.violations.iter();
        let is_number = numbers.any(|found| found.invariant == "plan");
        assert!(!is_number, "{share}: {}", told(&verification));
        !plan.steps.is_empty()
    });
    plans.count()
}

/// Rounds of two calls and their answers, the answers of the last but one to calls of the first.
fn rounds() -> Value {
    let mut messages = vec![json!({ "role": "user", "content": "?" })];
    for (calls, answers) in [("a", "a"), ("b", "b"), ("c", "a"), ("d", "d")] {
        let made = [1, 2].map(|at| {
            let id = format!("{calls}{at}");
            json!({ "type": "tool_use", "id": id, "name": "read_file", "input": { "path": id } })
        });
        let results = [1, 2].map(|at| {
            let id = format!("{answers}{at}");
            json!({ "type": "tool_result", "tool_use_id": id, "content": "a word and ".repeat(60) })
        });
        messages.push(json!({ "role": "assistant", "content": made }));
        messages.push(json!({ "role": "user", "content": results }));
    }
    for text in ["It is so.", "And now?", "Now it is not.", "Why?"] {
        let role = if text.ends_with('?') {
            "user"
        } else {
            "assistant"
        };
        messages.push(json!({ "role": role, "content": text }));
    }
    json!({ "model": "claude", "max_tokens": 64, "messages": messages })
}

#[test]
fn answers_to_calls_of_other_rounds_take_what_they_take_in_the_whole() {
    assert!(plans_that_verify("claude-opus-5-5", &rounds()) > 0);
}

proptest! {
    #![proptest_config(cases(384))]

    #[test]
    fn damaged_requests_are_validated_repaired_and_planned_without_panic(
        (form, history, share) in case(),
        damages in damages(6),
    ) {
        let (form, dialect, name) = FORMS[form];
        let dialect = Dialect::named(dialect).expect("a dialect");
        let mut request = written(&history, form);
        for one in &damages {
            damage(&mut request, one);
        }
        let checked = validate_as(Some(dialect), &request);
        prop_assert_eq!(checked.ok, checked.violations.is_empty());
        for violation in &checked.violations {
            prop_assert!(violation.message.starts_with("found "), "{:?}", violation);
        }
        let repaired = repair_as(Some(dialect), &request);
        let again = repair_as(Some(dialect), &repaired.request);
        prop_assert!(again.changes.is_empty(), "{:?} after {:?}", again.changes, repaired.changes);
        let Some((model, plan)) = planned(dialect, name, &request, share) else { return Ok(()) };
        let verification = verify(&request, &plan, &Fills::default(), &model, WHOLE, &Words);
        // Messages that are no list of the body cannot be given back in one.
        if apply(&request, &plan, &Fills::default(), &Words).is_err() {
            prop_assert!(!verification.ok);
            return Ok(());
        }
        // Where calls have no ids, what was broken before can be found in another place afterwards.
        let was_broken = |name: &str| checked.violations.iter().any(|known| known.invariant == name);
        let mut new = verification.violations.iter();
        prop_assert!(new.all(|new| was_broken(&new.invariant)), "{form}: {} in {request}", told(&verification));
    }

    #[test]
    fn damaged_plans_are_refused_or_named_without_panic(
        (form, history, share) in case(),
        damages in damages(5),
        fill in prop::option::of("\\PC{0,40}"),
    ) {
        let (form, dialect, name) = FORMS[form];
        let dialect = Dialect::named(dialect).expect("a dialect");
        let request = written(&history, form);
        let Some((model, plan)) = planned(dialect, name, &request, share) else { return Ok(()) };
        let mut stored = serde_json::to_value(&plan).expect("JSON");
        for one in &damages {
            damage(&mut stored, one);
        }
        let Ok(damaged) = stored_plan(stored) else { return Ok(()) };
        let fills = Fills { summary: fill };
        let outcome = apply(&request, &damaged, &fills, &Words);
        let verification = verify(&request, &damaged, &fills, &model, WHOLE, &Words);
        prop_assert!(outcome.is_ok() || !verification.ok);
        let applied = outcome.unwrap_or(request);
        let _ = undo(&applied, &damaged, &[]);
        let _ = undo(&applied, &damaged, &[json!(null), json!({ "role": "user" })]);
    }
}
