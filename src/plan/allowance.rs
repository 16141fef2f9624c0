//! How much of the room each category may take.

use super::policy::{CategoryShares, Share};
use crate::order;

/// What each category may keep of what it uses: `system`, `task`, `tool_results`, `conversation`, `media`, in tokens.
///
/// The room is what is available less the reserve, which is the larger of its share and its floor. A category's weight is its
/// share; those without one divide what is missing from 1, if anything, in proportion to their use. The room is filled like
/// water: with `used` and the smaller of `floor` and `used`, there is one level `t` at which the allowances
///
/// > min(used, max(floor, t · weight))
///
/// fill it, and they are rounded down. So
///
/// - together they never exceed the room;
/// - nobody is cut while room is left, but for the rounding: where all use fits, everybody keeps what it uses;
/// - who uses less than its weight in the room keeps all of it, and what it leaves is lent to the others by their weights;
/// - a larger share never makes a category's allowance smaller; only ratios matter, so shares may sum to more than 1;
/// - floors hold where they fit into the room; where they do not, all that is kept is in proportion to them;
/// - who has no weight gets what all the others leave, in proportion to use.
pub(crate) fn allowances(available: u32, used: &[u32; 5], shares: &CategoryShares) -> [u32; 5] {
    let reserve = shares.reserve.map_or(0, |reserve| {
        let share = (portion(reserve) * f64::from(available)) as u32;
        share.max(reserve.floor)
    });
    let room = available.saturating_sub(reserve);
    let total: u64 = used.iter().copied().map(u64::from).sum();
    if total <= u64::from(room) {
        return *used;
    }
    let room = f64::from(room);
    let demands = demands(used, shares);
    let floors: f64 = demands.iter().map(|demand| demand.floor).sum();
    if floors > room {
        return demands.map(|demand| whole(demand.floor * (room / floors), demand));
    }
    let Some(level) = level(&demands, room) else {
        // Those with weights have all they use.
        let kept: f64 = demands.iter().map(|demand| demand.at(f64::MAX)).sum();
        let wanted: f64 = demands.iter().map(|demand| demand.unweighted()).sum();
        let part = ((room - kept) / wanted).clamp(0.0, 1.0);
        return demands.map(|demand| {
            let more = part * demand.unweighted();
            whole(demand.at(f64::MAX) + more, demand)
        });
    };
    demands.map(|demand| whole(demand.at(level), demand))
}

/// What a category asks for.
#[derive(Clone, Copy)]
struct Demand {
    used: f64,
    /// At most `used`.
    floor: f64,
    weight: f64,
}

impl Demand {
    /// Its allowance at a level.
    fn at(self, level: f64) -> f64 {
        (level * self.weight).max(self.floor).min(self.used)
    }

    /// What is asked for beyond the floor by a category that no level gives more.
    fn unweighted(self) -> f64 {
        if self.weight > 0.0 {
            0.0
        } else {
            self.used - self.floor
        }
    }
}

fn demands(used: &[u32; 5], shares: &CategoryShares) -> [Demand; 5] {
    let shares = [
        shares.system,
        shares.task,
        shares.tool_results,
        shares.conversation,
        shares.media,
    ];
    let given: f64 = shares.iter().flatten().copied().map(portion).sum();
    let unbound: f64 = std::iter::zip(used, shares)
        .filter(|(_, share)| share.is_none())
        .map(|(used, _)| f64::from(*used))
        .sum();
    let mut shares = shares.into_iter();
    used.map(|used| {
        let share = shares.next().flatten();
        let used = f64::from(used);
        Demand {
            used,
            floor: share.map_or(0.0, |share| f64::from(share.floor).min(used)),
            weight: match share {
                Some(share) => portion(share),
                None if unbound > 0.0 => (1.0 - given).max(0.0) * (used / unbound),
                None => 0.0,
            },
        }
    })
}

/// The level at which the demands fill `room`; `None` where they never do. Between the levels at which some category leaves its
/// floor or has all it uses, the sum is linear.
fn level(demands: &[Demand; 5], room: f64) -> Option<f64> {
    let filled = |level| demands.iter().map(|demand| demand.at(level)).sum::<f64>();
    let weighted = demands.iter().filter(|demand| demand.weight > 0.0);
    let turns =
        weighted.flat_map(|demand| [demand.floor, demand.used].map(|at| at / demand.weight));
    let mut below = 0.0;
    for turn in order::sorted(turns.collect(), f64::total_cmp) {
        let (low, high) = (filled(below), filled(turn));
        if high >= room {
            let part = if high > low {
                (room - low) / (high - low)
            } else {
                0.0
            };
            return Some(below + part.clamp(0.0, 1.0) * (turn - below));
        }
        below = turn;
    }
    None
}

/// Rounded down; what is whole but for an error of the arithmetic is not cut by one.
fn whole(tokens: f64, demand: Demand) -> u32 {
    (tokens + 1e-6).min(demand.used) as u32
}

/// The least share that is not nothing: less is no token of any window, and a use divided by it would be no number.
const LEAST: f64 = 1e-9;

/// A share that is no number between 0 and 1 counts as the nearest one.
fn portion(share: Share) -> f64 {
    if share.share >= LEAST {
        share.share.min(1.0)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(share: f64, floor: u32) -> Option<Share> {
        Some(Share { share, floor })
    }

    fn five(shares: [Option<Share>; 5], reserve: Option<Share>) -> CategoryShares {
        let [system, task, tool_results, conversation, media] = shares;
        CategoryShares {
            system,
            task,
            tool_results,
            conversation,
            media,
            reserve,
        }
    }

    #[test]
    fn unused_share_is_lent_in_proportion_to_shares() {
        let shares = five(
            [of(0.2, 0), of(0.1, 0), of(0.4, 0), of(0.2, 0), of(0.1, 0)],
            of(0.2, 0),
        );
        // A room of 800: 160, 80, 320, 160, 80. System leaves 60 and media 80; 140 are lent 2 : 1, task is content.
        let allowed = allowances(1000, &[100, 80, 900, 700, 0], &shares);
        assert_eq!(allowed, [100, 80, 413, 206, 0]);
    }

    #[test]
    fn those_without_a_share_divide_what_is_left_by_use() {
        let shares = five([None, None, of(0.3, 0), None, None], None);
        assert_eq!(
            allowances(1000, &[100, 100, 800, 600, 200], &shares),
            [70, 70, 300, 420, 140]
        );
        // A bound category still borrows what the others leave.
        assert_eq!(
            allowances(1000, &[100, 0, 800, 300, 0], &shares),
            [100, 0, 600, 300, 0]
        );
    }

    #[test]
    fn shares_of_next_to_nothing_are_none() {
        let shares = five(
            [
                of(1.5e-308, 0),
                of(3.5e-309, 0),
                of(f64::NAN, 0),
                of(1e-12, 5),
                None,
            ],
            None,
        );
        let allowed = allowances(100, &[80, 90, 70, 60, 0], &shares);
        // By use, rounded down.
        assert!((95..=100).contains(&sum(&allowed)), "{allowed:?}");
        assert!(allowed[3] >= 5);
    }

    #[test]
    fn floors_come_before_shares_and_shrink_together() {
        let shares = five([of(0.5, 0), None, of(0.5, 0), of(0.0, 300), None], None);
        assert_eq!(
            allowances(1000, &[900, 0, 900, 900, 0], &shares),
            [350, 0, 350, 300, 0]
        );
        let shares = five([of(0.5, 900), None, of(0.5, 300), None, None], None);
        assert_eq!(
            allowances(1000, &[2000, 5, 2000, 5, 5], &shares),
            [750, 0, 250, 0, 0]
        );
    }

    #[test]
    fn without_weight_what_the_others_leave_is_divided_by_use() {
        let shares = five([of(1.0, 0), None, None, of(0.0, 0), None], None);
        assert_eq!(
            allowances(1000, &[400, 300, 0, 900, 0], &shares),
            [400, 150, 0, 450, 0]
        );
    }

    fn share() -> impl Strategy<Value = Option<Share>> {
        let share = prop_oneof![0.0_f64..1.0, Just(0.0), Just(1.0)];
        let floor = prop_oneof![Just(0_u32), 0_u32..400];
        proptest::option::of((share, floor).prop_map(|(share, floor)| Share { share, floor }))
    }

    fn sum(tokens: &[u32; 5]) -> u64 {
        tokens.iter().copied().map(u64::from).sum()
    }

    proptest! {
        #[test]
        fn allowances_never_exceed_the_room_and_leave_none(
            available in 0_u32..3000,
            used in [0_u32..1000, 0_u32..1000, 0_u32..1000, 0_u32..1000, 0_u32..1000],
            shares in [share(), share(), share(), share(), share()],
            reserve in share(),
        ) {
            let allowed = allowances(available, &used, &five(shares, reserve));
            let kept = reserve.map_or(0, |reserve| {
                ((reserve.share * f64::from(available)) as u32).max(reserve.floor)
            });
            let room = u64::from(available.saturating_sub(kept));
            prop_assert!(sum(&allowed) <= room);
            let floors: u64 = std::iter::zip(used, shares)
                .map(|(used, share)| u64::from(share.map_or(0, |share| share.floor.min(used))))
                .sum();
            for index in 0..5 {
                prop_assert!(allowed[index] <= used[index]);
                let floor = shares[index].map_or(0, |share| share.floor).min(used[index]);
                if floors <= room {
                    prop_assert!(allowed[index] >= floor);
                }
                if allowed[index] < used[index] {
                    prop_assert!(sum(&allowed) + 5 > room, "{:?} of {}", allowed, room);
                }
            }
        }

        #[test]
        fn a_larger_share_is_never_a_smaller_allowance(
            available in 0_u32..3000,
            used in [0_u32..1000, 0_u32..1000, 0_u32..1000, 0_u32..1000, 0_u32..1000],
            mut shares in [share(), share(), share(), share(), share()],
            which in 0_usize..5,
            more in 0.0_f64..1.0,
        ) {
            let before = allowances(available, &used, &five(shares, None));
            prop_assume!(shares[which].is_some());
            if let Some(share) = &mut shares[which] {
                share.share = (share.share + more).min(1.0);
            }
            let after = allowances(available, &used, &five(shares, None));
            prop_assert!(after[which] >= before[which], "{:?} {:?}", before, after);
        }

        #[test]
        fn any_numbers_do(
            available in any::<u32>(),
            used in any::<[u32; 5]>(),
            shares in any::<[(f64, u32); 5]>(),
            reserve in any::<(f64, u32)>(),
        ) {
            let share = |(share, floor)| of(share, floor);
            let allowed = allowances(available, &used, &five(shares.map(share), share(reserve)));
            prop_assert!(sum(&allowed) <= u64::from(available));
        }
    }
}
