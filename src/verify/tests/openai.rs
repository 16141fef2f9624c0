//! Changes of Chat Completions and of Responses.

use serde_json::{Value, json};

use super::{LONG, broken, changed, keep, with};

fn chat() -> Value {
    let call = |id: &str| {
        json!({ "role": "assistant", "content": null, "tool_calls": [
        { "id": id, "type": "function", "function": { "name": "f", "arguments": "{}" } } ] })
    };
    json!({ "model": "gpt-4o", "messages": [
        { "role": "system", "content": "be brief" },
        { "role": "user", "content": "a?" },
        call("1"),
        { "role": "tool", "tool_call_id": "1", "content": LONG },
        { "role": "assistant", "content": "it is a, and that takes some words to say" },
        { "role": "user", "content": "b?" },
        call("2"),
    ]})
}

#[test]
fn changes_of_chat_completions() {
    let request = chat();
    let broken = |edits| broken("gpt-4o", &request, edits);
    let cleared = |message: &mut Value| message["content"] = "[gone]".into();
    assert_eq!(broken(keep(0..7)), [""; 0]);
    assert_eq!(broken(changed(&request, 3, cleared)), [""; 0]);
    assert_eq!(
        broken(with(
            keep([0, 1, 5, 6]),
            2,
            json!({ "role": "assistant", "content": "a" })
        )),
        [""; 0]
    );
    assert_eq!(broken(keep([0, 1, 2, 4, 5, 6])), ["C2", "OC1"]);
    assert_eq!(broken(keep([0, 4, 2, 3, 1, 5, 6])), ["C4"]);
    assert_eq!(broken(keep([0, 1, 2, 3, 4, 6])), ["C6"]);
    assert_eq!(broken(keep(0..6)), ["C6"]);
    assert_eq!(broken(changed(&request, 5, cleared)), ["C6", "C8", "OC4"]);
    assert_eq!(
        broken(changed(&request, 3, |message| message["content"] =
            LONG.repeat(2).into())),
        ["C8"]
    );
    assert_eq!(
        broken(with(
            keep([0, 1, 2, 3, 5, 6]),
            4,
            json!({ "role": "assistant", "content": LONG })
        )),
        ["C8"]
    );
    assert_eq!(broken(keep(1..7)), ["OC3"]);
    assert_eq!(broken(changed(&request, 0, cleared)), ["OC3", "OC4"]);
    assert_eq!(
        broken(with(
            keep(0..7),
            1,
            json!({ "role": "system", "content": "" })
        )),
        ["C8", "OC3"]
    );
    assert_eq!(broken(changed(&request, 4, cleared)), ["OC4"]);
    assert_eq!(
        broken(changed(&request, 3, |message| message["content"] =
            json!([{ "type": "text", "text": "x" }]))),
        ["OC4"]
    );
    assert_eq!(
        broken(changed(&request, 3, |message| {
            cleared(message);
            message["tool_call_id"] = "2".into();
        })),
        ["OC1", "OC4"]
    );
}

#[test]
fn changes_of_responses() {
    let call = |id: &str| json!({ "type": "function_call", "call_id": id, "name": "f", "arguments": "{}" });
    let output =
        |id: &str| json!({ "type": "function_call_output", "call_id": id, "output": LONG });
    let thought = |id: &str| json!({ "type": "reasoning", "id": id, "summary": [], "encrypted_content": "x" });
    let mut named = call("3");
    named["id"] = "fc_3".into();
    let request = json!({ "model": "gpt-5", "input": [
        { "role": "user", "content": "a?" },
        thought("rs_1"), call("1"), thought("rs_2"), call("2"), output("1"), output("2"),
        { "role": "user", "content": "b?" },
        thought("rs_3"), named, output("3"),
        { "role": "user", "content": "c?" },
        thought("rs_4"), call("4"), output("4"),
    ]});
    let broken_of = |request: &Value, edits| broken("gpt-5", request, edits);
    let without = |gone: &[usize]| keep((0..15).filter(|index| !gone.contains(index)));
    let cleared = |message: &mut Value| message["output"] = "[gone]".into();
    assert_eq!(broken_of(&request, changed(&request, 5, cleared)), [""; 0]);
    assert_eq!(broken_of(&request, without(&[1, 3])), [""; 0]);
    assert_eq!(broken_of(&request, without(&[1, 2, 3, 4, 5, 6])), [""; 0]);
    assert_eq!(broken_of(&request, without(&[1])), ["OR5"]);
    assert_eq!(broken_of(&request, without(&[8])), ["OR2"]);
    assert_eq!(broken_of(&request, without(&[12])), ["OR2"]);
    assert_eq!(broken_of(&request, without(&[9, 10])), ["OR3"]);
    assert_eq!(broken_of(&request, without(&[5])), ["C2", "OR9"]);
    assert_eq!(broken_of(&request, without(&[8, 9])), ["C2", "OR9"]);
    let mut kept = request.clone();
    kept["previous_response_id"] = "resp_1".into();
    assert_eq!(broken_of(&kept, changed(&kept, 5, cleared)), ["OR6"]);
    let compacted = json!({ "model": "gpt-5", "input": [
        { "role": "user", "content": LONG },
        { "type": "compaction", "encrypted_content": LONG },
        { "role": "user", "content": "a?" },
        { "role": "assistant", "content": LONG },
        { "role": "user", "content": "b?" },
    ]});
    assert_eq!(broken_of(&compacted, keep([1, 2, 3, 4])), [""; 0]);
    assert_eq!(broken_of(&compacted, keep([0, 2, 3, 4])), ["C11", "OR7"]);
    let note = json!({ "role": "assistant", "content": "so far" });
    assert_eq!(
        broken_of(&compacted, with(keep([1, 2, 4]), 0, note.clone())),
        ["OR7"]
    );
    assert_eq!(
        broken_of(&compacted, with(keep([1, 2, 4]), 2, note)),
        [""; 0]
    );
}
