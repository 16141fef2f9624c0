//! What holds for every projection.

use crate::support;
use proptest::prelude::*;
use serde_json::{Value, json};
use token_headroom::{
    Basis, Calibration, CountText, JudgeOptions, Model, ModelOptions, Projection, Report,
    UsageVerdict, count, judge, normalize, project, resolve,
};

/// Every character is a token: additive, so that sums can be told apart from merges.
struct Characters;

impl CountText for Characters {
    fn count_text(&self, text: &str) -> u32 {
        text.chars().count() as u32
    }
}

const MODELS: [&str; 21] = [
    "gpt-4o",
    "gpt-4.1-nano",
    "gpt-4",
    "o3-mini",
    "gpt-5",
    "gpt-5.6-sol",
    "gpt-4o-search-preview",
    "gpt-oss-120b",
    "mistral-small-latest",
    "ministral-3b-latest",
    "grok-4-fast",
    "grok-4.3",
    "command-a-plus-05-2026",
    "nova-2-lite",
    "nova-micro",
    "llama-3.3-70b",
    "qwen3",
    "deepseek-v4-flash",
    "kimi-k2",
    "sonar",
    "generic",
];

fn model(name: &str) -> Model {
    resolve(&ModelOptions {
        model: Some(name.to_owned()),
        ..ModelOptions::default()
    })
    .expect("a model of the catalogue")
}

fn projection(body: &Value, model: &Model, counter: &dyn CountText) -> Projection {
    let conversation = normalize(body).expect("generated bodies are allowed");
    project(&count(conversation.into(), counter), model, counter)
}

/// The reference counter of the model's encoding; of one without a reference, any.
fn counter(model: &Model) -> &'static dyn CountText {
    match model.encoding.as_str() {
        "cl100k_base" => support::counter("cl100k_base"),
        _ => support::counter("o200k_base"),
    }
}

/// The nine categories, and messages with what belongs to none.
fn sums(projection: &Projection) -> (u32, u32) {
    let by = projection.by_category;
    let categories = by.system
        + by.tools
        + by.user
        + by.assistant
        + by.tool_calls
        + by.tool_results
        + by.media
        + by.format
        + by.framing;
    let messages: u32 = projection.messages.iter().map(|m| m.tokens).sum();
    (categories, messages + by.tools + by.format + by.framing)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn categories_and_messages_sum_to_the_tokens(
        body in support::request(), name in prop::sample::select(&MODELS[..])
    ) {
        let model = model(name);
        let projection = projection(&body, &model, counter(&model));
        prop_assert_eq!(sums(&projection), (projection.tokens, projection.tokens));
    }

    #[test]
    fn bounds_enclose_the_tokens_and_exact_means_no_doubt(
        body in support::request(), name in prop::sample::select(&MODELS[..])
    ) {
        let model = model(name);
        let p = projection(&body, &model, counter(&model));
        prop_assert!(p.lower_bound <= p.tokens && p.tokens <= p.upper_bound);
        prop_assert_eq!(p.basis == Basis::Exact, p.lower_bound == p.upper_bound);
        prop_assert_eq!(p.messages.len(), body["messages"].as_array().map_or(0, Vec::len));
    }

    #[test]
    fn all_doubt_is_that_of_uncertain_parts(
        body in support::request(), name in prop::sample::select(&MODELS[..])
    ) {
        let model = model(name);
        let p = projection(&body, &model, counter(&model));
        prop_assert_eq!(p.basis == Basis::Exact, p.uncertain.is_empty());
        let above: u32 = p.uncertain.iter().map(|part| part.upper_bound - part.tokens).sum();
        prop_assert_eq!(above, p.upper_bound - p.tokens);
        for part in &p.uncertain {
            prop_assert!(part.lower_bound <= part.tokens);
            let place = part.path.strip_prefix("messages[").and_then(|rest| rest.strip_suffix(']'));
            let index = place.and_then(|index| index.parse::<usize>().ok());
            let is_known = ["instructions", "tools", "format", "framing"].contains(&&*part.path);
            prop_assert!(is_known || index.is_some_and(|index| index < p.messages.len()), "{}", part.path);
            if let Some(index) = index {
                prop_assert_eq!(p.messages[index].tokens, part.tokens);
            }
        }
    }

    #[test]
    fn a_turn_costs_the_same_wherever_it_stands(
        // Other templates trim texts, or join them.
        body in support::request(), extra in "[a-z ]{0,20}", name in prop::sample::select(&MODELS[..8])
    ) {
        let model = model(name);
        // A schema is paid for once more with every answer, and without one costs are additive.
        let mut short = body;
        short["response_format"] = Value::Null;
        let mut long = short.clone();
        let messages = long["messages"].as_array_mut().expect("an array");
        messages.push(json!({ "role": "user", "content": extra.clone() }));
        let alone = json!({ "messages": [{ "role": "user", "content": extra }] });
        let tokens = |body: &Value| i64::from(projection(body, &model, &Characters).tokens);
        let prime = tokens(&json!({ "messages": [{ "role": "user", "content": "" }] }))
            - i64::from(projection(&alone, &model, &Characters).messages[0].tokens)
            + alone["messages"][0]["content"].as_str().map_or(0, str::len) as i64;
        prop_assert_eq!(tokens(&long) - tokens(&short), tokens(&alone) - prime);
    }

    #[test]
    fn calibration_keeps_the_sums_and_never_narrows(
        body in support::request(), ratios in prop::collection::vec(0.8_f64..1.3, 0..6)
    ) {
        let model = model("o1-preview");
        let before = projection(&body, &model, &Characters);
        let judgement = judge(before.clone(), &model, None, JudgeOptions::default());
        let mut calibration = Calibration::default();
        let mut learned = 0;
        for ratio in &ratios {
            let prompt = (f64::from(before.tokens) * ratio) as u32;
            let report = Report { prompt, ..Report::default() };
            // A report of half a usual window is taken for a truncated prompt, and teaches nothing.
            let verdict = calibration.record(&judgement, &report).verdict;
            learned += usize::from(verdict != UsageVerdict::Truncated);
        }
        // The same request starts from its own report.
        let own = count(normalize(&body).expect("allowed").into(), &Characters);
        let known = calibration.apply(before.clone(), &own);
        prop_assert_eq!(sums(&known), (known.tokens, known.tokens));
        prop_assert!(known.lower_bound <= known.tokens && known.tokens <= known.upper_bound);
        // Another one does not.
        let mut other = body;
        other["messages"][0] = json!({ "role": "user", "content": "something else" });
        let other = count(normalize(&other).expect("allowed").into(), &Characters);
        let after = calibration.apply(before.clone(), &other);
        prop_assert_eq!(sums(&after), (after.tokens, after.tokens));
        prop_assert!(after.lower_bound <= before.lower_bound);
        prop_assert!(after.upper_bound >= before.upper_bound);
        prop_assert!(after.lower_bound <= after.tokens && after.tokens <= after.upper_bound);
        prop_assert_eq!(after.basis == Basis::Calibrated, learned >= 3);
    }

    #[test]
    fn any_schema_is_projected(schema in support::json(), name in prop::sample::select(&MODELS[..])) {
        let model = model(name);
        let body = json!({
            "messages": [{ "role": "user", "content": "hi" }],
            "tools": [{ "type": "function", "function": { "name": "f", "parameters": { "properties": { "a": schema.clone() } } } }],
            "response_format": { "type": "json_schema", "json_schema": { "name": "f", "schema": { "a": schema } } },
        });
        let projection = projection(&body, &model, &Characters);
        prop_assert!(projection.tokens > 0);
    }
}

/// Notes how often it is asked.
#[derive(Default)]
struct Asked(std::cell::Cell<usize>);

impl CountText for Asked {
    fn count_text(&self, text: &str) -> u32 {
        self.0.set(self.0.get() + 1);
        text.len() as u32
    }
}

#[test]
fn counted_messages_are_not_counted_again() {
    let turn = |n: usize| {
        [
            json!({ "role": "user", "content": "go on" }),
            json!({ "role": "assistant", "tool_calls": [{ "id": n.to_string(), "function": { "name": "f", "arguments": "{}" } }] }),
            json!({ "role": "tool", "tool_call_id": n.to_string(), "content": "ok" }),
        ]
    };
    let body = json!({
        "messages": (0..1_000).flat_map(turn).collect::<Vec<Value>>(),
        "tools": [{ "type": "function", "function": { "name": "f" } }],
    });
    let conversation = normalize(&body).expect("allowed");
    let counted = count(conversation.into(), &Characters);
    let asked = Asked::default();
    let projection = project(&counted, &model("gpt-4o"), &asked);
    assert_eq!(projection.messages.len(), 3_000);
    // The tools, once.
    assert_eq!(asked.0.get(), 1);
}
