//! Steps in the order of their slopes, with sums of any number of the flattest: a Fenwick tree.

/// Bits of a digit of the radix sort.
const DIGIT: u32 = 11;

/// The positions of `keys`, which are not negative, in ascending order; equal ones keep theirs. A radix sort, linear in their
/// number: floats that are not negative are ordered as their bits are.
pub(super) fn ascending(keys: impl Iterator<Item = f64>) -> Vec<usize> {
    let mut sorted: Vec<(u64, usize)> = keys.map(f64::to_bits).zip(0..).collect();
    let mut other = sorted.clone();
    for shift in (0..u64::BITS).step_by(DIGIT as usize) {
        let digit = |key: u64| (key >> shift) as usize & ((1 << DIGIT) - 1);
        let mut places = [0_usize; 1 << DIGIT];
        for (key, _) in &sorted {
            if let Some(place) = places.get_mut(digit(*key)) {
                *place += 1;
            }
        }
        if places.contains(&sorted.len()) {
            continue;
        }
        let mut before = 0;
        for place in &mut places {
            before += std::mem::replace(place, before);
        }
        for item in &sorted {
            if let Some(place) = places.get_mut(digit(item.0)) {
                if let Some(slot) = other.get_mut(*place) {
                    *slot = *item;
                }
                *place += 1;
            }
        }
        std::mem::swap(&mut sorted, &mut other);
    }
    sorted.into_iter().map(|(_, position)| position).collect()
}

/// Which steps are there. Steps are only ever added: sums of floats that are not negative then lose nothing to cancellation.
pub(super) struct Ladder {
    sums: Vec<(u64, f64)>,
    total: u64,
}

/// The flattest steps that free at least so much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Filled {
    /// Tokens freed by the whole steps, fewer than asked for.
    pub freed: u64,
    /// Cost of the whole steps.
    pub cost: f64,
    /// Rank of the step that is taken in part, or to its end.
    pub rank: usize,
}

impl Ladder {
    pub fn new(height: usize) -> Self {
        Self {
            sums: vec![(0, 0.0); height + 1],
            total: 0,
        }
    }

    pub fn add(&mut self, rank: usize, freed: u32, cost: f64) {
        self.total += u64::from(freed);
        let mut at = rank + 1;
        while let Some((sum, costs)) = self.sums.get_mut(at) {
            *sum += u64::from(freed);
            *costs += cost;
            at += at & at.wrapping_neg();
        }
    }

    /// `None` when all steps free less than `need`; `need` is at least 1.
    pub fn fill(&self, need: u64) -> Option<Filled> {
        if self.total < need {
            return None;
        }
        let mut filled = Filled {
            freed: 0,
            cost: 0.0,
            rank: 0,
        };
        let mut stride = self.sums.len().next_power_of_two();
        while stride > 0 {
            if let Some((freed, cost)) = self.sums.get(filled.rank + stride)
                && filled.freed + freed < need
            {
                filled.rank += stride;
                filled.freed += freed;
                filled.cost += cost;
            }
            stride /= 2;
        }
        Some(filled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn radix_order_is_that_of_a_stable_sort(keys in proptest::collection::vec(
            prop_oneof![0.0_f64..2.0, Just(0.0), Just(1.0), 0.0..1e300], 0..200
        )) {
            let mut expected: Vec<usize> = (0..keys.len()).collect();
            expected.sort_by(|a, b| keys[*a].total_cmp(&keys[*b]));
            prop_assert_eq!(ascending(keys.into_iter()), expected);
        }

        #[test]
        fn a_ladder_fills_as_a_scan_does(
            steps in proptest::collection::vec((1_u32..50, 0.0_f64..9.0, any::<bool>()), 0..40),
            need in 1_u64..800,
        ) {
            let mut ladder = Ladder::new(steps.len());
            for (rank, (freed, cost, there)) in steps.iter().enumerate().rev() {
                if *there {
                    ladder.add(rank, *freed, *cost);
                }
            }
            let mut expected = None;
            let (mut sum, mut costs) = (0, 0.0);
            for (rank, (freed, cost, _)) in steps.iter().enumerate().filter(|(_, step)| step.2) {
                if sum + u64::from(*freed) >= need {
                    expected = Some((sum, costs, rank));
                    break;
                }
                sum += u64::from(*freed);
                costs += cost;
            }
            let found = ladder.fill(need);
            prop_assert_eq!(
                found.map(|found| (found.freed, found.rank)),
                expected.map(|(freed, _, rank)| (freed, rank))
            );
            if let (Some(found), Some((_, cost, _))) = (found, expected) {
                prop_assert!((found.cost - cost).abs() < 1e-9);
            }
        }
    }
}
