//! Counts of everything that real agents wrote and read equal those of tiktoken-rs.

use std::collections::HashSet;
use std::path::Path;

use serde_json::Value;
use token_headroom_encoding::Encoding;

#[test]
fn texts_of_trajectories() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus/trajectories.jsonl");
    let Ok(lines) = std::fs::read_to_string(&file) else {
        println!("skipped: no corpus at {}", file.display());
        return;
    };
    let mut texts = HashSet::new();
    for line in lines.lines() {
        collect(serde_json::from_str(line).unwrap(), &mut texts);
    }
    assert!(texts.len() > 1000);
    std::thread::scope(|scope| {
        for (name, reference) in [
            ("cl100k_base", tiktoken_rs::cl100k_base_singleton()),
            ("o200k_base", tiktoken_rs::o200k_base_singleton()),
        ] {
            let texts = &texts;
            scope.spawn(move || {
                // Twice: counted first, and then remembered.
                let encoding = Encoding::named(name).unwrap();
                for text in texts {
                    let expected = reference.encode_ordinary(text).len() as u32;
                    assert_eq!(encoding.count(text), expected, "{name}: {text:?}");
                    assert_eq!(encoding.count(text), expected, "{name} again: {text:?}");
                }
            });
        }
    });
}

fn collect(value: Value, texts: &mut HashSet<String>) {
    match value {
        Value::String(text) => {
            texts.insert(text);
        }
        Value::Array(values) => values.into_iter().for_each(|value| collect(value, texts)),
        Value::Object(fields) => fields
            .into_iter()
            .for_each(|(_, value)| collect(value, texts)),
        _ => {}
    }
}
