//! What a plan says of the groups that `keep_last` was to keep.

use std::collections::BTreeSet;

use crate::conversation::Group;

use super::document::{Step, StepKind};

/// How many of the last `keep_last` groups went or lost content; `None` where all of them stay as they are. Thoughts do not count:
/// they go with any edit.
pub(super) fn given_up(steps: &[Step], groups: &[Group], keep_last: usize) -> Option<String> {
    let first = groups.len().saturating_sub(keep_last.max(1));
    let (mut gone, mut changed) = (BTreeSet::new(), BTreeSet::new());
    for step in steps {
        let (touched, messages) = match &step.kind {
            StepKind::Mask { message, .. }
            | StepKind::Cut { message, .. }
            | StepKind::CutText { message, .. } => (&mut changed, std::slice::from_ref(message)),
            StepKind::Remove { messages, .. }
            | StepKind::Summarise { messages, .. }
            | StepKind::Drop { messages, .. } => (&mut gone, messages.as_slice()),
            StepKind::DropReasoning { .. } => continue,
        };
        let group =
            |message: &usize| groups.partition_point(|group| group.messages.end <= *message);
        touched.extend(messages.iter().map(group).filter(|group| *group >= first));
    }
    let (gone, changed) = (gone.len(), changed.len());
    (gone + changed > 0).then(|| {
        let last = groups.len() - first;
        format!(
            "keepLast: of the last {last} groups {gone} went and {changed} lost content, since nothing else makes the request fit"
        )
    })
}
