//! The format of the section that holds a vocabulary of pieces.
//!
//! A version (`u8`, 1), switches (`u8`: 1 fold quotes, 2 mark capitals), the number of texts (`u32`, little-endian), and
//! for the texts, sorted by their bytes, four planes: the shapes in which a text is a piece (`u8`
//! each, a bit per shape), how many bytes it shares with the text before it (`u8`), how many more it has (`u8`), and these bytes.
//! The shapes, from the lowest bit: bare, `B`, `E`, `B E`, `S B`, `S B E`, `C B`, `C B E`, where B and E mark the
//! start and end of a word, S a first capital and C capitals. A text without shapes is the start of a character
//! that is one token where no piece has the character. A marker alone is always one token.
//!
//! Most texts are pieces in several shapes, and planes compress better than records: with gzip this takes a tenth less
//! than sorted strings with their markers.

use crate::error::Result;
use crate::pack::corrupt;

use super::Tiling;
use super::symbol::{BEGIN, CAPS, END, PREFIX, SHIFT};
use super::trie::Builder;

const VERSION: u8 = 1;
const HEADER: usize = 6;
const FOLD_QUOTES: u8 = 1;
const MARK_CAPS: u8 = 2;

/// The symbols before the text, for each pair of bits in the shapes.
const BEFORE: [&[u8]; 4] = [&[], &[BEGIN], &[SHIFT, BEGIN], &[CAPS, BEGIN]];

/// For the bits of a shape from the lowest, which of [`BEFORE`] it has and whether an END follows.
const SHAPES: [(usize, bool); 8] = [
    (0, false),
    (1, false),
    (0, true),
    (1, true),
    (2, false),
    (2, true),
    (3, false),
    (3, true),
];

/// The nodes of the present text behind the symbols before it. Sorted order makes each node new exactly when it is not there.
struct Branch {
    nodes: Vec<u32>,
}

impl Branch {
    fn new(builder: &mut Builder, root: u32, symbol: Option<u8>) -> Result<Self> {
        let start = match symbol {
            Some(symbol) => builder.child(root, symbol)?,
            None => root,
        };
        Ok(Self { nodes: vec![start] })
    }

    fn start(&self) -> u32 {
        self.nodes.first().copied().unwrap_or(0)
    }

    fn keep(&mut self, symbols: usize) {
        self.nodes.truncate(symbols + 1);
    }

    fn node(&mut self, builder: &mut Builder, text: &[u8]) -> Result<u32> {
        let mut node = self.nodes.last().copied().unwrap_or(0);
        for &symbol in text.get(self.nodes.len() - 1..).unwrap_or_default() {
            node = builder.child(node, symbol)?;
            self.nodes.push(node);
        }
        Ok(node)
    }
}

/// Reads a section.
pub(super) fn read(section: &[u8]) -> Result<Tiling> {
    let short = |what: &str| corrupt(format!("its pieces end within {what}"));
    let (header, planes) = section
        .split_first_chunk::<HEADER>()
        .ok_or_else(|| short("the header"))?;
    let [version, flags, count @ ..] = *header;
    if version != VERSION || flags & !(FOLD_QUOTES | MARK_CAPS) != 0 {
        return Err(corrupt(format!(
            "pieces of version {version} with switches {flags:#x}, expected version {VERSION}"
        )));
    }
    let count = u32::from_le_bytes(count) as usize;
    let split = |planes: &'_ [u8], what| -> Result<(usize, usize)> {
        (planes.len() >= count)
            .then_some((count, planes.len()))
            .ok_or_else(|| short(what))
    };
    let (at, _) = split(planes, "their shapes")?;
    let (shapes, planes) = planes.split_at(at);
    let (at, _) = split(planes, "their shared lengths")?;
    let (shared, planes) = planes.split_at(at);
    let (at, _) = split(planes, "their lengths")?;
    let (lengths, mut rests) = planes.split_at(at);

    let mut builder = Builder::new();
    let bare = Branch::new(&mut builder, 0, None)?;
    let begin = Branch::new(&mut builder, 0, Some(BEGIN))?;
    let shift = Branch::new(&mut builder, 0, Some(SHIFT))?;
    builder.end_piece(shift.start());
    let shift = Branch::new(&mut builder, shift.start(), Some(BEGIN))?;
    let caps = Branch::new(&mut builder, 0, Some(CAPS))?;
    builder.end_piece(caps.start());
    let caps = Branch::new(&mut builder, caps.start(), Some(BEGIN))?;
    let end = builder.child(0, END)?;
    builder.end_piece(end);
    let mut prefixes = Branch::new(&mut builder, 0, Some(PREFIX))?;
    let mut branches: [Branch; BEFORE.len()] = [bare, begin, shift, caps];
    builder.end_piece(branches[1].start());

    let mut text: Vec<u8> = Vec::new();
    for ((&mask, &shared), &length) in shapes.iter().zip(shared).zip(lengths) {
        let (rest, after) = rests
            .split_at_checked(usize::from(length))
            .ok_or_else(|| short("their texts"))?;
        rests = after;
        let shared = usize::from(shared);
        let ascending = shared <= text.len() && rest.first() > text.get(shared);
        let first = text.is_empty() && shared == 0;
        if !ascending && !first {
            return Err(corrupt("its pieces are not sorted".to_owned()));
        }
        if rest.iter().any(|&b| b == 0 || b >= BEGIN) {
            return Err(corrupt("a piece is not text".to_owned()));
        }
        text.truncate(shared);
        text.extend_from_slice(rest);
        if text.len() > usize::from(u8::MAX) {
            return Err(corrupt(format!("a piece of {} bytes", text.len())));
        }
        for branch in branches.iter_mut().chain([&mut prefixes]) {
            branch.keep(shared);
        }
        if mask == 0 {
            let node = prefixes.node(&mut builder, &text)?;
            builder.end_piece(node);
        }
        for (bit, (before, ends)) in SHAPES.into_iter().enumerate() {
            if mask >> bit & 1 == 0 {
                continue;
            }
            let Some(branch) = branches.get_mut(before) else {
                continue;
            };
            let mut node = branch.node(&mut builder, &text)?;
            if ends && text.is_empty() && before == 0 {
                node = end;
            } else if ends {
                node = builder.child(node, END)?;
            }
            if node != 0 {
                builder.end_piece(node);
            }
        }
    }
    if !rests.is_empty() {
        return Err(corrupt(format!(
            "{} bytes after its last piece",
            rests.len()
        )));
    }
    Ok(Tiling {
        trie: builder.finish(),
        fold_quotes: flags & FOLD_QUOTES != 0,
        caps: flags & MARK_CAPS != 0,
    })
}
