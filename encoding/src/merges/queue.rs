//! A queue of pairs, the lowest merge first.
//!
//! A merge makes pairs of higher ids only, so what is added is never below what was taken last. Pairs wait unsorted in buckets of
//! neighbouring ids, and only the bucket that is being emptied is kept in order: a bucket has few of them.

/// Bits of a symbol below its highest one that tell buckets apart.
const MANTISSA: u32 = 8;

/// Those of symbols of eleven to 22 bits, and one before them, are in use.
const BUCKETS: usize = 1 << 12;

/// The bucket of a symbol that a merge makes, which has more than ten bits.
///
/// Frequent tokens have low ids. So of the lowest ids each has its own bucket, and where ids have one more bit, a bucket has twice as
/// many: a floating-point number that is cut off.
#[inline(always)]
fn bucket(symbol: u32) -> u32 {
    const SHIFT: u32 = 23 - MANTISSA;
    ((symbol as f32).to_bits() >> SHIFT) - (1023_f32.to_bits() >> SHIFT)
}

/// No entry.
const NIL: u32 = u32::MAX;

/// A symbol and the position of the pair that becomes it.
type Pair = (u32, u32);

/// Pairs by the symbol that they become.
pub(crate) struct Queue {
    /// By bucket: its newest entry.
    heads: Vec<u32>,
    /// A pair, and the entry of its bucket before it.
    entries: Vec<(Pair, u32)>,
    /// A bit per bucket that is not empty.
    filled: [u64; BUCKETS / 64],
    /// The bucket that is being emptied, and its pairs in descending order.
    current: u32,
    sorted: Vec<Pair>,
}

impl Queue {
    /// An empty queue.
    pub fn new() -> Self {
        Self {
            heads: Vec::new(),
            entries: Vec::new(),
            filled: [0; _],
            current: 0,
            sorted: Vec::new(),
        }
    }

    /// Starts anew; the queue is empty.
    pub fn restart(&mut self) {
        self.heads.resize(BUCKETS, NIL);
        self.entries.clear();
        // No merge makes a symbol of the first bucket's.
        self.current = 0;
    }

    /// Adds a pair that becomes `symbol`, which is not below what was taken last.
    // A function of its own: where copies of it are in a loop, the loop is slower.
    #[inline(never)]
    pub fn push(&mut self, symbol: u32, at: u32) {
        let bucket = bucket(symbol);
        if bucket == self.current {
            let place = self.sorted.partition_point(|pair| pair.0 > symbol);
            self.sorted.insert(place, (symbol, at));
            return;
        }
        let head = &mut self.heads[bucket as usize];
        self.entries.push(((symbol, at), *head));
        *head = (self.entries.len() - 1) as u32;
        self.filled[bucket as usize / 64] |= 1 << (bucket % 64);
    }

    /// Takes a pair of the lowest symbol.
    #[inline]
    pub fn pop(&mut self) -> Option<Pair> {
        self.sorted.pop().or_else(|| self.pop_next())
    }

    /// Takes one from the next bucket, and sorts the others.
    fn pop_next(&mut self) -> Option<Pair> {
        let first = self.current as usize / 64;
        let words = self.filled.iter().enumerate().skip(first);
        let (word, bits) = words.into_iter().find(|&(_, &bits)| bits != 0)?;
        let bucket = word * 64 + bits.trailing_zeros() as usize;
        self.filled[word] &= self.filled[word] - 1;
        self.current = bucket as u32;
        let mut entry = std::mem::replace(&mut self.heads[bucket], NIL);
        let (only, before) = self.entries[entry as usize];
        if before == NIL {
            return Some(only);
        }
        while let Some(&(pair, before)) = self.entries.get(entry as usize) {
            self.sorted.push(pair);
            entry = before;
        }
        sort_descending(&mut self.sorted);
        self.sorted.pop()
    }
}

/// Shell's sort with Ciura's gaps (2001), extended by 2.25: a bucket rarely holds more than a few pairs, and the standard library's sort
/// is 6 KB of WebAssembly.
fn sort_descending(pairs: &mut [Pair]) {
    // Most buckets need the last one only.
    const GAPS: [usize; 11] = [8858, 3937, 1750, 701, 301, 132, 57, 23, 10, 4, 1];
    let few = if pairs.len() > 10 { 0 } else { 10 };
    for &gap in &GAPS[few..] {
        for end in gap..pairs.len() {
            let pair = pairs[end];
            let mut place = end;
            while place >= gap && pairs[place - gap].0 < pair.0 {
                pairs[place] = pairs[place - gap];
                place -= gap;
            }
            pairs[place] = pair;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BUCKETS, Queue, bucket};

    #[test]
    fn buckets_are_in_the_order_of_symbols() {
        let buckets = ((1 << 10)..(1 << 22)).map(bucket);
        assert!(buckets.is_sorted());
        assert_eq!(bucket(1 << 10), 1);
        assert!((bucket((1 << 22) - 1) as usize) < BUCKETS);
        // The first ids.
        assert!((256..511).all(|id| bucket(id << 2 | 3) < bucket((id + 1) << 2)));
    }

    #[test]
    fn entries_come_out_in_order_while_higher_ones_are_added() {
        let mut queue = Queue::new();
        let mut state = 5_u32;
        for _ in 0..50 {
            queue.restart();
            let mut held = Vec::new();
            let mut last = 0;
            for step in 0..2000_u32 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                if state >> 30 == 0 || step > 1000 {
                    held.sort_unstable();
                    let expected = held.first().map(|&(symbol, _): &(u32, u32)| symbol);
                    let found = queue.pop();
                    assert_eq!(found.map(|(symbol, _)| symbol), expected);
                    let Some(found) = found else { continue };
                    let place = held.iter().position(|entry| *entry == found).unwrap();
                    held.remove(place);
                    last = found.0;
                } else {
                    let symbol = last.max(1 << 10) + (state >> 8 & 0x7FF);
                    queue.push(symbol, step);
                    held.push((symbol, step));
                }
            }
            while queue.pop().is_some() {}
        }
    }
}
