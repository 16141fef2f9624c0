//! Whether a plan leaves categories what their floors keep.

use crate::plan::ground::first_request;
use crate::plan::{CategoryUse, StepKind};

use super::evidence::Evidence;
use super::numbers::Claims;

/// That the floor of the category in row `at` is one, and holds. `own` is the row as it was recounted.
///
/// Which floors there are is the policy's. Signed thoughts that go with any edit are no part of what stays.
pub(super) fn check(
    evidence: &Evidence<'_>,
    at: usize,
    row: &CategoryUse,
    own: &CategoryUse,
    claims: &mut Claims,
) {
    let lost = match own.category.as_str() {
        "conversation" => evidence.plan.thinking_lost,
        _ => 0,
    };
    claims.holds(
        format_args!("categories[{at}].floor"),
        row.floor <= own.before && row.floor <= own.after.saturating_add(lost),
        "no more than there was, and than is left",
    );
}

/// Where the first user request stands in the applied request, when a step cuts its text.
pub(super) fn cut_task(evidence: &Evidence<'_>) -> Option<usize> {
    let task = first_request(evidence.input())?;
    let is_cut =
        |kind: &StepKind| matches!(kind, StepKind::CutText { message, .. } if *message == task);
    let mut steps = evidence.plan.steps.iter();
    steps.find(|step| is_cut(&step.kind))?;
    evidence.position(task)
}
