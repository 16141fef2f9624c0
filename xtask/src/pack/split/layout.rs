//! Where data and functions of the table stand, so that each half has its own in one piece.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;

use anyhow::{Context, Result, bail, ensure};

use super::linked::{Encoding, FIRST_SLOT, Linked, Target};
use super::order::order;
use super::reach::Reached;

/// The new places.
pub struct Layout {
    /// The address of each segment.
    pub addresses: Vec<u32>,
    /// The segments of the first half, by address, then those of the second.
    pub segments: [Vec<usize>; 2],
    /// The functions of the table, by slot.
    pub slots: [Vec<u32>; 2],
    slot_of: HashMap<u32, u32>,
}

impl Layout {
    /// Puts what `first` reaches before the rest, within the space that the linker gave to all.
    pub fn new(linked: &Linked<'_>, first: &Reached) -> Result<Self> {
        let (early, late) = (0..linked.segments.len()).partition(|&index| first.segments[index]);
        let (early_slots, late_slots): (Vec<u32>, _) = linked
            .slots
            .iter()
            .partition(|&&function| first.functions[function as usize]);
        let slot_of = (FIRST_SLOT..)
            .zip(early_slots.iter().chain(&late_slots))
            .map(|(slot, &function)| (function, slot))
            .collect();
        let mut layout = Self {
            addresses: vec![0; linked.segments.len()],
            segments: [early, late],
            slots: [early_slots, late_slots],
            slot_of,
        };
        let start = linked.segments.first().map_or(0, |segment| segment.address);
        let end = linked.segments.last();
        let end = end.map_or(0, |segment| segment.address + segment.data.len() as u32);
        let mut next = start;
        for segments in &mut layout.segments {
            *segments = placed(linked, segments);
            for &index in &*segments {
                let segment = &linked.segments[index];
                layout.addresses[index] = next.next_multiple_of(segment.alignment);
                next = layout.addresses[index] + segment.data.len() as u32;
            }
        }
        ensure!(
            next <= end,
            "the data take {} bytes more than linked",
            next - end
        );
        Ok(layout)
    }

    /// The bytes of a part of the linked file, with every place in it as it must be now; `function` gives new indices.
    pub fn moved(
        &self,
        linked: &Linked<'_>,
        part: &Range<usize>,
        function: impl Fn(u32) -> Option<u32>,
    ) -> Result<Vec<u8>> {
        let mut bytes = linked.bytes[part.clone()].to_vec();
        for relocation in linked.relocations_in(part) {
            let (before, after) = match relocation.target {
                Target::Function(index) => (
                    index,
                    function(index).context("a call of what is in the other half")?,
                ),
                Target::Slot(index) => {
                    let before = linked.slots.iter().position(|&found| found == index);
                    let before = before.context("a function that is not in the table")?;
                    (before as u32 + FIRST_SLOT, self.slot_of[&index])
                }
                Target::Address(segment, offset) => {
                    let at = |address: u32| (i64::from(address) + offset) as u32;
                    (
                        at(linked.segments[segment].address),
                        at(self.addresses[segment]),
                    )
                }
            };
            let place = &mut bytes[relocation.place - part.start..];
            let encoded = relocation.encoding;
            // What stands there must be what the symbols say: the two come from different parts of the file.
            if !place.starts_with(&encode(before, encoded)) {
                bail!("the place {} does not hold {before}", relocation.place);
            }
            let after = encode(after, encoded);
            place[..after.len()].copy_from_slice(&after);
        }
        Ok(bytes)
    }
}

/// Segments by alignment. So little is lost between them: only behind the few whose length is no multiple of it, which stand last of
/// theirs. Among the others of one alignment what shares most stands together.
fn placed(linked: &Linked<'_>, segments: &[usize]) -> Vec<usize> {
    let class = |index: &usize| {
        let segment = &linked.segments[*index];
        let is_uneven = !(segment.data.len() as u32).is_multiple_of(segment.alignment);
        (Reverse(segment.alignment), is_uneven)
    };
    let mut sorted = segments.to_vec();
    sorted.sort_by_key(class);
    let classes = sorted.chunk_by(|one, other| class(one) == class(other));
    classes
        .flat_map(|alike| {
            let data = alike.iter().map(|&index| linked.segments[index].data);
            let order = order(&data.collect::<Vec<_>>()).into_iter();
            order.map(|at| alike[at])
        })
        .collect()
}

fn encode(value: u32, encoding: Encoding) -> Vec<u8> {
    let padded = |last: u8| {
        let mut bytes: Vec<u8> = (0..4).map(|at| (value >> (7 * at)) as u8 | 0x80).collect();
        bytes.push(last);
        bytes
    };
    match encoding {
        Encoding::Unsigned => padded((value >> 28) as u8),
        // Of the last seven bits, those beyond the word repeat its sign.
        Encoding::Signed => padded((value.cast_signed() >> 28) as u8 & 0x7f),
        Encoding::Word => value.to_le_bytes().to_vec(),
    }
}
