//! Against oracles, on large instances, and case by case.

mod cases;
mod large;
mod small;

use super::*;

/// The objective of a choice, or `None` where it frees too little; written down from the definition.
fn value(problem: &Problem, options: &[usize], removed: usize) -> Option<f64> {
    let mut left = removed;
    let (mut loss, mut freed, mut first) = (0.0, 0_i64, None);
    let (mut gone, mut room) = (0_i64, 0_i64);
    for (index, candidate) in problem.candidates.iter().enumerate() {
        let taken = match candidate.removal {
            Some(removal) if left > 0 => {
                left -= 1;
                gone += i64::from(removal.freed);
                Some(removal)
            }
            _ => (options[index] > 0).then(|| candidate.options[options[index]]),
        };
        if let Some(taken) = taken {
            loss += taken.loss;
            freed += i64::from(taken.freed);
            first = first.or(Some(candidate.suffix));
        }
    }
    if removed > 0 {
        let terms = problem.removal?;
        if gone < i64::from(terms.least) {
            return None;
        }
        loss += terms.cost;
        let [takes, paid] = [terms.takes, terms.paid].map(|tokens| i64::from(tokens).min(gone));
        freed -= paid;
        room = takes - paid;
    }
    let rewrite = first.map_or(0.0, |suffix| {
        problem.money.rewrite * (f64::from(suffix) - freed as f64).max(0.0)
    });
    let is_enough = left == 0 && loss.is_finite() && freed - room >= i64::from(problem.need);
    is_enough.then_some(loss + rewrite - problem.money.saving * freed as f64)
}

/// The least objective of all choices.
fn oracle(problem: &Problem) -> Option<f64> {
    let removable = |candidate: &&Candidate| candidate.removal.is_some();
    let most = problem.candidates.iter().filter(removable).count();
    let mut best: Option<f64> = None;
    for removed in 0..=most {
        let mut options = vec![0; problem.candidates.len()];
        loop {
            if let Some(value) = value(problem, &options, removed) {
                best = Some(best.map_or(value, |best| best.min(value)));
            }
            let mut at = 0;
            while at < options.len() {
                options[at] += 1;
                if options[at] < problem.candidates[at].options.len().max(1) {
                    break;
                }
                options[at] = 0;
                at += 1;
            }
            if at == options.len() {
                break;
            }
        }
    }
    best
}

/// The solution says what it is, and lies above its bound.
fn check(problem: &Problem, solution: &Solution) -> f64 {
    let objective = solution.objective();
    let own =
        value(problem, &solution.options, solution.removed).expect("a choice that frees enough");
    let size = 1.0 + solution.loss + solution.rewrite + solution.saved.abs();
    assert!((own - objective).abs() <= 1e-9 * size, "{own} {objective}");
    assert!(solution.bound <= objective);
    objective
}

fn keep() -> Choice {
    Choice {
        freed: 0,
        loss: 0.0,
    }
}

/// A group: its size, options as shares of the size with their losses, and the loss of its removal.
type Turn = (u32, Vec<(f64, f64)>, Option<f64>);

/// Candidates from groups, before `tail` tokens that stay.
fn problem(groups: &[Turn], tail: u32) -> Vec<Candidate> {
    let mut suffix = tail;
    let mut candidates = Vec::new();
    for (size, options, removal) in groups.iter().rev() {
        suffix += size;
        let choice = |&(share, loss): &(f64, f64)| Choice {
            freed: (share * f64::from(*size)) as u32,
            loss,
        };
        candidates.push(Candidate {
            suffix,
            options: std::iter::once(keep())
                .chain(options.iter().map(choice))
                .collect(),
            removal: removal.map(|loss| Choice { freed: *size, loss }),
        });
    }
    candidates.reverse();
    candidates
}

/// Deterministic numbers between 0 and 1 (xorshift64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// An agent's history: turns with a result that may be masked or cut to several lengths, old ones worth less.
fn history(groups: usize, need: f64, money: Money, held: f64, seed: u64) -> Problem {
    let mut numbers = Numbers(seed);
    let mut turns = Vec::new();
    for index in 0..groups {
        let size = 40 + (3_000.0 * numbers.next().powi(3)) as u32;
        let age = 1.0 - index as f64 / groups as f64;
        let again = 0.02 + 0.3 * numbers.next() / (1.0 + 20.0 * age);
        let options = (0..(numbers.next() * 5.0) as usize)
            .map(|option| {
                let share = 0.3 + 0.6 * numbers.next() / (1.0 + option as f64);
                (share, share.powf(1.5) * again * f64::from(size))
            })
            .collect();
        let removal = (numbers.next() >= held).then(|| 1.3 * again * f64::from(size) + 5.0);
        turns.push((size, options, removal));
    }
    let candidates = problem(&turns, 4_000);
    let total = candidates.first().map_or(0, |first| first.suffix);
    Problem {
        candidates,
        need: (f64::from(total) * need) as u32,
        removal: Some(RemovalTerms {
            takes: 1_024,
            paid: 1_024,
            cost: 6_000.0,
            least: 0,
        }),
        money,
    }
}

const WARM: Money = Money {
    rewrite: 1.15,
    saving: 1.0,
};

const COLD: Money = Money {
    rewrite: 0.0,
    saving: 2.15,
};

const FREE: Money = Money {
    rewrite: 0.0,
    saving: 0.0,
};

/// A token is worth about what it is missed for.
const BALANCED: Money = Money {
    rewrite: 0.09,
    saving: 0.03,
};

/// The least objective by tables over the freed tokens: `O(groups² · options · need)`.
fn table_oracle(problem: &Problem) -> Option<f64> {
    let need = problem.need as usize;
    let worth = problem.money.rewrite + problem.money.saving;
    let cost = |choice: &Choice| choice.loss - worth * f64::from(choice.freed);
    let order: Vec<usize> = (0..problem.candidates.len())
        .filter(|index| problem.candidates[*index].removal.is_some())
        .collect();
    let most = problem.removal.map_or(0, |_| order.len());
    let mut best = if need == 0 { 0.0 } else { f64::INFINITY };
    for removed in 0..=most {
        // The least cost of the groups so far that free at least so much.
        let mut table = vec![f64::INFINITY; need + 1];
        table[0] = 0.0;
        let (mut base, mut gone) = (0.0, 0_i64);
        for index in &order[..removed] {
            let removal = problem.candidates[*index].removal.unwrap();
            base += cost(&removal);
            gone += i64::from(removal.freed);
        }
        if let (Some(terms), true) = (problem.removal, removed > 0) {
            base += terms.cost + worth * i64::from(terms.paid).min(gone) as f64;
            gone -= i64::from(terms.takes).min(gone);
        }
        let left = (need as i64 - gone).max(0) as usize;
        table.resize(left.max(need) + 1, f64::INFINITY);
        for (index, candidate) in problem.candidates.iter().enumerate().rev() {
            let charged = base + problem.money.rewrite * f64::from(candidate.suffix);
            if order[..removed].contains(&index) {
                if index == order[0] {
                    best = best.min(charged + table[left]);
                }
                continue;
            }
            let mut next = table.clone();
            for choice in &candidate.options[1..] {
                for (freed, next) in next.iter_mut().enumerate() {
                    let from = freed.saturating_sub(choice.freed as usize);
                    let with = cost(choice) + table[from];
                    *next = next.min(with);
                    if freed == left && (removed == 0 || index < order[0]) {
                        best = best.min(charged + with);
                    }
                }
            }
            for freed in (0..next.len() - 1).rev() {
                next[freed] = next[freed].min(next[freed + 1]);
            }
            table = next;
        }
    }
    best.is_finite().then_some(best)
}
