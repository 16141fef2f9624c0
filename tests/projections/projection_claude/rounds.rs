//! Rounds of calls and their answers, in every dialect.

use serde_json::{Value, json};
use token_headroom::Dialect;

use super::tools::weather;
use super::{ALL, gen1, of, projection, tokens};

fn round() -> Value {
    json!([
        { "role": "user", "content": "hello" },
        { "role": "assistant", "content": [
            { "type": "text", "text": "Asking." },
            { "type": "tool_use", "id": "t1", "name": "weather", "input": { "city": "Paris" } }
        ]},
        { "role": "user", "content": [{ "type": "tool_result", "tool_use_id": "t1", "content": "Rain" }] }
    ])
}

/// Up to 4.6 a round of calls adds 33 around the name, 15 around an argument, 12 around the answer and 1 after text, and no
/// header.
#[test]
fn a_round_of_calls_is_one_turn() {
    let tools = |mut body: Value| {
        body["tools"] = json!([weather()]);
        body
    };
    let without = tokens(
        "claude-sonnet-4-5",
        &tools(of(json!([{ "role": "user", "content": "hello" }]))),
    );
    let texts: u32 = ["Asking.", "weather", "city", "Paris", "Rain"]
        .into_iter()
        .map(gen1)
        .sum();
    assert_eq!(
        tokens("claude-sonnet-4-5", &tools(of(round()))),
        without + texts + 33 + 15 + 12 + 1
    );
    // Claude 3 costs one less with the answer in last place; its bounds leave one to either side.
    let three = projection(
        Dialect::Anthropic,
        "claude-3-haiku-20240307",
        None,
        &tools(of(round())),
    );
    assert_eq!(three.upper_bound - three.lower_bound, 2);
}

/// Two answers repeat the names of their tools.
#[test]
fn parallel_answers_repeat_names() {
    let round = |calls: usize| {
        let ids: Vec<String> = (0..calls).map(|index| format!("t{index}")).collect();
        let call = |id: &String| json!({ "type": "tool_use", "id": id, "name": "weather", "input": { "city": "Paris" } });
        let answer =
            |id: &String| json!({ "type": "tool_result", "tool_use_id": id, "content": "Rain" });
        of(json!([
            { "role": "user", "content": "hello" },
            { "role": "assistant", "content": ids.iter().map(call).collect::<Value>() },
            { "role": "user", "content": ids.iter().map(answer).collect::<Value>() }
        ]))
    };
    let texts: u32 = ["weather", "city", "Paris", "Rain"]
        .into_iter()
        .map(gen1)
        .sum();
    let three = tokens("claude-sonnet-4-5", &round(3));
    let two = tokens("claude-sonnet-4-5", &round(2));
    assert_eq!(three - two, 16 + 15 + 22 + gen1("weather") + texts);
}

/// Answers that come in messages of their own make the same round as blocks of one message, and a chat body or a Converse
/// body the same request as one of Messages.
#[test]
fn every_dialect_and_host_renders_the_same() {
    let mut messages = of(round());
    messages["tools"] = json!([weather()]);
    messages["system"] = json!("Answer in French.");
    let chat = json!({
        "messages": [
            { "role": "system", "content": "Answer in French." },
            { "role": "user", "content": "hello" },
            { "role": "assistant", "content": "Asking.", "tool_calls": [{
                "id": "t1", "type": "function", "function": { "name": "weather", "arguments": "{\"city\":\"Paris\"}" }
            }]},
            { "role": "tool", "tool_call_id": "t1", "content": "Rain" }
        ],
        "tools": [{ "type": "function", "function": {
            "name": "weather", "description": "Weather of a city", "parameters": weather()["input_schema"]
        }}]
    });
    let converse = json!({
        "system": [{ "text": "Answer in French." }],
        "messages": [
            { "role": "user", "content": [{ "text": "hello" }] },
            { "role": "assistant", "content": [
                { "text": "Asking." },
                { "toolUse": { "toolUseId": "t1", "name": "weather", "input": { "city": "Paris" } } }
            ]},
            { "role": "user", "content": [
                { "toolResult": { "toolUseId": "t1", "content": [{ "text": "Rain" }] } }
            ]}
        ],
        "toolConfig": { "tools": [{ "toolSpec": {
            "name": "weather", "description": "Weather of a city", "inputSchema": { "json": weather()["input_schema"] }
        }}]}
    });
    for model in ALL {
        let expected = tokens(model, &messages);
        for (dialect, host, body) in [
            (Dialect::OpenaiChat, "openrouter", &chat),
            (Dialect::OpenaiChat, "databricks", &chat),
            (Dialect::OpenaiChat, "snowflake", &chat),
            (Dialect::BedrockConverse, "bedrock", &converse),
            (Dialect::Anthropic, "vertex", &messages),
        ] {
            let found = projection(dialect, model, Some(host), body).tokens;
            assert_eq!(found, expected, "{model} at {host}");
        }
    }
}
