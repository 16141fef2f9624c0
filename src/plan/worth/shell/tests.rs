//! Scripts as a shell reads them, and what is not understood.

use proptest::prelude::*;

use super::*;

/// Each command as `words > files`, with `|` in front where it is piped into.
fn told(script: &str) -> Option<Vec<String>> {
    let tell = |command: &Command| {
        let mut told = String::new();
        if command.joint == Joint::Pipe {
            told.push_str("| ");
        }
        let words: Vec<&str> = command
            .words
            .iter()
            .map(|word| word.text.as_str())
            .collect();
        told.push_str(&words.join(" "));
        for file in &command.output {
            told.push_str(" > ");
            told.push_str(&file.text);
        }
        if !command.input.is_empty() {
            told.push_str(" < ");
            told.push_str(&command.input);
        }
        told
    };
    Some(commands(script)?.iter().map(tell).collect())
}

#[test]
fn commands_are_read_as_a_shell_reads_them() {
    let cases: [(&str, &[&str]); 13] = [
        ("cat a.txt", &["cat a.txt"]),
        (
            "cd /x && cat 'a b' \"c d\"; ls",
            &["cd /x", "cat a b c d", "ls"],
        ),
        ("cat a | head -5 2>/dev/null", &["cat a", "| head -5"]),
        ("cat a |\n head", &["cat a", "| head"]),
        ("echo x > out 2>&1", &["echo x > out"]),
        ("echo x >>out; y &> z", &["echo x > out", "y > z"]),
        (
            "cat <<'EOF' > f\n$x `y`\nEOF\nls",
            &["cat > f < $x `y`\n", "ls"],
        ),
        ("cat > f <<-EOF\n\ta\n\tEOF", &["cat > f < a\n"]),
        ("cat <<A <<B\n1\nA\n2\nB\n", &["cat < 1\n2\n"]),
        ("sed -n \\\n 1,2p f # what", &["sed -n 1,2p f"]),
        ("echo a\\ b \"c\\\"d\"", &["echo a b c\"d"]),
        ("> empty", &[" > empty"]),
        ("", &[]),
    ];
    for (script, expected) in cases {
        assert_eq!(
            told(script).as_deref(),
            Some(&expected.map_owned()[..]),
            "{script:?}"
        );
    }
}

trait Owned {
    fn map_owned(&self) -> Vec<String>;
}
impl Owned for &[&str] {
    fn map_owned(&self) -> Vec<String> {
        self.iter().map(|text| (*text).to_owned()).collect()
    }
}

#[test]
fn what_is_not_understood_gives_nothing() {
    for script in [
        "for f in *; do cat $f; done",
        "cat $(ls)",
        "cat `ls`",
        "(cd x; cat y)",
        "cat 'a",
        "cat <<EOF\nnever ends",
        "diff <(a) <(b)",
        "if true; then cat a; fi",
        "cat >",
        "x \\",
    ] {
        assert_eq!(commands(script), None, "{script:?}");
    }
    let words = commands("cat *.rs $x \"$y\" '$z' \"a$\" ~/b").unwrap();
    let literal: Vec<bool> = words[0].words.iter().map(|word| word.is_literal).collect();
    assert_eq!(literal, [true, false, false, false, true, true, false]);
}

proptest! {
    #[test]
    fn no_script_panics(script in "[a-z '\"\\\\<>|&;$()\n#0-9EOF-]{0,60}") {
        let _ = commands(&script);
    }
}
