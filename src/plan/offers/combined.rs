//! What may be done to a group in all, where there are several things.

use crate::order::sorted;

use super::{Offer, nothing};

/// Most options of one group. Parallel results could be combined in more ways than can be looked at.
const MOST: usize = 24;

/// Adds to a group's offers what else may be done to it, which is taken out of `levels`.
pub(super) fn add(offers: &mut Vec<Offer>, levels: &mut Vec<Offer>) {
    // Most groups have one result, which can only be masked.
    if offers.len() == 1 && levels.len() == 1 {
        offers.append(levels);
    } else {
        *offers = combined(offers, levels);
        levels.clear();
    }
}

/// Every offer with every one of `levels` on top, and without; of those, none that is worse than another in both respects.
fn combined(offers: &[Offer], levels: &[Offer]) -> Vec<Offer> {
    let mut all = offers.to_vec();
    for offer in offers {
        for level in levels {
            let mut acts = offer.acts.clone();
            acts.extend(&level.acts);
            all.push(Offer {
                acts,
                freed: offer.freed.saturating_add(level.freed),
                loss: offer.loss + level.loss,
            });
        }
    }
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
