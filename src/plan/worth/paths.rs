//! Paths and lines: what a call reads of which file.

/// Lines of a file, counted from 1, or a part that is not known by its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Span {
    /// All of it.
    Whole,
    /// From the first to the last of these.
    Lines(u64, u64),
    /// Some of it.
    Part,
}

/// Lines that tools show at least of a file that is asked for as a whole: 2,000 is what Claude Code's `Read` shows.
pub(super) const SHOWN: u64 = 2_000;

/// Longest path that is looked at, in bytes: Linux takes no longer one.
const LONGEST: usize = 4_096;
/// Longest path that a placeholder repeats, in bytes.
const LONGEST_TOLD: usize = 200;

/// A file that a call reads.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Read {
    /// Its path, as [`resolved`] gives it.
    pub path: String,
    /// Its path as the call names it.
    pub named: String,
    /// What of it.
    pub span: Span,
}

impl Read {
    /// Its path, where it is short and plain enough for a placeholder.
    pub(super) fn told(&self) -> Option<&str> {
        let path = self.named.trim();
        let is_plain = !path.is_empty() && !path.contains(char::is_control);
        (is_plain && path.len() <= LONGEST_TOLD).then_some(path)
    }
}

/// What a call does to files.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Touched {
    /// What its result shows of files; empty when it shows anything else, too.
    pub reads: Vec<Read>,
    /// The files that it changes.
    pub writes: Vec<String>,
}

/// In tests: `a.py:1-10 b.py >written.py`.
#[cfg(test)]
impl std::fmt::Display for Touched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let reads = self.reads.iter().map(|read| match read.span {
            Span::Whole => read.path.clone(),
            Span::Part => format!("{}~", read.path),
            Span::Lines(start, u64::MAX) => format!("{}:{start}-", read.path),
            Span::Lines(start, end) => format!("{}:{start}-{end}", read.path),
        });
        let writes = self.writes.iter().map(|path| format!(">{path}"));
        f.write_str(&reads.chain(writes).collect::<Vec<_>>().join(" "))
    }
}

impl Span {
    /// Lines `start` to `end`; nothing known when they are no range.
    pub(super) fn lines(start: u64, end: u64) -> Self {
        if start <= end {
            Self::Lines(start.max(1), end.max(1))
        } else {
            Self::Part
        }
    }
}

/// `path` below `base` without `.`, `..` and doubled slashes; `None` where it is no path.
pub(super) fn resolved(base: &str, path: &str) -> Option<String> {
    let path = path.trim();
    let path = path.strip_prefix("file://").unwrap_or(path);
    if path.is_empty() || path.len() > LONGEST || path.contains(['\n', '\0']) {
        return None;
    }
    if path.contains("://") {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    let is_absolute = path.starts_with('/');
    let base = if is_absolute { "" } else { base };
    for part in base.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    let root = if is_absolute || base.starts_with('/') {
        "/"
    } else {
        ""
    };
    Some(format!("{root}{}", parts.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_has_one_path() {
        let cases = [
            ("", "a.rs", Some("a.rs")),
            ("", "./src//a.rs", Some("src/a.rs")),
            ("/x/y", "../a.rs", Some("/x/a.rs")),
            ("/x", "/y/./a.rs", Some("/y/a.rs")),
            ("", "../a.rs", Some("../a.rs")),
            ("x", "../../a", Some("../a")),
            ("", "file:///a/b", Some("/a/b")),
            ("", "https://a/b", None),
            ("", " ", None),
            ("", "a\nb", None),
        ];
        for (base, path, expected) in cases {
            assert_eq!(
                resolved(base, path).as_deref(),
                expected,
                "{base:?} {path:?}"
            );
        }
    }
}
