//! External ids, in a file of their own: those who only count never load it.
//!
//! Little-endian: magic `TKHRIDS1`, number of ids `u32`, then planes of the first, second and third byte of every id in the order
//! of the pack (bytes, characters, merges, wholes), and a checksum `u64`. 0xFFFFFF is no id.

use super::bytes::{Sections, checked, checksum};
use super::read::corrupt;
use crate::error::{Code, Error, Result};

const MAGIC: &[u8; 8] = b"TKHRIDS1";

/// No id.
pub(crate) const NO_ID: u32 = 0xFF_FFFF;

/// The bytes of a file of ids; `u32::MAX` for a token without one.
///
/// # Errors
/// [`InvalidValue`](Code::InvalidValue) for an id that takes more than 24 bits.
pub fn write_ids(ids: &[u32]) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(20 + 3 * ids.len());
    out.extend(MAGIC);
    out.extend((ids.len() as u32).to_le_bytes());
    if let Some(id) = ids.iter().find(|&&id| id != u32::MAX && id >= NO_ID) {
        return Err(Error::new(
            Code::InvalidValue,
            "",
            format!("found the id {id}, expected one below {NO_ID}"),
        ));
    }
    for shift in [0, 8, 16] {
        out.extend(ids.iter().map(|id| (id >> shift) as u8));
    }
    let sum = checksum(&out);
    out.extend(sum.to_le_bytes());
    Ok(out)
}

/// The ids; [`NO_ID`] for a token without one.
pub(crate) fn read_ids(bytes: &[u8]) -> Result<Vec<u32>> {
    let mut rest = Sections(checked(bytes)?);
    if rest.take("magic", 8)? != MAGIC {
        return Err(corrupt("it does not start with TKHRIDS1".to_owned()));
    }
    let count = rest.u32("ids")? as usize;
    let planes = [(); 3].map(|()| rest.take("ids", count));
    let [low, middle, high] = planes;
    let planes = low?.iter().zip(middle?).zip(high?);
    Ok(planes
        .map(|((&low, &middle), &high)| u32::from_le_bytes([low, middle, high, 0]))
        .collect())
}
