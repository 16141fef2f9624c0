//! What each category takes, and what it may take.

use crate::count::{CountText, Counted};
use crate::models::Model;
use crate::project::{Projection, Spent, spent};

use super::allowance::allowances;
use super::document::CategoryUse;
use super::draft::{Changes, Draft, NO_RESULT};
use super::ground::{Ground, first_request};
use super::policy::{CategoryShares, Share};

/// The categories in the order of [`allowances`].
const NAMES: [&str; 5] = ["system", "task", "tool_results", "conversation", "media"];

/// The categories of a request against their allowances.
pub(super) struct Budgets {
    used: [u32; 5],
    allowed: [u32; 5],
    shares: [Option<Share>; 5],
    /// What each group takes.
    groups: Vec<Spent>,
}

/// Tokens that categories take beyond their allowances.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Excess {
    pub results: u32,
    pub conversation: u32,
    pub media: u32,
}

impl Excess {
    pub(super) fn total(self) -> u32 {
        let both = self.results.saturating_add(self.conversation);
        both.saturating_add(self.media)
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            results: self.results.saturating_add(other.results),
            conversation: self.conversation.saturating_add(other.conversation),
            media: self.media.saturating_add(other.media),
        }
    }
}

/// Whether any category has a share.
pub(super) fn are_set(shares: &CategoryShares) -> bool {
    shares.reserve.is_some() || listed(shares).iter().any(Option::is_some)
}

/// What the reserve leaves of `available`.
pub(super) fn usable(available: u32, shares: &CategoryShares) -> u32 {
    let reserve = shares.reserve.map_or(0, |reserve| {
        let share = (f64::from(available) * reserve.share.clamp(0.0, 1.0)) as u32;
        share.max(reserve.floor)
    });
    available.saturating_sub(reserve)
}

/// The shares in the order of [`NAMES`].
fn listed(shares: &CategoryShares) -> [Option<Share>; 5] {
    [
        shares.system,
        shares.task,
        shares.tool_results,
        shares.conversation,
        shares.media,
    ]
}

/// Tokens by category: instructions with declarations and framing, the first user request, results, all else that is said,
/// and media. `task` are the request's tokens.
fn used(projection: &Projection, task: u32) -> [u32; 5] {
    let by = &projection.by_category;
    let system = [by.system, by.tools, by.format, by.framing];
    let system = system.into_iter().fold(0, u32::saturating_add);
    let said = [by.user, by.assistant, by.tool_calls];
    let said = said.into_iter().fold(0, u32::saturating_add);
    let task = task.min(by.user);
    [
        system,
        task,
        by.tool_results,
        said.saturating_sub(task),
        by.media,
    ]
}

/// What is said in message `place`, in tokens.
fn said(counted: &Counted, model: &Model, counter: &dyn CountText, place: Option<usize>) -> u32 {
    let Some(place) = place else { return 0 };
    let spent = spent(counted, model, counter);
    spent.get(place).map_or(0, |spent| spent.said)
}

impl Budgets {
    /// `goal` is what all categories together shall come down to.
    pub(super) fn of(
        draft: &Draft<'_>,
        ground: &Ground<'_>,
        before: &Projection,
        shares: &CategoryShares,
        goal: u32,
    ) -> Self {
        let spent = spent(draft.counted, draft.model, draft.counter);
        let task = first_request(draft.conversation()).and_then(|first| spent.get(first));
        let used = used(before, task.map_or(0, |task| task.said));
        let groups = ground.groups.iter().map(|group| {
            let own = spent.get(group.messages.clone()).unwrap_or_default();
            own.iter().fold(Spent::default(), |sum, own| sum.plus(own))
        });
        let without_reserve = CategoryShares {
            reserve: None,
            ..shares.clone()
        };
        Self {
            allowed: allowances(goal, &used, &without_reserve),
            used,
            shares: listed(shares),
            groups: groups.collect(),
        }
    }

    /// What a group takes.
    pub(super) fn spent(&self, group: usize) -> Spent {
        self.groups.get(group).copied().unwrap_or_default()
    }

    /// What categories with a share have too much.
    pub(super) fn over(&self) -> Excess {
        self.beyond(self.used)
    }

    /// The same with changes made that leave the task as it is.
    pub(super) fn excess(&self, after: &Projection) -> Excess {
        let [_, task, ..] = self.used;
        self.beyond(used(after, task))
    }

    fn beyond(&self, used: [u32; 5]) -> Excess {
        let rows = used.iter().zip(self.allowed).zip(self.shares);
        let mut over = [0; 5];
        for (over, ((used, allowed), share)) in over.iter_mut().zip(rows) {
            *over = share.map_or(0, |_| used.saturating_sub(allowed));
        }
        let [_, _, results, conversation, media] = over;
        Excess {
            results,
            conversation,
            media,
        }
    }

    /// Each category before and after; `task` are the tokens of the task where its text is cut.
    pub(super) fn told(&self, after: &Projection, task: Option<u32>) -> Vec<CategoryUse> {
        let [_, own, ..] = self.used;
        let left = used(after, task.unwrap_or(own));
        let rows = NAMES.iter().zip(self.used).zip(self.allowed);
        let rows = rows.zip(self.shares).zip(left);
        rows.map(
            |((((name, before), allowance), share), after)| CategoryUse {
                category: (*name).to_owned(),
                before,
                allowance,
                floor: share.map_or(0, |share| share.floor.min(before)),
                after,
            },
        )
        .collect()
    }
}

/// Tokens of the first user request of the draft, when its text is cut.
pub(super) fn cut_task(draft: &Draft<'_>, changes: &Changes) -> Option<u32> {
    let task = first_request(draft.conversation())?;
    let mut own = changes.results.of(task).iter();
    own.find(|changed| changed.number == NO_RESULT)?;
    let place = draft.place_of(changes, task)?;
    let changed = draft.changed(changes)?;
    Some(said(&changed, draft.model, draft.counter, Some(place)))
}

/// A request as it is counted and projected for a model.
pub(crate) struct Read<'a> {
    pub counted: &'a Counted,
    pub projection: &'a Projection,
}

/// Each category before and after a plan, as it states them; what each may take, and has to keep, is the policy's. `cut` is where
/// the task stands after a plan that cuts its text.
pub(crate) fn recounted(
    before: &Read<'_>,
    after: &Read<'_>,
    cut: Option<usize>,
    model: &Model,
    counter: &dyn CountText,
) -> Vec<CategoryUse> {
    let task = first_request(&before.counted.conversation);
    let budgets = Budgets {
        used: used(
            before.projection,
            said(before.counted, model, counter, task),
        ),
        allowed: [0; 5],
        shares: [None; 5],
        groups: Vec::new(),
    };
    let cut = cut.map(|place| said(after.counted, model, counter, Some(place)));
    budgets.told(after.projection, cut)
}
