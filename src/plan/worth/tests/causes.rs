//! Why results may go: each rule in every dialect.

use super::*;

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
