//! Variants: a length `u32` and then name (length `u8`), pattern `u8`, normaliser `u8`, flags `u8`, literals `u32`; each
//! literal is flags `u8`, id `u32`, length `u16` and text.

use super::bytes::Sections;
use super::contents::{Literal, PrefixSpace, StartsWith, Variant};
use super::read::corrupt;
use crate::error::{Code, Error, Result};
use crate::normal::Normalizer;
use crate::pieces::Pattern;

const PREFIX_SPACE: u8 = 1;
const PREFIX_EACH: u8 = 2;
const UNLESS_SPACE: u8 = 4;
const UNLESS_SYMBOL: u8 = 8;

const SPECIAL: u8 = 1;
const STRIP_LEFT: u8 = 2;
const STRIP_RIGHT: u8 = 4;
const SINGLE_WORD: u8 = 8;
const NORMALIZED: u8 = 16;

/// Appends a variant.
pub(super) fn write(out: &mut Vec<u8>, variant: &Variant) -> Result<()> {
    let mut record = Vec::new();
    record.push(small(variant.name.len(), "bytes of a name")?);
    record.extend(variant.name.as_bytes());
    record.push(variant.pattern.code());
    record.push(variant.normalizer.code());
    record.push(variant.prefix_space.map_or(0, prefix_flags));
    record.extend((variant.literals.len() as u32).to_le_bytes());
    for literal in &variant.literals {
        let length: u16 = small(literal.text.len(), "bytes of a literal")?;
        if length == 0 {
            return Err(Error::new(
                Code::InvalidValue,
                "",
                format!(
                    "found an empty literal in {:?}, expected text",
                    variant.name
                ),
            ));
        }
        let flags = [
            (literal.special, SPECIAL),
            (literal.strip_left, STRIP_LEFT),
            (literal.strip_right, STRIP_RIGHT),
            (literal.single_word, SINGLE_WORD),
            (literal.normalized, NORMALIZED),
        ];
        record.push(flags.iter().map(|&(set, bit)| u8::from(set) * bit).sum());
        record.extend(literal.id.to_le_bytes());
        record.extend(length.to_le_bytes());
        record.extend(literal.text.as_bytes());
    }
    out.extend((record.len() as u32).to_le_bytes());
    out.extend(record);
    Ok(())
}

fn prefix_flags(prefix: PrefixSpace) -> u8 {
    let unless = match prefix.unless {
        StartsWith::Nothing => 0,
        StartsWith::Space => UNLESS_SPACE,
        StartsWith::SpaceOrSymbol => UNLESS_SPACE | UNLESS_SYMBOL,
    };
    let each = u8::from(prefix.each) * PREFIX_EACH;
    PREFIX_SPACE | each | unless
}

fn prefix_of(flags: u8) -> Option<PrefixSpace> {
    let is_set = |bit: u8| flags & bit != 0;
    is_set(PREFIX_SPACE).then(|| PrefixSpace {
        each: is_set(PREFIX_EACH),
        unless: match (is_set(UNLESS_SPACE), is_set(UNLESS_SYMBOL)) {
            (_, true) => StartsWith::SpaceOrSymbol,
            (true, false) => StartsWith::Space,
            (false, false) => StartsWith::Nothing,
        },
    })
}

/// All variants.
pub(super) fn read_all(bytes: &[u8]) -> Result<Vec<Variant>> {
    let mut rest = Sections(bytes);
    let mut variants = Vec::new();
    while !rest.0.is_empty() {
        let (name, record) = next(&mut rest)?;
        variants.push(fields(name, record)?);
    }
    Ok(variants)
}

/// The variant called `name`, or the first.
pub(super) fn read(bytes: &[u8], name: Option<&str>) -> Result<Variant> {
    let mut rest = Sections(bytes);
    let mut names = Vec::new();
    while !rest.0.is_empty() {
        let (found, record) = next(&mut rest)?;
        if name.is_none_or(|name| name == found) {
            return fields(found, record);
        }
        names.push(found);
    }
    match name {
        None => Err(corrupt("it holds no variant".to_owned())),
        Some(name) => Err(Error::new(
            Code::UnknownEncoding,
            "",
            format!("the pack does not hold the encoding {name:?}; it holds {names:?}"),
        )),
    }
}

fn next<'a>(rest: &mut Sections<'a>) -> Result<(&'a str, Sections<'a>)> {
    let length = rest.u32("a variant")? as usize;
    let mut record = Sections(rest.take("a variant", length)?);
    let length = record.byte("a name")?;
    Ok((record.text("a name", usize::from(length))?, record))
}

fn fields(name: &str, mut record: Sections<'_>) -> Result<Variant> {
    let code = record.byte("a pattern")?;
    let pattern = Pattern::from_code(code)
        .ok_or_else(|| corrupt(format!("split pattern {code} is not known")))?;
    let code = record.byte("a normaliser")?;
    let normalizer = Normalizer::from_code(code)
        .ok_or_else(|| corrupt(format!("normaliser {code} is not known")))?;
    let prefix_space = prefix_of(record.byte("flags")?);
    let count = record.u32("literals")?;
    let mut literals = Vec::new();
    for _ in 0..count {
        let flags = record.byte("a literal")?;
        let id = record.u32("a literal")?;
        let length = record.u16("a literal")?;
        let text = record.text("a literal", usize::from(length))?;
        if text.is_empty() {
            return Err(corrupt("a literal is empty".to_owned()));
        }
        literals.push(Literal {
            text: text.to_owned(),
            id,
            special: flags & SPECIAL != 0,
            strip_left: flags & STRIP_LEFT != 0,
            strip_right: flags & STRIP_RIGHT != 0,
            single_word: flags & SINGLE_WORD != 0,
            normalized: flags & NORMALIZED != 0,
        });
    }
    if !record.0.is_empty() {
        return Err(corrupt(format!("bytes after the variant {name:?}")));
    }
    Ok(Variant {
        name: name.to_owned(),
        pattern,
        normalizer,
        prefix_space,
        literals,
    })
}

/// `length` in a smaller type, or an error that says what is too long.
fn small<T: TryFrom<usize>>(length: usize, what: &str) -> Result<T> {
    T::try_from(length).map_err(|_| {
        Error::new(
            Code::InvalidValue,
            "",
            format!("found {length} {what}, expected fewer"),
        )
    })
}
