//! Results: what is sent of them, which calls they belong to, and which turns they end.

use serde_json::{Value, json};
use token_headroom::{File, Part};

use super::{PNG, parts, picture, read, text};

fn result(given: Value) -> (Vec<Part>, bool) {
    let mut part = json!({ "type": "tool-result", "toolCallId": "c", "toolName": "f" });
    part.as_object_mut()
        .unwrap()
        .extend(given.as_object().unwrap().clone());
    match parts(json!({ "role": "tool", "content": [part] })).as_slice() {
        [
            Part::ToolResult {
                call_id,
                name,
                parts,
                is_error,
            },
        ] => {
            assert_eq!((call_id.as_str(), name.as_deref()), ("c", Some("f")));
            (parts.clone(), *is_error)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn results_are_what_is_sent() {
    let said = |text_: &str, failed: bool| (vec![text(text_)], failed);
    for (given, expected) in [
        (
            json!({ "output": { "type": "text", "value": "a\"b" } }),
            said("a\"b", false),
        ),
        (
            json!({ "output": { "type": "json", "value": { "b": 1, "a": "é" } } }),
            said("{\"b\":1,\"a\":\"é\"}", false),
        ),
        (
            json!({ "output": { "type": "json", "value": null } }),
            said("null", false),
        ),
        (
            json!({ "output": { "type": "error-text", "value": "no" } }),
            said("no", true),
        ),
        (
            json!({ "output": { "type": "error-json", "value": { "code": 4 } } }),
            said("{\"code\":4}", true),
        ),
        (
            json!({ "output": { "type": "execution-denied", "reason": "not today" } }),
            said("not today", true),
        ),
        (
            json!({ "output": { "type": "execution-denied" } }),
            said("Tool call execution denied.", true),
        ),
        // Version 4 writes every result as JSON, texts too.
        (json!({ "result": "a\"b" }), said("\"a\\\"b\"", false)),
        (
            json!({ "result": { "a": 1 }, "isError": true }),
            said("{\"a\":1}", true),
        ),
    ] {
        assert_eq!(result(given.clone()), expected, "{given}");
    }
    let many = result(json!({ "output": { "type": "content", "value": [
        { "type": "text", "text": "look" },
        { "type": "image-data", "data": PNG, "mediaType": "image/png" },
        { "type": "media", "data": PNG, "mediaType": "image/png" },
        { "type": "file-id", "fileId": "file-1" },
        { "type": "custom", "providerOptions": {} },
    ] } }));
    let custom = json!({ "type": "custom", "providerOptions": {} });
    assert_eq!(
        many.0,
        [
            text("look"),
            picture(),
            picture(),
            Part::File(File::default()),
            Part::Opaque(custom)
        ]
    );
    let earlier = result(json!({ "result": "x", "experimental_content": [
        { "type": "text", "text": "look" }, { "type": "image", "data": PNG, "mimeType": "image/png" },
    ] }));
    assert_eq!(earlier.0, [text("look"), picture()]);
}

#[test]
fn calls_and_results_are_paired_by_id() {
    let call =
        |id: &str| json!({ "type": "tool-call", "toolCallId": id, "toolName": "f", "input": {} });
    let result = |id: &str| json!({ "type": "tool-result", "toolCallId": id, "toolName": "f", "output": { "type": "text", "value": "" } });
    let server = json!({ "type": "tool-call", "toolCallId": "s", "toolName": "web", "input": {}, "providerExecuted": true });
    let read = read(&json!({ "prompt": [
        { "role": "user", "content": [{ "type": "text", "text": "hi" }] },
        { "role": "assistant", "content": [{ "type": "text", "text": "" }, call("a"), server, call("b")] },
        { "role": "tool", "content": [result("a"), result("z")] },
        { "role": "tool", "content": [{ "type": "tool-approval-response", "approvalId": "q", "approved": true }] },
        { "role": "user", "content": [{ "type": "text", "text": "and?" }] },
    ] }));
    let mut told: Vec<_> = read
        .warnings
        .iter()
        .map(|w| (w.code.as_str(), w.path.as_str()))
        .collect();
    told.retain(|(code, _)| *code != "unknown_part");
    assert_eq!(
        told,
        [
            ("unpaired_tool_result", "prompt[2].content[1]"),
            ("unanswered_call", "prompt[1].content[3]"),
        ]
    );
}

#[test]
fn what_the_provider_ran_needs_no_call() {
    let result = |by_provider: bool| {
        json!({ "type": "tool-result", "toolCallId": "s", "toolName": "web", "output": { "type": "text", "value": "" },
            "providerExecuted": by_provider })
    };
    for (by_provider, told) in [(true, 0), (false, 1)] {
        let read = read(&json!({ "prompt": [
            { "role": "user", "content": [{ "type": "text", "text": "hi" }] },
            { "role": "assistant", "content": [{ "type": "text", "text": "so" }, result(by_provider)] },
        ] }));
        let unpaired = read.warnings.iter();
        let unpaired = unpaired.filter(|warning| warning.code == "unpaired_tool_result");
        assert_eq!(unpaired.count(), told, "{:?}", read.warnings);
    }
}

#[test]
fn messages_of_the_model_that_follow_each_other_are_one() {
    let call = |id: &str| {
        json!({ "role": "assistant", "content": [
            { "type": "tool-call", "toolCallId": id, "toolName": "f", "input": {} },
        ] })
    };
    let result = |id: &str| {
        json!({ "role": "tool", "content": [
            { "type": "tool-result", "toolCallId": id, "toolName": "f", "output": { "type": "text", "value": "" } },
        ] })
    };
    let codes = |messages: Value| -> Vec<String> {
        let warnings = read(&messages).warnings.into_iter();
        warnings.map(|w| format!("{} {}", w.code, w.path)).collect()
    };
    let fine = json!([
        call("a"),
        call("b"),
        result("b"),
        result("a"),
        call("c"),
        result("c")
    ]);
    assert_eq!(codes(fine), [""; 0]);
    assert_eq!(
        codes(json!([
            call("a"),
            call("b"),
            result("b"),
            call("c"),
            result("a")
        ])),
        [
            "unanswered_call messages[0].content[0]",
            "unpaired_tool_result messages[4].content[0]",
            "unanswered_call messages[3].content[0]",
        ]
    );
}
