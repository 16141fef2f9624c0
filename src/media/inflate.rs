//! DEFLATE (RFC 1951) within the zlib format (RFC 1950), for the streams of documents. Sizes are bounded; checksums are not
//! looked at, and damaged data gives what comes before the damage.

/// Longest code, in bits.
const LONGEST: usize = 15;

/// Base lengths of copies by symbol, from 257 on, and their extra bits (RFC 1951, 3.2.5).
#[rustfmt::skip]
const LENGTHS: [(u16, u8); 29] = [
    (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 1), (13, 1),
    (15, 1), (17, 1), (19, 2), (23, 2), (27, 2), (31, 2), (35, 3), (43, 3), (51, 3), (59, 3),
    (67, 4), (83, 4), (99, 4), (115, 4), (131, 5), (163, 5), (195, 5), (227, 5), (258, 0),
];

/// Base distances of copies by symbol, and their extra bits.
#[rustfmt::skip]
const DISTANCES: [(u16, u8); 30] = [
    (1, 0), (2, 0), (3, 0), (4, 0), (5, 1), (7, 1), (9, 2), (13, 2), (17, 3), (25, 3),
    (33, 4), (49, 4), (65, 5), (97, 5), (129, 6), (193, 6), (257, 7), (385, 7), (513, 8), (769, 8),
    (1025, 9), (1537, 9), (2049, 10), (3073, 10), (4097, 11), (6145, 11), (8193, 12), (12289, 12),
    (16385, 13), (24577, 13),
];

/// Order in which the lengths of code length codes are written (RFC 1951, 3.2.7).
const ORDER: [usize; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

/// At most `most` bytes of what `data`, in the zlib format, stands for.
pub(super) fn inflate(data: &[u8], most: usize) -> Vec<u8> {
    raw(data.get(2..).unwrap_or_default(), most)
}

/// The same of data without the format around it.
pub(super) fn raw(data: &[u8], most: usize) -> Vec<u8> {
    let mut reader = Reader {
        data,
        at: 0,
        bits: 0,
        held: 0,
    };
    let mut out = Vec::new();
    while let Some(true) = block(&mut reader, &mut out, most) {}
    out.truncate(most);
    out
}

/// Reads one block; `Some(true)` when another follows, `None` at damaged data.
fn block(reader: &mut Reader<'_>, out: &mut Vec<u8>, most: usize) -> Option<bool> {
    let is_last = reader.take(1)? == 1;
    match reader.take(2)? {
        0 => stored(reader, out)?,
        1 => {
            let mut lengths = [8_u8; 288];
            lengths.get_mut(144..256)?.fill(9);
            lengths.get_mut(256..280)?.fill(7);
            copies(reader, out, most, &Code::of(&lengths), &Code::of(&[5; 30]))?;
        }
        2 => {
            let (literals, distances) = codes(reader)?;
            copies(reader, out, most, &literals, &distances)?;
        }
        _ => return None,
    }
    Some(!is_last && out.len() < most)
}

fn stored(reader: &mut Reader<'_>, out: &mut Vec<u8>) -> Option<()> {
    reader.bits = 0;
    reader.held = 0;
    let header = reader.data.get(reader.at..reader.at + 4)?;
    let length = usize::from(u16::from_le_bytes([*header.first()?, *header.get(1)?]));
    reader.at += 4;
    out.extend_from_slice(reader.data.get(reader.at..reader.at + length)?);
    reader.at += length;
    Some(())
}

/// The two codes that a block describes.
fn codes(reader: &mut Reader<'_>) -> Option<(Code, Code)> {
    let literals = reader.take(5)? as usize + 257;
    let distances = reader.take(5)? as usize + 1;
    let described = reader.take(4)? as usize + 4;
    let mut lengths = [0_u8; 19];
    for place in ORDER.iter().take(described) {
        *lengths.get_mut(*place)? = reader.take(3)? as u8;
    }
    let code = Code::of(&lengths);
    let mut lengths: Vec<u8> = Vec::with_capacity(320);
    while lengths.len() < literals + distances {
        let (length, times) = match code.read(reader)? {
            symbol @ 0..=15 => (symbol as u8, 1),
            16 => (*lengths.last()?, 3 + reader.take(2)?),
            17 => (0, 3 + reader.take(3)?),
            _ => (0, 11 + reader.take(7)?),
        };
        lengths.extend(std::iter::repeat_n(length, times as usize));
    }
    let distances = Code::of(lengths.get(literals..literals + distances)?);
    Some((Code::of(lengths.get(..literals)?), distances))
}

fn copies(
    reader: &mut Reader<'_>,
    out: &mut Vec<u8>,
    most: usize,
    literals: &Code,
    distances: &Code,
) -> Option<()> {
    while out.len() < most {
        let symbol = usize::from(literals.read(reader)?);
        if symbol < 256 {
            out.push(symbol as u8);
            continue;
        }
        if symbol == 256 {
            return Some(());
        }
        let (base, extra) = LENGTHS.get(symbol - 257)?;
        let length = usize::from(*base) + reader.take(*extra)? as usize;
        let (base, extra) = DISTANCES.get(usize::from(distances.read(reader)?))?;
        let distance = usize::from(*base) + reader.take(*extra)? as usize;
        let start = out.len().checked_sub(distance)?;
        for offset in 0..length {
            out.push(*out.get(start + offset)?);
        }
    }
    Some(())
}

/// Bits of the data, the lowest of each byte first.
struct Reader<'a> {
    data: &'a [u8],
    at: usize,
    bits: u32,
    held: u8,
}

impl Reader<'_> {
    fn take(&mut self, count: u8) -> Option<u32> {
        while self.held < count {
            self.bits |= u32::from(*self.data.get(self.at)?) << self.held;
            self.at += 1;
            self.held += 8;
        }
        let value = self.bits & ((1 << count) - 1);
        self.bits >>= count;
        self.held -= count;
        Some(value)
    }
}

/// A canonical Huffman code: how many symbols each length has, and the symbols by length.
struct Code {
    counts: [u16; LONGEST + 1],
    symbols: Vec<u16>,
}

impl Code {
    fn of(lengths: &[u8]) -> Self {
        let mut counts = [0_u16; LONGEST + 1];
        let mut symbols = Vec::with_capacity(lengths.len());
        for (of_length, count) in (0_u8..).zip(&mut counts).skip(1) {
            for (symbol, length) in (0_u16..).zip(lengths) {
                if *length == of_length {
                    *count += 1;
                    symbols.push(symbol);
                }
            }
        }
        Self { counts, symbols }
    }

    fn read(&self, reader: &mut Reader<'_>) -> Option<u16> {
        let (mut code, mut first, mut index) = (0_u32, 0_u32, 0_usize);
        for count in self.counts.iter().skip(1) {
            code |= reader.take(1)?;
            let count = u32::from(*count);
            if code < first + count {
                return self.symbols.get(index + (code - first) as usize).copied();
            }
            index += count as usize;
            first = (first + count) << 1;
            code <<= 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `zlib.compress` of CPython 3 at level 9.
    const FIXED: &[u8] = &[
        0x78, 0xda, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x57, 0xc8, 0x40, 0x27, 0x01, 0x68, 0x03, 0x08,
        0xb1,
    ];

    #[test]
    fn copies_may_overlap_what_they_write() {
        assert_eq!(inflate(FIXED, 1_000), b"hello hello hello hello");
    }

    #[test]
    fn the_bound_holds_and_damage_ends_it() {
        assert_eq!(inflate(FIXED, 7), b"hello h");
        for end in 0..FIXED.len() {
            let out = inflate(&FIXED[..end], 1_000);
            assert!(b"hello hello hello hello".starts_with(&out));
        }
        for seed in 0..2_000_u32 {
            let noise: Vec<u8> = (0..64_u32)
                .map(|at| {
                    (seed
                        .wrapping_mul(2_654_435_761)
                        .wrapping_add(at * at * 40_503)
                        >> 13) as u8
                })
                .collect();
            assert!(inflate(&noise, 10_000).len() <= 10_000);
        }
    }
}
