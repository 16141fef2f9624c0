//! Characters as what merges start from, in SentencePiece's way.

/// SentencePiece's symbol for a space; in a text it means the same as one.
const SPACE_SYMBOL: u32 = 0x2581;

/// The symbols of characters, as [`Vocabulary`](super::Vocabulary) has them.
pub(crate) struct Characters {
    /// By block of 256 code points: where its symbols are, or 0 for a block without any.
    blocks: Vec<u16>,
    /// 256 symbols for each block that has some; 0 is none. The first 256 are for all others.
    symbols: Vec<u32>,
    /// Of the bytes.
    bytes: [u32; 256],
}

impl Characters {
    /// Numbers `characters` from 256 on; `symbol` gives the symbol of an id.
    // What opens a pack is compiled when the first is opened, mostly one without characters.
    #[inline(never)]
    pub fn new(characters: &[char], symbol: impl Fn(u32) -> u32) -> Self {
        let mut table = Self {
            blocks: vec![0; 0x11_0000 >> 8],
            symbols: vec![0; 256],
            bytes: std::array::from_fn(|byte| symbol(byte as u32)),
        };
        for (&character, id) in characters.iter().zip(256..) {
            table.set(u32::from(character), symbol(id));
        }
        table.set(SPACE_SYMBOL, symbol(u32::from(b' ')));
        table
    }

    fn set(&mut self, code: u32, symbol: u32) {
        let block = &mut self.blocks[(code >> 8) as usize];
        if *block == 0 {
            *block = (self.symbols.len() >> 8) as u16;
            self.symbols.resize(self.symbols.len() + 256, 0);
        }
        self.symbols[usize::from(*block) << 8 | (code & 0xFF) as usize] = symbol;
    }

    /// The symbol at `at`, and its end: a character, or a byte of one that the vocabulary does not have.
    #[inline]
    pub fn symbol(&self, piece: &[u8], at: usize) -> (u32, usize) {
        let byte = piece[at];
        let length = match byte {
            0xC0..0xE0 => 2,
            0xE0..0xF0 => 3,
            0xF0.. => 4,
            _ => return (self.bytes[usize::from(byte)], at + 1),
        };
        let code = piece.get(at..at + length).map(|bytes| {
            let lead = u32::from(byte) & (0x7F >> length);
            bytes[1..]
                .iter()
                .fold(lead, |code, &byte| code << 6 | u32::from(byte & 0x3F))
        });
        match code.map(|code| self.of(code)) {
            None | Some(0) => (self.bytes[usize::from(byte)], at + 1),
            Some(symbol) => (symbol, at + length),
        }
    }

    fn of(&self, code: u32) -> u32 {
        match self.blocks.get((code >> 8) as usize) {
            None => 0,
            Some(&block) => self.symbols[usize::from(block) << 8 | (code & 0xFF) as usize],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Characters;

    #[test]
    fn known_characters_are_symbols_and_others_are_bytes() {
        let characters = Characters::new(&['é', '北', '🙂'], |id| id);
        let symbols = |text: &str| {
            let (mut ids, mut at) = (Vec::new(), 0);
            while at < text.len() {
                let (id, end) = characters.symbol(text.as_bytes(), at);
                ids.push(id);
                at = end;
            }
            ids
        };
        assert_eq!(symbols("aé北🙂\u{2581}"), [97, 256, 257, 258, 32]);
        assert_eq!(symbols("à"), [0xC3, 0xA0]);
        assert_eq!(symbols("京🙃"), [0xE4, 0xBA, 0xAC, 0xF0, 0x9F, 0x99, 0x83]);
    }
}
