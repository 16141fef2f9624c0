//! The bytes of ids.

use super::tokens::Tokens;

/// Bytes that are copied at once, whatever of them is wanted: most tokens are shorter, and a copy of a length that is known takes less time
/// than one of another.
const AT_ONCE: usize = 16;

/// The bytes of `ids`, or the place of one that is unknown.
pub(super) fn decode(tokens: &Tokens, ids: &[u32]) -> Result<Vec<u8>, usize> {
    let all = tokens.all_bytes();
    // Behind them some that are none of theirs.
    let mut bytes = vec![0; 4 * ids.len() + AT_ONCE];
    let mut length = 0;
    for (place, &id) in ids.iter().enumerate() {
        let token = tokens.of_id(id).ok_or(place)?;
        let end = length + token.len();
        if bytes.len() < end + AT_ONCE {
            bytes.resize(2 * end + AT_ONCE, 0);
        }
        let from = all[token.start..].first_chunk::<AT_ONCE>();
        match (from, bytes[length..].first_chunk_mut()) {
            (Some(from), Some(to)) if token.len() <= AT_ONCE => *to = *from,
            _ => bytes[length..end].copy_from_slice(&all[token]),
        }
        length = end;
    }
    bytes.truncate(length);
    Ok(bytes)
}
