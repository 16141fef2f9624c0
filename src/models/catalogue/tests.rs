use super::*;
use std::path::Path;

const KEYS: [&str; 17] = [
    "names",
    "encoding",
    "framing",
    "kind",
    "context",
    "input",
    "output",
    "image",
    "price",
    "doubt",
    "vocabulary",
    "provider",
    "source",
    "date",
    "retires",
    "was",
    "note",
];

fn files() -> impl Iterator<Item = Value> {
    FILES
        .map(|text| serde_json::from_str(text).expect("the file is JSON"))
        .into_iter()
}

fn is_day(text: &Value) -> bool {
    let text = text.as_str().unwrap_or_default().as_bytes();
    text.len() == 10
        && text.iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

#[test]
fn every_file_of_the_folder_is_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/models/data");
    let there = std::fs::read_dir(folder).expect("the data files").count();
    assert_eq!(there, FILES.len());
}

#[test]
fn every_row_of_every_file_is_read() {
    for file in files() {
        for row in file["models"].as_array().expect("a list of models") {
            let read = super::row_of(row, &file);
            let read = read.unwrap_or_else(|| panic!("a row that cannot be read: {row}"));
            for key in row.as_object().expect("a row").keys() {
                assert!(KEYS.contains(&key.as_str()), "{key} in {row}");
            }
            assert!(!read.names.is_empty(), "{row}");
            for key in ["input", "output"] {
                let limit = row.get(key);
                assert!(limit.is_none_or(|limit| whole(limit) > Some(0)), "{row}");
            }
            assert!(row.get("retires").is_none_or(is_day), "{row}");
            assert!(row.get("date").is_none_or(is_day), "{row}");
            let was = row["was"].as_array().map_or(&[][..], Vec::as_slice);
            assert_eq!(read.was.len(), was.len(), "{row}");
            assert!(was.iter().all(|one| is_day(&one[0])), "{row}");
            assert!(read.was.is_sorted(), "the earliest first: {row}");
            for (until, name) in &read.was {
                let meant = named(name).expect("a model of the catalogue");
                assert_eq!(meant.on(Some(until)), meant, "{name} moved itself");
            }
        }
        let has_rows = file["models"]
            .as_array()
            .is_some_and(|rows| !rows.is_empty());
        assert!(file["source"].is_string() && is_day(&file["date"]));
        assert!(!has_rows || file["source"] != "", "{}", file["provider"]);
    }
}

#[test]
fn the_lines_of_the_files_are_their_rows() {
    for (text, file) in FILES.into_iter().zip(files()) {
        let rows = file["models"].as_array().expect("a list of models");
        let lines: Vec<Line> = lines_of(text).collect();
        assert_eq!(lines.len(), rows.len(), "{}", file["provider"]);
        for (line, row) in lines.iter().zip(rows) {
            let read = super::row_of(row, &file).expect("a row");
            assert_eq!(line.names().collect::<Vec<_>>(), read.names);
            assert_eq!(line.row(), Some(&read));
        }
    }
}

#[test]
fn limits_of_every_row_make_sense_for_their_kind() {
    for row in rows() {
        let limit = &row.limit;
        let input = limit.max_input.unwrap_or(limit.window);
        assert!(input <= limit.window, "{}", row.name());
        // Separate caps say nothing of each other.
        let output = limit
            .max_output
            .filter(|_| limit.kind != LimitKind::Separate);
        assert!(output.unwrap_or(1) <= limit.window, "{}", row.name());
        if limit.kind == LimitKind::Split {
            let output = limit.max_output.expect("a split window has two parts");
            assert_eq!(input + output, limit.window, "{}", row.name());
        }
        for tier in row.price.iter().flat_map(|price| &price.tiers) {
            assert!(tier.above < limit.window, "{}", row.name());
        }
    }
}

#[test]
fn no_two_rows_share_a_name_in_any_spelling() {
    let mut seen: HashMap<String, &str> = HashMap::new();
    for row in rows() {
        for name in &row.names {
            assert_eq!(*name, name.to_ascii_lowercase(), "names are in lower case");
            let earlier = seen.insert(folded(name), row.name());
            let own = earlier.is_none_or(|earlier| earlier == row.name());
            assert!(own, "{name} is a name of {earlier:?} and of {}", row.name());
        }
    }
}

#[test]
fn what_a_row_says_itself_goes_before_what_its_file_says() {
    let file: Value = serde_json::json!({
        "provider": "maker", "source": "its page", "date": "2026-11-20", "images": {}, "doubts": {},
    });
    let plain = serde_json::json!({
        "names": ["m"], "encoding": "e", "framing": "generic", "kind": "shared", "context": 10,
    });
    let read = super::row_of(&plain, &file).expect("a row");
    assert_eq!(
        (read.source.as_str(), read.date.as_str()),
        ("its page", "2026-11-20")
    );
    let mut own = plain.clone();
    own["source"] = "a price list".into();
    own["provider"] = "another".into();
    own["retires"] = "2027-01-01".into();
    own["price"] = serde_json::json!({ "input": 1, "output": 2, "cacheRead": 0.5 });
    let read = super::row_of(&own, &file).expect("a row");
    assert_eq!(
        (read.source.as_str(), read.provider.as_str()),
        ("a price list", "another")
    );
    assert_eq!(read.retires.as_deref(), Some("2027-01-01"));
    assert_eq!(read.price.expect("a price").cache_read, Some(0.5));
    own["price"] = serde_json::json!({ "input": 1 });
    assert_eq!(super::row_of(&own, &file), None);
}
