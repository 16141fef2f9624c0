//! The text of an office document: a zipped set of XML files (ECMA-376, ISO/IEC 26300; the container by PKWARE's APPNOTE).

use super::inflate::raw;
use super::little;

/// Bytes of one file of the set that are looked at, and of all of them.
const FILE: usize = 2 << 20;
const FILES: usize = 8 << 20;
/// Files of a set that are looked at.
const MOST: usize = 4_096;
/// Bytes at the end within which the directory is announced: the longest comment, and the record itself.
const END: usize = (1 << 16) + 22;

/// What a document, the slides of a presentation or the cells of a sheet say; `None` for what is none of them.
pub(super) fn text(bytes: &[u8]) -> Option<String> {
    if !bytes.starts_with(b"PK\x03\x04") {
        return None;
    }
    let tail = bytes.len().saturating_sub(END);
    let end = bytes.get(tail..)?;
    let end = tail + end.windows(4).rposition(|window| window == b"PK\x05\x06")?;
    let mut at = little(bytes, end + 16, 4)? as usize;
    let mut room = FILES;
    let mut shared = Vec::new();
    let mut parts: Vec<(&str, Vec<u8>)> = Vec::new();
    for _ in 0..MOST {
        let Some(entry) = bytes
            .get(at..)
            .filter(|rest| rest.starts_with(b"PK\x01\x02"))
        else {
            break;
        };
        let field = |at: usize| little(entry, at, 2).map(|length| length as usize);
        let (name, extra, comment) = (field(28)?, field(30)?, field(32)?);
        at += 46 + name + extra + comment;
        let name = std::str::from_utf8(entry.get(46..46 + name)?).ok()?;
        if !is_said(name) || room == 0 {
            continue;
        }
        let part = unpacked(bytes, entry, room.min(FILE)).unwrap_or_default();
        room = room.saturating_sub(part.len());
        if name.ends_with("sharedStrings.xml") {
            shared = strings(&part);
        } else {
            parts.push((name, part));
        }
    }
    let mut out = String::new();
    for (name, part) in &parts {
        if name.starts_with("xl/") {
            cells(part, &shared, &mut out);
        } else {
            said(part, &mut out);
        }
        if out.len() > FILES {
            break;
        }
    }
    (!parts.is_empty()).then_some(out)
}

/// Whether a file of the set holds what the document says.
fn is_said(name: &str) -> bool {
    let is_numbered = |folder: &str| name.starts_with(folder) && name.ends_with(".xml");
    ["word/document.xml", "content.xml", "xl/sharedStrings.xml"].contains(&name)
        || is_numbered("xl/worksheets/sheet")
        || is_numbered("ppt/slides/slide")
}

/// A file of the set, of which the directory's entry tells.
fn unpacked(bytes: &[u8], entry: &[u8], most: usize) -> Option<Vec<u8>> {
    let start = little(entry, 42, 4)? as usize;
    let head = bytes
        .get(start..)
        .filter(|head| head.starts_with(b"PK\x03\x04"))?;
    let names = little(head, 26, 2)? as usize + little(head, 28, 2)? as usize;
    let body = head.get(30 + names..)?;
    let packed = body.get(..little(entry, 20, 4)? as usize).unwrap_or(body);
    match little(entry, 10, 2)? {
        0 => Some(packed.get(..most).unwrap_or(packed).to_vec()),
        8 => Some(raw(packed, most)),
        _ => None,
    }
}

/// A tag, without its brackets, and the text after it.
fn tags(xml: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    xml.split(|byte| *byte == b'<').skip(1).map(|piece| {
        let end = piece.iter().position(|byte| *byte == b'>');
        let end = end.unwrap_or(piece.len());
        (
            piece.get(..end).unwrap_or_default(),
            piece.get(end + 1..).unwrap_or_default(),
        )
    })
}

/// Writes all text, with a line for each paragraph.
fn said(xml: &[u8], out: &mut String) {
    for (tag, text) in tags(xml) {
        match tag {
            b"/w:p" | b"/a:p" | b"/text:p" | b"/text:h" | b"w:br/" | b"text:line-break/" => {
                out.push('\n');
            }
            b"w:tab/" | b"text:tab/" => out.push('\t'),
            _ => {}
        }
        // Markup may be set in lines of its own.
        if !text.trim_ascii().is_empty() || tag.starts_with(b"w:t") || tag.starts_with(b"a:t") {
            write(text, out);
        }
    }
}

/// The strings that cells share.
fn strings(xml: &[u8]) -> Vec<String> {
    let mut strings = Vec::new();
    let mut open = String::new();
    for (tag, text) in tags(xml) {
        if tag == b"t" || tag.starts_with(b"t ") {
            write(text, &mut open);
        } else if tag == b"/si" {
            strings.push(std::mem::take(&mut open));
        }
    }
    strings
}

/// Writes the values of a sheet, with commas between those of a row.
fn cells(xml: &[u8], shared: &[String], out: &mut String) {
    let (mut is_shared, mut is_first) = (false, true);
    for (tag, text) in tags(xml) {
        if tag.starts_with(b"c ") {
            is_shared = tag.windows(5).any(|window| window == b"t=\"s\"");
            if !is_first {
                out.push(',');
            }
            is_first = false;
        } else if tag == b"/row" {
            out.push('\n');
            is_first = true;
        } else if tag == b"v" || tag == b"t" || tag.starts_with(b"t ") {
            let index = std::str::from_utf8(text)
                .ok()
                .and_then(|text| text.parse().ok());
            match index
                .filter(|_| is_shared)
                .and_then(|index: usize| shared.get(index))
            {
                Some(string) => out.push_str(string),
                None => write(text, out),
            }
        }
        if out.len() > FILES {
            return;
        }
    }
}

/// Writes a text with its entities resolved.
fn write(text: &[u8], out: &mut String) {
    let text = String::from_utf8_lossy(text);
    let mut pieces = text.split('&');
    out.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let (name, rest) = piece.split_once(';').unwrap_or(("", piece));
        out.push_str(match name {
            "lt" => "<",
            "gt" => ">",
            "quot" => "\"",
            "apos" => "'",
            // The ampersand itself, and numbers, which stand for a character all the same.
            _ => "&",
        });
        out.push_str(rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A set of stored files.
    fn zipped(files: &[(&str, &str)]) -> Vec<u8> {
        let number = |value: usize, bytes: usize| value.to_le_bytes()[..bytes].to_vec();
        let (mut body, mut directory) = (Vec::new(), Vec::new());
        for (name, text) in files {
            directory.extend(b"PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\0\0\0\0\0\0");
            for length in [text.len(), text.len()] {
                directory.extend(number(length, 4));
            }
            directory.extend(number(name.len(), 2));
            directory.extend([0; 12]);
            directory.extend(number(body.len(), 4));
            directory.extend(name.as_bytes());
            body.extend(b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
            body.extend(number(name.len(), 2));
            body.extend([0; 2]);
            body.extend(name.as_bytes());
            body.extend(text.as_bytes());
        }
        let start = body.len();
        body.extend(&directory);
        body.extend(b"PK\x05\x06\0\0\0\0\0\0\0\0");
        body.extend(number(directory.len(), 4));
        body.extend(number(start, 4));
        body.extend([0; 2]);
        body
    }

    const DOCUMENT: &str = "<w:document>\n <w:body><w:p><w:r><w:t>One &amp; </w:t></w:r><w:r><w:t xml:space=\"preserve\">two</w:t></w:r></w:p>\n<w:p><w:r><w:t>&lt;three&gt;</w:t></w:r></w:p></w:body></w:document>";

    #[test]
    fn paragraphs_are_lines() {
        let file = zipped(&[
            ("word/styles.xml", "<x>no</x>"),
            ("word/document.xml", DOCUMENT),
        ]);
        assert_eq!(text(&file).as_deref(), Some("One & two\n<three>\n"));
        assert_eq!(text(&zipped(&[("mimetype", "a text")])), None);
        assert_eq!(text(b"PK\x03\x04"), None);
    }

    #[test]
    fn cells_are_looked_up_among_the_strings() {
        let strings = "<sst><si><t>label</t></si><si><r><t>va</t></r><r><t xml:space=\"preserve\">lue</t></r></si></sst>";
        let sheet = "<sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" s=\"0\" t=\"s\"><v>1</v></c></row><row r=\"2\"><c r=\"A2\"><v>12.5</v></c><c r=\"B2\" t=\"inlineStr\"><is><t>own</t></is></c></row></sheetData>";
        let file = zipped(&[
            ("xl/worksheets/sheet1.xml", sheet),
            ("xl/sharedStrings.xml", strings),
        ]);
        assert_eq!(text(&file).as_deref(), Some("label,value\n12.5,own\n"));
    }

    #[test]
    fn damage_is_no_obstacle() {
        let whole = zipped(&[("word/document.xml", DOCUMENT)]);
        for end in 0..whole.len() {
            text(&whole[..end]);
        }
        for at in 0..whole.len() {
            for byte in 0..=255 {
                let mut damaged = whole.clone();
                damaged[at] = byte;
                text(&damaged);
            }
        }
        // A string that a sheet repeats without end.
        let strings = format!("<si><t>{}</t></si>", "x".repeat(100_000));
        let sheet = "<c t=\"s\"><v>0</v>".repeat(50_000);
        let file = zipped(&[
            ("xl/sharedStrings.xml", &strings),
            ("xl/worksheets/sheet1.xml", &sheet),
        ]);
        assert!(text(&file).is_some_and(|text| text.len() < FILES + 200_000));
    }
}
