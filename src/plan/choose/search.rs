//! Which nodes are solved, and when to stop.

use super::Solution;
use super::core;
use super::knapsack::{Knapsack, Selection};
use super::node::{Node, Priced};

/// Options and states looked at in the hope of an optimum, which is nearly always found with much less: for up to
/// [`FEW`] groups, and for more. Operations rather than time, so that the same problem has the same answer everywhere.
const EFFORT: [usize; 2] = [1_000_000, 100_000];

/// Groups up to which the optimum is worth the larger effort.
const FEW: usize = 64;

/// Options and states looked at as long as the gap is larger than [`GAP`].
const GREATEST_EFFORT: usize = 4_000_000;

/// The gap, relative to loss and rewriting, that is worth no more effort.
const GAP: f64 = 1e-3;

/// Rounding errors of sums of tens of thousands of floats, relative to their size.
const ROUNDING: f64 = 1e-10;

/// The best choice known.
struct Best {
    solution: Option<Solution>,
    /// Its objective; infinite without a solution.
    objective: f64,
    /// Differences below this are rounding errors.
    tolerance: f64,
}

pub(super) fn search(knapsack: &Knapsack) -> Option<Solution> {
    let mut best = Best {
        solution: None,
        objective: f64::INFINITY,
        tolerance: 0.0,
    };
    if let Some(nothing) = knapsack.nothing() {
        best.consider(knapsack, &nothing);
    }
    let [few, many] = EFFORT;
    let hoped = if knapsack.groups.len() <= FEW {
        few
    } else {
        many
    };
    let mut nodes = Node::all(knapsack);
    // The least bound of the nodes that were given up.
    let mut given_up = f64::INFINITY;
    let mut work = 0;
    loop {
        nodes.retain(|node| node.bound < best.objective - best.tolerance);
        let Some((place, node)) = least(&nodes) else {
            break;
        };
        let gap = best.objective - node.bound.min(given_up);
        if work > GREATEST_EFFORT || work > hoped && gap <= best.acceptable() {
            break;
        }
        nodes.remove(place);
        // Nodes are looked through once more for each that is solved; a look is cheaper than a state.
        work += nodes.len() / 4;
        if !node.is_single(knapsack) {
            // What is best for all places together is a choice as well, and there must be one before the effort is spent.
            let solved = core::solve(knapsack, &node, best.objective, best.tolerance, 0);
            work += solved.work;
            if let Some(found) = &solved.found {
                best.consider(knapsack, found);
            }
            let step = node.relaxed.rank.and_then(|rank| knapsack.step(rank));
            let priced = Priced::new(knapsack, step.map_or(0.0, |step| step.slope));
            nodes.extend(node.parts(knapsack, priced.place(&node).0));
            priced.raise(&mut nodes, knapsack);
            work += 4 * (knapsack.groups.len() + knapsack.height()) + nodes.len();
            continue;
        }
        let effort = if gap <= best.acceptable() || work < hoped {
            hoped.saturating_sub(work)
        } else {
            GREATEST_EFFORT - work
        };
        let solved = core::solve(knapsack, &node, best.objective, best.tolerance, effort);
        work += solved.work;
        if let Some(found) = &solved.found {
            best.consider(knapsack, found);
        }
        given_up = given_up.min(solved.least);
        for other in &mut nodes {
            other.learn(&node, solved.least, knapsack);
        }
    }
    let mut solution = best.solution?;
    let open = least(&nodes).map_or(given_up, |(_, node)| node.bound.min(given_up));
    solution.bound = if open < best.objective - best.tolerance {
        open
    } else {
        best.objective
    };
    Some(solution)
}

/// The node with the least bound, and its place; the first of several.
fn least(nodes: &[Node]) -> Option<(usize, Node)> {
    let mut least: Option<(usize, Node)> = None;
    for (place, node) in nodes.iter().enumerate() {
        if least.is_none_or(|(_, least)| node.bound < least.bound) {
            least = Some((place, *node));
        }
    }
    least
}

impl Best {
    fn consider(&mut self, knapsack: &Knapsack, selection: &Selection) {
        let solution = knapsack.valued(selection);
        let objective = solution.objective();
        let size = solution.loss + solution.rewrite + solution.saved.abs();
        if objective < self.objective - self.tolerance {
            self.objective = objective;
            self.tolerance = ROUNDING * size;
            self.solution = Some(solution);
        }
    }

    /// The gap at which the search may end.
    fn acceptable(&self) -> f64 {
        self.solution
            .as_ref()
            .map_or(0.0, |solution| GAP * (solution.loss + solution.rewrite))
    }
}
