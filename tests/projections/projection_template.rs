//! Templates of open models, constants of providers, and vocabularies that stand in for others.

use serde_json::{Value, json};
use token_headroom::{
    Basis, CountText, Dialect, ModelOptions, Projection, count, normalize, normalize_as, project,
    resolve,
};

/// Every character is a token, so that counts follow from the rule alone.
struct Characters;

impl CountText for Characters {
    fn count_text(&self, text: &str) -> u32 {
        text.chars().count() as u32
    }
}

fn projected(options: &ModelOptions, body: &Value, dialect: Option<Dialect>) -> Projection {
    let model = resolve(options).expect("a model of the catalogue");
    let conversation = normalize_as(dialect, body).expect("the body is allowed");
    project(
        &count(conversation.into(), &Characters),
        &model,
        &Characters,
    )
}

fn on(model: &str, host: &str, body: &Value) -> Projection {
    let options = ModelOptions {
        host: Some(host.to_owned()),
        ..ModelOptions::for_model(model)
    };
    projected(&options, body, None)
}

fn turns() -> Value {
    json!({ "messages": [
        { "role": "user", "content": "abc" },
        { "role": "assistant", "content": "de" },
        { "role": "user", "content": "f" },
    ]})
}

#[test]
fn llama_writes_instructions_into_the_block_of_dates() {
    // Start 1, block 25, 5 for each message, answer 4.
    let bare = on("llama-3.3-70b", "groq", &turns());
    assert_eq!(bare.tokens, 1 + 25 + 3 * 5 + 6 + 4);
    let mut body = turns();
    body["messages"]
        .as_array_mut()
        .unwrap()
        .insert(0, json!({ "role": "system", "content": " s " }));
    assert_eq!(on("llama-3.3-70b", "groq", &body).tokens, bare.tokens + 1);
    // Snowflake has no block, Ollama none of the dates.
    assert_eq!(
        on("llama-3.1-8b", "snowflake", &turns()).tokens,
        6 + 3 * 5 + 6
    );
    assert_eq!(on("llama3.2", "ollama", &turns()).tokens, bare.tokens - 10);
}

#[test]
fn earlier_thoughts_are_dropped_where_the_template_drops_them() {
    let with = |content: &str| {
        let mut body = turns();
        body["messages"][1]["content"] = Value::from(content);
        body
    };
    let thought = with("<think>long thoughts</think>\n\nde");
    assert_eq!(
        on("qwen3-32b", "groq", &thought).tokens,
        on("qwen3-32b", "groq", &turns()).tokens
    );
    let mut body = turns();
    body["messages"][1]["reasoning_content"] = Value::from("12345");
    let kept = on("glm-4.7", "zai", &body).tokens - on("glm-4.7", "zai", &turns()).tokens;
    assert_eq!(kept, 5);
    let dropped = on("deepseek-v4-flash", "deepseek", &body);
    assert_eq!(
        dropped.tokens,
        on("deepseek-v4-flash", "deepseek", &turns()).tokens
    );
}

#[test]
fn deepseek_shows_no_tools_that_may_not_be_called() {
    let body = |choice: &str| {
        json!({
            "messages": [{ "role": "user", "content": "x" }],
            "tools": [{ "type": "function", "function": { "name": "f" } }],
            "tool_choice": choice,
        })
    };
    assert_eq!(
        on("deepseek-v4-flash", "deepseek", &body("none"))
            .by_category
            .tools,
        0
    );
    let shown = "{\"name\": \"f\"}".len() as u32;
    let auto = on("deepseek-v4-flash", "deepseek", &body("auto"));
    assert_eq!(auto.by_category.tools, 221 + shown);
}

#[test]
fn the_same_model_has_its_makers_text_only_there() {
    let body = json!({ "messages": [{ "role": "user", "content": "abcd" }] });
    assert_eq!(on("grok-4-fast", "xai", &body).tokens, 168 + 4);
    assert_eq!(on("grok-4-fast", "azure", &body).tokens, 4);
}

#[test]
fn a_stand_in_is_said_and_bounded_until_the_caller_brings_the_vocabulary() {
    let body = json!({ "messages": [{ "role": "user", "content": "a".repeat(1_000) }] });
    let with = |encoding: Option<&str>| {
        let options = ModelOptions {
            host: Some("groq".to_owned()),
            encoding: encoding.map(str::to_owned),
            ..ModelOptions::for_model("llama-3.3-70b")
        };
        projected(&options, &body, None)
    };
    let assumed = |p: &Projection| p.warnings.iter().any(|w| w.code == "assumed_encoding");
    let stand_in = with(None);
    assert!(assumed(&stand_in));
    assert!(stand_in.lower_bound < 800 && stand_in.upper_bound > 1_035);
    // Naming the stand-in settles nothing.
    assert_eq!(with(Some("cl100k_base")), stand_in);
    let own = with(Some("llama3"));
    assert!(!assumed(&own));
    assert_eq!((own.tokens, own.basis), (1_035, Basis::Exact));
    assert_eq!(own.encoding, "llama3");
}

#[test]
fn an_unknown_model_counted_like_generic_is_bounded_widely() {
    let body = json!({ "messages": [{ "role": "user", "content": "a".repeat(1_000) }] });
    let options = ModelOptions {
        like: Some("generic".to_owned()),
        max_context_tokens: Some(32_768),
        ..ModelOptions::for_model("somebody/new-model")
    };
    let p = projected(&options, &body, None);
    assert_eq!(p.basis, Basis::Estimated);
    assert!(p.lower_bound <= 600 && p.upper_bound >= 1_750);
}

#[test]
fn bare_prompts_are_their_texts() {
    let text = |body: Value| {
        projected(
            &ModelOptions::for_model("gpt-3.5-turbo-instruct"),
            &body,
            None,
        )
    };
    assert_eq!(text(json!({ "prompt": "abc" })).tokens, 3);
    assert_eq!(text(json!({ "prompt": ["abc", "de"] })).tokens, 5);
    assert_eq!(text(json!({ "prompt": "abc", "suffix": "de" })).tokens, 5);
    // Token ids are tokens.
    assert_eq!(text(json!({ "prompt": [1, 15_339, 2] })).tokens, 3);
    assert_eq!(text(json!({ "prompt": [[1, 2], [3]] })).tokens, 3);
}

#[test]
fn ollama_puts_a_bare_prompt_into_the_template_unless_it_is_raw() {
    let body = |raw: bool| json!({ "model": "llama3", "prompt": "abc", "raw": raw, "options": {} });
    let tokens = |raw| {
        let options = ModelOptions {
            host: Some("ollama".to_owned()),
            ..ModelOptions::for_model("llama3")
        };
        projected(&options, &body(raw), None).tokens
    };
    assert_eq!(tokens(false), 10 + 3);
    assert_eq!(tokens(true), 3);
}

#[test]
fn harmony_has_a_system_message_of_its_own() {
    let body = json!({ "messages": [{ "role": "user", "content": "abc" }] });
    assert_eq!(on("gpt-oss-120b", "cerebras", &body).tokens, 67 + 3);
    assert_eq!(on("gpt-oss-120b", "groq", &body).tokens, 71 + 3);
}

#[test]
fn a_long_history_is_projected_at_once() {
    let messages: Vec<Value> = (0..20_000)
        .map(|index| {
            let role = if index % 2 == 0 { "user" } else { "assistant" };
            json!({ "role": role, "content": "<think>a</think>b" })
        })
        .collect();
    let body = json!({ "messages": messages });
    let conversation = normalize(&body).expect("the body is allowed");
    let model = resolve(&ModelOptions::for_model("qwen3")).expect("a model of the catalogue");
    let projection = project(
        &count(conversation.into(), &Characters),
        &model,
        &Characters,
    );
    assert_eq!(projection.messages.len(), 20_000);
}

/// What the declarations of `body` cost for a model on a host, on a day if one is given.
fn tools_on(model: &str, host: &str, day: Option<&str>, body: &Value) -> u32 {
    let options = ModelOptions {
        host: Some(host.to_owned()),
        as_of: day.map(str::to_owned),
        ..ModelOptions::for_model(model)
    };
    let mut bare = body.clone();
    bare.as_object_mut().unwrap().remove("tools");
    projected(&options, body, None).tokens - projected(&options, &bare, None).tokens
}

fn with_tools(names: &[&str]) -> Value {
    let tool = |name: &&str| {
        let parameters = json!({ "type": "object", "properties": {} });
        let function = json!({ "name": name, "description": "d", "parameters": parameters });
        json!({ "type": "function", "function": function })
    };
    json!({
        "messages": [{ "role": "system", "content": "s" }, { "role": "user", "content": "x" }],
        "tools": names.iter().map(tool).collect::<Vec<Value>>(),
    })
}

fn length(text: &str) -> u32 {
    text.chars().count() as u32
}

#[test]
fn deepseek_writes_functions_as_its_generation_did() {
    let one = with_tools(&["f"]);
    let json = "{\n    \"name\": \"f\",\n    \"description\": \"d\",\n    \"parameters\": {\n        \"type\": \"object\",\n        \"properties\": {}\n    }\n}";
    let fenced = format!("- `f`:\n```json\n{json}\n```");
    let v3 = |body: &Value| tools_on("deepseek-chat", "deepseek", Some("2025-08-01"), body);
    assert_eq!(v3(&one), 13 + length(&fenced));
    assert_eq!(v3(&with_tools(&["f", "g"])), 13 + 2 * length(&fenced) + 2);
    let parameters = "{\"type\": \"object\", \"properties\": {}}";
    let headed = format!("### f\nDescription: d\n\nParameters: {parameters}\n\n");
    let day = Some("2025-10-01");
    assert_eq!(
        tools_on("deepseek-chat", "deepseek", day, &one),
        100 + length(&headed)
    );
}

#[test]
fn ollama_writes_functions_as_the_server_of_the_day_did() {
    let body = with_tools(&["f"]);
    let around = length(">\n{\"type\": \"function\", \"function\": }\n</");
    let written = |function: &str| 75 + around + length(function);
    let on = |day: Option<&str>| tools_on("qwen3", "ollama", day, &body);
    let required = r#"{"name":"f","description":"d","parameters":{"type":"object","required":[],"properties":{}}}"#;
    assert_eq!(on(Some("2025-06-01")), written(required));
    assert_eq!(on(None), written("{f d {object <nil> <nil> [] {}}}"));
    assert_eq!(on(None), on(Some("2026-03-01")));
    // Each text of a message is a message of its own, and those are joined by a blank line.
    let parts = json!({ "messages": [{ "role": "user", "content": [
        { "type": "text", "text": "abc" }, { "type": "text", "text": "de" },
    ]}]});
    let whole = json!({ "messages": [{ "role": "user", "content": "abcde" }] });
    for model in ["qwen3", "llama3.2", "gpt-oss:20b"] {
        let more = on_host(model, &parts) - on_host(model, &whole);
        assert_eq!(more, 2, "{model}");
    }
}

fn on_host(model: &str, body: &Value) -> u32 {
    on(model, "ollama", body).tokens
}

#[test]
fn ollama_writes_functions_for_gpt_oss_as_if_all_parameters_were_required() {
    let mut body = with_tools(&["f"]);
    let mut described = |parameters: Value| {
        body["tools"][0]["function"]["parameters"] = parameters;
        on_host("gpt-oss:20b", &body)
    };
    let none = described(json!({ "type": "object", "properties": {} }));
    let some = described(json!({ "type": "object", "properties": {
        "b": { "anyOf": [{ "type": "integer" }, { "type": "null" }], "description": "c" },
        "a": { "type": "object", "properties": { "x": { "type": "string" } } },
    }}));
    let text = "_: {\n  a: Record<string, any>,\n  // c\n  b: number | null,\n}";
    assert_eq!(some - none, length(text));
}

/// A picture is 27 by 27 patches, and the template's own instructions and tags are 40 tokens.
#[test]
fn granite_sees_a_picture_below_instructions_of_its_own() {
    let options = ModelOptions {
        host: Some("ollama".to_owned()),
        ..ModelOptions::for_model("granite3.2-vision")
    };
    let picture =
        json!({ "type": "image_url", "image_url": { "url": "https://example.org/a.png" } });
    let body = json!({ "messages": [{ "role": "user", "content": [picture] }] });
    let found = projected(&options, &body, None);
    assert_eq!(found.by_category.media, 27 * 27);
    let plain = ModelOptions::for_model("granite4");
    let plain = projected(&plain, &body, None).by_category.framing;
    assert_eq!(found.by_category.framing, plain + 40);
}
