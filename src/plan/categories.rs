//! What each category takes, may take, and keeps whatever happens.

use crate::conversation::Conversation;
use crate::project::Projection;

use super::allowance::allowances;
use super::document::CategoryUse;
use super::ground::{Ground, first_request};
use super::policy::{CategoryShares, Share};

/// The categories in the order of [`allowances`].
const NAMES: [&str; 5] = ["system", "task", "tool_results", "conversation", "media"];

/// The categories of a request against their allowances.
pub(super) struct Budgets {
    used: [u32; 5],
    allowed: [u32; 5],
}

/// Whether any category has a share.
pub(super) fn are_set(shares: &CategoryShares) -> bool {
    let all = [
        shares.system,
        shares.task,
        shares.tool_results,
        shares.conversation,
        shares.media,
        shares.reserve,
    ];
    all.iter().any(Option::is_some)
}

/// What the reserve leaves of `available`.
pub(super) fn usable(available: u32, shares: &CategoryShares) -> u32 {
    let reserve = shares.reserve.map_or(0, |reserve| {
        let share = (f64::from(available) * reserve.share.clamp(0.0, 1.0)) as u32;
        share.max(reserve.floor)
    });
    available.saturating_sub(reserve)
}

/// Tokens by category: instructions with declarations and framing, the first user request, results, all else that is said,
/// and media.
fn used(conversation: &Conversation, projection: &Projection, task: Option<usize>) -> [u32; 5] {
    let by = &projection.by_category;
    let task = task
        .filter(|index| conversation.messages.get(*index).is_some())
        .and_then(|index| projection.messages.get(index))
        .map_or(0, |message| message.tokens);
    let system = [by.system, by.tools, by.format, by.framing];
    let system = system.into_iter().fold(0, u32::saturating_add);
    let said = [by.user, by.assistant, by.tool_calls];
    let said = said.into_iter().fold(0, u32::saturating_add);
    [
        system,
        task.min(by.user),
        by.tool_results,
        said.saturating_sub(task.min(by.user)),
        by.media,
    ]
}

impl Budgets {
    /// `goal` is what all categories together shall come down to.
    pub(super) fn of(
        conversation: &Conversation,
        before: &Projection,
        shares: &CategoryShares,
        goal: u32,
    ) -> Self {
        let used = used(conversation, before, first_request(conversation));
        let without_reserve = CategoryShares {
            reserve: None,
            ..shares.clone()
        };
        Self {
            allowed: allowances(goal, &used, &without_reserve),
            used,
        }
    }

    /// By how much results, media included, exceed their allowance.
    pub(super) fn results_over(&self) -> u32 {
        let over = |at: usize| match (self.used.get(at), self.allowed.get(at)) {
            (Some(used), Some(allowed)) => used.saturating_sub(*allowed),
            _ => 0,
        };
        over(2).saturating_add(over(4))
    }

    /// Each category before and after.
    pub(super) fn told(&self, conversation: &Conversation, after: &Projection) -> Vec<CategoryUse> {
        // The task never goes and nothing is put before it, but thoughts and messages before it may go.
        let task = self.used.get(1).copied().unwrap_or(0);
        let mut left = used(conversation, after, None);
        let [_, own, _, said, _] = &mut left;
        *own = task.min(*said);
        *said -= *own;
        let rows = NAMES.iter().zip(self.used).zip(self.allowed).zip(left);
        rows.map(|(((name, before), allowance), after)| CategoryUse {
            category: (*name).to_owned(),
            before,
            allowance,
            after,
        })
        .collect()
    }
}

/// Each category before and after a plan, as it states them; what each may take is the policy's.
pub(crate) fn recounted(
    conversation: &Conversation,
    before: &Projection,
    applied: &Conversation,
    after: &Projection,
) -> Vec<CategoryUse> {
    let budgets = Budgets {
        used: used(conversation, before, first_request(conversation)),
        allowed: [0; 5],
    };
    budgets.told(applied, after)
}

/// The first of the results, by number, that the floor of their category protects: the newest that fill it.
pub(super) fn protected_results(sizes: &[u32], share: Option<Share>) -> usize {
    let floor = share.map_or(0, |share| share.floor);
    let mut left = floor;
    let mut first = sizes.len();
    while left > 0 && first > 0 {
        first -= 1;
        left = left.saturating_sub(sizes.get(first).copied().unwrap_or(0));
    }
    first
}

/// The first of the groups that the floor of the conversation protects.
pub(super) fn protected_groups(
    ground: &Ground,
    before: &Projection,
    share: Option<Share>,
) -> usize {
    let floor = share.map_or(0, |share| share.floor);
    let tokens = |index: usize| before.messages.get(index).map_or(0, |m| m.tokens);
    let mut left = floor;
    let mut first = ground.groups.len();
    while left > 0 && first > 0 {
        first -= 1;
        let group = ground.groups.get(first);
        let own = group.map_or(0, |group| {
            let own = group.messages.clone().map(tokens);
            own.fold(0, u32::saturating_add)
        });
        left = left.saturating_sub(own);
    }
    first
}
