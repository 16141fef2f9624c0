//! All pieces in one trie, stored as a double array.
//!
//! The child of a node for a symbol is at `base ^ symbol`, if the slot there has that symbol. No two nodes have one base,
//! so the symbol alone tells whose child a slot is. A slot is four bytes: symbol, whether a piece ends here, base.

use crate::error::Result;
use crate::pack::corrupt;

/// Symbols that can follow each other from one base.
const BLOCK: usize = 256;

/// The base of nodes without children: this block stays empty.
const NOTHING: u32 = 256;

const PIECE: u32 = 1 << 8;
const BASE_SHIFT: u32 = 9;

/// Nodes of the largest trie that bases can address with room to spare.
const MAX_NODES: usize = 1 << 21;

/// Blocks in which free slots are still looked for. Older ones are nearly full.
const OPEN_BLOCKS: usize = 8;

/// Free slots tried for a node with several children before a new block is begun.
const TRIES: usize = 48;

/// See the module.
pub(super) struct Trie {
    slots: Vec<u32>,
}

/// A place in a [`Trie`].
#[derive(Clone, Copy)]
pub(super) struct Node(u32);

impl Trie {
    /// Where all pieces start.
    pub const ROOT: Node = Node(0);

    /// The node that `symbol` leads to, and whether a piece ends there.
    #[inline]
    pub fn step(&self, node: Node, symbol: u8) -> Option<(Node, bool)> {
        let slot = *self.slots.get((node.0 ^ u32::from(symbol)) as usize)?;
        (slot as u8 == symbol).then_some((Node(slot >> BASE_SHIFT), slot & PIECE != 0))
    }
}

/// A trie as lists of children.
pub(super) struct Builder {
    nodes: Vec<Draft>,
}

#[derive(Clone, Copy, Default)]
struct Draft {
    child: u32,
    sibling: u32,
    symbol: u8,
    piece: bool,
}

impl Builder {
    pub fn new() -> Self {
        Self {
            nodes: vec![Draft::default()],
        }
    }

    /// Adds a child to `parent`, which must not have one for `symbol`; 0 is the root.
    pub fn child(&mut self, parent: u32, symbol: u8) -> Result<u32> {
        let node = self.nodes.len() as u32;
        if self.nodes.len() >= MAX_NODES {
            return Err(corrupt(format!("more than {MAX_NODES} nodes of pieces")));
        }
        let mut sibling = 0;
        if let Some(parent) = self.nodes.get_mut(parent as usize) {
            sibling = std::mem::replace(&mut parent.child, node);
        }
        self.nodes.push(Draft {
            child: 0,
            sibling,
            symbol,
            piece: false,
        });
        Ok(node)
    }

    /// A piece ends at `node`.
    pub fn end_piece(&mut self, node: u32) {
        if let Some(node) = self.nodes.get_mut(node as usize) {
            node.piece = true;
        }
    }

    /// Gives every node its base.
    pub fn finish(self) -> Trie {
        let mut places = Places::new();
        // Each node with children, and the slot that is to hold its base. The root has none.
        let mut open: Vec<(u32, Option<u32>)> = vec![(0, None)];
        let mut children: Vec<(u32, Draft)> = Vec::new();
        while let Some((node, slot)) = open.pop() {
            children.clear();
            let mut child = self.draft(node).child;
            while child != 0 {
                let draft = self.draft(child);
                children.push((child, draft));
                child = draft.sibling;
            }
            let base = match slot {
                None => 0,
                Some(_) => places.base_for(&children),
            };
            places.used.insert(base);
            if let Some(slot) = slot {
                places.slots[slot as usize] |= base << BASE_SHIFT;
            }
            for &(child, draft) in &children {
                let slot = base ^ u32::from(draft.symbol);
                let piece = if draft.piece { PIECE } else { 0 };
                places.take(slot, u32::from(draft.symbol) | piece);
                if draft.child == 0 {
                    places.slots[slot as usize] |= NOTHING << BASE_SHIFT;
                } else {
                    open.push((child, Some(slot)));
                }
            }
        }
        places.slots.shrink_to_fit();
        Trie {
            slots: places.slots,
        }
    }

    fn draft(&self, node: u32) -> Draft {
        self.nodes.get(node as usize).copied().unwrap_or_default()
    }
}

/// Slots, and which of them and of the bases are taken.
struct Places {
    slots: Vec<u32>,
    /// The list of free slots in open blocks: next and previous, both in one ring through [`HEAD`].
    links: Vec<(u32, u32)>,
    used: Bits,
}

/// Slot of the empty block that the list of free slots starts at.
const HEAD: u32 = NOTHING;

impl Places {
    fn new() -> Self {
        let mut places = Self {
            slots: vec![0; 2 * BLOCK],
            links: vec![(HEAD, HEAD); 2 * BLOCK],
            used: Bits::default(),
        };
        places.used.insert(NOTHING);
        places.open(0);
        places
    }

    /// Puts the slots of a block at the end of the list.
    fn open(&mut self, start: u32) {
        for slot in start..start + BLOCK as u32 {
            let last = self.links[HEAD as usize].1;
            self.links[slot as usize] = (HEAD, last);
            self.links[last as usize].0 = slot;
            self.links[HEAD as usize].1 = slot;
        }
    }

    fn unlink(&mut self, slot: u32) {
        let (next, previous) = self.links[slot as usize];
        self.links[next as usize].1 = previous;
        self.links[previous as usize].0 = next;
        self.links[slot as usize] = (slot, slot);
    }

    fn take(&mut self, slot: u32, value: u32) {
        self.unlink(slot);
        self.slots[slot as usize] = value;
    }

    /// A new base from which the symbols of all `children` lead to free slots.
    fn base_for(&mut self, children: &[(u32, Draft)]) -> u32 {
        let first = children.first().map_or(0, |(_, c)| u32::from(c.symbol));
        let mut slot = self.links[HEAD as usize].0;
        let mut tries = 0;
        while slot != HEAD && tries < TRIES {
            let base = slot ^ first;
            if !self.used.contains(base)
                && children
                    .iter()
                    .all(|(_, c)| self.slots[(base ^ u32::from(c.symbol)) as usize] == 0)
            {
                return base;
            }
            slot = self.links[slot as usize].0;
            tries += 1;
        }
        let start = self.slots.len();
        self.slots.resize(start + BLOCK, 0);
        self.links.resize(start + BLOCK, (HEAD, HEAD));
        self.open(start as u32);
        // Block 1 is the empty one.
        if let Some(old) = (start / BLOCK)
            .checked_sub(OPEN_BLOCKS)
            .filter(|&old| old != 1)
        {
            for slot in old * BLOCK..(old + 1) * BLOCK {
                if self.slots[slot] == 0 {
                    self.unlink(slot as u32);
                }
            }
        }
        start as u32
    }
}

/// A set of small numbers.
#[derive(Default)]
struct Bits(Vec<u64>);

impl Bits {
    fn insert(&mut self, number: u32) {
        let word = number as usize / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (number % 64);
    }

    fn contains(&self, number: u32) -> bool {
        self.0
            .get(number as usize / 64)
            .is_some_and(|word| word >> (number % 64) & 1 != 0)
    }
}
