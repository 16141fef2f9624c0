//! Changes of Gemini, the frameworks and Bedrock Converse.

use serde_json::{Value, json};

use super::{LONG, broken, changed, forget, keep, with};

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
fn media_beside_a_response_of_gemini_goes_with_what_it_says() {
    for media in [
        json!([]),
        json!([{ "inlineData": { "mimeType": "image/png", "data": "AAAA" } }]),
    ] {
        let request = json!({ "contents": [
            { "role": "user", "parts": [{ "text": "a?" }] },
            { "role": "model", "parts": [{ "functionCall": { "name": "f", "args": {} } }] },
            { "role": "user", "parts": [{ "functionResponse": { "name": "f", "response": { "output": LONG }, "parts": media } }] },
            { "role": "model", "parts": [{ "text": "a" }] },
            { "role": "user", "parts": [{ "text": "b?" }] },
        ]});
        let mask = |message: &mut Value| {
            message["parts"][0]["functionResponse"] =
                json!({ "name": "f", "response": { "output": "" } });
        };
        let broken = |edits| broken("gemini-2.5-flash", &request, edits);
        assert_eq!(broken(changed(&request, 2, mask)), [""; 0]);
        let rename = |message: &mut Value| {
            mask(message);
            message["parts"][0]["functionResponse"]["name"] = "g".into();
        };
        assert!(!broken(changed(&request, 2, rename)).is_empty());
    }
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
fn an13_thoughts_lead_a_running_loop_of_claude_in_other_dialects() {
    let of =
        |mut request: Value, switch: Value, calls: [Value; 2], results: [Value; 2], said: Value| {
            let [first, second] = calls;
            let [answer, last] = results;
            for (key, value) in switch.as_object().expect("fields") {
                request[key] = value.clone();
            }
            request["messages"] = json!([said, first, answer, second, last]);
            let edits = with(keep([0, 3, 4]), 1, said);
            (
                broken("claude-sonnet-4-5", &request, edits),
                broken("claude-sonnet-4-5", &request, changed(&request, 1, forget)),
            )
        };
    let led = || (vec!["AN13".to_owned()], vec!["AN13".to_owned()]);
    let free = || (Vec::new(), Vec::new());

    let call = |id: &str| json!({ "toolUse": { "toolUseId": id, "name": "f", "input": {} } });
    let thought =
        json!({ "reasoningContent": { "reasoningText": { "text": "hm", "signature": "s" } } });
    let result = |id: &str| json!({ "role": "user", "content": [{ "toolResult": { "toolUseId": id, "content": [{ "text": LONG }] } }] });
    let converse = |kind: &str| {
        of(
            json!({ "modelId": "m", "toolConfig": { "tools": [] } }),
            json!({ "additionalModelRequestFields": { "thinking": { "type": kind } } }),
            [
                json!({ "role": "assistant", "content": [thought, call("1")] }),
                json!({ "role": "assistant", "content": [call("2")] }),
            ],
            [result("1"), result("2")],
            json!({ "role": "user", "content": [{ "text": "a?" }] }),
        )
    };
    let (opened, forgot) = converse("enabled");
    assert!(opened.contains(&"AN13".to_owned()), "{opened:?}");
    assert_eq!(forgot, ["AN13"]);
    let (opened, forgot) = converse("adaptive");
    assert!(!opened.contains(&"AN13".to_owned()), "{opened:?}");
    assert_eq!(forgot, [""; 0]);

    let call =
        |id: &str| json!({ "type": "tool-call", "toolCallId": id, "toolName": "f", "input": {} });
    let thought = json!({ "type": "reasoning", "text": "hm", "providerOptions": { "anthropic": { "signature": "s" } } });
    let result = |id: &str| json!({ "role": "tool", "content": [{ "type": "tool-result", "toolCallId": id, "toolName": "f", "output": { "type": "text", "value": LONG } }] });
    let ai_sdk = |switch: Value| {
        of(
            json!({}),
            switch,
            [
                json!({ "role": "assistant", "content": [thought, call("1")] }),
                json!({ "role": "assistant", "content": [call("2")] }),
            ],
            [result("1"), result("2")],
            json!({ "role": "user", "content": "a?" }),
        )
    };
    let option = |kind: &str| json!({ "providerOptions": { "anthropic": { "thinking": { "type": kind } } } });
    assert_eq!(ai_sdk(option("enabled")), led());
    assert_eq!(ai_sdk(json!({})), led());
    assert_eq!(ai_sdk(option("adaptive")), free());

    let call = |id: &str| json!({ "id": id, "name": "f", "args": {} });
    let thought = json!({ "type": "thinking", "thinking": "hm", "signature": "s" });
    let said = json!({ "type": "text", "text": "so" });
    let result = |id: &str| json!({ "type": "tool", "tool_call_id": id, "content": LONG });
    let langchain = of(
        json!({}),
        json!({}),
        [
            json!({ "type": "ai", "content": [thought, said], "tool_calls": [call("1")] }),
            json!({ "type": "ai", "content": [said], "tool_calls": [call("2")] }),
        ],
        [result("1"), result("2")],
        json!({ "type": "human", "content": "a?" }),
    );
    assert_eq!(langchain, led());
}
