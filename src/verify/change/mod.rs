//! The invariants of a change: whether a plan leaves alone what it must.

mod common;
mod contents;
mod items;
mod thoughts;

use super::Violation;
use super::view::View;

/// Finds where a plan breaks an invariant.
type Change = fn(&View<'_>, &mut Vec<Violation>);

/// Each validator; those of other dialects find nothing.
const CHANGES: [Change; 17] = [
    common::c2_turns_together,
    common::c4_order,
    common::c6_requests_untouched,
    common::c7_fits,
    common::c8_never_larger,
    common::c9_idempotent,
    common::c10_recoverable,
    contents::c11_instructions,
    contents::c12_cleared_in_place,
    thoughts::an3_latest,
    thoughts::an13_led,
    thoughts::an5_bound,
    thoughts::an7_an8_compaction,
    thoughts::g4_current_turn,
    thoughts::ai3_with_their_parts,
    items::or2_or5_with_their_items,
    items::or6_or7_server_history,
];

/// Everything that the plan breaks.
pub(super) fn violations(view: &View<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    for change in CHANGES {
        change(view, &mut violations);
    }
    violations
}
