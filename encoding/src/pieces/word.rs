//! `\w`, as Hugging Face's tokenizers ask for it where an added token has to be a single word.

use super::classes::{MARK, NUMBER, class_of, is_letter};

/// The characters that are 0 in a script, as of Unicode 16.0. The next nine are its other digits.
const ZEROS: [u32; 76] = [
    0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66,
    0xDE6, 0xE50, 0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90,
    0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
    0x104A0, 0x10D30, 0x10D40, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0,
    0x11650, 0x116C0, 0x116D0, 0x116DA, 0x11730, 0x118E0, 0x11950, 0x11BF0, 0x11C50, 0x11D50,
    0x11DA0, 0x11F50, 0x16130, 0x16A60, 0x16AC0, 0x16B50, 0x16D70, 0x1CCF0, 0x1D7CE, 0x1D7D8,
    0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E4F0, 0x1E5F1, 0x1E950, 0x1FBF0,
];

/// Whether `character` is one of `\w`: alphabetic, a mark, a decimal digit, a joiner or what connects words.
pub(crate) fn is_word(character: char) -> bool {
    let code = u32::from(character);
    let class = class_of(code);
    match class {
        NUMBER => character.is_alphabetic() || is_decimal(code),
        MARK => true,
        _ => is_letter(class) || is_alike(code),
    }
}

fn is_decimal(code: u32) -> bool {
    let after = ZEROS.partition_point(|&zero| zero <= code);
    after > 0 && code - ZEROS[after - 1] < 10
}

/// Connectors, joiners, and circled letters.
fn is_alike(code: u32) -> bool {
    matches!(
        code,
        0x5F | 0x203F | 0x2040 | 0x2054 | 0xFE33 | 0xFE34 | 0xFE4D..=0xFE4F | 0xFF3F
            | 0x200C | 0x200D
            | 0x24B6..=0x24E9 | 0x1F130..=0x1F149 | 0x1F150..=0x1F169 | 0x1F170..=0x1F189
    )
}

#[cfg(test)]
mod tests {
    use fancy_regex::Regex;

    use super::is_word;

    #[test]
    fn all_code_points_are_words_as_the_regular_expression_says() {
        let word = Regex::new(r"^\w$").unwrap();
        let mut text = String::new();
        let unlike = ('\0'..=char::MAX).filter(|&character| {
            text.clear();
            text.push(character);
            is_word(character) != word.is_match(&text).unwrap()
        });
        let unlike: Vec<u32> = unlike.map(u32::from).collect();
        assert!(unlike.is_empty(), "{unlike:04X?}");
    }
}
