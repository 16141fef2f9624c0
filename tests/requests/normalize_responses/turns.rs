//! Which items belong together: calls with their answers, and the items of a turn.

use serde_json::{Value, json};
use token_headroom::GroupKind;

use super::{codes, conversation, of_items};

#[test]
fn calls_and_answers_are_matched_by_id() {
    let call =
        |id: &str| json!({ "type": "function_call", "call_id": id, "name": "f", "arguments": "" });
    let answer = |id: &str| json!({ "type": "function_call_output", "call_id": id, "output": "" });
    let unmatched = of_items(json!([call("a"), answer("b")]));
    assert_eq!(
        codes(&unmatched),
        [
            "unpaired_tool_result input[1].call_id",
            "unanswered_call input[0].call_id",
        ]
    );
    let matched = of_items(json!([call("a"), call("b"), answer("b"), answer("a")]));
    assert_eq!(matched.warnings, []);
    let kept = conversation(json!({ "input": [answer("a")], "previous_response_id": "resp_1" }));
    assert_eq!(codes(&kept), ["server_history previous_response_id"]);
}

#[test]
fn the_items_of_a_turn_are_one_group() {
    let user = json!({ "role": "user", "content": "hi" });
    let says = json!({ "role": "assistant", "content": "ok" });
    let thinks = json!({ "type": "reasoning", "summary": [] });
    let searches = json!({ "type": "web_search_call", "id": "ws" });
    let call =
        |id: &str| json!({ "type": "function_call", "call_id": id, "name": "f", "arguments": "" });
    let answer = |id: &str| json!({ "type": "function_call_output", "call_id": id, "output": "" });
    let groups = |items: Value| {
        let groups = of_items(items).groups();
        groups
            .into_iter()
            .map(|group| (group.kind, group.messages))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        groups(json!([
            user,
            thinks,
            says,
            call("a"),
            call("b"),
            answer("a"),
            answer("b"),
            thinks,
            call("c"),
            answer("c"),
            thinks,
            searches,
            says,
            user,
            says
        ])),
        [
            (GroupKind::User, 0..1),
            (GroupKind::ToolTurn, 1..7),
            (GroupKind::ToolTurn, 7..10),
            (GroupKind::Assistant, 10..13),
            (GroupKind::User, 13..14),
            (GroupKind::Assistant, 14..15),
        ]
    );
    // An item between an answer and an answer that is still missing belongs to both.
    assert_eq!(
        groups(json!([
            user,
            call("a"),
            call("b"),
            answer("a"),
            thinks,
            answer("b"),
            says
        ])),
        [
            (GroupKind::User, 0..1),
            (GroupKind::ToolTurn, 1..6),
            (GroupKind::Assistant, 6..7),
        ]
    );
    // A question closes what was open.
    assert_eq!(
        groups(json!([call("a"), user, answer("a"), says])),
        [
            (GroupKind::ToolTurn, 0..1),
            (GroupKind::User, 1..2),
            (GroupKind::ToolTurn, 2..3),
            (GroupKind::Assistant, 3..4),
        ]
    );
}
