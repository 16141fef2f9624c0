//! The pieces of a Claude vocabulary as the section of a pack.
//!
//! The source is `data/pieces_*.json` of the package `ctok` (PyPI, MIT). Format: `encoding/src/tiling/section.rs`.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use token_headroom_encoding::pack::{Variant, write_tiling};
use token_headroom_encoding::{Normalizer, Pattern};

use super::claude_classes::{self, Run};
use super::fetch::fetch;
use super::sources::Origin;

/// Markers as symbols; see `encoding/src/tiling/symbol.rs`.
const MARKERS: [(&str, u8); 4] = [
    ("⟨bow⟩", BEGIN),
    ("⟨eow⟩", END),
    ("⟨shift⟩", SHIFT),
    ("⟨caps⟩", CAPS),
];
const BEGIN: u8 = 0xF8;
const END: u8 = 0xF9;
const SHIFT: u8 = 0xFA;
const CAPS: u8 = 0xFB;

/// What stands before and after the text of a piece, by the number of its bit.
const SHAPES: [(&[u8], &[u8]); 8] = [
    (&[], &[]),
    (&[BEGIN], &[]),
    (&[], &[END]),
    (&[BEGIN], &[END]),
    (&[SHIFT, BEGIN], &[]),
    (&[SHIFT, BEGIN], &[END]),
    (&[CAPS, BEGIN], &[]),
    (&[CAPS, BEGIN], &[END]),
];

/// What the section says: pieces as symbols, first bytes of characters that are one token, and two switches.
#[derive(PartialEq, Eq)]
struct Contents {
    pieces: BTreeSet<Vec<u8>>,
    prefixes: BTreeSet<Vec<u8>>,
    fold_quotes: bool,
    caps: bool,
}

/// A vocabulary of Claude's.
pub struct Source {
    /// The encoding.
    pub encoding: &'static str,
    /// The file in [`CTOK`].
    path: &'static str,
    /// Of the file.
    sha256: &'static str,
}

const CTOK: Origin = Origin::Pypi("ctok", "1.3.0", "ctok-1.3.0-py3-none-any.whl");

/// Both generations: Claude 3 to 4.6, and 4.7 and later.
pub const SOURCES: [Source; 2] = [
    Source {
        encoding: "claude-gen1",
        path: "ctok/data/pieces_v3.json",
        sha256: "4c6db216062ef01e70ba033ff52ad3b97f886e79877235f2c7bbbd40d09ffb9b",
    },
    Source {
        encoding: "claude-gen2",
        path: "ctok/data/pieces_v4_7.json",
        sha256: "a785fc240010c855f3d9a498fbd422ee389752dd151f1d5eef57ca8c85c19993",
    },
];

impl Source {
    /// The pack, out of the published package.
    pub fn pack(&self) -> Result<Vec<u8>> {
        let section = section(&fetch(CTOK, self.path, self.sha256)?)?;
        // A tiling reads its text itself.
        let variant = Variant {
            name: self.encoding.to_owned(),
            pattern: Pattern::Whole,
            normalizer: Normalizer::None,
            prefix_space: None,
            literals: Vec::new(),
        };
        Ok(write_tiling(&section, &variant)?)
    }

    /// Its line in the table of sources.
    pub fn line(&self) -> String {
        format!(
            "| {0} | {0} | PyPI ctok 1.3.0 | `{1}` | `{2}` | MIT, Sander Land |",
            self.encoding, self.path, self.sha256
        )
    }
}

/// The section for the vocabulary in `json`.
fn section(json: &[u8]) -> Result<Vec<u8>> {
    let contents = parse(json)?;
    check_reach(&contents)?;
    let bytes = write(&contents)?;
    ensure!(
        read(&bytes)? == contents,
        "the section does not read back as what it was written from"
    );
    Ok(bytes)
}

fn parse(json: &[u8]) -> Result<Contents> {
    let document: Value = serde_json::from_slice(json)?;
    let meta = document.get("meta").context("no meta")?;
    let fold_quotes = meta.get("fold_quotes").and_then(Value::as_bool);
    let caps = match meta.get("allcaps_min") {
        Some(Value::Null) => false,
        // The length is a constant of the engine.
        Some(length) if length.as_u64() == Some(4) => true,
        other => bail!("capitals from length {other:?}"),
    };
    let groups = document.get("tokens").and_then(Value::as_object);
    let mut pieces = BTreeSet::new();
    let mut prefixes = BTreeSet::new();
    for (group, entries) in groups.context("no tokens")? {
        for name in entries.as_object().context("a group is a table")?.keys() {
            if group == "bytes_fallback" {
                let prefix = hex(name)?;
                ensure!(
                    std::str::from_utf8(&prefix).is_err_and(|e| e.error_len().is_none())
                        && prefix.len() > 1,
                    "{name} is not the start of a character"
                );
                prefixes.insert(prefix);
                continue;
            }
            let piece = symbols(name)?;
            // The table has `'t`; in running text a contraction also ends its word.
            if group == "contractions" {
                pieces.insert([&piece[..], &[END]].concat());
            }
            pieces.insert(piece);
        }
    }
    Ok(Contents {
        pieces,
        prefixes,
        fold_quotes: fold_quotes.context("no fold_quotes")?,
        caps,
    })
}

/// The engine tiles runs on their own: no piece may reach from one into another, other than from hard characters into
/// punctuation, and as a contraction.
fn check_reach(contents: &Contents) -> Result<()> {
    let run = claude_classes::runs()?;
    for piece in &contents.pieces {
        let Some((_, text)) = shape(piece)? else {
            continue;
        };
        let text = std::str::from_utf8(text)?;
        let mut runs: Vec<Run> = text.chars().map(&run).collect();
        runs.dedup();
        let contraction = text
            .strip_prefix('\'')
            .is_some_and(|word| ["s", "t", "d", "m", "ll", "re", "ve"].contains(&word));
        let begins = piece
            .first()
            .is_some_and(|b| matches!(*b, BEGIN | SHIFT | CAPS));
        match runs[..] {
            [] | [_] | [Run::Hard, Run::Punct] => {}
            [Run::Punct, Run::Word] if contraction && !begins => {}
            _ => bail!("the piece {text:?} reaches across runs {runs:?}"),
        }
    }
    Ok(())
}

/// A name with its markers, and the brackets that it escapes, as symbols.
fn symbols(name: &str) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        if let Some((marker, symbol)) = MARKERS.iter().find(|(m, _)| rest.starts_with(m)) {
            out.push(*symbol);
            rest = &rest[marker.len()..];
        } else if let Some(escape) = rest.strip_prefix("⟨0x") {
            let (digits, after) = escape.split_once('⟩').context("an open escape")?;
            out.extend(hex(digits)?);
            rest = after;
        } else {
            ensure!(first != '⟨', "unknown marker in {name}");
            out.extend(first.encode_utf8(&mut [0; 4]).bytes());
            rest = &rest[first.len_utf8()..];
        }
    }
    Ok(out)
}

fn hex(digits: &str) -> Result<Vec<u8>> {
    ensure!(digits.len().is_multiple_of(2) && digits.is_ascii());
    (0..digits.len())
        .step_by(2)
        .map(|i| Ok(u8::from_str_radix(&digits[i..i + 2], 16)?))
        .collect()
}

/// The bit of a piece's shape, and its text. `None` for a lone case marker, which every section has.
fn shape(piece: &[u8]) -> Result<Option<(u8, &[u8])>> {
    if matches!(piece, [SHIFT] | [CAPS]) {
        return Ok(None);
    }
    let marker = |&b: &u8| matches!(b, BEGIN | END | SHIFT | CAPS);
    for (bit, (before, after)) in SHAPES.iter().enumerate() {
        let text = piece
            .strip_prefix(*before)
            .and_then(|rest| rest.strip_suffix(*after));
        if let Some(text) = text
            && !text.iter().any(marker)
        {
            ensure!(std::str::from_utf8(text).is_ok(), "a piece is not text");
            return Ok(Some((1 << bit, text)));
        }
    }
    bail!("markers of {piece:?} are in no known order")
}

fn write(contents: &Contents) -> Result<Vec<u8>> {
    let mut texts: BTreeMap<&[u8], u8> = contents
        .prefixes
        .iter()
        .map(|prefix| (&prefix[..], 0))
        .collect();
    for piece in &contents.pieces {
        if let Some((bit, text)) = shape(piece)? {
            *texts.entry(text).or_default() |= bit;
        }
    }
    let mut shapes = Vec::new();
    let mut shared = Vec::new();
    let mut lengths = Vec::new();
    let mut rests = Vec::new();
    let mut previous: &[u8] = &[];
    for (&text, &mask) in &texts {
        let same = previous
            .iter()
            .zip(text)
            .take_while(|(a, b)| a == b)
            .count();
        shapes.push(mask);
        shared.push(u8::try_from(same)?);
        lengths.push(u8::try_from(text.len() - same)?);
        rests.extend_from_slice(&text[same..]);
        previous = text;
    }
    let mut out = vec![
        1,
        u8::from(contents.fold_quotes) | u8::from(contents.caps) << 1,
    ];
    out.extend(u32::try_from(texts.len())?.to_le_bytes());
    for plane in [shapes, shared, lengths, rests] {
        out.extend(plane);
    }
    Ok(out)
}

/// Reads a section back, in the plainest way.
fn read(bytes: &[u8]) -> Result<Contents> {
    let (&[1, flags, a, b, c, d], planes) = bytes.split_first_chunk::<6>().context("no header")?
    else {
        bail!("another version");
    };
    let texts = u32::from_le_bytes([a, b, c, d]) as usize;
    let (shapes, planes) = planes.split_at(texts);
    let (shared, planes) = planes.split_at(texts);
    let (lengths, mut rests) = planes.split_at(texts);
    let mut text = Vec::new();
    let mut pieces: BTreeSet<Vec<u8>> = BTreeSet::from([vec![SHIFT]]);
    let caps = flags & 2 != 0;
    if caps {
        pieces.insert(vec![CAPS]);
    }
    let mut prefixes = BTreeSet::new();
    for i in 0..texts {
        let (rest, after) = rests.split_at(usize::from(lengths[i]));
        rests = after;
        text.truncate(usize::from(shared[i]));
        text.extend_from_slice(rest);
        if shapes[i] == 0 {
            prefixes.insert(text.clone());
        }
        for (bit, (before, after)) in SHAPES.iter().enumerate() {
            if shapes[i] >> bit & 1 != 0 {
                pieces.insert([before, &text[..], after].concat());
            }
        }
    }
    ensure!(rests.is_empty(), "bytes after the last text");
    Ok(Contents {
        pieces,
        prefixes,
        fold_quotes: flags & 1 != 0,
        caps,
    })
}
