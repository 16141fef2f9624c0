//! Changes of Anthropic Messages.

use serde_json::{Value, json};

use super::{LONG, broken, changed, forget, keep, with};

fn claude(model: &str) -> Value {
    let turn = |id: &str| {
        json!({ "role": "assistant", "content": [
        { "type": "thinking", "thinking": "hm, let me see", "signature": format!("sig{id}") },
        { "type": "tool_use", "id": id, "name": "f", "input": {} } ] })
    };
    let result = |id: &str| {
        json!({ "role": "user", "content": [
        { "type": "tool_result", "tool_use_id": id, "content": LONG, "cache_control": { "type": "ephemeral" } } ] })
    };
    json!({ "model": model, "max_tokens": 10, "system": "be brief", "messages": [
        { "role": "user", "content": "a?" },
        turn("1"), result("1"), turn("2"), result("2"), turn("3"), result("3"),
    ]})
}

fn clear(message: &mut Value) {
    message["content"][0]["content"] = "[gone]".into();
}

#[test]
fn changes_of_claude_that_does_not_bind_thoughts() {
    let request = claude("claude-opus-4-5");
    let broken = |edits| broken("claude-opus-4-5", &request, edits);
    assert_eq!(broken(changed(&request, 2, clear)), [""; 0]);
    assert_eq!(broken(changed(&request, 1, forget)), [""; 0]);
    assert_eq!(broken(changed(&request, 5, forget)), ["AN3"]);
    let shortened = |message: &mut Value| message["content"][0]["thinking"] = "hm".into();
    assert_eq!(broken(changed(&request, 1, shortened)), ["AN4"]);
    assert_eq!(broken(changed(&request, 5, shortened)), ["AN3", "AN4"]);
    assert_eq!(
        broken(changed(&request, 2, |message| {
            clear(message);
            message["content"][0]["cache_control"] = Value::Null;
        })),
        ["C12"]
    );
    let digest = json!({ "role": "assistant", "content": "so far" });
    assert_eq!(broken(with(keep([0, 5, 6]), 1, digest.clone())), ["AN13"]);
    assert_eq!(broken(with(keep([0, 3, 4, 5, 6]), 1, digest)), [""; 0]);
}

#[test]
fn thoughts_may_go_from_before_a_result_of_the_providers_own() {
    let found = json!([{ "type": "web_search_result", "url": "u", "title": "t", "encrypted_content": "e" }]);
    let request = json!({ "model": "claude-opus-4-5", "max_tokens": 10, "messages": [
        { "role": "user", "content": "a?" },
        { "role": "assistant", "content": [
            { "type": "thinking", "thinking": "hm", "signature": "s" },
            { "type": "server_tool_use", "id": "s1", "name": "web_search", "input": {} },
            { "type": "web_search_tool_result", "tool_use_id": "s1", "content": found },
            { "type": "text", "text": "so" } ] },
        { "role": "user", "content": "b?" },
    ]});
    let broken = |edits| broken("claude-opus-4-5", &request, edits);
    assert_eq!(broken(changed(&request, 1, forget)), [""; 0]);
    let reworded = |message: &mut Value| {
        forget(message);
        message["content"][2]["text"] = "no".into();
    };
    assert_eq!(broken(changed(&request, 1, reworded)), ["C12"]);
}

#[test]
fn an13_thoughts_lead_all_that_is_left_of_a_running_loop() {
    let claude = |kind: &str, interleaved: bool| {
        let mut request = claude("claude-opus-4-5");
        request["thinking"] = json!({ "type": kind });
        for index in [3, 5].into_iter().filter(|_| !interleaved) {
            forget(&mut request["messages"][index]);
        }
        request
    };
    let of = |request: &Value, edits| broken("claude-opus-4-5", request, edits);
    let digest = json!({ "role": "user", "content": "so far" });
    let opened = || with(keep([0, 3, 4, 5, 6]), 1, digest.clone());
    let request = claude("enabled", false);
    assert_eq!(of(&request, keep(0..7)), [""; 0]);
    assert_eq!(of(&request, changed(&request, 2, clear)), [""; 0]);
    assert_eq!(of(&request, changed(&request, 1, forget)), ["AN13"]);
    assert_eq!(of(&request, opened()), ["AN13"]);
    assert_eq!(of(&request, keep([0, 3, 4, 5, 6])), ["AN13"]);
    // What stands behind a note has no thoughts before it either.
    let middle = with(keep([0, 1, 2, 5, 6]), 3, digest.clone());
    assert_eq!(of(&request, middle.clone()), ["AN13"]);
    // Turns with thoughts of their own lead themselves.
    let interleaved = claude("enabled", true);
    assert_eq!(of(&interleaved, opened()), [""; 0]);
    assert_eq!(of(&interleaved, middle), [""; 0]);
    for kind in ["adaptive", "disabled"] {
        assert_eq!(of(&claude(kind, false), opened()), [""; 0], "{kind}");
    }
    // A loop that the user has closed needs none.
    let mut closed = request.clone();
    let all = closed["messages"].as_array_mut().expect("messages");
    all.extend([
        json!({ "role": "assistant", "content": "done" }),
        json!({ "role": "user", "content": "b?" }),
    ]);
    let edits = with(keep([0, 3, 4, 5, 6, 7, 8]), 1, digest.clone());
    assert_eq!(of(&closed, edits), [""; 0]);
    // A text beside a result is none of the user's requests: the loop goes on.
    let mut reminded = request;
    let blocks = reminded["messages"][4]["content"].as_array_mut();
    blocks
        .expect("blocks")
        .push(json!({ "type": "text", "text": "a reminder" }));
    assert_eq!(of(&reminded, opened()), ["AN13"]);
}

#[test]
fn a_second_result_is_no_fault_of_a_plan_that_takes_the_call_with_the_first() {
    let mut request = claude("claude-opus-4-5");
    let all = request["messages"].as_array_mut().expect("messages");
    let second = all[2].clone();
    all.extend([json!({ "role": "assistant", "content": "done" }), second]);
    let broken = |edits| broken("claude-opus-4-5", &request, edits);
    assert_eq!(broken(keep(0..9)), [""; 0]);
    assert_eq!(broken(keep([0, 3, 4, 5, 6, 7, 8])), [""; 0]);
    // The result behind the call was in its place.
    assert_eq!(broken(keep([0, 2, 3, 4, 5, 6, 7, 8])), ["AN1", "C2"]);
}

#[test]
fn changes_of_claude_that_binds_thoughts() {
    let request = claude("claude-opus-5-5");
    let of = |request: &Value, edits| broken("claude-opus-5-5", request, edits);
    assert_eq!(of(&request, changed(&request, 6, clear)), [""; 0]);
    assert_eq!(of(&request, changed(&request, 2, clear)), ["AN5"]);
    assert_eq!(of(&request, changed(&request, 1, forget)), [""; 0]);
    assert_eq!(of(&request, changed(&request, 3, forget)), ["AN5"]);
    let mut drops = request.clone();
    drops["thinking"] = json!({ "type": "adaptive", "block_binding": { "prefix_mismatch_behavior": "drop_block" } });
    assert_eq!(of(&drops, changed(&drops, 2, clear)), [""; 0]);
    // A rewrite that strips all thoughts is legal, that of the latest turn included.
    let mut edits = changed(&request, 2, clear);
    for index in [1, 3, 5] {
        edits[index] = changed(&request, index, forget).swap_remove(index);
    }
    assert_eq!(of(&request, edits), [""; 0]);
}

#[test]
fn changes_around_a_compaction_of_claude() {
    let request = json!({ "model": "claude-opus-4-5", "max_tokens": 10, "messages": [
        { "role": "assistant", "content": [{ "type": "compaction", "content": LONG }] },
        { "role": "user", "content": "a long question that can go" },
        { "role": "assistant", "content": "a" },
        { "role": "user", "content": "b?" },
    ]});
    let broken = |edits| broken("claude-opus-4-5", &request, edits);
    assert_eq!(broken(keep([0, 3])), [""; 0]);
    assert_eq!(broken(keep([1, 2, 3])), ["AN8"]);
    let shortened = |message: &mut Value| message["content"][0]["content"] = "so far".into();
    assert_eq!(broken(changed(&request, 0, shortened)), ["AN8", "C12"]);
    assert_eq!(broken(keep([0, 2, 3])), ["AN7"]);
}

#[test]
fn the_legal_ways_on_models_that_bind_thoughts() {
    let request = claude("claude-opus-5-5");
    let of = |request: &Value, edits| broken("claude-opus-5-5", request, edits);
    // Nothing but what is appended, or a compaction by the API: no edit at all.
    assert_eq!(of(&request, keep(0..7)), [""; 0]);
    // One rewrite of all that was before, in which what stays loses its thoughts.
    let digest = json!({ "role": "user", "content": "so far" });
    let rewritten = |forgets: bool| {
        let mut edits = with(keep([0, 5, 6]), 1, digest.clone());
        if forgets {
            edits[2] = changed(&request, 5, forget).swap_remove(5);
        }
        edits
    };
    assert_eq!(of(&request, rewritten(true)), [""; 0]);
    assert_eq!(of(&request, rewritten(false)), ["AN5"]);
    // The API leaves out what no longer matches, when the request says so.
    let mut drops = request.clone();
    drops["thinking"] = json!({ "type": "adaptive", "block_binding": { "prefix_mismatch_behavior": "drop_block" } });
    assert_eq!(of(&drops, rewritten(false)), [""; 0]);
}

#[test]
fn a_compaction_without_content_is_none() {
    let compaction = |content: Value| json!({ "role": "assistant", "content": [{ "type": "compaction", "content": content }] });
    let request = json!({ "model": "claude-opus-4-5", "max_tokens": 10, "messages": [
        compaction(LONG.into()),
        { "role": "user", "content": "a long question that can go" },
        compaction(Value::Null),
        { "role": "user", "content": "b?" },
    ]});
    let broken = |edits| broken("claude-opus-4-5", &request, edits);
    assert_eq!(broken(keep([0, 1, 3])), [""; 0]);
    assert_eq!(broken(keep([1, 2, 3])), ["AN8"]);
}
