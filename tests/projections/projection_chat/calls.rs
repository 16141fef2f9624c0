//! Calls, their results, and schemas of answers.

use serde_json::{Value, json};
use token_headroom::{count, normalize, project};

use super::{exactly, model_named, projection, t};
use crate::support;

/// A turn with calls of `look_up` and their results, after a question.
fn turn(calls: &[(&str, &str)]) -> Value {
    let mut messages = vec![
        json!({ "role": "user", "content": "Hi" }),
        json!({ "role": "assistant", "content": null, "tool_calls": calls.iter().enumerate().map(|(n, call)| json!({
            "id": n.to_string(), "type": "function", "function": { "name": "look_up", "arguments": call.0 },
        })).collect::<Vec<Value>>() }),
    ];
    messages.extend(calls.iter().enumerate().map(
        |(n, call)| json!({ "role": "tool", "tool_call_id": n.to_string(), "content": call.1 }),
    ));
    json!({ "messages": messages })
}

#[test]
fn one_call_is_addressed_and_its_arguments_are_compacted() {
    let body = turn(&[("{ \"city\": \"Malmö\", \"n\": 1.0 }", "{\"t\": 7}")]);
    let arguments = t("{\"city\":\"Malmö\",\"n\":1.0}") + t("{\"t\": 7}");
    let names = t("look_up") + t("functions.look_up");
    exactly(
        "gpt-4o",
        body.clone(),
        3 + 4 + t("Hi") + 12 + names + arguments,
    );
    exactly("gpt-5", body, 2 + 4 + t("Hi") + 18 + names + arguments);
}

#[test]
fn text_beside_a_call_is_a_message_of_its_own() {
    let mut body = turn(&[("{}", "7")]);
    let bare = projection("gpt-5", &body).tokens;
    body["messages"][1]["content"] = json!("Looking.");
    exactly("gpt-5", body, bare + 6 + t("Looking."));
}

#[test]
fn several_calls_are_one_call_and_one_list_of_results() {
    let body = turn(&[("{\"n\": 1}", "{\"t\":\"7°\"}"), ("x", "sunny")]);
    let calls = "{\"tool_uses\":[{\"recipient_name\":\"functions.look_up\",\"parameters\":{\"n\":1}},{\"recipient_name\":\"functions.look_up\",\"parameters\":\"x\"}]}";
    let escaped = "[{\"t\": \"7\\u00b0\"}, \"sunny\"]";
    exactly(
        "gpt-4o",
        body.clone(),
        3 + 4 + t("Hi") + 20 + t(calls) + t(escaped),
    );
    let plain = "[{\"t\": \"7°\"}, \"sunny\"]";
    exactly("gpt-5", body, 2 + 4 + t("Hi") + 26 + t(calls) + t(plain));
}

#[test]
fn answers_in_one_message_cost_what_they_cost_apart() {
    // Other dialects put the answers of a turn into one message.
    for calls in [vec![("{}", "7")], vec![("{}", "7"), ("{\"n\":1}", "sunny")]] {
        let body = turn(&calls);
        let apart = normalize(&body).expect("a body");
        let mut together = apart.clone();
        let answers = together.messages.split_off(2);
        let mut joined = (*answers[0]).clone();
        joined.parts = answers.iter().flat_map(|m| m.parts.clone()).collect();
        together.messages.push(joined.into());
        let counter = support::counter("o200k_base");
        for model in ["gpt-4o", "gpt-5"] {
            let model = model_named(model);
            let tokens = |conversation: &token_headroom::Conversation| {
                project(
                    &count(conversation.clone().into(), counter),
                    &model,
                    counter,
                )
                .tokens
            };
            assert_eq!(tokens(&apart), tokens(&together));
        }
    }
}

#[test]
fn a_schema_is_a_section_and_answers_are_addressed_to_it() {
    let format = json!({ "type": "json_schema", "json_schema": {
        "name": "verdict", "description": "What we think", "strict": true,
        "schema": {
            "type": "object", "title": "Verdict", "additionalProperties": false, "$schema": "x",
            "properties": { "required": { "type": "number", "minimum": 0 }, "ok": { "const": true } },
            "required": ["required", "ok"],
        },
    } });
    let section = t(
        "## verdict\n\n// What we think\n{\"type\":\"object\",\"title\":\"Verdict\",\"properties\":{\"required\":{\"type\":\"number\"},\"ok\":{\"const\":true}}}",
    );
    let addressed = 2 + t("verdict");
    let asked = json!({ "messages": [
        { "role": "user", "content": "Hi" }, { "role": "assistant", "content": "No." }, { "role": "user", "content": "Hi" },
    ], "response_format": format });
    let texts = 12 + 2 * t("Hi") + t("No.");
    exactly(
        "gpt-4o",
        asked.clone(),
        3 + texts + 8 + section + 2 * addressed,
    );
    exactly("gpt-5", asked, 2 + texts + 2 + 8 + section + addressed);

    let led = json!({ "messages": [{ "role": "system", "content": "Judge." }, { "role": "user", "content": "Hi" }], "response_format": format });
    let texts = 8 + t("Judge.\n\n") + t("Hi");
    exactly("gpt-4o", led.clone(), 3 + texts + 4 + section + addressed);
    exactly("gpt-5", led, 2 + texts + 7 + section);

    let json_object = json!({ "messages": [{ "role": "user", "content": "Hi" }], "response_format": { "type": "json_object" } });
    exactly("gpt-4o", json_object, 7 + t("Hi"));
}
