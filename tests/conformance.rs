//! Projections against recorded provider usage.
//!
//! `cargo test --test conformance -- --nocapture` prints the table and every miss. The records stay outside
//! the repository; without them the test says so and passes.

// A failed expectation is a failed test.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::Value;
use token_headroom::{
    Basis, Encoding, Model, ModelOptions, Projection, count, normalize, project, resolve,
};

/// A recorded request with what the provider reported.
#[derive(Deserialize)]
struct Record {
    id: String,
    provider: String,
    api: String,
    model: Option<String>,
    model_reported: Option<String>,
    request: Value,
    input_tokens: u32,
    features: Vec<String>,
    opaque: Vec<String>,
}

/// A record with its projection.
struct Outcome {
    record: Record,
    /// The catalogue row of the model that answered.
    family: String,
    projection: Projection,
    /// The projection for the model as it was asked for; `None` when that name is in no catalogue.
    as_asked: Option<Projection>,
}

impl Outcome {
    fn residual(&self) -> i64 {
        i64::from(self.record.input_tokens) - i64::from(self.projection.tokens)
    }

    fn is_close(&self) -> bool {
        let reported = f64::from(self.record.input_tokens);
        (self.residual().unsigned_abs() as f64) <= (reported * 0.02).max(5.0)
    }

    fn has_media(&self) -> bool {
        ["images", "audio", "documents"]
            .iter()
            .any(|kind| self.record.features.iter().any(|f| f == kind))
    }

    fn too_low(&self) -> bool {
        self.record.input_tokens > self.projection.upper_bound
    }

    fn too_high(&self) -> bool {
        self.record.input_tokens < self.projection.lower_bound
    }
}

/// The most telling feature of a request, for the table.
fn kind(outcome: &Outcome) -> &'static str {
    let has = |feature: &str| outcome.record.features.iter().any(|f| f == feature);
    let order = [
        ("images", "images"),
        ("audio", "audio"),
        ("documents", "files"),
        ("tool_results", "tool history"),
        ("json_schema", "json schema"),
        ("tools", "tools"),
        ("legacy_functions", "tools"),
        ("json_object", "json object"),
    ];
    order
        .iter()
        .find(|(feature, _)| has(feature))
        .map_or("text", |(_, kind)| kind)
}

/// Projects a record for the model that answered: names such as `gpt-3.5-turbo` have moved since.
fn outcome(record: Record) -> Option<Outcome> {
    let named = |name: Option<&str>| {
        resolve(&ModelOptions {
            model: Some(name?.to_owned()),
            ..ModelOptions::default()
        })
        .ok()
    };
    let model = named(record.model_reported.as_deref().or(record.model.as_deref()))
        .or_else(|| named(record.model.as_deref()).filter(|m| m.row.starts_with("gpt-oss")))?;
    let as_asked = named(record.model.as_deref()).map(|asked| projection(&record, &asked));
    Some(Outcome {
        projection: projection(&record, &model),
        family: model.row,
        as_asked,
        record,
    })
}

fn projection(record: &Record, model: &Model) -> Projection {
    let counter = &Encoding::named(&model.encoding).expect("a built-in encoding");
    let conversation =
        normalize(&record.request).unwrap_or_else(|error| panic!("{}: {error}", record.id));
    let counted = count(conversation.into(), counter);
    project(&counted, model, counter)
}

fn outcomes(path: PathBuf) -> Vec<Outcome> {
    std::fs::read_to_string(path)
        .expect("the records are readable")
        .lines()
        .map(|line| serde_json::from_str::<Record>(line).expect("a record is JSON"))
        .filter(|r| r.api == "openai.chat" && r.opaque.is_empty())
        .filter(|r| {
            ["openai", "azure", "github-models"].contains(&r.provider.as_str())
                || r.model
                    .as_deref()
                    .is_some_and(|name| name.contains("gpt-oss"))
        })
        .filter_map(outcome)
        .collect()
}

fn print_table(outcomes: &[Outcome]) {
    #[derive(Default)]
    struct Row {
        records: usize,
        exact: usize,
        close: usize,
        too_low: usize,
        too_high: usize,
    }
    let mut rows: BTreeMap<(String, &str), Row> = BTreeMap::new();
    for outcome in outcomes {
        for key in [outcome.family.as_str(), "(all)"] {
            let row = rows.entry((key.to_owned(), kind(outcome))).or_default();
            row.records += 1;
            row.exact += usize::from(outcome.residual() == 0);
            row.close += usize::from(outcome.is_close());
            row.too_low += usize::from(outcome.too_low());
            row.too_high += usize::from(outcome.too_high());
        }
    }
    println!(
        "{:<20} {:<13} {:>4} {:>6} {:>7} {:>12} {:>12}",
        "family", "feature", "n", "exact", "within", "upper low", "lower high"
    );
    for ((family, kind), row) in rows {
        println!(
            "{family:<20} {kind:<13} {:>4} {:>6} {:>7} {:>12} {:>12}",
            row.records, row.exact, row.close, row.too_low, row.too_high
        );
    }
}

fn print_misses(outcomes: &[Outcome]) {
    for outcome in outcomes.iter().filter(|o| o.residual() != 0) {
        let Outcome {
            record, projection, ..
        } = outcome;
        println!(
            "{} {:<28} {:<13} reported {:>6} projected {:>6} in {}..{} residual {:+}{}",
            record.id,
            projection.model,
            kind(outcome),
            record.input_tokens,
            projection.tokens,
            projection.lower_bound,
            projection.upper_bound,
            outcome.residual(),
            if outcome.too_low() || outcome.too_high() {
                " OUT OF BOUNDS"
            } else {
                ""
            }
        );
    }
}

#[test]
fn recorded_usage_is_projected() {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/provider-usage.jsonl");
    if !path.exists() {
        println!("skipped: no recorded usage at {}", path.display());
        return;
    }
    let outcomes = outcomes(path);
    print_table(&outcomes);
    print_misses(&outcomes);

    let openai: Vec<&Outcome> = outcomes
        .iter()
        .filter(|o| o.record.provider == "openai")
        .collect();
    let readable: Vec<&Outcome> = openai.iter().copied().filter(|o| !o.has_media()).collect();
    let share = |some: usize, all: usize| some as f64 / all.max(1) as f64;
    let exact = readable.iter().filter(|o| o.residual() == 0).count();
    let claimed: Vec<&&Outcome> = openai
        .iter()
        .filter(|o| o.projection.basis == Basis::Exact)
        .collect();
    let broken = claimed.iter().filter(|o| o.residual() != 0).count();
    let too_low = openai.iter().filter(|o| o.too_low()).count();
    let too_high = openai.iter().filter(|o| o.too_high()).count();
    println!(
        "openai: {} records, without media {}, of these exact {exact}; claimed exact {}, of these wrong {broken}; \
         upper bound too low {too_low}, lower bound too high {too_high}",
        openai.len(),
        readable.len(),
        claimed.len(),
    );
    let by_name = readable.iter().filter(|o| {
        o.as_asked
            .as_ref()
            .is_some_and(|p| p.tokens == o.record.input_tokens)
    });
    println!(
        "as asked for, not as answered (an alias such as gpt-3.5-turbo has moved since): exact {} of {}",
        by_name.count(),
        readable.len()
    );
    assert!(openai.len() > 500, "the records are all there");
    assert!(share(exact, readable.len()) >= 0.95);
    assert!(share(broken, claimed.len()) <= 0.01);
    assert!(share(too_low, openai.len()) <= 0.01);
    assert!(share(too_high, openai.len()) <= 0.01);
}
