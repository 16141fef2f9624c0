//! What a tool does, told by the words in its name.

/// Words in the names of tools that change files.
const WRITE: [&str; 16] = [
    "write",
    "edit",
    "create",
    "insert",
    "replace",
    "patch",
    "apply",
    "update",
    "append",
    "delete",
    "remove",
    "move",
    "rename",
    "save",
    "overwrite",
    "modify",
];
/// Words in the names of tools that show files.
const READ: [&str; 8] = [
    "read", "view", "open", "cat", "show", "get", "load", "display",
];
/// Words in the names of tools that show parts of files.
const SEARCH: [&str; 4] = ["grep", "search", "outline", "symbols"];
/// Words in the names of tools that run scripts.
const SHELL: [&str; 11] = [
    "bash", "shell", "sh", "execute", "exec", "run", "command", "terminal", "cmd", "zsh", "process",
];
/// What the words in a tool's name say.
#[derive(Clone, Copy)]
pub(super) struct Kinds {
    pub(super) writes: bool,
    pub(super) reads: bool,
    pub(super) searches: bool,
    pub(super) runs: bool,
}

impl Kinds {
    pub(super) fn of(name: &str) -> Self {
        let words = words(name);
        let is = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
        Self {
            writes: is(&WRITE),
            reads: is(&READ),
            searches: is(&SEARCH),
            runs: is(&SHELL),
        }
    }
}

/// The words of a tool's name, in small letters: `mcp__fs__readTextFile` is mcp, fs, read, text, file.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut was_small = false;
    for letter in name.chars().take(128) {
        let starts = letter.is_ascii_uppercase() && was_small;
        if (starts || !letter.is_ascii_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if letter.is_ascii_alphanumeric() {
            word.push(letter.to_ascii_lowercase());
        }
        was_small = letter.is_ascii_lowercase() || letter.is_ascii_digit();
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}
