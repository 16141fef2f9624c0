//! The normal form that the models read: NFC, without control and private characters, and with one kind of space.

use std::borrow::Cow;

use crate::normal::nfc;

/// What becomes of a character after NFC.
enum Fate {
    Keep,
    Drop,
    /// Dropped, but only after Thai vowels were joined across what is merely dropped.
    DropPrivate,
    Become(char),
}

/// `text` in its normal form.
pub(super) fn normalize(text: &str, fold_quotes: bool) -> Cow<'_, str> {
    if is_plain_ascii(text.as_bytes()) {
        return Cow::Borrowed(text);
    }
    match nfc(text) {
        Cow::Borrowed(text) => replace(text, fold_quotes),
        Cow::Owned(text) => match replace(&text, fold_quotes) {
            Cow::Borrowed(_) => Cow::Owned(text),
            Cow::Owned(text) => Cow::Owned(text),
        },
    }
}

fn is_plain_ascii(text: &[u8]) -> bool {
    // Without branches inside a chunk, so that it is done many bytes at once.
    text.chunks(64).all(|chunk| {
        chunk.iter().fold(true, |plain, &b| {
            plain & (matches!(b, 0x20..0x7F) | (b == b'\t') | (b == b'\n'))
        })
    })
}

fn replace(text: &str, fold_quotes: bool) -> Cow<'_, str> {
    let mut out: Option<String> = None;
    // Thai NIKHAHIT just before, with nothing between but what is dropped.
    let mut nikhahit = false;
    for (at, c) in text.char_indices() {
        let fate = match c {
            '\u{E32}' if nikhahit => {
                let out = out.get_or_insert_with(|| text.get(..at).unwrap_or_default().to_owned());
                out.pop();
                nikhahit = false;
                out.push('\u{E33}');
                continue;
            }
            _ => fate(c, fold_quotes),
        };
        nikhahit = c == '\u{E4D}' || (nikhahit && matches!(fate, Fate::Drop));
        if let (None, Fate::Keep) = (&out, &fate) {
            continue;
        }
        let out = out.get_or_insert_with(|| text.get(..at).unwrap_or_default().to_owned());
        match fate {
            Fate::Keep => out.push(c),
            Fate::Drop | Fate::DropPrivate => {}
            Fate::Become(other) => out.push(other),
        }
    }
    out.map_or(Cow::Borrowed(text), Cow::Owned)
}

#[inline]
fn fate(c: char, fold_quotes: bool) -> Fate {
    match c {
        ' '..'\u{7F}' | '\t' | '\n' => Fate::Keep,
        '\0' => Fate::Become(' '),
        '\u{1}'..' ' | '\u{7F}'..'\u{A0}' => Fate::Drop,
        '\u{A1}'..'\u{1680}' => Fate::Keep,
        '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' => Fate::Become(' '),
        '\u{2028}' | '\u{2029}' | '\u{202F}' | '\u{205F}' => Fate::Become(' '),
        '\u{2018}' | '\u{2019}' if fold_quotes => Fate::Become('\''),
        '\u{201C}' | '\u{201D}' if fold_quotes => Fate::Become('"'),
        '\u{E000}'..='\u{F8FF}' => Fate::DropPrivate,
        _ => Fate::Keep,
    }
}
