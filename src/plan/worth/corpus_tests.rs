//! Recorded conversations: how much may go, and how often what was there is needed again.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};

use serde_json::{Value, json};

use super::tests::counted;
use super::*;
use crate::conversation::{Conversation, Dialect};
use crate::normalize::normalize_as;

/// The recorded conversations whose dialect is read, with what wrote them. Empty without the corpus.
fn conversations() -> Vec<(String, String, Conversation)> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../shared/corpus/trajectories.jsonl"
    );
    let Ok(file) = File::open(path) else {
        println!("skipped: {path} is absent");
        return Vec::new();
    };
    let read = |line: std::io::Result<String>| {
        let line: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let dialect = match line["format"].as_str()? {
            "anthropic.messages" => Dialect::Anthropic,
            "openai.chat" => Dialect::OpenaiChat,
            "autogen" => Dialect::Autogen,
            _ => return None,
        };
        let request = json!({ "model": "m", "messages": line["messages"] });
        let conversation = normalize_as(Some(dialect), &request).ok()?;
        let id = line["id"].as_str()?.to_owned();
        let family = match id.split('-').next()? {
            "cc" => "Claude Code",
            "mini" => "mini-swe-agent",
            "oh" => "OpenHands",
            "autogen" => "AutoGen",
            _ => "small sets",
        };
        Some((family.to_owned(), id, conversation))
    };
    BufReader::new(file).lines().filter_map(read).collect()
}

#[test]
fn shares_of_recorded_results_that_may_go() {
    let mut families: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for (family, id, conversation) in conversations() {
        let groups = conversation.groups();
        let counted = counted(&conversation);
        let exchange = Exchange::of(&counted, &groups);
        let worths = worths(&counted, &groups, &Policy::default());
        assert_eq!(worths.results.len(), exchange.answers.len());
        let row = families.entry(family).or_default();
        *row.entry("conversations".to_owned()).or_default() += 1;
        for (worth, answer) in worths.results.iter().zip(&exchange.answers) {
            assert!(
                worth.later.is_none_or(|later| later > worth.place.message),
                "{id}"
            );
            *row.entry(format!("{:?}", worth.cause)).or_default() += answer.facts.bytes;
            *row.entry("all".to_owned()).or_default() += answer.facts.bytes;
            *row.entry("results".to_owned()).or_default() += 1;
            *row.entry("unpaired".to_owned()).or_default() += usize::from(answer.call.is_none());
        }
        assert_eq!(worths.regrets, 0, "{id}");
    }
    println!("shares of the bytes of tool results, the first cause that holds");
    println!(
        "{:<16} {:>5} {:>7} {:>8} {:>9} {:>10} {:>6} {:>5}",
        "", "conv.", "results", "unpaired", "duplicate", "superseded", "stale", "near"
    );
    for (family, row) in families {
        let count = |key: &str| row.get(key).copied().unwrap_or_default();
        let share = |key: &str| 100.0 * count(key) as f64 / count("all").max(1) as f64;
        println!(
            "{family:<16} {:>5} {:>7} {:>8} {:>8.1}% {:>9.1}% {:>5.1}% {:>4.1}%",
            count("conversations"),
            count("results"),
            count("unpaired"),
            share("Duplicate"),
            share("Superseded"),
            share("Stale"),
            share("NearDuplicate"),
        );
    }
}

/// The conversation up to the group `end`.
fn until(conversation: &Conversation, groups: &[Group], end: usize) -> Conversation {
    let messages = groups.get(end).map_or(0, |group| group.messages.start);
    Conversation {
        messages: conversation.messages[..messages].to_vec(),
        ..conversation.clone()
    }
}

/// What was asked of results, and what came of it.
#[derive(Clone, Copy, Default)]
struct Share {
    results: f64,
    needed: f64,
    expected: f64,
}

/// At seven places of each conversation, every result of 200 bytes or more is valued by what stands before; needed is one
/// that the model used afterwards, by a name that is rare and stands nowhere nearer.
#[test]
fn results_are_needed_again_as_often_as_expected() {
    let mut table: BTreeMap<(String, u32), Share> = BTreeMap::new();
    for (family, _, conversation) in conversations() {
        let groups = conversation.groups();
        let counted = counted(&conversation);
        let exchange = Exchange::of(&counted, &groups);
        let uses = references::uses(&counted, &groups, &exchange);
        for end in (1..8)
            .map(|part| groups.len() * part / 8)
            .filter(|end| *end >= 4)
        {
            let past = until(&conversation, &groups, end);
            let counted = super::tests::counted(&past);
            let worths = worths(&counted, &past.groups(), &Policy::default());
            let mut idle: Vec<usize> = worths.results.iter().map(|worth| worth.group).collect();
            let mut used = vec![0.0; idle.len()];
            let mut needed = vec![false; idle.len()];
            for one in &uses {
                if one.answer >= idle.len() {
                    continue;
                }
                if one.group < end {
                    idle[one.answer] = one.group;
                    used[one.answer] += one.weight;
                } else {
                    needed[one.answer] |= one.weight >= 0.5;
                }
            }
            for (at, worth) in worths.results.iter().enumerate() {
                let (idle, answer) = (end - 1 - idle[at], &exchange.answers[at]);
                if answer.facts.bytes < 200 {
                    continue;
                }
                let mut count = |row: &str, column: usize| {
                    let share = table
                        .entry((row.to_owned(), (column + 1).ilog2()))
                        .or_default();
                    share.results += 1.0;
                    share.needed += f64::from(u8::from(needed[at]));
                    share.expected += worth.need;
                };
                count("1 age", end - 1 - worth.group);
                count(
                    if used[at] == 0.0 {
                        "2 idle, never used"
                    } else if used[at] < 3.0 {
                        "3 idle, used below 3"
                    } else {
                        "4 idle, used more"
                    },
                    idle,
                );
                count(&format!("5 {:?}", worth.cause), 0);
                count(&format!("6 {family}"), 0);
                if answer.facts.failed {
                    count("7 failed", 0);
                }
            }
        }
    }
    for ((row, column), share) in table {
        let (seen, expected) = (share.needed / share.results, share.expected / share.results);
        println!(
            "{row:<24} {:>4} {:>5} of {:>5} {:>5.1}% {:>5.1}%",
            (1 << column) - 1,
            share.needed,
            share.results,
            100.0 * seen,
            100.0 * expected,
        );
        // Seven places in one conversation are not independent, and families differ: a tenth is allowed.
        let is_fitted = !row.starts_with('6') && share.results >= 150.0;
        assert!(
            !is_fitted || (seen - expected).abs() < 0.1,
            "{row} {column}"
        );
    }
}
