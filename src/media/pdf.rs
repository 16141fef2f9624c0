//! What a PDF says, as far as its streams can be read without a renderer: the text that pages show, and their size.
//!
//! Providers put a page's text into the prompt beside its picture. Text is taken from the operators that show it
//! (ISO 32000-1, 9.4); codes that are no characters go through the maps that the document carries (9.10.3), of which there is one
//! for each font: they are read as one, so the text may be wrong where fonts disagree, and its length is right.

mod map;
mod tokens;
mod writer;

use super::inflate::inflate;
use map::Map;
use writer::Writer;

/// Bytes of one stream that are looked at.
const STREAM: usize = 1 << 20;
/// Bytes of all streams.
const STREAMS: usize = 16 << 20;

/// A PDF's text and page.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Pdf {
    /// The text of all pages, in the order of the file; `None` where there is none that can be read.
    pub(crate) text: Option<String>,
    /// Width and height of the first page, in points.
    pub(crate) page: Option<(u32, u32)>,
}

/// Reads what can be read of `bytes`.
pub(super) fn read(bytes: &[u8]) -> Pdf {
    let mut text = String::new();
    let streams = streams(bytes);
    let mut map = Map::default();
    for stream in streams.iter().filter(|stream| has(stream, b"beginbf")) {
        map.add(stream);
    }
    for stream in &streams {
        if has(stream, b"BT") && (has(stream, b"Tj") || has(stream, b"TJ")) {
            Writer::new(&map, &mut text).write(stream);
        }
    }
    Pdf {
        text: Some(collapsed(&text)).filter(|text| !text.is_empty()),
        page: page(bytes),
    }
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

/// The size in the first `/MediaBox`.
pub(super) fn page(bytes: &[u8]) -> Option<(u32, u32)> {
    const KEY: &[u8] = b"/MediaBox";
    let at = find(bytes, KEY, 0)? + KEY.len();
    let rest = bytes.get(at..(at + 80).min(bytes.len()))?;
    let inner = rest.trim_ascii_start().strip_prefix(b"[")?;
    let close = inner.iter().position(|byte| *byte == b']')?;
    let text = std::str::from_utf8(inner.get(..close)?).ok()?;
    let mut sides = text.split_ascii_whitespace().map(super::decimal);
    let mut side = || sides.next()?;
    let (left, bottom, right, top) = (side()?, side()?, side()?, side()?);
    let length = |from: f64, to: f64| (to - from).abs().round() as u32;
    let size = (length(left, right), length(bottom, top));
    // A page without an area states nothing.
    (size.0 > 0 && size.1 > 0).then_some(size)
}

/// The streams that may hold text, unpacked: neither pictures nor the programs of fonts.
fn streams(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut streams = Vec::new();
    let mut at = 0;
    let mut total = 0;
    while let Some(word) = find(bytes, b"stream", at) {
        let Some(end) = find(bytes, b"endstream", word) else {
            break;
        };
        let mut start = word + 6;
        while matches!(bytes.get(start), Some(b'\r' | b'\n')) && start < word + 8 {
            start += 1;
        }
        let before = bytes.get(at..word).unwrap_or_default();
        let open = before.windows(4).rposition(|window| window == b" obj");
        let dictionary = before.get(open.unwrap_or(0)..).unwrap_or_default();
        let packed = bytes.get(start..end).unwrap_or_default();
        at = end + 9;
        if has(dictionary, b"/Image") || has(dictionary, b"/Length1") {
            continue;
        }
        let is_plain = !has(dictionary, b"/Filter");
        if !is_plain && !has(dictionary, b"Flate") {
            continue;
        }
        let stream = match is_plain {
            true => packed
                .get(..packed.len().min(STREAM))
                .unwrap_or_default()
                .to_vec(),
            false => inflate(packed, STREAM),
        };
        total += stream.len();
        streams.push(stream);
        if total > STREAMS {
            break;
        }
    }
    streams
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(content: &str, more: &str) -> Vec<u8> {
        format!(
            "%PDF-1.4\n1 0 obj\n<< /Type /Page /MediaBox [0 0 612 792] >>\nendobj\n2 0 obj\n<< /Length {} >>\nstream\n{content}\nendstream\nendobj\n{more}",
            content.len()
        )
        .into_bytes()
    }

    #[test]
    fn lines_end_where_the_height_changes() {
        let content = r"BT /F1 12 Tf 72 700 Td (One \(1\)) Tj 0 -20 Td [(Tw) -20 (o) -400 (three)] TJ 40 0 Td ( four) Tj ET";
        let pdf = read(&document(content, ""));
        assert_eq!(pdf.text.as_deref(), Some("One (1)\nTwo three four\n"));
        assert_eq!(pdf.page, Some((612, 792)));
    }

    #[test]
    fn codes_are_looked_up() {
        let map = "3 0 obj\n<< /Length 9 >>\nstream\n1 beginbfchar\n<0001> <0048>\nendbfchar\n1 beginbfrange\n<0002> <0003> <0061>\nendbfrange\nendstream\nendobj\n";
        let pdf = read(&document("BT <000100020003> Tj ET", map));
        assert_eq!(pdf.text.as_deref(), Some("Hab\n"));
    }

    #[test]
    fn text_is_bounded() {
        let map = format!(
            "3 0 obj\n<< /Length 9 >>\nstream\n1 beginbfchar\n<01> <{}>\nendbfchar\n9 beginbfrange\n{}endbfrange\nendstream\nendobj\n",
            "0061".repeat(100_000),
            "<000000> <00ffff> <0061>\n".repeat(20_000)
        );
        let content = format!("BT <{}> Tj ET", "01".repeat(300_000));
        let pdf = read(&document(&content, &map));
        assert!(pdf.text.is_some_and(|text| text.len() <= 300_000 * 8 + 1));
    }

    #[test]
    fn damage_is_no_obstacle() {
        let whole = document("BT (a(b)c\\051) Tj <0g> Tj [ ( ET", "stream");
        for end in 0..whole.len() {
            read(&whole[..end]);
        }
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] = damaged[at].wrapping_add(97);
            read(&damaged);
        }
    }
}
