//! The alphabet in which byte-level vocabularies spell bytes (GPT-2): printable Latin-1 stands for itself, every other byte
//! for a character from U+0100 on.

/// The byte that `c` spells.
fn byte(c: char) -> Option<u8> {
    const OTHERS: [u8; 68] = others();
    let code = u32::from(c);
    match u8::try_from(code) {
        Ok(byte) => is_itself(byte).then_some(byte),
        Err(_) => OTHERS.get(code as usize - 256).copied(),
    }
}

/// Appends the bytes that `text` spells; `false` when it holds a character outside of the alphabet.
pub(super) fn decode(text: &str, out: &mut Vec<u8>) -> bool {
    text.chars()
        .all(|c| byte(c).map(|byte| out.push(byte)).is_some())
}

const fn is_itself(byte: u8) -> bool {
    matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF)
}

const fn others() -> [u8; 68] {
    let mut others = [0; 68];
    let mut count = 0;
    let mut byte = 0;
    while byte < 256 {
        if !is_itself(byte as u8) {
            others[count] = byte as u8;
            count += 1;
        }
        byte += 1;
    }
    others
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_byte_has_one_character() {
        let mut seen: Vec<u8> = ('\0'..'\u{200}').filter_map(super::byte).collect();
        seen.sort_unstable();
        assert_eq!(seen, (0..=255).collect::<Vec<u8>>());
        let mut bytes = Vec::new();
        assert!(super::decode("ĠhelloĊ", &mut bytes));
        assert_eq!(bytes, b" hello\n");
        assert!(!super::decode("\u{1F642}", &mut bytes));
    }
}
