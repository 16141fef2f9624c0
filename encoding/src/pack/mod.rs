//! Vocabulary packs: one file per vocabulary, small after transport compression and quick to load.
//!
//! Little-endian. A header: magic `TKHRPACK`, version `u16`, kind `u8`, symbols `u8`, length of the pack `u32`, then
//! six lengths `u32`: merges, sweeps, bytes of data, of characters, of wholes, of variants. After it, in this order:
//!
//! - merges per sweep (`u32` each);
//! - characters: code points as deltas (LEB128);
//! - data: of merges, the right ids as deltas within their sweep (LEB128); of a tiling, its own format;
//! - left ids, as a plane of what they have above sixteen bits, which is two bits of each or four, the first lowest, and a plane of low words;
//! - wholes: a length (LEB128) and bytes each;
//! - variants, as the module of that name says;
//! - a checksum `u64` of everything before it.
//!
//! Planes, because transport compression then leaves little more than half of what it leaves of a list of tokens.

mod bytes;
mod contents;
mod ids;
mod read;
mod variant;
mod write;

pub use contents::{Contents, Literal, PrefixSpace, StartsWith, Symbols, Variant};
pub use ids::write_ids;
pub(crate) use ids::{NO_ID, read_ids};
pub(crate) use read::{AT_ONCE, Kind, Merges, Pack, corrupt};
pub use read::{names, read};
pub use write::{write, write_tiling};

const MAGIC: &[u8; 8] = b"TKHRPACK";
const VERSION: u16 = 3;
const HEADER: usize = 40;

/// Merges of byte pairs.
const KIND_MERGES: u8 = 0;
/// A cheapest tiling with pieces.
const KIND_TILING: u8 = 1;

/// Ids must fit the 20 bits that a table entry has for each.
const MAX_IDS: usize = 1 << 20;

/// Bits that every id has above sixteen, of a vocabulary with this many.
fn high_bits(ids: usize) -> usize {
    if ids <= 1 << 18 { 2 } else { 4 }
}
