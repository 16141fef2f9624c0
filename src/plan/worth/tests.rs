//! Each rule on a small conversation, in three dialects, and what holds for every conversation.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::conversation::{Conversation, Dialect};
use crate::count::{CountText, count};
use crate::normalize::normalize_as;

const DIALECTS: [Dialect; 3] = [Dialect::OpenaiChat, Dialect::Anthropic, Dialect::Gemini];

struct Bytes;

impl CountText for Bytes {
    fn count_text(&self, text: &str) -> u32 {
        text.len() as u32
    }
}

/// The conversation with what is kept of its messages.
pub(super) fn counted(conversation: &Conversation) -> Counted {
    count(Arc::new(conversation.clone()), &Bytes)
}

/// A call and its result.
type Step<'a> = (&'a str, Value, &'a str);

/// The calls of each turn.
type Turns = Vec<Vec<Step<'static>>>;

/// A cause, and the turn of the later message.
type Found = (Cause, Option<usize>);

/// A conversation of turns, each of which makes some calls at once, and a last word of the model.
fn conversation(dialect: Dialect, turns: &[Vec<Step<'_>>], last: &str) -> Conversation {
    let mut messages = Vec::new();
    for (turn, steps) in turns.iter().enumerate() {
        let id = |at: usize| format!("call_{turn}_{at}");
        let each = |one: &dyn Fn(usize, &Step<'_>) -> Value| -> Vec<Value> {
            steps
                .iter()
                .enumerate()
                .map(|(at, step)| one(at, step))
                .collect()
        };
        match dialect {
            Dialect::OpenaiChat => {
                let calls = each(&|at, (tool, arguments, _)| {
                    let function = json!({ "name": tool, "arguments": arguments.to_string() });
                    json!({ "id": id(at), "type": "function", "function": function })
                });
                messages.push(json!({ "role": "assistant", "content": null, "tool_calls": calls }));
                messages.extend(each(
                    &|at, (_, _, text)| json!({ "role": "tool", "tool_call_id": id(at), "content": text }),
                ));
            }
            Dialect::Anthropic => {
                let calls = each(
                    &|at, (tool, arguments, _)| json!({ "type": "tool_use", "id": id(at), "name": tool, "input": arguments }),
                );
                let results = each(
                    &|at, (_, _, text)| json!({ "type": "tool_result", "tool_use_id": id(at), "content": text }),
                );
                messages.push(json!({ "role": "assistant", "content": calls }));
                messages.push(json!({ "role": "user", "content": results }));
            }
            _ => {
                let calls = each(
                    &|_, (tool, arguments, _)| json!({ "functionCall": { "name": tool, "args": arguments } }),
                );
                let results = each(
                    &|_, (tool, _, text)| json!({ "functionResponse": { "name": tool, "response": { "output": text } } }),
                );
                messages.push(json!({ "role": "model", "parts": calls }));
                messages.push(json!({ "role": "user", "parts": results }));
            }
        }
    }
    let request = match dialect {
        Dialect::Gemini => {
            messages.push(json!({ "role": "model", "parts": [{ "text": last }] }));
            json!({ "contents": messages })
        }
        _ => {
            messages.push(json!({ "role": "assistant", "content": last }));
            json!({ "model": "m", "messages": messages })
        }
    };
    normalize_as(Some(dialect), &request).unwrap()
}

/// What is valued borrows of what was counted, which a test may keep for good.
fn valued(conversation: &Conversation, policy: &Policy) -> Worths<'static> {
    let counted = Box::leak(Box::new(counted(conversation)));
    worths(counted, &conversation.groups(), policy)
}

/// For each result its cause, and the turn that the later message is in.
fn causes(turns: &[Vec<Step<'_>>], dialect: Dialect) -> Vec<(Cause, Option<usize>)> {
    let conversation = conversation(dialect, turns, "Done.");
    let groups = conversation.groups();
    let turn = |message: usize| {
        groups
            .iter()
            .position(|group| group.messages.contains(&message))
    };
    let worths = valued(&conversation, &Policy::default());
    let one = |worth: &Worth| (worth.cause, worth.later.and_then(turn));
    worths.results.iter().map(one).collect()
}

fn text(seed: usize) -> String {
    (0..60)
        .map(|line| format!("line {line} of text {seed} says {}\n", line * seed))
        .collect()
}

#[test]
fn every_rule_holds_in_every_dialect() {
    use Cause::{Duplicate, NearDuplicate, Old, Stale, Superseded};
    let read = |path: &str| json!({ "file_path": path });
    let lines = |path: &str, offset: u64, limit: u64| json!({ "file_path": path, "offset": offset, "limit": limit });
    let bash = |command: &str| json!({ "command": command });
    let edit = |path: &str| json!({ "file_path": path, "old_string": "x", "new_string": "y" });
    let t: Vec<String> = (0..9).map(text).collect();
    let nearly = t[7].replacen("line 3 ", "line three ", 1);
    let one = |step: Step<'static>| vec![step];
    // The texts live as long as the test.
    let t: Vec<&'static str> = t.into_iter().map(|text| &*text.leak()).collect();
    let nearly: &'static str = nearly.leak();
    let cases: Vec<(&str, Turns, Vec<Found>)> = vec![
        (
            "the same text comes again",
            vec![
                one(("ls", json!({"d": 1}), t[1])),
                one(("find", json!({"d": 2}), t[1])),
            ],
            vec![(Duplicate, Some(1)), (Old, None)],
        ),
        (
            "results of one turn are not later than each other",
            vec![vec![
                ("ls", json!({"d": 1}), t[1]),
                ("find", json!({}), t[1]),
            ]],
            vec![(Old, None), (Old, None)],
        ),
        (
            "short texts are no duplicates",
            vec![one(("a", json!({}), "OK")), one(("b", json!({}), "OK"))],
            vec![(Old, None), (Old, None)],
        ),
        (
            "the same call is made again",
            vec![
                one(("status", json!({"b": 1, "a": 2}), t[1])),
                one(("status", json!({"a": 2.0, "b": 1}), t[2])),
            ],
            vec![(Superseded, Some(1)), (Old, None)],
        ),
        (
            "a call that shows what comes next replaces nothing",
            vec![
                one(("scroll_down", json!({}), t[1])),
                one(("scroll_down", json!({}), t[2])),
            ],
            vec![(Old, None), (Old, None)],
        ),
        (
            "a later read holds the lines",
            vec![
                one(("Read", lines("/a", 10, 20), t[1])),
                one(("Read", lines("/a", 25, 20), t[2])),
                one(("Read", lines("/a", 5, 30), t[3])),
            ],
            vec![(Superseded, Some(2)), (Old, None), (Old, None)],
        ),
        (
            "a later read of the whole file holds them, too, by another tool",
            vec![
                one(("Read", lines("/a", 10, 20), t[1])),
                one(("bash", bash("cat /a"), t[2])),
            ],
            vec![(Superseded, Some(1)), (Old, None)],
        ),
        (
            "a read that fails replaces nothing",
            vec![
                one(("Read", read("/a"), t[1])),
                one(("Read", read("/a"), "Error: no such file")),
            ],
            vec![(Old, None), (Old, None)],
        ),
        (
            "a file that was read is edited",
            vec![
                one(("Read", read("/a"), t[1])),
                one(("Read", read("/b"), t[2])),
                one(("Edit", edit("/a"), "The file has been updated.")),
            ],
            vec![(Stale, Some(2)), (Old, None), (Old, None)],
        ),
        (
            "an edit that fails changes nothing",
            vec![
                one(("Read", read("/a"), t[1])),
                one(("Edit", edit("/a"), "Error: not found")),
            ],
            vec![(Old, None), (Old, None)],
        ),
        (
            "shell commands read and write",
            vec![
                one(("bash", bash("cd /w && cat a.py"), t[1])),
                one(("bash", bash("cd /w && cat a.py b.py"), t[2])),
                one(("bash", bash("cat <<'EOF' > /w/a.py\nx\nEOF"), "")),
            ],
            vec![(Superseded, Some(1)), (Old, None), (Old, None)],
        ),
        (
            "a command's file is changed",
            vec![
                one(("bash", bash("sed -n 1,20p /w/a.py"), t[1])),
                one(("bash", bash("pytest /w/a.py"), t[2])),
                one(("bash", bash("sed -i s/a/b/ /w/a.py"), "")),
            ],
            vec![(Stale, Some(2)), (Old, None), (Old, None)],
        ),
        (
            "nearly the same text comes again",
            vec![
                one(("a", json!({}), t[7])),
                one(("b", json!({}), t[8])),
                one(("c", json!({}), nearly)),
            ],
            vec![(NearDuplicate, Some(2)), (Old, None), (Old, None)],
        ),
        (
            "parallel results belong to their own calls",
            vec![
                vec![("Read", read("/a"), t[1]), ("Read", read("/b"), t[2])],
                vec![("Edit", edit("/b"), "ok"), ("Read", read("/c"), t[3])],
            ],
            vec![(Old, None), (Stale, Some(1)), (Old, None), (Old, None)],
        ),
    ];
    for (name, turns, expected) in cases {
        for dialect in DIALECTS {
            assert_eq!(
                causes(&turns, dialect),
                expected,
                "{name} in {}",
                dialect.name()
            );
        }
    }
}

#[test]
fn what_is_told_of_a_result() {
    for dialect in DIALECTS {
        let turns = vec![vec![(
            "Read",
            json!({ "file_path": "src/a.rs" }),
            "fn a() {}",
        )]];
        let worths = valued(&conversation(dialect, &turns, "Done."), &Policy::default());
        let worth = &worths.results[0];
        assert_eq!(worth.tool, "Read");
        assert_eq!(worth.subject.as_deref(), Some("src/a.rs"));
        assert!(!worth.is_evicted);
        let id = if dialect == Dialect::Gemini {
            ""
        } else {
            "call_0_0"
        };
        assert_eq!(worth.call_id, id);
    }
}

#[test]
fn what_was_taken_away_and_asked_for_again_is_valued() {
    const GONE: &str = "[result of Read removed: 900 tokens; call the tool again to see it]";
    const REPLACED: &str =
        "[result of Read removed: 900 tokens, called again later; call the tool again to see it]";
    let read = |text: &'static str| vec![("Read", json!({ "file_path": "/a" }), text)];
    for dialect in DIALECTS {
        let valued = |turns: &[Vec<Step<'_>>]| {
            valued(&conversation(dialect, turns, "Done."), &Policy::default())
        };
        for (first, regrets) in [(GONE, 1), (REPLACED, 0), ("fn a() {}", 0)] {
            let worths = valued(&[
                read(first),
                read("fn a() { b() }"),
                vec![("ls", json!({}), "a")],
            ]);
            assert_eq!(worths.regrets, regrets, "{dialect:?}: {first}");
            assert_eq!(worths.results[0].is_evicted, first.starts_with('['));
            assert_eq!(worths.results[1].need >= 0.9, regrets > 0, "{first}");
        }
        let worths = valued(&[read(GONE), read(GONE)]);
        assert_eq!(worths.regrets, 1, "{dialect:?}");
    }
}

#[test]
fn the_caller_knows_better() {
    let turns = vec![vec![
        ("a", json!({}), "x"),
        ("b", json!({}), "y"),
        ("b", json!({ "c": 1 }), "z"),
    ]];
    let mut policy = Policy::default();
    policy.tool_values.insert("b".to_owned(), 0.7);
    policy.values.insert("call_0_2".to_owned(), 0.0);
    policy.values.insert("call_0_0".to_owned(), f64::NAN);
    let worths = valued(&conversation(Dialect::OpenaiChat, &turns, "Done."), &policy);
    let plain = valued(
        &conversation(Dialect::OpenaiChat, &turns, "Done."),
        &Policy::default(),
    );
    let needs: Vec<f64> = worths.results.iter().map(|worth| worth.need).collect();
    assert_eq!(needs, [plain.results[0].need, 0.7, LEAST]);
}

#[test]
fn what_was_used_is_worth_more_than_what_was_not() {
    let turns: Vec<Vec<Step<'_>>> = (0..12)
        .map(|turn| {
            let text = format!("{}the id is ORDER_{turn}_X", text(turn + 1)).leak();
            vec![("get", json!({ "n": turn }), &*text)]
        })
        .collect();
    for dialect in DIALECTS {
        let need = |last: &str| {
            valued(&conversation(dialect, &turns, last), &Policy::default()).results[2].need
        };
        assert!(need("I took ORDER_2_X.") > need("I took ORDER_5_X."));
    }
}

/// Tools, arguments and texts that meet each other often.
fn turns() -> impl Strategy<Value = Vec<Vec<(usize, usize, usize)>>> {
    prop::collection::vec(
        prop::collection::vec((0..6_usize, 0..4_usize, 0..6_usize), 1..4),
        0..12,
    )
}

proptest! {
    #[test]
    fn later_is_later_and_duplicates_say_the_same(turns in turns(), dialect in 0..3_usize) {
        let texts: Vec<String> = (0..6).map(text).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let tools = ["Read", "Edit", "bash", "str_replace_editor", "grep", "status"];
        let turns: Vec<Vec<Step<'_>>> = turns
            .iter()
            .map(|turn| {
                let step = |&(tool, argument, text): &(usize, usize, usize)| {
                    let path = ["/a", "/b", "c", "/d/e"][argument];
                    let command = ["cat /a", "sed -i s/x/y/ /b", "cd /d && cat e", "view"][argument];
                    (tools[tool], json!({ "path": path, "command": command }), texts[text])
                };
                turn.iter().map(step).collect()
            })
            .collect();
        let conversation = conversation(DIALECTS[dialect], &turns, "Done with /a.");
        let groups = conversation.groups();
        let counted = counted(&conversation);
        let exchange = Exchange::of(&counted, &groups);
        let found = valued(&conversation, &Policy::default());
        prop_assert_eq!(&found, &valued(&conversation, &Policy::default()));
        for (worth, answer) in found.results.iter().zip(&exchange.answers) {
            prop_assert!(worth.need > 0.0 && worth.need <= 1.0);
            prop_assert_eq!(worth.later.is_some(), worth.cause != Cause::Old);
            let Some(later) = worth.later else { continue };
            prop_assert!(later >= groups[worth.group].messages.end);
            if worth.cause == Cause::Duplicate {
                let mut others = exchange.answers.iter();
                let found = others.any(|other| other.place.message == later && other.text() == answer.text());
                prop_assert!(found);
            }
        }
    }

    #[test]
    fn no_text_panics(
        steps in prop::collection::vec((".{0,20}", ".{0,80}", "\\PC{0,300}"), 0..6),
        similarity in prop::num::f64::ANY,
    ) {
        let turns: Vec<Vec<Step<'_>>> = steps
            .iter()
            .map(|(tool, arguments, text)| vec![(tool.as_str(), json!({ "command": arguments, "path": arguments }), text.as_str())])
            .collect();
        let policy = Policy { similarity, ..Policy::default() };
        for dialect in [Dialect::OpenaiChat, Dialect::Anthropic] {
            let found = valued(&conversation(dialect, &turns, "Done."), &policy);
            prop_assert!(found.results.iter().all(|worth| worth.need > 0.0 && worth.need <= 1.0));
        }
    }
}
