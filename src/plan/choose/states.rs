//! Combinations of moves: dynamic programming over Pareto states, pruned by what they can still lead to.

use crate::order;

/// More states than this at once are not followed.
const MOST_STATES: usize = 1 << 16;

/// A group leaves its base for another option.
#[derive(Clone, Copy, Debug)]
pub(super) struct Move {
    pub group: usize,
    pub option: usize,
    /// Tokens freed more than by the base; not 0.
    pub freed: i64,
    /// What `d − λ · freed` grows by; not negative.
    pub cost: f64,
}

/// The search for the least excess.
#[derive(Clone, Copy, Debug)]
pub(super) struct Core {
    /// Tokens that moves must free.
    pub residual: i64,
    /// `λ`.
    pub slope: f64,
    /// The least excess known.
    pub least: f64,
    /// What is not better by more than this is not better.
    pub tolerance: f64,
}

/// How far the search came.
pub(super) struct Followed {
    /// Nothing that has not been followed has less excess; infinite when all has been.
    pub open: f64,
    /// The moves of the best choice, if it is better than what was known.
    pub best: Option<Vec<Move>>,
    /// States made.
    pub work: usize,
}

/// Some moves of different groups, together.
#[derive(Clone, Copy)]
struct State {
    freed: i64,
    cost: f64,
    /// The last of the moves, as a place in the trail.
    last: usize,
}

/// The least cost per token of a move that frees more, and of one that frees less.
#[derive(Clone, Copy)]
struct Rates {
    more: f64,
    less: f64,
}

/// No place in the trail.
const NONE: usize = usize::MAX;

impl Core {
    /// Whether this is better than what is known; then it is what is known.
    pub fn improve(&mut self, freed: i64, cost: f64) -> bool {
        let excess = cost + self.slope * (freed - self.residual) as f64;
        let improves = freed >= self.residual && self.is_open(excess);
        if improves {
            self.least = excess;
        }
        improves
    }

    /// Whether an excess of at least `bound` may be better than what is known.
    pub fn is_open(&self, bound: f64) -> bool {
        bound < self.least - self.tolerance
    }

    /// The least excess that a state can lead to by moves at `rates`: what is missing is freed at the rate of freeing more;
    /// of what is too much, each token is given back at the rate of freeing less, or paid for.
    fn bound(&self, state: &State, rates: Rates) -> f64 {
        let missing = self.residual - state.freed;
        let rate = if missing > 0 {
            rates.more
        } else {
            rates.less.min(self.slope)
        };
        if missing == 0 {
            return state.cost;
        }
        state.cost + rate * missing.unsigned_abs() as f64
    }

    /// Follows combinations of `moves`, which stand in the order of their groups, group by group, those with the lowest rates
    /// first: what is left then soon costs too much.
    pub fn follow(&mut self, moves: &[Move], effort: usize) -> Followed {
        let groups: Vec<&[Move]> = moves.chunk_by(|a, b| a.group == b.group).collect();
        let groups = order::sorted(groups, |a, b| {
            let least = |moves| Rates::of(moves).more.min(Rates::of(moves).less);
            least(a).total_cmp(&least(b))
        });
        let mut rates = Rates {
            more: f64::INFINITY,
            less: f64::INFINITY,
        };
        let mut left: Vec<(&[Move], Rates)> = Vec::with_capacity(groups.len());
        for group in groups.into_iter().rev() {
            left.push((group, rates));
            rates = rates.least(Rates::of(group));
        }
        let mut trail: Vec<(Move, usize)> = Vec::new();
        let mut best = NONE;
        let mut work = 0;
        let mut states = vec![State {
            freed: 0,
            cost: 0.0,
            last: NONE,
        }];
        let mut open = f64::INFINITY;
        'groups: for (group, after) in left.into_iter().rev() {
            let mut next = states.clone();
            next.retain(|state| self.is_open(self.bound(state, after)));
            for made in group {
                if work > effort || next.len() > MOST_STATES {
                    let bounds = states.iter().map(|state| self.bound(state, rates));
                    open = bounds.fold(f64::INFINITY, f64::min);
                    break 'groups;
                }
                let mut moved = Vec::new();
                for state in &states {
                    let state = State {
                        freed: state.freed + made.freed,
                        cost: state.cost + made.cost,
                        last: state.last,
                    };
                    let improves = self.improve(state.freed, state.cost);
                    if !improves && !self.is_open(self.bound(&state, after)) {
                        continue;
                    }
                    trail.push((*made, state.last));
                    let last = trail.len() - 1;
                    if improves {
                        best = last;
                    }
                    moved.push(State { last, ..state });
                }
                work += states.len() + next.len();
                next = self.merged(&next, &moved);
            }
            states = next;
            rates = after;
            if states.is_empty() {
                break;
            }
        }
        let mut found = Vec::new();
        while let Some((made, last)) = trail.get(best) {
            found.push(*made);
            best = *last;
        }
        Followed {
            open,
            best: (!found.is_empty()).then_some(found),
            work,
        }
    }

    /// Two lists of states as one, from the most freed to the least, without those that free no more than another at no lower
    /// cost.
    fn merged(&self, mut a: &[State], mut b: &[State]) -> Vec<State> {
        let mut merged: Vec<State> = Vec::with_capacity(a.len() + b.len());
        let mut least = f64::INFINITY;
        loop {
            let first = match (a.split_first(), b.split_first()) {
                (Some((x, rest)), Some((y, _))) if x.freed >= y.freed => {
                    a = rest;
                    x
                }
                (_, Some((y, rest))) => {
                    b = rest;
                    y
                }
                (Some((x, rest)), None) => {
                    a = rest;
                    x
                }
                (None, None) => return merged,
            };
            let total = first.cost + self.slope * first.freed as f64;
            if total < least {
                least = total;
                // Of states that free the same, the cheapest remains.
                if merged.last().is_some_and(|last| last.freed == first.freed) {
                    merged.pop();
                }
                merged.push(*first);
            }
        }
    }
}

impl Rates {
    fn of(moves: &[Move]) -> Self {
        let mut rates = Self {
            more: f64::INFINITY,
            less: f64::INFINITY,
        };
        for made in moves {
            let rate = made.cost / made.freed.unsigned_abs() as f64;
            if made.freed > 0 {
                rates.more = rates.more.min(rate);
            } else {
                rates.less = rates.less.min(rate);
            }
        }
        rates
    }

    fn least(self, other: Self) -> Self {
        Self {
            more: self.more.min(other.more),
            less: self.less.min(other.less),
        }
    }
}
