//! What a PDF says, as far as its streams can be read without a renderer: the text that pages show, and their size.
//!
//! Providers put a page's text into the prompt beside its picture. Text is taken from the operators that show it
//! (ISO 32000-1, 9.4), through the maps that fonts carry (9.10.3). Where a page's fonts are not found the maps of all fonts
//! are read as one.

mod ascii;
mod fonts;
mod map;
mod objects;
pub(super) mod outline;
mod ranges;
mod tokens;
mod writer;

use std::collections::HashMap;

use fonts::{Fonts, Names};
use objects::{Objects, after, reference, references};
use writer::Writer;

/// A PDF's text and page.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Pdf {
    /// The text of all pages, in the order of the file; `None` where there is none that can be read.
    pub(crate) text: Option<String>,
    /// How many pages there are; `None` where no page tree can be read.
    pub(crate) pages: Option<u32>,
    /// Width and height of the first page, in points.
    pub(crate) page: Option<(u32, u32)>,
}

/// Reads what can be read of `bytes`.
pub(super) fn read(bytes: &[u8]) -> Pdf {
    let objects = Objects::read(bytes);
    // The streams of an encrypted file say nothing.
    let text = (!has(bytes, b"/Encrypt")).then(|| text(&objects));
    Pdf {
        text: text.filter(|text| !text.is_empty()),
        pages: outline::pages(&objects),
        page: outline::size(&objects),
    }
}

/// What the streams of pages and forms show.
fn text(objects: &Objects<'_>) -> String {
    let mut fonts = Fonts::of(objects);
    let pages = pages(objects);
    // Pages of one file often share their fonts.
    let mut last: (Option<usize>, Names) = (None, Names::new());
    let mut text = String::new();
    for (place, object) in objects.all.iter().enumerate() {
        let Some(stream) = object.stream.as_deref() else {
            continue;
        };
        if !has(stream, b"BT") || !has(stream, b"Tj") && !has(stream, b"TJ") {
            continue;
        }
        let owner = match after(&object.dictionary, b"/Resources") {
            Some(_) => Some(place),
            None => pages.get(&object.number).copied(),
        };
        if last.0 != owner {
            let dictionary = owner.and_then(|owner| objects.all.get(owner));
            let names = dictionary.map(|owner| fonts.named(&owner.dictionary));
            last = (owner, names.unwrap_or_default());
        }
        Writer::new(&last.1, fonts.any(), &mut text).write(stream);
    }
    collapsed(&text)
}

/// Bytes of lists of streams that are looked at, of all pages together.
const LISTS: usize = 8 << 20;

/// Where the page of each content stream is.
fn pages(objects: &Objects<'_>) -> HashMap<u32, usize> {
    let mut pages = HashMap::new();
    let mut searched = 0;
    for (place, page) in objects.all.iter().enumerate() {
        let Some(contents) = after(&page.dictionary, b"/Contents") else {
            continue;
        };
        // One stream, a list of them, or an object that is a list.
        let (list, most) = match reference(contents) {
            Some(number) if objects.stream(number).is_none() => {
                (objects.dictionary(number), usize::MAX)
            }
            Some(_) => (contents, 1),
            None => (contents, usize::MAX),
        };
        let list = list.split(|byte| *byte == b']').next().unwrap_or_default();
        searched += list.len();
        if searched > LISTS {
            break;
        }
        for (_, number) in references(list).take(most) {
            pages.entry(number).or_insert(place);
        }
    }
    pages
}

/// The text with one blank where there are several: blanks that justify a line are not part of what providers extract, by
/// recorded counts of a justified page.
fn collapsed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        for (index, word) in line.split_ascii_whitespace().enumerate() {
            if index > 0 {
                out.push(' ');
            }
            out.push_str(word);
        }
        if line.ends_with(' ') {
            out.push(' ');
        }
        out.push('\n');
    }
    out
}

fn has(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

fn find(bytes: &[u8], word: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let at = rest.windows(word.len()).position(|window| window == word)?;
    Some(from + at)
}

#[cfg(test)]
mod tests;
