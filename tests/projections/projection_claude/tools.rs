//! Declarations of tools, and schemas of answers.

use serde_json::{Value, json};

use super::{gen1, of, tokens};

pub(super) fn weather() -> Value {
    json!({
        "name": "weather",
        "description": "Weather of a city",
        "input_schema": { "type": "object", "properties": { "city": { "type": "string" } }, "required": ["city"] }
    })
}

/// A tool is its JSON with sorted keys and 6 tokens, after a hidden prompt of 496 on 4.5.
#[test]
fn tools_are_lines_of_sorted_json() {
    let mut body = of(json!([{ "role": "user", "content": "hello" }]));
    let without = tokens("claude-sonnet-4-5", &body);
    body["tools"] = json!([weather()]);
    let line = r#"{"description": "Weather of a city", "name": "weather", "parameters": {"properties": {"city": {"type": "string"}}, "required": ["city"], "type": "object"}}"#;
    let auto = tokens("claude-sonnet-4-5", &body);
    assert_eq!(auto, without + 496 + 6 + gen1(line));

    let mut other = body.clone();
    other["tools"] = json!([{
        "input_schema": { "required": ["city"], "properties": { "city": { "type": "string" } }, "type": "object" },
        "strict": true, "type": "custom", "cache_control": { "type": "ephemeral" },
        "description": "Weather of a city", "name": "weather"
    }]);
    assert_eq!(tokens("claude-sonnet-4-5", &other), auto);

    for (choice, more) in [
        (json!({ "type": "none" }), 0),
        (json!({ "type": "any" }), 92),
        (
            json!({ "type": "tool", "name": "weather" }),
            94 + i64::from(gen1("weather")),
        ),
        (
            json!({ "type": "auto", "disable_parallel_tool_use": true }),
            -208,
        ),
    ] {
        other["tool_choice"] = choice.clone();
        let difference = i64::from(tokens("claude-sonnet-4-5", &other)) - i64::from(auto);
        assert_eq!(difference, more, "{choice}");
    }
}

/// Up to 4.5 what is outside ASCII is escaped in declarations, from 4.6 on it stands as it is.
#[test]
fn declarations_are_escaped_up_to_4_5() {
    let with = |description: &str| {
        let mut body = of(json!([{ "role": "user", "content": "hello" }]));
        body["tools"] = json!([{ "name": "f", "description": description, "input_schema": { "type": "object" } }]);
        body
    };
    for (model, dash) in [("claude-sonnet-4-5", "\\u2014"), ("claude-sonnet-4-6", "—")] {
        let line = |dash: &str| {
            format!(
                r#"{{"description": "a {dash} b", "name": "f", "parameters": {{"type": "object"}}}}"#
            )
        };
        let more = tokens(model, &with("a — b")) - tokens(model, &with("a x b"));
        assert_eq!(more, gen1(&line(dash)) - gen1(&line("x")), "{model}");
    }
}

/// A schema is its JSON over several lines in the caller's order, and 81 tokens on 4.5.
#[test]
fn schemas_are_indented() {
    let mut body = of(json!([{ "role": "user", "content": "hello" }]));
    let without = tokens("claude-sonnet-4-5", &body);
    body["output_config"] = json!({ "format": { "type": "json_schema", "schema": {
        "type": "object", "properties": { "b": { "type": "string" }, "a": {} }, "required": []
    }}});
    let text = "{\n  \"type\": \"object\",\n  \"properties\": {\n    \"b\": {\n      \"type\": \"string\"\n    },\n    \"a\": {}\n  },\n  \"required\": []\n}";
    assert_eq!(
        tokens("claude-sonnet-4-5", &body),
        without + 81 + gen1(text)
    );
}
