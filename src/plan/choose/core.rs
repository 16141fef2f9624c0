//! One node in whole options.
//!
//! Let `λ` be the slope of the step that the relaxation takes in part, and let every group stand at its option of least
//! `d − λ · freed`, the base; the base frees `residual` tokens too few. Any choice of the node comes to
//!
//! > relaxed value + Σ c + λ · slack,
//!
//! where `c ≥ 0` is what `d − λ · freed` grows by where a group leaves its base, and `slack ≥ 0` the tokens freed beyond the
//! need. So the search is for the least *excess* `Σ c + λ · slack`; an option whose `c` alone reaches the least excess known
//! cannot be part of anything better, which leaves only few groups, the core (Pisinger 1995, "A minimal algorithm for the
//! multiple-choice knapsack problem").

use super::hull::Point;
use super::knapsack::{Group, Knapsack, Selection};
use super::node::Node;
use super::states::{Core, Move};

/// What became of a node.
pub(super) struct Solved {
    /// No choice of the node comes to less.
    pub least: f64,
    /// The best choice that was found, if it comes to less than what was known.
    pub found: Option<Selection>,
    /// Options and states looked at.
    pub work: usize,
}

/// Looks for the best choice of `node` that comes to less than `known`, by more than `tolerance`, with about `effort` states.
pub(super) fn solve(
    knapsack: &Knapsack,
    node: &Node,
    known: f64,
    tolerance: f64,
    effort: usize,
) -> Solved {
    let stand = Stand::new(knapsack, node);
    let value = node.relaxed.value;
    let Some(step) = node.relaxed.rank.and_then(|rank| knapsack.step(rank)) else {
        return Solved {
            least: value,
            found: (value < known - tolerance).then(|| stand.selection(&[])),
            work: stand.groups,
        };
    };
    let mut core = Core {
        residual: stand.residual,
        slope: step.slope,
        least: known - value,
        tolerance,
    };
    let mut single = None;
    let mut work = stand.groups;
    stand.each_move(step.slope, &mut |made| {
        work += 1;
        if made.freed >= core.residual && core.improve(made.freed, made.cost) {
            single = Some(made);
        }
    });
    let mut found = single.map(|made| stand.selection(&[made]));
    if core.least <= tolerance {
        let least = value + core.least;
        return Solved { least, found, work };
    }
    let mut moves = Vec::new();
    stand.each_move(step.slope, &mut |made| {
        if core.is_open(made.cost) {
            moves.push(made);
        }
    });
    let followed = core.follow(&moves, effort);
    if let Some(best) = followed.best {
        found = Some(stand.selection(&best));
    }
    Solved {
        least: value + followed.open.min(core.least),
        found,
        work: work + followed.work,
    }
}

/// Where every group of a node stands before any move.
struct Stand<'a> {
    knapsack: &'a Knapsack,
    node: &'a Node,
    options: Vec<usize>,
    /// Tokens that moves must free.
    residual: i64,
    /// How many groups may choose.
    groups: usize,
}

impl<'a> Stand<'a> {
    fn new(knapsack: &'a Knapsack, node: &'a Node) -> Self {
        let mut stand = Self {
            knapsack,
            node,
            options: vec![0; knapsack.groups.len()],
            residual: knapsack.residual(node.removed) as i64,
            groups: 0,
        };
        for (index, group) in knapsack.groups.iter().enumerate().skip(node.first) {
            let Some(base) = stand.base(index, group) else {
                continue;
            };
            stand.residual -= i64::from(base.freed);
            stand.groups += 1;
            if let Some(option) = stand.options.get_mut(index) {
                *option = base.option;
            }
        }
        stand
    }

    /// The last vertex of the group's hull before the step that is taken in part.
    fn base(&self, index: usize, group: &Group) -> Option<&'a Point> {
        if !self.node.has(index, group) {
            return None;
        }
        let rank = self.node.relaxed.rank.unwrap_or(0) as u32;
        let steps = self.knapsack.steps(group).iter();
        let last = steps.take_while(|step| step.rank < rank).last();
        let vertex = last.map_or(0, |step| step.point as usize);
        self.knapsack.points(group).get(vertex)
    }

    /// Every move of every group, with its cost at `slope`.
    fn each_move(&self, slope: f64, visit: &mut dyn FnMut(Move)) {
        let price = self.knapsack.worth() + slope;
        let groups = self.knapsack.groups.iter().enumerate();
        for (index, group) in groups.skip(self.node.first) {
            let Some(base) = self.base(index, group) else {
                continue;
            };
            for point in self.knapsack.points(group) {
                let freed = i64::from(point.freed) - i64::from(base.freed);
                if freed != 0 {
                    visit(Move {
                        group: index,
                        option: point.option,
                        freed,
                        cost: (point.loss - base.loss - price * freed as f64).max(0.0),
                    });
                }
            }
        }
    }

    fn selection(&self, moves: &[Move]) -> Selection {
        let mut options = self.options.clone();
        for made in moves {
            if let Some(option) = options.get_mut(made.group) {
                *option = made.option;
            }
        }
        Selection {
            options,
            removed: self.node.removed,
        }
    }
}
