//! The problem as it is searched.

use std::ops::Range;

use super::hull::{self, Point, Step, sound};
use super::ladder;
use super::{Candidate, Problem, Solution};

/// Prices above this count as this.
const GREATEST_PRICE: f64 = 1e6;

/// A group's points by freed tokens, the cheapest first, and the steps between those on the hull.
#[derive(Clone, Debug)]
pub(super) struct Group {
    points: Range<usize>,
    steps: Range<usize>,
    /// Which removal takes it, counted from 1.
    turn: usize,
}

/// What the removal of the oldest amounts to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gone {
    /// Tokens of the groups.
    pub freed: u64,
    /// Their losses, and the cost of the summary.
    pub loss: f64,
    /// Tokens that what stands in their place has room for.
    pub takes: u64,
    /// Tokens of it that are paid for.
    pub paid: u64,
}

/// A problem made ready.
#[derive(Debug)]
pub(super) struct Knapsack {
    pub groups: Vec<Group>,
    points: Vec<Point>,
    steps: Vec<Step>,
    /// The steps by rank, as positions in `steps`.
    by_rank: Vec<usize>,
    /// Tokens from each group to the end.
    suffix: Vec<f64>,
    /// For each number of removed groups what their removal amounts to.
    pub gone: Vec<Gone>,
    /// The first group that removals take.
    pub first_removable: usize,
    /// Tokens that the removed have at least.
    least: u64,
    need: u64,
    rewrite: f64,
    saving: f64,
}

/// A choice.
#[derive(Clone, Debug)]
pub(super) struct Selection {
    pub options: Vec<usize>,
    pub removed: usize,
}

impl Knapsack {
    pub fn of(problem: &Problem) -> Self {
        let price = |price: f64| {
            if price.is_nan() {
                0.0
            } else {
                price.clamp(0.0, GREATEST_PRICE)
            }
        };
        let options = problem.candidates.iter();
        let options = options
            .map(|group| group.options.len().saturating_sub(1))
            .sum::<usize>();
        let mut knapsack = Self {
            groups: Vec::with_capacity(problem.candidates.len()),
            points: Vec::with_capacity(options + problem.candidates.len()),
            steps: Vec::with_capacity(options),
            by_rank: Vec::new(),
            suffix: suffixes(&problem.candidates),
            gone: vec![Gone::default()],
            first_removable: problem.candidates.len(),
            least: problem.removal.map_or(0, |terms| terms.least.into()),
            need: problem.need.into(),
            rewrite: price(problem.money.rewrite),
            saving: price(problem.money.saving),
        };
        let mut removals = problem.removal.and_then(|terms| {
            Some(Gone {
                freed: 0,
                loss: sound(terms.cost)?,
                takes: terms.takes.into(),
                paid: terms.paid.into(),
            })
        });
        let worth = knapsack.worth();
        let mut scratch = Vec::new();
        for (index, candidate) in problem.candidates.iter().enumerate() {
            let turn = knapsack.remove(index, candidate, &mut removals);
            let (points, steps) = (knapsack.points.len(), knapsack.steps.len());
            hull::add_points(&mut knapsack.points, candidate, worth, &mut scratch);
            let added = knapsack.points.get(points..).unwrap_or_default();
            hull::add_steps(&mut knapsack.steps, index, added);
            knapsack.groups.push(Group {
                points: points..knapsack.points.len(),
                steps: steps..knapsack.steps.len(),
                turn,
            });
        }
        knapsack.by_rank = ladder::ascending(knapsack.steps.iter().map(|step| step.slope));
        for (rank, step) in knapsack.by_rank.iter().enumerate() {
            if let Some(step) = knapsack.steps.get_mut(*step) {
                step.rank = rank as u32;
            }
        }
        knapsack
    }

    /// Notes that `candidate` may be removed after those before it, and says in which turn.
    fn remove(
        &mut self,
        index: usize,
        candidate: &Candidate,
        removals: &mut Option<Gone>,
    ) -> usize {
        let (Some(gone), Some(removal)) = (removals.as_mut(), candidate.removal) else {
            return usize::MAX;
        };
        let Some(loss) = sound(removal.loss) else {
            *removals = None;
            return usize::MAX;
        };
        gone.freed += u64::from(removal.freed);
        gone.loss += loss;
        self.first_removable = self.first_removable.min(index);
        // What stands in place of the removed never takes more than they did.
        self.gone.push(Gone {
            takes: gone.takes.min(gone.freed),
            paid: gone.paid.min(gone.freed),
            ..*gone
        });
        self.gone.len() - 1
    }

    /// What a freed token is worth: it is not written again, and not read.
    pub fn worth(&self) -> f64 {
        self.rewrite + self.saving
    }

    /// What rewriting everything from group `first` on costs, before anything is freed.
    pub fn charge(&self, first: usize) -> f64 {
        self.rewrite * self.suffix.get(first).copied().unwrap_or_default()
    }

    pub fn points(&self, group: &Group) -> &[Point] {
        self.points.get(group.points.clone()).unwrap_or_default()
    }

    pub fn steps(&self, group: &Group) -> &[Step] {
        self.steps.get(group.steps.clone()).unwrap_or_default()
    }

    /// How many steps there are.
    pub fn height(&self) -> usize {
        self.steps.len()
    }

    pub fn step(&self, rank: usize) -> Option<&Step> {
        self.steps.get(*self.by_rank.get(rank)?)
    }

    /// Steps by their slopes.
    pub fn ascending(&self) -> impl Iterator<Item = &Step> {
        self.by_rank.iter().filter_map(|step| self.steps.get(*step))
    }

    /// Tokens that options must free besides the removal of the oldest `removed`.
    pub fn residual(&self, removed: usize) -> u64 {
        let gone = self.gone.get(removed).copied().unwrap_or_default();
        (self.need + gone.takes).saturating_sub(gone.freed)
    }

    /// Whether the oldest `removed` are enough for what stands in their place.
    pub fn may_remove(&self, removed: usize) -> bool {
        let gone = self.gone.get(removed);
        gone.is_some_and(|gone| gone.freed >= self.least)
    }

    /// What the removal of the oldest `removed` adds to the objective.
    pub fn removal_cost(&self, removed: usize) -> f64 {
        let gone = self.gone.get(removed).copied().unwrap_or_default();
        gone.loss - self.worth() * (gone.freed as f64 - gone.paid as f64)
    }

    /// What a selection comes to; its bound is yet to be found.
    pub fn valued(&self, selection: &Selection) -> Solution {
        let gone = self
            .gone
            .get(selection.removed)
            .copied()
            .unwrap_or_default();
        let mut first = None;
        let mut freed = gone.freed as i64 - gone.paid as i64;
        let mut loss = gone.loss;
        for (index, (group, option)) in self.groups.iter().zip(&selection.options).enumerate() {
            if group.turn <= selection.removed {
                first = first.or(Some(index));
            } else if *option > 0 {
                first = first.or(Some(index));
                let mut points = self.points(group).iter();
                if let Some(point) = points.find(|point| point.option == *option) {
                    freed += i64::from(point.freed);
                    loss += point.loss;
                }
            }
        }
        let suffix = first.and_then(|first| self.suffix.get(first).copied());
        Solution {
            options: selection.options.clone(),
            removed: selection.removed,
            freed,
            loss,
            rewrite: suffix.map_or(0.0, |suffix| {
                self.rewrite * (suffix - freed as f64).max(0.0)
            }),
            saved: self.saving * freed as f64,
            bound: f64::NEG_INFINITY,
        }
    }

    /// Nothing done, where nothing has to be.
    pub fn nothing(&self) -> Option<Selection> {
        (self.need == 0).then(|| Selection {
            options: vec![0; self.groups.len()],
            removed: 0,
        })
    }
}

impl Group {
    /// Whether it stays when the oldest `removed` go.
    pub fn stays(&self, removed: usize) -> bool {
        self.turn > removed
    }

    /// Whether it is the one that goes in this turn.
    pub fn turn(&self) -> usize {
        self.turn
    }

    /// Whether anything but leaving it alone is worth a thought.
    pub fn has_options(&self, knapsack: &Knapsack) -> bool {
        knapsack.points(self).iter().any(|point| point.option > 0)
    }
}

/// Suffixes never grow towards the end; where they are said to, the larger counts for all before it.
fn suffixes(candidates: &[Candidate]) -> Vec<f64> {
    let mut greatest = 0;
    let mut suffixes: Vec<f64> = candidates
        .iter()
        .rev()
        .map(|candidate| {
            greatest = candidate.suffix.max(greatest);
            f64::from(greatest)
        })
        .collect();
    suffixes.reverse();
    suffixes
}
