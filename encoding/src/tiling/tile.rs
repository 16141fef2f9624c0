//! The fewest pieces that spell a sequence of symbols.

use super::symbol::{PREFIX, width};
use super::trie::Trie;
use super::{Scratch, Tiling};

/// Symbols of the longest piece: a text of 255 bytes and three markers.
pub(super) const LONGEST: usize = 258;

/// Costs that a step ahead can reach; a power of two above [`LONGEST`].
const RING: usize = 512;

/// Up to here, positions fit the bits of a word.
const SHORT: usize = 63;

impl Tiling {
    /// The cost of `symbols`: whole characters of UTF-8 without NUL, and markers.
    pub(super) fn tile(&self, symbols: &[u8], scratch: &mut Scratch) -> u32 {
        let _ = &scratch;
        match symbols {
            [] => 0,
            [first, rest @ ..] if symbols.len() > SHORT && rest.iter().all(|b| b == first) => {
                self.tile_repeated(*first, symbols.len())
            }
            _ if symbols.len() <= SHORT => self.tile_short(symbols, scratch),
            _ => self.tile_long(symbols, scratch),
        }
    }

    /// Goes by cost: all positions that one piece reaches, then all that two reach, until one of them is the end.
    fn tile_short(&self, symbols: &[u8], scratch: &mut Scratch) -> u32 {
        let end = symbols.len();
        let mut cost = 0;
        let mut seen = 0_u64;
        // Positions reached at this cost and at one to four more.
        let mut reached = [1_u64, 0, 0, 0, 0];
        loop {
            let mut fresh = reached[0] & !seen;
            if fresh >> end & 1 != 0 || cost > 4 * SHORT as u32 {
                return cost;
            }
            seen |= fresh;
            while fresh != 0 {
                // The longest way first: it is the likeliest to reach the end.
                let start = 63 - fresh.leading_zeros() as usize;
                fresh ^= 1 << start;
                let next = start + width(symbols[start]);
                let mut single = false;
                let mut node = Trie::ROOT;
                for (at, &symbol) in symbols.iter().enumerate().skip(start) {
                    #[cfg(test)]
                    {
                        scratch.steps += 1;
                    }
                    let Some((child, piece)) = self.trie.step(node, symbol) else {
                        break;
                    };
                    node = child;
                    if piece {
                        if at + 1 == end {
                            return cost + 1;
                        }
                        single |= at + 1 == next;
                        reached[1] |= 1 << (at + 1);
                    }
                }
                if !single && next <= end {
                    let floor = self.floor(&symbols[start..next], scratch);
                    reached[floor] |= 1 << next;
                }
            }
            reached.rotate_left(1);
            reached[4] = 0;
            cost += 1;
        }
    }

    fn tile_long(&self, symbols: &[u8], scratch: &mut Scratch) -> u32 {
        let mut best = [u32::MAX; RING];
        best[0] = 0;
        for (start, &first) in symbols.iter().enumerate() {
            let cost = std::mem::replace(&mut best[start % RING], u32::MAX);
            if cost == u32::MAX {
                continue;
            }
            let mut improve = |end: usize, cost: u32| {
                let known = &mut best[end % RING];
                *known = cost.min(*known);
            };
            let next = start + width(first);
            let mut single = false;
            let mut node = Trie::ROOT;
            for (at, &symbol) in symbols.iter().enumerate().skip(start) {
                #[cfg(test)]
                {
                    scratch.steps += 1;
                }
                let Some((child, piece)) = self.trie.step(node, symbol) else {
                    break;
                };
                node = child;
                if piece {
                    single |= at + 1 == next;
                    improve(at + 1, cost + 1);
                }
            }
            if !single && next <= symbols.len() {
                let floor = self.floor(&symbols[start..next], scratch);
                improve(next, cost + floor as u32);
            }
        }
        best[symbols.len() % RING]
    }

    /// Tokens, 1 to 4, of a character that is no piece: its longest known start, and a token per byte after that.
    #[cold]
    fn floor(&self, character: &[u8], scratch: &mut Scratch) -> usize {
        let _ = &scratch;
        let mut known = 1;
        let mut node = self.trie.step(Trie::ROOT, PREFIX).map(|(node, _)| node);
        for (at, &symbol) in character.iter().enumerate() {
            #[cfg(test)]
            {
                scratch.steps += 1;
            }
            let step = node.and_then(|node| self.trie.step(node, symbol));
            if step.is_some_and(|(_, piece)| piece) {
                known = at + 1;
            }
            node = step.map(|(node, _)| node);
        }
        character.len() - known + 1
    }

    /// The cost of `length` times the same ASCII character: a problem of coins, whose values are the lengths of its pieces.
    ///
    /// With a largest coin `m`, some best choice has fewer than `m` others: among any `m` coins some add up to a
    /// multiple of `m`, and exchanging them for coins of `m` is no worse. So what exceeds `m * m` is paid with the largest.
    fn tile_repeated(&self, symbol: u8, length: usize) -> u32 {
        let mut coins = vec![1];
        let mut node = Trie::ROOT;
        for coin in 1..=LONGEST {
            let Some((child, piece)) = self.trie.step(node, symbol) else {
                break;
            };
            node = child;
            if piece && coin > 1 {
                coins.push(coin);
            }
        }
        let largest = coins.last().copied().unwrap_or(1);
        let paid = length.saturating_sub(largest * largest) / largest;
        let rest = length - paid * largest;
        let mut costs = vec![0_u32; rest + 1];
        for sum in 1..=rest {
            let mut least = u32::MAX;
            for &coin in &coins {
                if coin > sum {
                    break;
                }
                least = least.min(costs[sum - coin]);
            }
            costs[sum] = least + 1;
        }
        costs[rest] + paid as u32
    }
}
