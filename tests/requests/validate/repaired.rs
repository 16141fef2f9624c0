//! What a repair writes, and what it leaves.

use serde_json::json;
use token_headroom::{repair_as, validate_as};

use super::{CHAT, CLAUDE, chat_call, claude_call, messages, user};

#[test]
fn answers_stand_in_the_shape_of_the_dialect_and_results_move_as_they_are() {
    let request = messages(vec![
        user("a?"),
        claude_call("1"),
        json!({ "role": "user", "content": "b?" }),
    ]);
    let repaired = repair_as(None, &request);
    assert_eq!(
        repaired.request["messages"][2],
        json!({ "role": "user", "content": [
        { "type": "tool_result", "tool_use_id": "1", "content": "[no result was recorded]", "is_error": true },
        { "type": "text", "text": "b?" } ] })
    );
    let result = json!({ "role": "tool", "tool_call_id": "1", "content": "a", "x": 1 });
    let request = messages(vec![user("a?"), chat_call("1"), user("b?"), result.clone()]);
    let repaired = repair_as(None, &request);
    assert_eq!(
        repaired.request,
        messages(vec![user("a?"), chat_call("1"), result, user("b?")])
    );
}

#[test]
fn a_repair_leaves_what_is_empty_where_nothing_else_asks() {
    let empty = || json!({ "role": "user", "content": [{ "type": "text", "text": "" }] });
    let said = |role: &str, text: &str| json!({ "role": role, "content": text });
    let both = json!({ "role": "user", "content": [{ "type": "text", "text": " " }, { "type": "text", "text": "" }] });
    for messages in [
        vec![empty()],
        vec![said("user", " ")],
        vec![both.clone()],
        vec![empty(), said("assistant", "Hello.")],
        vec![empty(), said("assistant", "Hello."), both.clone()],
    ] {
        let request = json!({ "max_tokens": 9, "messages": messages });
        let before = validate_as(Some(CLAUDE), &request).violations;
        assert!(
            before.iter().all(|violation| violation.invariant == "C5"),
            "{before:?}"
        );
        let repaired = repair_as(Some(CLAUDE), &request);
        assert_eq!(repaired.request, request);
        assert!(repaired.changes.is_empty());
        assert_eq!(repaired.violations, before);
        assert!(
            repaired
                .violations
                .iter()
                .all(|violation| violation.hint.contains("say something"))
        );
    }
    // Beside another that asks it goes, and what is left is valid.
    for messages in [
        vec![said("user", "a?"), said("assistant", "A."), empty()],
        vec![both, said("assistant", "Hello."), said("user", "a?")],
        vec![said("user", "a?"), empty(), said("user", "b?")],
    ] {
        let repaired = repair_as(Some(CLAUDE), &json!({ "messages": messages }));
        assert!(!repaired.changes.is_empty());
        assert!(repaired.violations.is_empty(), "{:?}", repaired.violations);
        assert!(validate_as(Some(CLAUDE), &repaired.request).ok);
    }
    // A result without a call, and nothing else: no request would be left.
    let request = json!({ "messages": [{ "role": "tool", "tool_call_id": "1", "content": "a" }] });
    let repaired = repair_as(Some(CHAT), &request);
    assert_eq!((repaired.request, repaired.changes.len()), (request, 0));
    assert_eq!(
        repaired
            .violations
            .iter()
            .map(|v| &*v.invariant)
            .collect::<Vec<_>>(),
        ["OC2"]
    );
}
