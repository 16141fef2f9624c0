//! Each invariant of a change has a change that breaks it and no other; legal changes break none.

use std::sync::Arc;

use serde_json::{Value, json};

use super::evidence::Evidence;
use super::judged;
use crate::apply::Edit;
use crate::count::{CountText, Counted, count};
use crate::judge::{JudgeOptions, judge};
use crate::models::{Model, ModelOptions, resolve};
use crate::normalize::{Body, normalize};
use crate::plan::{Policy, plan};
use crate::project::project;

struct Letters;

impl CountText for Letters {
    fn count_text(&self, text: &str) -> u32 {
        u32::try_from(text.len().div_ceil(4)).expect("a short text")
    }
}

fn model(name: &str) -> Model {
    resolve(&ModelOptions::for_model(name)).expect("a known model")
}

/// The names of what `edits` break in `request`, each once, in order.
fn broken(name: &str, request: &Value, edits: Vec<Edit>) -> Vec<String> {
    let model = model(name);
    let counted = |request: &Value| -> Counted {
        count(Arc::new(normalize(request).expect("a request")), &Letters)
    };
    let body = Body::of(request).expect("a request");
    let messages: Vec<Value> = edits
        .iter()
        .map(|edit| match edit {
            Edit::Keep { index } => body.list[*index].clone(),
            Edit::Replace { message, .. } | Edit::Insert { message } => message.clone(),
        })
        .collect();
    let mut applied = request.clone();
    applied[body.key.expect("a body")] = messages.into();
    let before = counted(request);
    let options = JudgeOptions {
        headroom: Some(0),
        tight_at: 1.0,
    };
    let judgement = judge(project(&before, &model, &Letters), &model, None, options);
    let plan = plan(&before, &judgement, &model, &Policy::default(), &Letters);
    let counts = [before, counted(&applied), counted(&applied)];
    let evidence = Evidence::of(&plan, &model, &Letters, counts, edits);
    let verification = judged(&evidence);
    let names = verification
        .violations
        .into_iter()
        .map(|violation| violation.invariant);
    let mut names: Vec<String> = names.filter(|name| name != "plan").collect();
    names.sort();
    names.dedup();
    names
}

/// Keeps the messages `indices`.
fn keep(indices: impl IntoIterator<Item = usize>) -> Vec<Edit> {
    indices
        .into_iter()
        .map(|index| Edit::Keep { index })
        .collect()
}

/// Keeps all of `count` messages but for one, which becomes what `change` makes of it.
fn changed(request: &Value, index: usize, change: impl FnOnce(&mut Value)) -> Vec<Edit> {
    let body = Body::of(request).expect("a request");
    let mut edits = keep(0..body.list.len());
    let mut message = body.list[index].clone();
    change(&mut message);
    edits[index] = Edit::Replace { index, message };
    edits
}

fn with(mut edits: Vec<Edit>, at: usize, message: Value) -> Vec<Edit> {
    edits.insert(at, Edit::Insert { message });
    edits
}

const LONG: &str =
    "a result that is much longer than what stands in its place afterwards, so that it is worth it";

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

fn forget(message: &mut Value) {
    message["content"].as_array_mut().expect("blocks").remove(0);
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

#[test]
fn changes_of_gemini() {
    let call = || {
        json!({ "role": "model", "parts": [
        { "text": "hm", "thought": true },
        { "functionCall": { "name": "f", "args": {} }, "thoughtSignature": "s" } ] })
    };
    let response = || json!({ "role": "user", "parts": [{ "functionResponse": { "name": "f", "response": { "result": LONG } } }] });
    let request = json!({ "contents": [
        { "role": "user", "parts": [{ "text": "a?" }] }, call(), response(),
        { "role": "model", "parts": [{ "text": "a", "thoughtSignature": "t" }] },
        { "role": "user", "parts": [{ "text": "b?" }] }, call(), response(),
    ]});
    let broken = |edits| broken("gemini-2.5-flash", &request, edits);
    let forget = |message: &mut Value| {
        message["parts"].as_array_mut().expect("parts").remove(0);
    };
    let clear = |message: &mut Value| {
        message["parts"][0]["functionResponse"]["response"] = json!({ "result": "" })
    };
    assert_eq!(broken(changed(&request, 2, clear)), [""; 0]);
    assert_eq!(broken(changed(&request, 6, clear)), [""; 0]);
    assert_eq!(broken(changed(&request, 1, forget)), [""; 0]);
    assert_eq!(broken(changed(&request, 5, forget)), ["G4"]);
    assert_eq!(
        broken(changed(
            &request,
            3,
            |message| message["parts"][0]["thoughtSignature"] = "u".into()
        )),
        ["G5"]
    );
    assert_eq!(
        broken(changed(
            &request,
            3,
            |message| message["parts"][0]["text"] = "".into()
        )),
        ["C12"]
    );
}

#[test]
fn changes_of_frameworks() {
    let request = json!({ "messages": [
        { "role": "user", "content": "a?" },
        { "role": "assistant", "content": [
            { "type": "reasoning", "text": "hm" },
            { "type": "tool-call", "toolCallId": "1", "toolName": "f", "input": {}, "providerOptions": { "x": { "id": "y" } } } ] },
        { "role": "tool", "content": [
            { "type": "tool-result", "toolCallId": "1", "toolName": "f", "output": { "type": "text", "value": LONG }, "providerOptions": { "x": {} } } ] },
        { "role": "user", "content": "b?" },
    ]});
    let of = |edits| broken("gpt-4o", &request, edits);
    let result = |message: &mut Value, key: &str, value: Value| message["content"][0][key] = value;
    assert_eq!(
        of(changed(&request, 2, |message| result(
            message,
            "output",
            json!({ "type": "text", "value": "" })
        ))),
        [""; 0]
    );
    assert_eq!(of(changed(&request, 1, forget)), [""; 0]);
    assert_eq!(
        of(changed(&request, 2, |message| result(
            message,
            "providerOptions",
            json!({})
        ))),
        ["AI4"]
    );
    assert_eq!(
        of(changed(&request, 2, |message| result(
            message,
            "output",
            json!({ "type": "json", "value": "" })
        ))),
        ["AI6"]
    );

    let mut request = request;
    for part in 0..2 {
        request["messages"][1]["content"][part]["providerOptions"] =
            json!({ "openai": { "itemId": "x" } });
    }
    assert_eq!(
        broken("gpt-4o", &request, changed(&request, 1, forget)),
        ["AI3"]
    );

    let request = json!({ "messages": [
        { "type": "human", "content": "a?" },
        { "type": "ai", "id": "run-1", "content": "", "tool_calls": [{ "id": "1", "name": "f", "args": {} }],
          "additional_kwargs": { "reasoning_content": "hm", "x": 1 }, "response_metadata": {} },
        { "type": "tool", "tool_call_id": "1", "content": LONG, "id": "m" },
        { "type": "human", "content": "b?" },
    ]});
    let of = |edits| broken("gpt-4o", &request, edits);
    assert_eq!(
        of(changed(&request, 2, |message| message["content"] = "".into())),
        [""; 0]
    );
    assert_eq!(
        of(changed(
            &request,
            1,
            |message| message["additional_kwargs"] = json!({ "x": 1 })
        )),
        [""; 0]
    );
    for (index, key) in [
        (2, "id"),
        (1, "response_metadata"),
        (1, "additional_kwargs"),
    ] {
        assert_eq!(
            of(changed(&request, index, |message| message[key] = Value::Null)),
            ["LC2"],
            "{key}"
        );
    }

    let request = json!({ "modelId": "anthropic.claude-3-haiku", "toolConfig": {}, "messages": [
        { "role": "user", "content": [{ "text": "a?" }] },
        { "role": "assistant", "content": [{ "toolUse": { "toolUseId": "1", "name": "f", "input": {} } }] },
        { "role": "user", "content": [{ "toolResult": { "toolUseId": "1", "status": "success", "content": [{ "text": LONG }] } }, { "text": "b?" }] },
    ]});
    let of = |edits| broken("claude-3-haiku", &request, edits);
    let clear = |message: &mut Value| {
        message["content"][0]["toolResult"]["content"] = json!([{ "text": "" }])
    };
    assert_eq!(of(changed(&request, 2, clear)), [""; 0]);
    assert_eq!(
        of(changed(&request, 2, |message| {
            clear(message);
            message["content"][1]["text"] = "c".into();
        })),
        ["C12", "C6"]
    );
}

#[test]
fn every_dialect_names_its_invariants_once() {
    for dialect in [
        "openai_chat",
        "openai_responses",
        "completions",
        "anthropic",
        "gemini",
        "bedrock_converse",
        "cohere",
        "ollama",
        "ai_sdk",
        "langchain",
        "autogen",
    ] {
        let names = super::names(crate::Dialect::named(dialect).expect("a dialect"));
        let unique: std::collections::HashSet<_> = names.iter().collect();
        assert_eq!(unique.len(), names.len());
        assert!(names.starts_with(&["C1", "C2"]));
    }
}
