//! Streams written in ASCII (ISO 32000-1, 7.4.3).

/// The bytes of `text` in base 85, up to `~`; ends early at what is no digit.
pub(super) fn decoded(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 5 * 4);
    let (mut word, mut held) = (0_u32, 0);
    for digit in text.iter().filter(|byte| !byte.is_ascii_whitespace()) {
        match digit {
            b'z' if held == 0 => bytes.extend([0; 4]),
            b'!'..=b'u' => {
                word = word.wrapping_mul(85).wrapping_add(u32::from(digit - b'!'));
                held += 1;
                if held == 5 {
                    bytes.extend(word.to_be_bytes());
                    (word, held) = (0, 0);
                }
            }
            _ => break,
        }
    }
    // The last group is filled up with the highest digit, and as many bytes are left out.
    for _ in held..5 {
        word = word.wrapping_mul(85).wrapping_add(84);
    }
    bytes.extend(
        word.to_be_bytes()
            .iter()
            .take(usize::saturating_sub(held, 1)),
    );
    bytes
}
