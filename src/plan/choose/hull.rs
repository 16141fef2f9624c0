//! A group's options that can matter, and their lower hull.

use std::cmp::Ordering;

use super::{Candidate, Choice};
use crate::order;

/// Losses above this many tokens count as this many: more than any request has, and sums of them stay exact enough.
const GREATEST_LOSS: f64 = 1e15;

/// An option that some budget could make the best.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point {
    pub freed: u32,
    pub loss: f64,
    /// `loss` less what the freed tokens are worth.
    pub cost: f64,
    /// Which of the candidate's options.
    pub option: usize,
}

/// The way from one vertex of a group's lower hull to the next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub freed: u32,
    pub cost: f64,
    /// `cost / freed`; rises along the hull.
    pub slope: f64,
    /// Place in the order of all slopes.
    pub rank: u32,
    /// The group, and which of its points the step leads to.
    pub group: u32,
    pub point: u32,
}

/// Adds the options that are the best for some budget: no other frees as much at no higher cost. The cheapest, the one that
/// is taken when nothing has to be freed, stands first; among equals the weakest.
pub(super) fn add_points(
    points: &mut Vec<Point>,
    candidate: &Candidate,
    worth: f64,
    scratch: &mut Vec<Point>,
) {
    let point = |(option, choice): (usize, &Choice)| {
        let loss = sound(choice.loss)?;
        (choice.freed > 0).then(|| Point {
            freed: choice.freed,
            loss,
            cost: loss - worth * f64::from(choice.freed),
            option,
        })
    };
    scratch.clear();
    scratch.push(Point {
        freed: 0,
        loss: 0.0,
        cost: 0.0,
        option: 0,
    });
    scratch.extend(
        candidate
            .options
            .iter()
            .enumerate()
            .skip(1)
            .filter_map(point),
    );
    let compare = |a: &Point, b: &Point| a.freed.cmp(&b.freed).then(a.loss.total_cmp(&b.loss));
    sort(scratch, compare);
    let mut cheapest = 0;
    let mut least = f64::INFINITY;
    for (index, point) in scratch.iter().enumerate() {
        if point.cost < least {
            (cheapest, least) = (index, point.cost);
        }
    }
    let start = points.len();
    let mut least = f64::INFINITY;
    for (index, point) in scratch.iter().enumerate().skip(cheapest).rev() {
        if index == cheapest || point.cost < least {
            points.push(*point);
            least = point.cost;
        }
    }
    if let Some(added) = points.get_mut(start..) {
        added.reverse();
    }
}

/// Adds the steps of the lower hull of a group's points.
pub(super) fn add_steps(steps: &mut Vec<Step>, group: usize, points: &[Point]) {
    let first = steps.len();
    for (index, point) in points.iter().enumerate().skip(1) {
        loop {
            let last = steps.get(first..).and_then(<[Step]>::last).copied();
            let from = last.map_or(0, |step| step.point as usize);
            let Some(from) = points.get(from) else { break };
            let freed = point.freed - from.freed;
            let cost = (point.cost - from.cost).max(0.0);
            let slope = cost / f64::from(freed);
            if last.is_some_and(|last| slope <= last.slope) {
                steps.pop();
                continue;
            }
            steps.push(Step {
                freed,
                cost,
                slope,
                rank: 0,
                group: group as u32,
                point: index as u32,
            });
            break;
        }
    }
}

/// Options are few: most are sorted without an allocation.
fn sort(points: &mut Vec<Point>, compare: impl Fn(&Point, &Point) -> Ordering) {
    if points.len() > 16 {
        *points = order::sorted(std::mem::take(points), compare);
        return;
    }
    for end in 1..points.len() {
        for at in (1..=end).rev() {
            match points.get(at - 1..=at) {
                Some([before, point]) if compare(point, before) == Ordering::Less => {
                    points.swap(at - 1, at);
                }
                _ => break,
            }
        }
    }
}

/// A loss that can be reckoned with.
pub(super) fn sound(loss: f64) -> Option<f64> {
    loss.is_finite().then(|| loss.clamp(0.0, GREATEST_LOSS))
}
