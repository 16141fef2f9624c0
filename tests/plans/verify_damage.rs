//! Whatever is changed in a plan, verify names it, but for what only the policy or the caller knows.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::neutral;
use crate::neutral::{FORMS, history, written};
use crate::planning::cases::cases;
use crate::planning::{WHOLE, Words, told};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use token_headroom::{
    CachePolicy, CategoryShares, CompactionPlan, Dialect, Fills, Model, ModelOptions, Policy,
    Share, ThinkingPolicy, Verification, When, count, judge, normalize_as, plan, project, resolve,
    verify,
};

/// What verify cannot know, and why. `[*]` is any position, `.*` is everything inside.
const UNKNOWN: [(&str, &str); 11] = [
    (
        "available",
        "a plan for less is valid where there is more; more than there is is named",
    ),
    (
        "target",
        "the release mark is the policy's; more than `available` is named",
    ),
    (
        "dialect",
        "some dialects read the same bytes alike, and the caller may name one",
    ),
    ("notes", "they repeat what the policy asked for"),
    ("notes[*]", "as notes"),
    (
        "objective.loss",
        "it rests on values of the policy; bound and gap pin it where they are stated",
    ),
    (
        "objective.warm",
        "whether a cache is warm is what the caller says; a cold one rewrites nothing",
    ),
    (
        "categories[*].allowance",
        "shares are the policy's; together they fill the room but for rounding",
    ),
    (
        "categories[*].floor",
        "floors are the policy's; more than is left is named",
    ),
    (
        "summary.requests",
        "into how many pieces the record is divided depends on the summariser's window",
    ),
    (
        "summary.requests[*].request.*",
        "its wording; its size and its cap are recounted",
    ),
];

/// The exception that a path falls under.
fn exception(path: &str) -> Option<&'static str> {
    let mut general = String::new();
    for part in path.split_inclusive('[') {
        let rest = part.trim_start_matches(|digit: char| digit.is_ascii_digit());
        general.push_str(if rest.len() < part.len() { "*" } else { "" });
        general.push_str(rest);
    }
    let mut known = UNKNOWN.iter().map(|(known, _)| *known);
    known.find(|known| match known.strip_suffix(".*") {
        Some(start) => general.starts_with(start),
        None => general == *known,
    })
}

#[derive(Debug)]
struct Case {
    request: Value,
    model: Model,
    plan: CompactionPlan,
}

impl Case {
    fn of(form: usize, history: &neutral::History, policy: &Policy, share: f64) -> Self {
        let (form, dialect, name) = FORMS[form];
        let request = written(history, form);
        let dialect = Dialect::named(dialect).expect("a dialect");
        let conversation = normalize_as(Some(dialect), &request).expect("a request");
        let counted = count(Arc::new(conversation), &Words);
        let model = |limit: u32| {
            resolve(&ModelOptions {
                max_context_tokens: Some(limit),
                ..ModelOptions::for_model(name)
            })
            .expect("a model")
        };
        let size = project(&counted, &model(1_000_000), &Words).upper_bound;
        let model = model(((f64::from(size) * share) as u32).max(1));
        let judgement = judge(project(&counted, &model, &Words), &model, None, WHOLE);
        let plan = plan(&counted, &judgement, &model, policy, &Words);
        Self {
            request,
            model,
            plan,
        }
    }

    fn verified(&self, plan: &CompactionPlan) -> Verification {
        verify(
            &self.request,
            plan,
            &Fills::default(),
            &self.model,
            WHOLE,
            &Words,
        )
    }
}

/// Every value of `value`, lists and objects included: a pointer, and a path as it is told.
fn places(value: &Value, pointer: &str, path: &str, all: &mut Vec<(String, String)>) {
    let mut visit = |value: &Value, key: &str, path: String| {
        let pointer = format!("{pointer}/{key}");
        all.push((pointer.clone(), path.clone()));
        places(value, &pointer, &path, all);
    };
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let dot = if path.is_empty() { "" } else { "." };
                visit(value, key, format!("{path}{dot}{key}"));
            }
        }
        Value::Array(items) => {
            for (at, value) in items.iter().enumerate() {
                visit(value, &at.to_string(), format!("{path}[{at}]"));
            }
        }
        _ => {}
    }
}

/// `value` as something else, in one of several ways.
fn damaged(value: &Value, way: usize) -> Value {
    let words = [
        "drop",
        "summarise",
        "old",
        "stale",
        "unneeded",
        "planned",
        "cohere",
        "ollama",
        "autogen",
        "",
    ];
    match value {
        Value::Null => json!(1),
        Value::Bool(truth) => json!(!truth),
        Value::Number(number) if number.is_u64() || number.is_i64() => {
            let number = number.as_i64().unwrap_or_default();
            json!([number + 1, number - 1, number * 2 + 1, 0, 1_000_000][way % 5])
        }
        Value::Number(number) => {
            let number = number.as_f64().unwrap_or_default();
            json!([number + 1.0, number * 1.01 + 0.3, -number - 1.0][way % 3])
        }
        Value::String(text) => match way % 3 {
            0 => json!(format!("{text}x")),
            1 => json!(format!("x{text}")),
            _ => json!(words[way / 3 % words.len()]),
        },
        Value::Array(items) => match way % 3 {
            0 => json!(items.iter().skip(1).collect::<Vec<_>>()),
            1 => json!(items.iter().rev().collect::<Vec<_>>()),
            _ => json!(items.iter().chain(items.last()).collect::<Vec<_>>()),
        },
        Value::Object(_) => Value::Null,
    }
}

fn share() -> impl Strategy<Value = Option<Share>> {
    prop::option::weighted(
        0.3,
        (0.0..1.0, 0_u32..200).prop_map(|(share, floor)| Share { share, floor }),
    )
}

fn policy() -> impl Strategy<Value = Policy> {
    (
        (
            any::<bool>(),
            0.3..=1.0,
            1_usize..4,
            any::<bool>(),
            any::<bool>(),
            any::<bool>(),
        ),
        prop_oneof![Just(40_u32), Just(200), Just(1024)],
        prop_oneof![
            Just(ThinkingPolicy::Strip),
            Just(ThinkingPolicy::AppendOnly),
            Just(ThinkingPolicy::Server)
        ],
        prop::option::weighted(0.3, (share(), share(), share(), share(), share())),
        prop_oneof![Just(0.1), Just(1.0)],
    )
        .prop_map(
            |(
                (pays, release, keep_last, cut, cut_user_text, broken),
                summary_tokens,
                thinking,
                shares,
                read,
            )| {
                let (system, task, tool_results, conversation, reserve) =
                    shares.unwrap_or_default();
                Policy {
                    when: if pays { When::Pays } else { When::Overflow },
                    release,
                    keep_last,
                    cut,
                    cut_user_text,
                    summary_tokens,
                    thinking,
                    cache: CachePolicy {
                        read: Some(read),
                        broken,
                        ..CachePolicy::default()
                    },
                    categories: CategoryShares {
                        system,
                        task,
                        tool_results,
                        conversation,
                        reserve,
                        ..CategoryShares::default()
                    },
                    ..Policy::default()
                }
            },
        )
}

fn case() -> impl Strategy<Value = Case> {
    (0..FORMS.len(), history(1..12, 300, 3), policy(), 0.1..1.05)
        .prop_map(|(form, history, policy, share)| Case::of(form, &history, &policy, share))
}

/// Changes the value at `pointer` of the plan; the exception that it falls under when verify says nothing.
fn overlooked(
    case: &Case,
    whole: &Value,
    (pointer, path): &(String, String),
    way: usize,
) -> Option<&'static str> {
    let mut changed = whole.clone();
    let value = changed.pointer_mut(pointer).expect("a value");
    let (before, after) = (value.clone(), damaged(value, way));
    *value = after.clone();
    // What cannot be read is refused before it is verified.
    let plan = serde_json::from_value::<CompactionPlan>(changed).ok()?;
    if plan == case.plan || !case.verified(&plan).ok {
        return None;
    }
    let exception = exception(path);
    assert!(
        exception.is_some(),
        "{path}: {before} as {after} in {whole}"
    );
    exception
}

/// A plan as JSON, and every place in it.
fn taken_apart(case: &Case) -> (Value, Vec<(String, String)>) {
    let untouched = case.verified(&case.plan);
    assert!(untouched.ok, "{}", told(&untouched));
    let whole = serde_json::to_value(&case.plan).expect("JSON");
    let mut all = Vec::new();
    places(&whole, "", "", &mut all);
    (whole, all)
}

proptest! {
    #![proptest_config(cases(192))]

    #[test]
    fn a_change_of_any_value_of_a_plan_is_named(
        case in case().no_shrink(),
        picks in prop::collection::vec((any::<prop::sample::Index>(), any::<usize>()), 24),
    ) {
        let (whole, all) = taken_apart(&case);
        for (pick, way) in picks {
            overlooked(&case, &whole, pick.get(&all), way);
        }
    }
}

#[test]
fn every_value_in_turn_and_each_exception_is_one() {
    let mut runner = TestRunner::deterministic();
    let mut seen = BTreeSet::new();
    let mut kinds = BTreeSet::new();
    for round in 0..90 {
        let case = case().new_tree(&mut runner).expect("a case").current();
        let (whole, all) = taken_apart(&case);
        let steps = whole["steps"].as_array().expect("steps").iter();
        kinds.extend(steps.map(|step| step["kind"].to_string()));
        for (at, place) in all.iter().enumerate() {
            seen.extend(overlooked(&case, &whole, place, round * 7 + at * 3));
        }
    }
    let padding: Vec<&str> = UNKNOWN
        .iter()
        .map(|(known, _)| *known)
        // Few plans read alike in another dialect, too few to meet one in every set of cases.
        .filter(|known| *known != "dialect" && !seen.contains(known))
        .collect();
    assert!(padding.is_empty(), "{padding:?} are always named");
    assert!(kinds.contains(r#""cut_text""#), "{kinds:?}");
}
