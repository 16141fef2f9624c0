//! What a module needs to run some of its exports.

use super::linked::{Linked, Target};

/// What some exports reach, by the indices of the linked module.
pub struct Reached {
    pub functions: Vec<bool>,
    pub segments: Vec<bool>,
}

/// Everything that the functions of `roots` call, or refer to in code or data, and so on.
pub fn reach(linked: &Linked<'_>, roots: impl IntoIterator<Item = u32>) -> Reached {
    let mut reached = Reached {
        functions: vec![false; linked.functions.len()],
        segments: vec![false; linked.segments.len()],
    };
    let mut open: Vec<Target> = roots.into_iter().map(Target::Function).collect();
    while let Some(target) = open.pop() {
        let (known, place) = match target {
            Target::Function(index) | Target::Slot(index) => {
                let index = index as usize;
                (&mut reached.functions[index], &linked.bodies[index])
            }
            Target::Address(index, _) => {
                (&mut reached.segments[index], &linked.segments[index].place)
            }
        };
        if !std::mem::replace(known, true) {
            let found = linked.relocations_in(place);
            open.extend(found.iter().map(|relocation| relocation.target));
        }
    }
    reached
}
