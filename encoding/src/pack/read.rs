//! Reads packs.

use super::bytes::{Sections, checked, leb128};
use super::contents::{Contents, Symbols, Variant};
use super::{HEADER, KIND_MERGES, KIND_TILING, MAGIC, MAX_IDS, VERSION, high_bits, variant};
use crate::error::{Code, Error, Result};

/// Everything that a pack of merges says.
///
/// # Errors
/// [`CorruptPack`](Code::CorruptPack) when the bytes are not an intact pack of merges.
pub fn read(pack: &[u8]) -> Result<Contents> {
    let pack = Pack::open(pack)?;
    let Kind::Merges(merges) = &pack.kind else {
        return Err(corrupt("it holds no merges".to_owned()));
    };
    let flat = merges.pairs()?;
    let mut rest = flat.as_slice();
    let mut sweeps = Vec::new();
    for length in merges.sweeps.as_chunks::<4>().0 {
        let (sweep, after) = rest.split_at(u32::from_le_bytes(*length) as usize);
        sweeps.push(sweep.to_vec());
        rest = after;
    }
    Ok(Contents {
        symbols: merges.symbols.clone(),
        sweeps,
        wholes: merges.wholes()?.into_iter().map(<[u8]>::to_vec).collect(),
        variants: variant::read_all(pack.variants)?,
    })
}

/// The names of the encodings in a pack, its own first.
///
/// # Errors
/// [`CorruptPack`](Code::CorruptPack) when the bytes are not an intact pack.
pub fn names(pack: &[u8]) -> Result<Vec<String>> {
    let variants = variant::read_all(Pack::open(pack)?.variants)?;
    Ok(variants.into_iter().map(|variant| variant.name).collect())
}

/// Merges that one call works on: WebAssembly engines compile a function better while it is called again and again, not
/// while one call goes on.
pub(crate) const AT_ONCE: usize = 1024;

/// A pack whose sections have been located, and whose checksum holds.
pub(crate) struct Pack<'a> {
    /// The vocabulary.
    pub kind: Kind<'a>,
    variants: &'a [u8],
}

/// The kinds of vocabulary.
pub(crate) enum Kind<'a> {
    /// Merges of byte pairs.
    Merges(Merges<'a>),
    /// The section of a cheapest tiling.
    Tiling(&'a [u8]),
}

/// A vocabulary of merges.
pub(crate) struct Merges<'a> {
    /// What they start from.
    pub symbols: Symbols,
    wholes: &'a [u8],
    sweeps: &'a [u8],
    deltas: &'a [u8],
    high: &'a [u8],
    high_bits: usize,
    low: &'a [[u8; 2]],
}

impl<'a> Pack<'a> {
    /// Checks everything but the merges themselves.
    pub fn open(bytes: &'a [u8]) -> Result<Self> {
        let header = bytes.get(..HEADER).ok_or_else(|| {
            corrupt(format!(
                "{} bytes, expected a header of {HEADER}",
                bytes.len()
            ))
        })?;
        if header[..8] != *MAGIC {
            return Err(corrupt("it does not start with TKHRPACK".to_owned()));
        }
        let version = u16::from_le_bytes([header[8], header[9]]);
        if version != VERSION {
            return Err(corrupt(format!("version {version}, expected {VERSION}")));
        }
        let number = |field: usize| {
            let at = 12 + 4 * field;
            u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
                as usize
        };
        let length = number(0);
        if length != bytes.len() {
            return Err(corrupt(format!("{} bytes, expected {length}", bytes.len())));
        }
        let [merges, sweeps, data, characters, wholes, variants] = [1, 2, 3, 4, 5, 6].map(number);
        if merges > MAX_IDS {
            return Err(corrupt(format!("{merges} merges, expected fewer")));
        }
        let mut rest = Sections(checked(bytes)?.get(HEADER..).unwrap_or_default());
        let sweeps = rest.take("sweeps", sweeps.saturating_mul(4))?;
        let symbols = rest.take("characters", characters)?;
        let symbols = match header[11] {
            0 => Symbols::Bytes,
            1 => Symbols::Characters(read_characters(symbols)?),
            other => return Err(corrupt(format!("symbols {other}, expected 0 or 1"))),
        };
        let data = rest.take("data", data)?;
        let high_bits = high_bits(symbols.len() + merges);
        let high = rest.take("left ids", (merges * high_bits).div_ceil(8))?;
        let low = rest.take("left ids", merges * 2)?;
        let wholes = rest.take("wholes", wholes)?;
        let variants = rest.take("variants", variants)?;
        if !rest.0.is_empty() {
            return Err(corrupt(format!(
                "{} bytes after the variants",
                rest.0.len()
            )));
        }
        let kind = match header[10] {
            KIND_MERGES => Kind::Merges(Merges {
                symbols,
                wholes,
                sweeps,
                deltas: data,
                high,
                high_bits,
                low: low.as_chunks().0,
            }),
            KIND_TILING => Kind::Tiling(data),
            other => return Err(corrupt(format!("kind {other}, expected 0 or 1"))),
        };
        Ok(Self { kind, variants })
    }

    /// The variant called `name`, or the first.
    pub fn variant(&self, name: Option<&str>) -> Result<Variant> {
        variant::read(self.variants, name)
    }
}

impl<'a> Merges<'a> {
    /// The number of merges.
    pub fn len(&self) -> usize {
        self.low.len()
    }

    /// The characters that merges start from, beside bytes.
    pub fn characters(&self) -> &[char] {
        match &self.symbols {
            Symbols::Bytes => &[],
            Symbols::Characters(characters) => characters,
        }
    }

    /// The id of the first merge: how many bytes and characters there are.
    pub fn first_id(&self) -> u32 {
        self.symbols.len() as u32
    }

    /// Every merge as (left id, right id), in the order that gives the result its id.
    ///
    /// Both ids are below the result's.
    pub fn pairs(&self) -> Result<Vec<(u32, u32)>> {
        if self.first_id() as usize + self.len() > MAX_IDS {
            return Err(corrupt(format!("more than {MAX_IDS} ids")));
        }
        let mut pairs = Vec::with_capacity(self.len());
        let mut deltas = self.deltas.iter();
        for length in self.sweeps.as_chunks::<4>().0 {
            let mut left = u32::from_le_bytes(*length) as usize;
            let mut right = 0_u32;
            while left > 0 {
                let count = left.min(AT_ONCE);
                self.decode(count, &mut right, &mut deltas, &mut pairs)?;
                left -= count;
            }
        }
        if pairs.len() < self.len() || deltas.next().is_some() {
            return Err(corrupt("its sweeps hold less than its merges".to_owned()));
        }
        Ok(pairs)
    }

    /// Appends the next `count` merges of a sweep; `right` is the last right id.
    #[inline(never)]
    fn decode(
        &self,
        count: usize,
        right: &mut u32,
        deltas: &mut std::slice::Iter<'_, u8>,
        pairs: &mut Vec<(u32, u32)>,
    ) -> Result<()> {
        let (from, to) = (pairs.len(), pairs.len() + count);
        let Some(low) = self.low.get(from..to) else {
            return Err(corrupt("its sweeps hold more than its merges".to_owned()));
        };
        let (bits, first_id) = (self.high_bits, self.first_id());
        for (index, &low) in (from..).zip(low) {
            let id = first_id + index as u32;
            let high = self.high[index * bits / 8] >> (index * bits % 8) & ((1 << bits) - 1);
            let left = u32::from(high) << 16 | u32::from(u16::from_le_bytes(low));
            let delta =
                leb128(deltas).ok_or_else(|| corrupt(format!("merge {id} has no right id")))?;
            *right = right.saturating_add(delta);
            if left >= id || *right >= id {
                return Err(corrupt(format!(
                    "merge {id} joins {left} and {right}, expected older ids"
                )));
            }
            pairs.push((left, *right));
        }
        Ok(())
    }

    /// The strings that are one token as a whole piece.
    pub fn wholes(&self) -> Result<Vec<&'a [u8]>> {
        let mut wholes = Vec::new();
        let mut rest = self.wholes;
        while !rest.is_empty() {
            let mut bytes = rest.iter();
            let length = leb128(&mut bytes).filter(|&length| length > 0);
            let length = length.ok_or_else(|| corrupt("a whole has no length".to_owned()))?;
            let mut sections = Sections(bytes.as_slice());
            wholes.push(sections.take("a whole", length as usize)?);
            rest = sections.0;
        }
        Ok(wholes)
    }
}

fn read_characters(bytes: &[u8]) -> Result<Vec<char>> {
    let mut characters = Vec::new();
    let mut bytes = bytes.iter();
    let mut code = 0_u32;
    while !bytes.as_slice().is_empty() {
        let delta = leb128(&mut bytes).filter(|&delta| delta > 0);
        code = code.saturating_add(delta.unwrap_or_default());
        let character = char::from_u32(code).filter(|c| delta.is_some() && !c.is_ascii());
        characters.push(character.ok_or_else(|| corrupt(format!("character {code:#x}")))?);
    }
    Ok(characters)
}

/// The error for a pack that is not intact.
pub(crate) fn corrupt(what: String) -> Error {
    Error::new(
        Code::CorruptPack,
        "",
        format!("the vocabulary pack is damaged: {what}"),
    )
    .with_hint("use the file of the installed release unchanged, or download it again")
}
