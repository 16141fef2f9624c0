//! What the words of a command are: options, scripts and files.

use super::paths::Span;
use super::shell::Word;

/// Commands that run another one, with the arguments they take themselves.
const WRAPPERS: [(&str, usize); 7] = [
    ("sudo", 0),
    ("env", 0),
    ("time", 0),
    ("command", 0),
    ("nohup", 0),
    ("builtin", 0),
    ("timeout", 1),
];

/// The words of the command itself, without assignments and commands that only run it.
pub(super) fn unwrapped(words: &[Word]) -> &[Word] {
    let mut words = words;
    while let Some((first, rest)) = words.split_first() {
        let is_assignment = first.text.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        });
        let wrapper = WRAPPERS.iter().find(|(name, _)| *name == first.text);
        words = match wrapper {
            _ if is_assignment => rest,
            Some((_, takes)) => {
                let flags = rest.iter().take_while(|word| word.text.starts_with('-'));
                rest.get(flags.count() + takes..).unwrap_or_default()
            }
            None => return words,
        };
    }
    words
}

pub(super) fn is_flag(word: &Word) -> bool {
    word.text.len() > 1 && word.text.starts_with('-')
}

/// The arguments that are no options.
pub(super) fn operands(arguments: &[Word]) -> impl Iterator<Item = &Word> {
    arguments
        .iter()
        .filter(|word| !is_flag(word) && word.text != "-")
}

pub(super) fn edits_in_place(argument: &str) -> bool {
    let is_short = argument.starts_with('-') && !argument.starts_with("--");
    // `-i`, `-i.bak`, `-Ei`, `-pi`: letters up to an `i`.
    let letters = argument.trim_start_matches('-');
    let before = letters.split('i').next().unwrap_or_default();
    argument.starts_with("--in-place")
        || is_short
            && letters.contains('i')
            && before
                .bytes()
                .all(|b| matches!(b, b'E' | b'r' | b'n' | b'p' | b's' | b'w' | b'0' | b'l'))
}

/// The script or pattern that a filter takes first, and the files after it; `None` where options with arguments of their
/// own could be mistaken for them.
pub(super) fn script_and_files<'a>(
    arguments: &'a [Word],
    options: &[&str],
) -> Option<(Option<&'a Word>, Vec<&'a Word>)> {
    let mut script = None;
    let mut files = Vec::new();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let text = word.text.as_str();
        if options.contains(&text) {
            script = Some(words.next()?);
        } else if matches!(
            text,
            "-A" | "-B" | "-C" | "-m" | "-F" | "-v" | "-g" | "-t" | "--include" | "--exclude"
        ) && !is_switch(text, options)
        {
            words.next()?;
        } else if is_flag(word) {
            continue;
        } else if script.is_none() {
            script = Some(word);
        } else {
            files.push(word);
        }
    }
    Some((script, files))
}

/// `-F` and `-v` take nothing in grep, and something in awk.
fn is_switch(option: &str, options: &[&str]) -> bool {
    matches!(option, "-F" | "-v") && options.len() > 1
}

/// The lines that a script of `sed -n` prints: `10,20p`, `5p`, `7,$p`, with `20q` behind.
pub(super) fn printed(script: &str) -> Option<Span> {
    let first = script.split(';').next().unwrap_or_default().trim();
    let range = first.strip_suffix('p')?;
    let (start, end) = range.split_once(',').unwrap_or((range, range));
    let start = start.trim().parse().ok()?;
    let end = match end.trim() {
        "$" => u64::MAX,
        end => match end.strip_prefix('+') {
            Some(more) => start + more.parse::<u32>().ok().map(u64::from)?,
            None => end.parse().ok()?,
        },
    };
    (start < u64::from(u32::MAX)).then(|| Span::lines(start, end))
}

/// The files of `head` or `tail`, and the lines shown.
pub(super) fn ends(is_head: bool, arguments: &[Word]) -> (Vec<&Word>, Span) {
    let mut files = Vec::new();
    let mut count = Some("10");
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let text = word.text.as_str();
        let number = text
            .strip_prefix("-n")
            .or_else(|| text.strip_prefix("--lines"));
        if let Some(number) = number {
            count = match number.trim_start_matches('=') {
                "" => words.next().map(|word| word.text.as_str()),
                number => Some(number),
            };
        } else if text.starts_with("-c") || text.starts_with("--bytes") {
            if text == "-c" {
                words.next();
            }
            count = None;
        } else if let Some(number) = text.strip_prefix('-').filter(|n| n.parse::<u32>().is_ok()) {
            count = Some(number);
        } else if !is_flag(word) {
            files.push(word);
        }
    }
    let span = match (is_head, count) {
        (true, Some(count)) => count
            .parse()
            .map_or(Span::Part, |count: u32| Span::lines(1, count.into())),
        (false, Some(count)) => match count.strip_prefix('+').map(str::parse::<u32>) {
            Some(Ok(start)) => Span::lines(start.into(), u64::MAX),
            _ => Span::Part,
        },
        _ => Span::Part,
    };
    (files, span)
}
