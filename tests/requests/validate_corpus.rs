//! What providers accepted breaks no invariant: each fault found in a recorded request is a false alarm.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};
use token_headroom::{Dialect, repair_as, validate_as};

fn corpus(name: &str) -> Option<Vec<Value>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus");
    let path = PathBuf::from(folder).join(name);
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: {} is absent", path.display());
        return None;
    };
    let lines = text.lines();
    Some(
        lines
            .map(|line| serde_json::from_str(line).expect("a record is JSON"))
            .collect(),
    )
}

fn dialect(api: &str) -> Option<Dialect> {
    Some(match api {
        "openai.chat" => Dialect::OpenaiChat,
        "openai.responses" | "openai.responses_input_tokens" => Dialect::OpenaiResponses,
        "openai.completions" | "ollama.generate" => Dialect::Completions,
        "anthropic.messages" | "anthropic.count_tokens" => Dialect::Anthropic,
        "google.generateContent" => Dialect::Gemini,
        "bedrock.converse" => Dialect::BedrockConverse,
        "cohere.chat" => Dialect::Cohere,
        "ollama.chat" => Dialect::Ollama,
        "autogen" => Dialect::Autogen,
        _ => return None,
    })
}

/// Counts what is found, by dialect and invariant, and prints where.
#[derive(Default)]
struct Alarms {
    checked: BTreeMap<String, u32>,
    found: BTreeMap<String, u32>,
}

impl Alarms {
    fn check(&mut self, id: &Value, dialect: Dialect, request: &Value) {
        *self.checked.entry(format!("{dialect:?}")).or_default() += 1;
        let validation = validate_as(Some(dialect), request);
        for violation in &validation.violations {
            let name = format!("{dialect:?} {}", violation.invariant);
            *self.found.entry(name).or_default() += 1;
            println!(
                "{id} {} {} {}",
                violation.invariant, violation.path, violation.message
            );
        }
        let repaired = repair_as(Some(dialect), request);
        if validation.ok {
            assert!(
                repaired.changes.is_empty(),
                "{id}: a valid request is changed: {:?}",
                repaired.changes
            );
            assert_eq!(&repaired.request, request, "{id}");
        } else {
            assert_eq!(repaired.violations, [], "{id}");
        }
    }

    fn expect(&self, ceilings: &[(&str, u32)]) {
        println!("checked {:?}, found {:?}", self.checked, self.found);
        for (name, count) in &self.found {
            let ceiling = ceilings.iter().find(|(known, _)| known == name);
            let ceiling = ceiling.map_or(0, |(_, ceiling)| *ceiling);
            assert!(
                *count <= ceiling,
                "{name}: found {count}, expected at most {ceiling}"
            );
        }
    }
}

#[test]
fn requests_that_providers_accepted_raise_no_false_alarm() {
    let Some(records) = corpus("provider-usage.jsonl") else {
        return;
    };
    let mut alarms = Alarms::default();
    for record in records {
        let field = |key: &str| record[key].as_str().unwrap_or_default();
        // A gateway keeps the prompt under a name of its own.
        if field("provider") == "portkey" {
            continue;
        }
        if let Some(dialect) = dialect(field("api")) {
            alarms.check(&record["id"], dialect, &record["request"]);
        }
    }
    alarms.expect(&[]);
}

#[test]
fn trajectories_of_agents_raise_no_false_alarm() {
    let Some(records) = corpus("trajectories.jsonl") else {
        return;
    };
    let mut alarms = Alarms::default();
    for record in records {
        if let Some(dialect) = dialect(record["format"].as_str().unwrap_or_default()) {
            let request = json!({ "messages": record["messages"] });
            alarms.check(&record["id"], dialect, &request);
        }
    }
    alarms.expect(&[]);
}

#[test]
fn damaged_trajectories_are_repaired() {
    let Some(records) = corpus("trajectories.jsonl") else {
        return;
    };
    let (mut repaired, mut changes) = (0, 0);
    for record in records {
        let dialect = dialect(record["format"].as_str().unwrap_or_default());
        let (Some(dialect), Some(messages)) = (dialect, record["messages"].as_array()) else {
            continue;
        };
        for (every, shift) in [(2, 0), (3, 1), (7, 3)] {
            let kept = messages.iter().enumerate();
            let kept = kept.filter(|(index, _)| index % every != shift || *index == 0);
            let mut kept: Vec<Value> = kept.map(|(_, message)| message.clone()).collect();
            let middle = kept.len() / 2;
            let last = kept.len() - 1;
            kept.swap(middle, last);
            let request = json!({ "messages": kept });
            let outcome = repair_as(Some(dialect), &request);
            assert_eq!(outcome.violations, [], "{} {every}", record["id"]);
            let again = repair_as(Some(dialect), &outcome.request);
            assert_eq!(again.changes, [], "{} {every}", record["id"]);
            repaired += u32::from(!outcome.changes.is_empty());
            changes += outcome.changes.len();
        }
    }
    println!("{repaired} damaged trajectories repaired by {changes} changes");
    assert!(repaired > 100, "found {repaired} damaged trajectories");
}
