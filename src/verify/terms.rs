//! What a budget makes of the applied request: its own judgement, whatever the plan says is available.

use crate::count::Counted;
use crate::judge::{JudgeOptions, Judgement, judge};
use crate::models::Model;
use crate::project::Projection;
use crate::signals::Calibration;

/// What requests are judged by.
#[derive(Clone, Copy)]
pub(crate) struct Terms<'a> {
    pub model: &'a Model,
    pub options: JudgeOptions,
    /// What reported usage has taught.
    pub learned: Option<&'a Calibration>,
}

impl Terms<'_> {
    /// `counted` as the budget judges it, which projects as `plain` before anything learned is applied.
    pub(super) fn judged(&self, plain: &Projection, counted: &Counted) -> Judgement {
        let plain = plain.clone();
        let projection = match self.learned {
            Some(learned) => learned.apply(plain, counted),
            None => plain,
        };
        let cap = counted.conversation.output_cap;
        judge(projection, self.model, cap, self.options)
    }

    /// The most that a plan for `counted` may call available. Plans are made in plain counts: where the request is known to take
    /// less than is counted for it, there is room for more counted tokens.
    pub(super) fn most(&self, plain: &Projection, counted: &Counted) -> u32 {
        let judged = self.judged(plain, counted);
        let (available, counted) = (judged.available, u64::from(plain.upper_bound));
        if judged.projection.counted.is_none() {
            return available;
        }
        let taken = u64::from(judged.projection.upper_bound).max(1);
        let scaled = (u64::from(available) * counted / taken).max(1);
        available.max(u32::try_from(scaled).unwrap_or(u32::MAX))
    }
}
