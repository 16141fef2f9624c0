//! Writes packs.

use super::bytes::{checksum, put_leb128};
use super::contents::{Contents, Symbols, Variant};
use super::{HEADER, KIND_MERGES, KIND_TILING, MAGIC, MAX_IDS, VERSION, high_bits, variant};
use crate::error::{Code, Error, Result};

/// The bytes of a pack.
///
/// # Errors
/// [`InvalidValue`](Code::InvalidValue) for what a pack cannot say: more ids than fit, right ids that descend within a
/// sweep, parts that are not older than the result, characters out of order, no variant.
pub fn write(contents: &Contents) -> Result<Vec<u8>> {
    let characters = match &contents.symbols {
        Symbols::Bytes => [].as_slice(),
        Symbols::Characters(characters) => characters,
    };
    let mut sweeps = Vec::new();
    let mut deltas = Vec::new();
    let mut high = Vec::new();
    let mut low = Vec::new();
    let mut id = 256 + characters.len() as u32;
    for sweep in &contents.sweeps {
        sweeps.extend((sweep.len() as u32).to_le_bytes());
        let mut previous = 0;
        for &(left, right) in sweep {
            let delta = right.checked_sub(previous);
            let delta = delta.filter(|_| left < id && right < id && (id as usize) < MAX_IDS);
            put_leb128(
                &mut deltas,
                delta.ok_or_else(|| misplaced(id, left, right))?,
            );
            previous = right;
            high.push((left >> 16) as u8);
            low.extend((left as u16).to_le_bytes());
            id += 1;
        }
    }
    let mut codes = Vec::new();
    let mut previous = 0x7F;
    for &character in characters {
        let code = u32::from(character);
        let delta = code.checked_sub(previous).filter(|&delta| delta > 0);
        let delta = delta.ok_or_else(|| {
            invalid(format!(
                "found {character:?} out of order, expected ascending characters above ASCII"
            ))
        })?;
        // The first is counted from zero, so that a reader needs no constant.
        put_leb128(&mut codes, if previous == 0x7F { code } else { delta });
        previous = code;
    }
    let mut wholes = Vec::new();
    for whole in &contents.wholes {
        put_leb128(&mut wholes, whole.len() as u32);
        wholes.extend(whole);
    }
    let merges = high.len();
    let symbols = match contents.symbols {
        Symbols::Bytes => 0,
        Symbols::Characters(_) => 1,
    };
    let sections = [
        sweeps,
        codes,
        deltas,
        narrowed(&high, high_bits(id as usize)),
        low,
        wholes,
        variants(&contents.variants)?,
    ];
    seal(
        [KIND_MERGES, symbols],
        merges,
        contents.sweeps.len(),
        &sections,
    )
}

/// The bytes of a pack that holds a tiling's section.
///
/// # Errors
/// [`InvalidValue`](Code::InvalidValue) for a variant that cannot be written.
pub fn write_tiling(section: &[u8], variant: &Variant) -> Result<Vec<u8>> {
    let variants = variants(std::slice::from_ref(variant))?;
    let sections = [
        Vec::new(),
        Vec::new(),
        section.to_vec(),
        Vec::new(),
        Vec::new(),
        Vec::new(),
        variants,
    ];
    seal([KIND_TILING, 0], 0, 0, &sections)
}

/// Numbers of `bits` bits side by side.
fn narrowed(numbers: &[u8], bits: usize) -> Vec<u8> {
    let byte = |chunk: &[u8]| {
        chunk
            .iter()
            .rev()
            .fold(0, |byte, number| byte << bits | number)
    };
    numbers.chunks(8 / bits).map(byte).collect()
}

fn variants(variants: &[Variant]) -> Result<Vec<u8>> {
    if variants.is_empty() {
        return Err(invalid(
            "found no variant, expected at least one".to_owned(),
        ));
    }
    let mut out = Vec::new();
    for variant in variants {
        variant::write(&mut out, variant)?;
    }
    Ok(out)
}

/// Header, sections and checksum. `sections` are as in the format, with the left ids in two.
fn seal(kind: [u8; 2], merges: usize, sweeps: usize, sections: &[Vec<u8>; 7]) -> Result<Vec<u8>> {
    let length = HEADER + sections.iter().map(Vec::len).sum::<usize>() + 8;
    let mut out = Vec::with_capacity(length);
    out.extend(MAGIC);
    out.extend(VERSION.to_le_bytes());
    out.extend(kind);
    let [_, characters, data, _, _, wholes, variants] = sections.each_ref().map(Vec::len);
    for number in [length, merges, sweeps, data, characters, wholes, variants] {
        let number = u32::try_from(number)
            .map_err(|_| invalid(format!("found {number} bytes, expected a pack below 4 GB")))?;
        out.extend(number.to_le_bytes());
    }
    for section in sections {
        out.extend(section);
    }
    let sum = checksum(&out);
    out.extend(sum.to_le_bytes());
    Ok(out)
}

fn misplaced(id: u32, left: u32, right: u32) -> Error {
    invalid(format!(
        "found merge {id} of {left} and {right}, expected older ids, at most {MAX_IDS}, the right ones ascending within a sweep"
    ))
}

fn invalid(message: String) -> Error {
    Error::new(Code::InvalidValue, "", message)
}
