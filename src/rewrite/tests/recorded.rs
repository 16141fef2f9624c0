//! Every message of the recorded requests and agent histories.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{questions, read, results, written};
use crate::conversation::{Conversation, Dialect, Message, Part, Role};
use crate::normalize::{normalize, normalize_as};
use crate::rewrite::{with_texts, without_reasoning};

fn dialect(api: &str) -> Option<Dialect> {
    Some(match api {
        "openai.chat" => Dialect::OpenaiChat,
        "openai.responses" | "openai.responses_input_tokens" | "openai.responses_compact" => {
            Dialect::OpenaiResponses
        }
        "openai.completions" | "ollama.generate" => Dialect::Completions,
        "anthropic.messages" | "anthropic.count_tokens" => Dialect::Anthropic,
        "google.generateContent" | "google.countTokens" => Dialect::Gemini,
        "bedrock.converse" => Dialect::BedrockConverse,
        "cohere.chat" => Dialect::Cohere,
        "ollama.chat" => Dialect::Ollama,
        "autogen" => Dialect::Autogen,
        _ => return None,
    })
}

/// The lines of a corpus file; none, and a line that says so, without the corpus.
fn lines(file: &str) -> Vec<Value> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus")).join(file);
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: {} is absent", path.display());
        return Vec::new();
    };
    let line = |line: &str| serde_json::from_str(line).expect("a record is JSON");
    text.lines().map(line).collect()
}

/// Recorded requests, which their dialect reads.
fn requests() -> Vec<Conversation> {
    let read = |record: &Value| {
        let request = &record["request"];
        match dialect(record["api"].as_str()?) {
            Some(dialect) => normalize_as(Some(dialect), request).ok(),
            None if request["messages"].is_array() || request["input"].is_object() => {
                normalize(request).ok()
            }
            None => None,
        }
    };
    lines("provider-usage.jsonl")
        .iter()
        .filter_map(read)
        .collect()
}

/// Recorded histories of agents, each as a request.
fn histories() -> Vec<Conversation> {
    let read = |line: &Value| {
        let request = json!({ "messages": line["messages"] });
        normalize_as(dialect(line["format"].as_str()?), &request).ok()
    };
    lines("trajectories.jsonl")
        .iter()
        .filter_map(read)
        .collect()
}

/// Why a result says nothing else: what the answer is made of.
fn reason(message: &Message, position: usize) -> String {
    let Some(Part::ToolResult { parts, .. }) = message.parts.get(position) else {
        return "no result".to_owned();
    };
    match parts.first() {
        None => "nothing".to_owned(),
        Some(Part::Text { .. }) => "text".to_owned(),
        Some(Part::Image(_)) => "a picture".to_owned(),
        Some(Part::Opaque(value)) => value["type"].as_str().unwrap_or("JSON").to_owned(),
        Some(_) => "something else".to_owned(),
    }
}

/// The same message, read again from what it was rewritten to.
fn again(message: &Message, raw: Value) -> Message {
    match raw {
        // Cohere's newest results are no entry of a list.
        Value::Array(_) if message.dialect == Dialect::Cohere => Message {
            raw,
            ..message.clone()
        },
        raw => read(message.dialect, &raw),
    }
}

/// Results that can be rewritten, and why others cannot, by dialect.
#[derive(Default)]
struct Table(BTreeMap<&'static str, (usize, BTreeMap<String, usize>)>);

impl Table {
    fn add(&mut self, message: &Message) {
        let (rewritten, kept) = self.0.entry(message.dialect.name()).or_default();
        let all = results(message);
        let mut possible: Vec<(usize, &str)> = Vec::new();
        for at in all {
            let Some(raw) = with_texts(message, &[(at, "[gone]")]) else {
                *kept.entry(reason(message, at)).or_default() += 1;
                continue;
            };
            *rewritten += 1;
            possible.push((at, "[gone]"));
            // No shape gets lost on the way.
            let twice = with_texts(&again(message, raw), &[(at, "[left]")]);
            let once = with_texts(message, &[(at, "[left]")]);
            assert_eq!(written(twice), written(once), "{}", message.raw);
        }
        if possible.is_empty() {
            return;
        }
        // At once as one after the other.
        let mut one_by_one = message.clone();
        for result in &possible {
            let raw = with_texts(&one_by_one, &[*result]).expect("as before");
            one_by_one = again(message, raw);
        }
        assert_eq!(
            with_texts(message, &possible).as_ref(),
            Some(&one_by_one.raw)
        );
        assert_eq!(
            with_texts(&one_by_one, &possible).as_ref(),
            Some(&one_by_one.raw),
            "rewritten twice"
        );
    }

    fn print(&self, title: &str) {
        println!("{title}: results that can say another text, and those that cannot");
        for (dialect, (rewritten, kept)) in &self.0 {
            println!("{dialect:>18} {rewritten:>6} {kept:?}");
        }
    }
}

fn messages(conversations: &[Conversation]) -> impl Iterator<Item = &Arc<Message>> {
    conversations.iter().flat_map(|one| &one.messages)
}

/// At least so many results of each dialect can be rewritten, and no more cannot than those of the kinds that are named.
fn check(title: &str, conversations: &[Conversation], floors: &[(Dialect, usize, &[&str])]) {
    if conversations.is_empty() {
        return;
    }
    let mut table = Table::default();
    messages(conversations).for_each(|message| table.add(message));
    table.print(title);
    for (dialect, floor, others) in floors {
        let (rewritten, kept) = table.0.remove(dialect.name()).unwrap_or_default();
        let kept: Vec<&str> = kept.keys().map(String::as_str).collect();
        assert!(rewritten >= *floor, "{}: {rewritten}", dialect.name());
        assert_eq!(kept, *others, "{}", dialect.name());
    }
}

#[test]
fn recorded_results_can_say_another_text() {
    let tools = ["tool_reference"];
    check(
        "recorded requests",
        &requests(),
        &[
            (Dialect::Anthropic, 245, &tools),
            (Dialect::BedrockConverse, 63, &[]),
            (Dialect::Cohere, 25, &[]),
            (Dialect::Gemini, 281, &[]),
            (Dialect::Ollama, 1, &[]),
            (Dialect::OpenaiChat, 833, &[]),
            (Dialect::OpenaiResponses, 257, &["tool_search_output"]),
        ],
    );
    check(
        "agent histories",
        &histories(),
        &[
            (Dialect::Anthropic, 2714, &[]),
            (Dialect::Langchain, 70, &[]),
            (Dialect::OpenaiChat, 1377, &[]),
        ],
    );
}

#[test]
fn recorded_texts_of_users_can_be_cut() {
    let mut kept: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for conversation in requests().iter().chain(&histories()) {
        let users = conversation.messages.iter();
        for message in users.filter(|message| message.role == Role::User) {
            for (at, part) in message.parts.iter().enumerate() {
                // What is worth cutting.
                // Cohere's first version says the newest beside the list, where no plan reaches.
                let is_beside = message.dialect == Dialect::Cohere && message.raw.is_string();
                if matches!(part, Part::Text { text, .. } if text.len() > 256 && !is_beside) {
                    let said = with_texts(message, &[(at, "[cut]")]);
                    let counts = kept.entry(message.dialect.name()).or_default();
                    counts[usize::from(said.is_some())] += 1;
                }
            }
        }
    }
    println!("long texts of users: that cannot be cut, and that can: {kept:?}");
    assert!(kept.values().all(|[cannot, _]| *cannot == 0), "{kept:?}");
}

#[test]
fn recorded_messages_lose_thoughts_and_nothing_else() {
    let mut table: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    let is_thought = |part: &Part| matches!(part, Part::Reasoning(_));
    for conversation in requests().iter().chain(&histories()) {
        for message in &conversation.messages {
            let counts = table.entry(message.dialect.name()).or_default();
            let thoughts = message.parts.iter().filter(|part| is_thought(part)).count();
            let stripped = without_reasoning(message);
            if thoughts == 0 {
                assert_eq!(stripped, None, "{}", message.raw);
                continue;
            }
            let Some(stripped) = stripped else {
                counts[usize::from(thoughts == message.parts.len())] += 1;
                continue;
            };
            counts[2] += 1;
            let read = read(message.dialect, &stripped);
            assert_eq!(without_reasoning(&read), None, "{stripped}");
            assert!(!read.parts.is_empty());
        }
    }
    let floors = [
        (Dialect::Anthropic, 1780),
        (Dialect::BedrockConverse, 11),
        (Dialect::Gemini, 20),
        (Dialect::Langchain, 58),
        (Dialect::OpenaiChat, 212),
    ];
    for (dialect, floor) in floors {
        let counts = table.get(dialect.name()).copied();
        let has_floor = counts.is_none_or(|[_, _, stripped]| stripped >= floor);
        assert!(has_floor, "{}: {counts:?}", dialect.name());
    }
    println!("messages with thoughts: kept, nothing but thoughts, stripped: {table:?}");
}

#[test]
fn every_recorded_conversation_can_be_continued_and_asked_about() {
    for conversation in requests().iter().chain(&histories()) {
        let raw = conversation.messages.first().map(|message| &message.raw);
        assert!(questions::speaks(conversation), "{raw:?}");
        assert!(questions::asks(conversation), "{raw:?}");
    }
}
