//! Which options to take: the least expected loss and money that frees enough.
//!
//! A multiple-choice knapsack for every first edit `e` and every number `k` of removed groups. With `F` the tokens freed,
//! less what is paid for in place of the removed, `S(e)` the tokens from group `e` to the end, `L` the sum of the losses (the
//! cost of the summary included), and `rewrite`, `saving` the two prices:
//!
//! > minimise  L + rewrite · (S(e) − F) − saving · F  subject to  F ≥ need,
//!
//! where the constraint counts what stands in place of the removed with all the room that it has.
//!
//! With `worth = rewrite + saving` and the reduced cost `d = loss − worth · freed` of an option, this is
//! `rewrite · S(e) + Σ d + const(k)`: for a fixed `(e, k)` a covering knapsack with one choice per group.
//!
//! **Nodes.** The node `(e, k)` leaves the groups before `e` alone, lets *every* group from `e` on choose, keeping included,
//! and charges `S(e)`. That relaxes "the first edit is at `e`", and does no harm: a choice that leaves `e` alone is charged
//! no less than at its own first edit, so the least node is the optimum.
//!
//! **Bound.** The relaxation of a node to convex combinations of options is solved by filling with steps of the groups'
//! lower hulls in the order of their slopes; its value is a bound because every choice is a convex combination. For all `e`
//! (and then all `k`) it costs a logarithm each, from a Fenwick tree to which groups are added from the last to the first.
//!
//! Where groups before the first removable one have options, nodes stand for ranges of first edits, charged at the cheapest;
//! those that matter are taken apart, and raised by a bound that prices the place and the number apart ([`node::Priced`]).
//!
//! **Solution.** In the order of their bounds, nodes are solved in integers ([`core`]) until none is left below the best
//! solution, or the effort is spent; the least bound left is [`Solution::bound`].
//!
//! **Ties.** Doing nothing comes first; then what is found first, and nodes of equal bounds are searched with fewer
//! removals first, then with the later edit. In a group the weakest of equal options is taken.

mod core;
mod hull;
mod knapsack;
mod ladder;
mod node;
mod search;
mod states;
#[cfg(test)]
mod tests;

use knapsack::Knapsack;

/// One thing that may be done to a group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Choice {
    /// Tokens that it frees.
    pub freed: u32,
    /// What it is expected to be missed for, in tokens; not negative. What is no finite number cannot be chosen.
    pub loss: f64,
}

/// A group with everything that may be done to it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Candidate {
    /// Tokens of the request from the start of the group to the end of the request.
    pub suffix: u32,
    /// What may be done to it while it stays. The first is to leave it: nothing freed, nothing lost.
    pub options: Vec<Choice>,
    /// Its removal with the oldest; `None` where it stays although older and newer groups go. One whose loss is no finite
    /// number ends the removals: neither it nor a newer group goes.
    pub removal: Option<Choice>,
}

/// What removing the oldest groups takes besides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct RemovalTerms {
    /// Tokens that what stands in their place has room for, though never more than they take: so much more must be freed.
    pub takes: u32,
    /// Tokens of it that are paid for: what stands there until a summary is written may be shorter than its room.
    pub paid: u32,
    /// Cost of writing it, in tokens.
    pub cost: f64,
    /// Tokens that the removed have at least: what stands in their place needs that much.
    pub least: u32,
}

/// What tokens cost, relative to plain input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Money {
    /// Once, for each token that is left behind the first change: written to the cache again instead of read. 0 when it is cold.
    pub rewrite: f64,
    /// For each freed token, over the horizon.
    pub saving: f64,
}

/// What is to be solved.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Problem {
    /// The groups, in order.
    pub candidates: Vec<Candidate>,
    /// Tokens to free at least; 0: free what pays.
    pub need: u32,
    /// `None` where nothing may be removed.
    pub removal: Option<RemovalTerms>,
    /// Prices.
    pub money: Money,
}

/// What was chosen.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Solution {
    /// For each candidate the index of its option; 0 for those removed.
    pub options: Vec<usize>,
    /// How many of the removable candidates go, oldest first.
    pub removed: usize,
    /// Tokens freed, less what is paid for in place of the removed.
    pub freed: i64,
    /// Sum of losses, the cost of writing the summary included.
    pub loss: f64,
    /// What is written again: `money.rewrite` times what is left behind the first change.
    pub rewrite: f64,
    /// `money.saving` times `freed`.
    pub saved: f64,
    /// No choice that frees enough has less `loss + rewrite - saved`.
    pub bound: f64,
}

impl Solution {
    /// What was minimised.
    pub(crate) fn objective(&self) -> f64 {
        self.loss + self.rewrite - self.saved
    }
}

/// The choice with the least `loss + rewrite - saved` among those that free at least `need` tokens.
///
/// `None` when none frees that much. Optimal for small problems; for any, [`Solution::bound`] says how near it is.
/// Takes `O(N log N)` for `N` options, and a fixed effort beyond.
///
/// With `need` 0, choosing again after the choice was carried out changes nothing. Suppose a second choice, with first edit
/// `e'`, losses `L'` and `F'` freed, had `L' + rewrite · (S'(e') − F') − saving · F' < 0`, where `S'` is what the first choice
/// (`e`, `L`, `F`) left of `S`. Both at once cost `L' + rewrite · (S(min(e, e')) − S(e) − F') − saving · F'` more than the first
/// alone. If `e' ≥ e`, `S(min) − S(e) = 0 ≤ S'(e')`; if not, `S(min) − S(e) = S(e') − S(e) ≤ S(e') − F = S'(e')`, because what
/// was freed stood behind `e`. So both at once would have been cheaper than the first, which was the cheapest: with `need` 0
/// every node that can beat doing nothing is solved exactly, as its constraint does not bind.
pub(crate) fn choose(problem: &Problem) -> Option<Solution> {
    search::search(&Knapsack::of(problem))
}
