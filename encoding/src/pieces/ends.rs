//! Where pieces end, for those who want them one after the other: those of a window are found at once.

use super::split::Split;
use super::window::{self, Window};
use super::{Pattern, with_split};

/// The ends of some pieces that follow each other.
pub(crate) struct Ends {
    ends: [usize; Self::MOST],
    length: usize,
}

impl Ends {
    /// The most pieces that are found at once: those of a window, and one that reaches beyond it.
    pub const MOST: usize = window::BYTES + 1;

    /// None.
    pub fn new() -> Self {
        Self {
            ends: [0; Self::MOST],
            length: 0,
        }
    }

    /// Those of the first pieces from `start` on, at least of one; `start` is before the end of `text`.
    pub fn find(&mut self, pattern: Pattern, text: &[u8], start: usize) -> &[usize] {
        self.length = 0;
        with_split!(pattern, S => self.find_from::<S>(text, start));
        &self.ends[..self.length]
    }

    // A function for each pattern, as for counting.
    #[inline(never)]
    fn find_from<S: Split>(&mut self, text: &[u8], start: usize) {
        if !window::suits::<S>(text, start) {
            self.push(S::piece_end(text, start));
            return;
        }
        let mut copy;
        let window: &Window = match text[start..].first_chunk() {
            Some(window) => window,
            None => {
                let rest = &text[start..];
                copy = [0; _];
                copy[..rest.len()].copy_from_slice(rest);
                &copy
            }
        };
        let starts = window::starts::<S>(text, start, window);
        // Where one starts the one before ends.
        let mut inner = starts.bits & (starts.bits - 1);
        while inner != 0 {
            self.push(start + inner.trailing_zeros() as usize);
            inner &= inner - 1;
        }
        if let Some(end) = starts.end {
            self.push(start + end);
        } else if self.length == 0 || starts.unknown {
            // It fills the window, or has characters that windows do not know.
            let last = self.ends[..self.length].last().copied();
            self.push(S::piece_end(text, last.unwrap_or(start)));
        }
    }

    #[inline(always)]
    fn push(&mut self, end: usize) {
        self.ends[self.length % Self::MOST] = end;
        self.length += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::{Ends, Pattern};

    #[test]
    fn pieces_found_together_end_where_each_alone_does() {
        let parts = [
            "a",
            "The",
            " word",
            "'s",
            "'",
            "9",
            "2024",
            " ",
            "  ",
            "\t",
            "\n",
            "\r\n",
            "--",
            "/",
            "é",
            "и",
            " слово",
            "北",
            "한",
            "ก็",
            "e\u{301}",
            "👩🏽‍💻",
            "\u{3000}",
            "_",
            "internationalization",
        ];
        let mut state = 5_u64;
        let mut below = |end: usize| {
            state = state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
            (state >> 33) as usize % end
        };
        let mut ends = Ends::new();
        for round in 0..2_000 {
            // Some are all of one part, which fills windows.
            let kinds = [1, 3, parts.len()][round % 3];
            let chosen: Vec<&str> = (0..kinds).map(|_| parts[below(parts.len())]).collect();
            let text: String = (0..below(120)).map(|_| chosen[below(kinds)]).collect();
            let text = text.as_bytes();
            for pattern in Pattern::ALL {
                let mut start = 0;
                while start < text.len() {
                    let found = ends.find(pattern, text, start).to_vec();
                    assert!(!found.is_empty());
                    for end in found {
                        assert_eq!(
                            end,
                            pattern.piece_end(text, start),
                            "{pattern:?} {start} {text:?}"
                        );
                        start = end;
                    }
                }
            }
        }
    }
}
