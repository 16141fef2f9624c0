//! What may be done to a group in all, where there are several things.

use crate::order::sorted;

use super::{Offer, nothing};

/// Most options of one group. Parallel results could be combined in more ways than can be looked at.
const MOST: usize = 24;

/// Adds to a group's offers what else may be done to it, which is taken out of `levels`.
pub(super) fn add(offers: &mut Vec<Offer>, levels: &mut Vec<Offer>) {
    if offers.len() == 1 {
        offers.append(levels);
        // Most groups have one result, which is short: it can only be masked.
        if offers.len() <= 2 {
            return;
        }
    } else {
        let both = offers.iter().flat_map(|offer| {
            levels.iter().map(|level| Offer {
                acts: offer.acts.with(&level.acts),
                freed: offer.freed.saturating_add(level.freed),
                loss: offer.loss + level.loss,
            })
        });
        let both: Vec<Offer> = both.collect();
        offers.extend(both);
        levels.clear();
    }
    *offers = best_of(std::mem::take(offers));
}

/// Of offers none that is worse than another in both respects.
fn best_of(all: Vec<Offer>) -> Vec<Offer> {
    let all = sorted(all, |a, b| {
        b.freed
            .cmp(&a.freed)
            .then_with(|| a.loss.total_cmp(&b.loss))
    });
    let mut best: Vec<Offer> = Vec::new();
    for offer in all.into_iter().filter(|offer| !offer.acts.is_empty()) {
        if best.last().is_none_or(|last| offer.loss < last.loss) {
            best.push(offer);
        }
    }
    best.push(nothing());
    best.reverse();
    if best.len() > MOST {
        let last = best.len() - 1;
        let step = |at: usize| at * last / (MOST - 1);
        let kept: Vec<usize> = (0..MOST).map(step).collect();
        let mut at = 0;
        best.retain(|_| {
            at += 1;
            kept.binary_search(&(at - 1)).is_ok()
        });
    }
    best
}
