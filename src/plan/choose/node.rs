//! Nodes and their bounds: where the first edit is, and how many groups are removed.

use super::knapsack::{Group, Knapsack};
use super::ladder::{Filled, Ladder};

/// Choices whose first edit is at a group from `first` to `charged`, with the oldest `removed` gone: every group from `first`
/// on may choose, and the rewriting is charged from `charged` on, which is the least for any of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub first: usize,
    pub charged: usize,
    pub removed: usize,
    /// No choice of the node comes to less.
    pub bound: f64,
    pub relaxed: Relaxed,
}

/// A node's relaxation to convex combinations of options.
#[derive(Clone, Copy, Debug)]
pub(super) struct Relaxed {
    /// Its value.
    pub value: f64,
    /// Steps of a lower rank are taken, the one of this rank in part; `None`: no step has to be taken, so the cheapest options
    /// are a choice, and the best.
    pub rank: Option<usize>,
}

impl Node {
    /// Every node that some choice belongs to, with its bound, those to be searched first among equals first.
    ///
    /// Each of the sweeps adds every group to a ladder once and fills it once per node.
    pub fn all(knapsack: &Knapsack) -> Vec<Self> {
        let mut nodes = Vec::new();
        let mut sweep = Sweep::new(knapsack);
        for (index, group) in knapsack.groups.iter().enumerate().rev() {
            if group.has_options(knapsack) {
                sweep.add(group);
                nodes.extend(sweep.node(index, index, 0));
            }
        }
        let most = knapsack.gone.len() - 1;
        if most == 0 {
            return nodes;
        }
        // With removals the first edit is the first removal, or an option of a group before it, which always stays.
        let start = knapsack.first_removable;
        let (before, after) = knapsack.groups.split_at(start.min(knapsack.groups.len()));
        let optional = |group: &&Group| group.has_options(knapsack);
        let earliest = before.iter().position(|group| optional(&group));
        let latest = before.iter().rposition(|group| optional(&group));
        let removals = |mut sweep: Sweep, first, charged| {
            for group in after.iter().filter(|group| group.stays(most)) {
                sweep.add(group);
            }
            let mut found = Vec::new();
            for group in after.iter().rev().filter(|group| group.turn() <= most) {
                if knapsack.may_remove(group.turn()) {
                    found.extend(sweep.node(first, charged, group.turn()));
                }
                sweep.add(group);
            }
            found.reverse();
            found
        };
        nodes.extend(removals(Sweep::new(knapsack), start, start));
        if let (Some(earliest), Some(latest)) = (earliest, latest) {
            let mut sweep = Sweep::new(knapsack);
            for group in before {
                sweep.add(group);
            }
            nodes.extend(removals(sweep, earliest, latest));
        }
        nodes
    }

    /// A node whose first edit may be at several groups, as one for the group `at`, those before it and those behind it.
    pub fn parts(&self, knapsack: &Knapsack, at: usize) -> Vec<Self> {
        let part = |(first, charged)| {
            if first > charged {
                return None;
            }
            let relaxed = relax(knapsack, first, charged, self.removed)?;
            Some(Self {
                first,
                charged,
                bound: relaxed.value.max(self.bound),
                relaxed,
                ..*self
            })
        };
        let mut parts = Vec::new();
        parts.extend(part((at, at)));
        parts.extend(part((at + 1, self.charged)));
        parts.extend(at.checked_sub(1).and_then(|last| part((self.first, last))));
        parts
    }

    /// Whether it stands for one place of the first edit, or for several that cost the same.
    pub fn is_single(&self, knapsack: &Knapsack) -> bool {
        knapsack.charge(self.first) <= knapsack.charge(self.charged)
    }

    /// Whether a group chooses among its options.
    pub fn has(&self, index: usize, group: &Group) -> bool {
        index >= self.first && group.stays(self.removed)
    }

    /// Raises the bound by that of a solved node. What is chosen from a later group on could be chosen there as well, where it
    /// would be charged from an earlier one.
    pub fn learn(&mut self, solved: &Self, least: f64, knapsack: &Knapsack) {
        if self.removed == solved.removed && self.first >= solved.first {
            let earlier = knapsack.charge(solved.charged) - knapsack.charge(self.charged);
            self.bound = self.bound.max(least - earlier);
        }
    }
}

/// Bounds of every node from one slope `λ`: with the constraint priced at `λ` every group chooses alone, at
/// `min (d − λ · freed)`, so that the place of the first edit and the number of removals are priced apart.
///
/// At a node's own slope this is its relaxed value, but charged at the best place of a range rather than at its cheapest end.
pub(super) struct Priced {
    slope: f64,
    /// For each first edit before or at the first removal, what the place costs.
    places: Vec<f64>,
    /// For each number of removals, what the groups from the first removal on cost that stay.
    stays: Vec<f64>,
}

impl Priced {
    pub fn new(knapsack: &Knapsack, slope: f64) -> Self {
        let alone = |group: &Group| {
            let points = knapsack.points(group).iter();
            let costs = points.map(|point| point.cost - slope * f64::from(point.freed));
            costs.fold(0.0, f64::min)
        };
        let start = knapsack.first_removable.min(knapsack.groups.len());
        let (before, after) = knapsack.groups.split_at(start);
        let mut cost = 0.0;
        let mut places = vec![knapsack.charge(start)];
        for (index, group) in before.iter().enumerate().rev() {
            cost += alone(group);
            places.push(knapsack.charge(index) + cost);
        }
        places.reverse();
        let mut stays = vec![after.iter().map(alone).sum::<f64>()];
        let mut last = stays.first().copied().unwrap_or_default();
        for group in after {
            if group.turn() < knapsack.gone.len() {
                last -= alone(group);
                stays.push(last);
            }
        }
        Self {
            slope,
            places,
            stays,
        }
    }

    /// The best place of the first edit in a node with removals, and its cost.
    pub fn place(&self, node: &Node) -> (usize, f64) {
        let mut best = (node.first, f64::INFINITY);
        let places = self.places.iter().enumerate().skip(node.first);
        for (place, cost) in places.take(node.charged - node.first + 1) {
            if *cost < best.1 {
                best = (place, *cost);
            }
        }
        best
    }

    /// Raises the bounds of nodes with removals.
    pub fn raise(&self, nodes: &mut [Node], knapsack: &Knapsack) {
        let mut known = None;
        for node in nodes.iter_mut().filter(|node| node.removed > 0) {
            let range = (node.first, node.charged);
            let cost = match known {
                Some((same, cost)) if same == range => cost,
                _ => self.place(node).1,
            };
            known = Some((range, cost));
            let stays = self.stays.get(node.removed).copied();
            let value = cost
                + stays.unwrap_or(f64::NEG_INFINITY)
                + knapsack.removal_cost(node.removed)
                + self.slope * knapsack.residual(node.removed) as f64;
            node.bound = node.bound.max(value);
        }
    }
}

/// Groups that are there, with what their cheapest options come to.
struct Sweep<'a> {
    knapsack: &'a Knapsack,
    ladder: Ladder,
    freed: u64,
    cost: f64,
}

impl<'a> Sweep<'a> {
    fn new(knapsack: &'a Knapsack) -> Self {
        Self {
            knapsack,
            ladder: Ladder::new(knapsack.height()),
            freed: 0,
            cost: 0.0,
        }
    }

    fn add(&mut self, group: &Group) {
        if let Some(cheapest) = self.knapsack.points(group).first() {
            self.freed += u64::from(cheapest.freed);
            self.cost += cheapest.cost;
        }
        for step in self.knapsack.steps(group) {
            self.ladder.add(step.rank as usize, step.freed, step.cost);
        }
    }

    /// The node of the groups that are there; `None` when they cannot free enough.
    fn node(&self, first: usize, charged: usize, removed: usize) -> Option<Node> {
        let need = self.knapsack.residual(removed).saturating_sub(self.freed);
        let filled = match need {
            0 => None,
            need => Some(self.ladder.fill(need)?),
        };
        let relaxed = Relaxed::of(
            self.knapsack,
            charged,
            removed,
            self.cost,
            filled.map(|filled| (filled, need)),
        )?;
        Some(Node {
            first,
            charged,
            removed,
            bound: relaxed.value,
            relaxed,
        })
    }
}

impl Relaxed {
    fn of(
        knapsack: &Knapsack,
        charged: usize,
        removed: usize,
        cheapest: f64,
        filled: Option<(Filled, u64)>,
    ) -> Option<Self> {
        let mut value = knapsack.charge(charged) + knapsack.removal_cost(removed) + cheapest;
        if let Some((filled, need)) = filled {
            let slope = knapsack.step(filled.rank)?.slope;
            value += filled.cost + slope * (need - filled.freed) as f64;
        }
        Some(Self {
            value,
            rank: filled.map(|(filled, _)| filled.rank),
        })
    }
}

/// The same for a single node, by one pass over the steps.
fn relax(knapsack: &Knapsack, first: usize, charged: usize, removed: usize) -> Option<Relaxed> {
    let there = |index: usize| {
        let group = knapsack.groups.get(index).filter(|_| index >= first)?;
        group.stays(removed).then_some(group)
    };
    let mut need = knapsack.residual(removed);
    let mut cheapest = 0.0;
    for index in first..knapsack.groups.len() {
        if let Some(point) = there(index).and_then(|group| knapsack.points(group).first()) {
            need = need.saturating_sub(point.freed.into());
            cheapest += point.cost;
        }
    }
    if need == 0 {
        return Relaxed::of(knapsack, charged, removed, cheapest, None);
    }
    let mut filled = Filled {
        freed: 0,
        cost: 0.0,
        rank: 0,
    };
    for step in knapsack.ascending() {
        if there(step.group as usize).is_none() {
            continue;
        }
        if filled.freed + u64::from(step.freed) >= need {
            filled.rank = step.rank as usize;
            return Relaxed::of(knapsack, charged, removed, cheapest, Some((filled, need)));
        }
        filled.freed += u64::from(step.freed);
        filled.cost += step.cost;
    }
    None
}
