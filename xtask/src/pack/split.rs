//! A module in two halves: what most calls need, and what some exports need beside it.
//!
//! The second half works on the memory, the table and the functions of the first, and brings its own functions and data. The
//! first never calls it, except through the table, where only the second can have put a function. The linker says what refers
//! to what, so that no function is written twice and none is left out.

mod layout;
mod linked;
mod order;
mod reach;
mod write;

use anyhow::{Result, ensure};
use wasmparser::{Parser, Payload, Validator};

use layout::Layout;
use linked::Linked;

/// Splits what is linked with `--emit-relocs` and with a segment for each datum. The exports `late` go to the second half, with
/// everything that no other export needs; without any, the first half is all.
pub fn split(bytes: &[u8], late: &[&str]) -> Result<Vec<Vec<u8>>> {
    let linked = Linked::read(bytes)?;
    for name in late {
        let exported = linked.exports.iter().any(|(export, ..)| export == name);
        ensure!(exported, "the module does not export {name}");
    }
    let early = linked.exports.iter().filter_map(|(name, kind, index)| {
        let function = *kind == wasmparser::ExternalKind::Func;
        (function && !late.contains(name)).then_some(*index)
    });
    let first = match late {
        [] => reach::reach(&linked, 0..linked.functions.len() as u32),
        _ => reach::reach(&linked, early),
    };
    let layout = Layout::new(&linked, &first)?;
    let halves = write::write(&linked, &first, &layout, !late.is_empty())?;
    check(&linked, &halves)?;
    Ok(halves)
}

/// The halves are valid, and have each function once between them.
fn check(linked: &Linked<'_>, halves: &[Vec<u8>]) -> Result<()> {
    let mut bodies = 0;
    for half in halves {
        Validator::new().validate_all(half)?;
        for payload in Parser::new(0).parse_all(half) {
            bodies += usize::from(matches!(payload?, Payload::CodeSectionEntry(_)));
        }
    }
    ensure!(
        bodies == linked.bodies.len(),
        "{bodies} functions of {}",
        linked.bodies.len()
    );
    Ok(())
}
