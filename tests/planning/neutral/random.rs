//! How histories are drawn.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Call, History, Turn, words};

fn text(longest: usize) -> impl Strategy<Value = String> {
    prop_oneof![
        6 => (0_usize..26, 1..longest).prop_map(|(seed, count)| words(seed, count)),
        1 => (1..longest / 4 + 2).prop_map(|n| "een regel tekst\nen nog een\n".repeat(n)),
        1 => "\\PC{1,60}",
    ]
}

fn result(longest: usize) -> impl Strategy<Value = String> {
    prop_oneof![
        // Few seeds and sizes, so that results repeat.
        4 => (0_usize..2, prop_oneof![Just(40_usize), Just(160)])
            .prop_map(move |(seed, count)| words(seed, count.min(longest))),
        5 => (0_usize..26, 5..longest).prop_map(|(seed, count)| words(seed, count)),
        1 => (1..longest / 8 + 2).prop_map(|n| format!("regel {n} van de uitvoer\n").repeat(n)),
        1 => (1..longest / 10 + 2).prop_map(|n| serde_json::to_string(&vec![json!({"k": "värde", "n": n}); n]).unwrap()),
        1 => "\\PC{0,80}",
    ]
}

fn call(longest: usize) -> impl Strategy<Value = (&'static str, Value, String, bool)> {
    let path = prop_oneof![Just("src/a.rs"), Just("src/b.rs"), Just("docs/c.md")];
    (0_usize..4, path, result(longest), prop::bool::weighted(0.1)).prop_map(
        |(tool, path, result, failed)| match tool {
            0 | 1 => ("read_file", json!({ "path": path }), result, failed),
            2 => (
                "write_file",
                json!({ "path": path, "content": "fn main() {}" }),
                "ok".to_owned(),
                failed,
            ),
            _ => ("search_web", json!({ "q": path }), result, failed),
        },
    )
}

fn thought() -> impl Strategy<Value = String> {
    prop_oneof![
        1 => Just(String::new()),
        1 => (1_usize..60).prop_map(|count| words(7, count)),
    ]
}

fn turn(longest: usize, parallel: usize) -> impl Strategy<Value = Turn> {
    prop_oneof![
        2 => text(longest).prop_map(Turn::User),
        2 => (thought(), text(longest)).prop_map(|(thought, text)| Turn::Said { thought, text }),
        6 => (thought(), any::<bool>(), prop::collection::vec(call(longest), 1..=parallel)).prop_map(
            |(thought, says, calls)| Turn::Tools {
                thought,
                text: if says { "I look.".to_owned() } else { String::new() },
                calls: calls
                    .into_iter()
                    .map(|(tool, arguments, result, failed)| Call {
                        id: String::new(), tool, arguments, result: Some(result), failed,
                    })
                    .collect(),
            }
        ),
    ]
}

/// Histories of `turns` turns whose texts have up to `longest` words, with up to `parallel` calls at once.
pub fn history(
    turns: std::ops::Range<usize>,
    longest: usize,
    parallel: usize,
) -> impl Strategy<Value = History> {
    (
        prop::bool::weighted(0.6),
        text(20),
        prop::collection::vec(turn(longest, parallel), turns),
        prop::bool::weighted(0.15),
    )
        .prop_map(|(system, first, turns, waits)| settled(system, first, turns, waits))
}

/// The turns in an order that every dialect allows: the user begins, and answers what was said.
fn settled(system: bool, first: String, turns: Vec<Turn>, waits: bool) -> History {
    let mut all = vec![Turn::User(first)];
    for turn in turns {
        let answers = !matches!(turn, Turn::User(_));
        if answers && matches!(all.last(), Some(Turn::Said { .. })) {
            all.push(Turn::User("Go on.".to_owned()));
        }
        all.push(turn);
    }
    if matches!(all.last(), Some(Turn::Said { .. })) {
        all.push(Turn::User("And now?".to_owned()));
    }
    for (at, turn) in all.iter_mut().enumerate() {
        if let Turn::Tools { calls, .. } = turn {
            for (position, call) in calls.iter_mut().enumerate() {
                call.id = format!("call_{at}_{position}");
            }
        }
    }
    if let (true, Some(Turn::Tools { calls, .. })) = (waits, all.last_mut()) {
        for call in calls {
            call.result = None;
        }
    }
    History {
        system: system.then(|| "You work on the repository.".to_owned()),
        turns: all,
    }
}
