//! OpenAI Responses: OR2, OR5, OR6 and OR7, and OR3 where a plan breaks it.

use serde_json::Value;

use crate::conversation::{Dialect, Role};
use crate::verify::Violation;
use crate::verify::entries::Kind;
use crate::verify::transcript::Transcript;
use crate::verify::view::View;

/// Whether an item folds the history before it together.
pub(super) fn is_compaction(item: &Value) -> bool {
    let kind = item.get("type").and_then(Value::as_str);
    matches!(
        kind,
        Some("compaction" | "compaction_summary" | "context_compaction")
    )
}

/// Where the newest compaction is.
pub(super) fn newest_compaction(transcript: &Transcript<'_>) -> Option<usize> {
    transcript
        .messages
        .iter()
        .rposition(|seen| is_compaction(seen.raw))
}

/// OR2, OR3, OR5: reasoning items and the items that they led to stay together, and those of a turn all stay or all go.
pub(super) fn or2_or5_with_their_items(view: &View<'_>, violations: &mut Vec<Violation>) {
    if view.dialect() != Dialect::OpenaiResponses {
        return;
    }
    let items = &view.before.messages;
    let last_request = items.iter().rposition(|seen| seen.role == Role::User);
    let is_kept = |index: usize| view.evidence.position(index).is_some();
    for group in &view.evidence.groups {
        // Whether thoughts of this turn have been kept, and whether some have gone.
        let mut seen_kept = [false, false];
        for index in group
            .messages
            .clone()
            .filter(|&index| view.is_thoughts(index))
        {
            let mut behind = index + 1..group.messages.end;
            let led_to = behind.find(|&next| !view.is_thoughts(next));
            let Some(led_to) = led_to.filter(|&led_to| is_kept(led_to)) else {
                let is_named = items
                    .get(index)
                    .is_some_and(|seen| seen.raw.get("id").is_some_and(Value::is_string));
                if is_kept(index) && is_named && index + 1 < items.len() {
                    let text = format!(
                        "found the reasoning of item {index} without the item that it led to"
                    );
                    violations.push(view.broken("OR3", view.place(index), text));
                }
                continue;
            };
            if let Some(seen) = seen_kept.get_mut(usize::from(!is_kept(index))) {
                *seen = true;
            }
            let item = items.get(led_to).map(|seen| seen.raw);
            let is_named = item.is_some_and(|item| item.get("id").is_some_and(Value::is_string));
            let is_current = last_request.is_none_or(|request| led_to > request);
            if !is_kept(index) && (is_named || is_current) {
                let text = format!(
                    "found item {led_to} without its reasoning, item {index}, expected both or none"
                );
                violations.push(view.broken("OR2", view.place(led_to), text));
            }
        }
        if seen_kept == [true, true] {
            let text = "found some of a turn's reasoning items removed, expected all or none";
            violations.push(view.broken("OR5", view.place(group.messages.start), text));
        }
    }
}

/// OR6: a history that the provider keeps is not edited. OR7: the newest compaction stays as it came, and what stands
/// behind it does not move before it, where it would not be read.
pub(super) fn or6_or7_server_history(view: &View<'_>, violations: &mut Vec<Violation>) {
    if view.dialect() != Dialect::OpenaiResponses {
        return;
    }
    let evidence = view.evidence;
    let is_kept_by_provider = ["previous_response_id", "conversation"]
        .into_iter()
        .any(|key| {
            view.before
                .rest
                .get(key)
                .is_some_and(|value| !value.is_null())
        });
    let count = view.before.messages.len();
    let all_kept =
        evidence.origins.len() == count && (0..count).all(|index| evidence.untouched(index));
    if is_kept_by_provider && !all_kept {
        let text = "found a change of a request whose history the provider keeps, expected none";
        violations.push(Violation::new("OR6", "input", text));
    }
    let Some(newest) = newest_compaction(&view.before) else {
        return;
    };
    if !view.evidence.untouched(newest) {
        let text = format!(
            "found the compaction, item {newest}, changed or removed, expected it as it came"
        );
        violations.push(view.broken("OR7", view.place(newest), text));
        return;
    }
    let place = view.place(newest);
    let lost = evidence.inserted().find(|at| *at < place);
    let takes_from_behind = (newest..view.before.messages.len())
        .any(|index| view.evidence.position(index).is_none() && has_said(view, index));
    if let Some(at) = lost.filter(|_| takes_from_behind) {
        let text = "found what stood behind the compaction before it, where it is not read, expected it behind";
        violations.push(view.broken("OR7", at, text));
    }
}

fn has_said(view: &View<'_>, index: usize) -> bool {
    let seen = view.before.messages.get(index);
    seen.is_some_and(|seen| !seen.has(Kind::Thought))
}
