//! Projections for Claude models. Every expected count is the text's own, by the vocabulary, and a constant of a rule that
//! the test names.

use proptest::prelude::*;
use serde_json::{Value, json};
use token_headroom::{
    Dialect, Encoding, ModelOptions, Projection, count, normalize_as, project, resolve,
};

fn projection(dialect: Dialect, model: &str, host: Option<&str>, body: &Value) -> Projection {
    let model = resolve(&ModelOptions {
        host: host.map(str::to_owned),
        ..ModelOptions::for_model(model)
    })
    .unwrap_or_else(|error| panic!("{error}"));
    let encoding = Encoding::named(&model.encoding).expect("embedded in tests");
    let conversation = normalize_as(Some(dialect), body).unwrap_or_else(|error| panic!("{error}"));
    project(&count(conversation.into(), &encoding), &model, &encoding)
}

fn tokens(model: &str, body: &Value) -> u32 {
    projection(Dialect::Anthropic, model, None, body).tokens
}

fn of(messages: Value) -> Value {
    json!({ "max_tokens": 9, "messages": messages })
}

fn gen1(text: &str) -> u32 {
    Encoding::named("claude-gen1").unwrap().count(text)
}

const ALL: [&str; 20] = [
    "claude-2.1",
    "claude-3-haiku-20240307",
    "claude-3-sonnet-20240229",
    "claude-3-opus-20240229",
    "claude-3-5-sonnet-20240620",
    "claude-3-5-sonnet-20241022",
    "claude-3-5-haiku-20241022",
    "claude-3-7-sonnet-20250219",
    "claude-sonnet-4-20250514",
    "claude-opus-4-1",
    "claude-sonnet-4-5",
    "claude-haiku-4-5",
    "claude-opus-4-6",
    "claude-sonnet-4-6",
    "claude-opus-4-7",
    "claude-opus-4-8",
    "claude-opus-5",
    "claude-sonnet-5",
    "claude-fable-5",
    "claude-haiku-5-5",
];

/// One message costs 7 around its text up to 4.6, 11 on 4.7, 6 after; the greeting is 4 tokens of the first vocabulary and
/// 8 of the second.
#[test]
fn one_message() {
    let body = of(json!([{ "role": "user", "content": "Hello, Claude!" }]));
    for (model, expected) in [
        ("claude-3-haiku-20240307", 11),
        ("claude-sonnet-4-5", 11),
        ("claude-sonnet-4-6", 11),
        ("claude-opus-4-7", 19),
        ("claude-opus-4-8", 14),
        ("claude-sonnet-5", 14),
    ] {
        assert_eq!(tokens(model, &body), expected, "{model}");
    }
}

/// Each further pair of turns adds two headers.
#[test]
fn each_turn_has_a_header() {
    let one = of(json!([{ "role": "user", "content": "hello" }]));
    let three = of(json!([
        { "role": "user", "content": "hello" },
        { "role": "assistant", "content": "hello" },
        { "role": "user", "content": "hello" }
    ]));
    for (model, headers) in [
        ("claude-sonnet-4-5", 6),
        ("claude-opus-4-7", 10),
        ("claude-sonnet-5", 4),
    ] {
        let encoding = resolve(&ModelOptions::for_model(model)).unwrap().encoding;
        let hello = Encoding::named(&encoding).unwrap().count("hello");
        let more = tokens(model, &three) - tokens(model, &one);
        assert_eq!(more, headers + 2 * hello, "{model}");
    }
}

/// An assistant message in last place is the open turn: no header but its own.
#[test]
fn a_prefill_adds_its_text_alone() {
    let asked = json!({ "role": "user", "content": "Name a colour" });
    let prefill = json!({ "role": "assistant", "content": "The colour" });
    for model in ["claude-sonnet-4-5", "claude-sonnet-5"] {
        let encoding = resolve(&ModelOptions::for_model(model)).unwrap().encoding;
        let text = Encoding::named(&encoding).unwrap().count("The colour");
        let without = tokens(model, &of(json!([asked])));
        assert_eq!(tokens(model, &of(json!([asked, prefill]))), without + text);
    }
}

/// Blocks of one message are one text; so are messages of one speaker up to 4.6, and later a line feed is between them.
#[test]
fn texts_of_one_turn_are_one_text() {
    let text = |text: &str| json!({ "type": "text", "text": text });
    let whole = of(json!([{ "role": "user", "content": "unbelievable things" }]));
    let blocks = of(
        json!([{ "role": "user", "content": [text("unbel"), text("ievable th"), text("ings")] }]),
    );
    let messages = of(json!([
        { "role": "user", "content": "unbelievable" }, { "role": "user", "content": " things" }
    ]));
    for model in ALL {
        assert_eq!(tokens(model, &whole), tokens(model, &blocks), "{model}");
    }
    assert_eq!(
        tokens("claude-sonnet-4-5", &whole),
        tokens("claude-sonnet-4-5", &messages)
    );
}

/// The system prompt is its text, after a blank line from 4.6 on; blocks that are sent for billing are removed.
#[test]
fn system_prompts() {
    let mut body = of(json!([{ "role": "user", "content": "hello" }]));
    let without = tokens("claude-sonnet-4-5", &body);
    let without_46 = tokens("claude-sonnet-4-6", &body);
    body["system"] = json!([
        { "type": "text", "text": "x-anthropic-billing-header: cc_version=1" },
        { "type": "text", "text": "Answer in French." }
    ]);
    let text = gen1("Answer in French.");
    assert_eq!(tokens("claude-sonnet-4-5", &body), without + text);
    assert_eq!(tokens("claude-sonnet-4-6", &body), without_46 + text + 1);
}

fn weather() -> Value {
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

/// Thinking costs 29 on 4.5. Earlier thoughts are dropped there once the user has said something, and kept on 4.6.
#[test]
fn thinking() {
    let mut body = of(json!([{ "role": "user", "content": "hello" }]));
    let without = tokens("claude-sonnet-4-5", &body);
    body["thinking"] = json!({ "type": "enabled", "budget_tokens": 1024 });
    assert_eq!(tokens("claude-sonnet-4-5", &body), without + 29);
    body["thinking"] = json!({ "type": "disabled" });
    assert_eq!(tokens("claude-sonnet-4-5", &body), without);

    let history = |thought: Option<&str>| {
        let mut content = vec![json!({ "type": "text", "text": "Bonjour" })];
        if let Some(thought) = thought {
            content.insert(
                0,
                json!({ "type": "thinking", "thinking": thought, "signature": "abc" }),
            );
        }
        of(json!([
            { "role": "user", "content": "hello" },
            { "role": "assistant", "content": content },
            { "role": "user", "content": "and?" }
        ]))
    };
    let thought = "They greet, so I greet too.";
    assert_eq!(
        tokens("claude-sonnet-4-5", &history(Some(thought))),
        tokens("claude-sonnet-4-5", &history(None))
    );
    let kept = tokens("claude-sonnet-4-6", &history(Some(thought)))
        - tokens("claude-sonnet-4-6", &history(None));
    assert_eq!(kept, gen1(thought) + 14);
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

/// A picture of 3 by 5 pixels is one square and 3 tokens; one more where it opens a turn and text follows.
#[test]
fn pictures() {
    let picture = json!({ "type": "image", "source": {
        "type": "base64", "media_type": "image/png", "data": "iVBORw0KGgoAAAANSUhEUgAAAAMAAAAF"
    }});
    let text = json!({ "type": "text", "text": "hello" });
    let content = |content: Value| of(json!([{ "role": "user", "content": content }]));
    let without = tokens("claude-sonnet-4-5", &content(json!([text])));
    assert_eq!(
        tokens("claude-sonnet-4-5", &content(json!([text, picture]))),
        without + 4
    );
    assert_eq!(
        tokens("claude-sonnet-4-5", &content(json!([picture, text]))),
        without + 5
    );
}

/// What the provider alone can see widens the bounds and is named.
#[test]
fn the_unseen_is_bounded_and_named() {
    let mut body = of(json!([
        { "role": "user", "content": [
            { "type": "document", "source": { "type": "url", "url": "https://example.com/a.pdf" } },
            { "type": "from_the_future", "payload": "abc" }
        ]},
        { "role": "assistant", "content": [{ "type": "redacted_thinking", "data": "x".repeat(900) }] }
    ]));
    body["tools"] = json!([{ "type": "web_search_20250305", "name": "web_search" }]);
    body["mcp_servers"] = json!([{ "type": "url", "url": "https://example.com", "name": "a" }]);
    for model in ALL {
        let projection = projection(Dialect::Anthropic, model, None, &body);
        assert!(
            projection.upper_bound > projection.tokens + 20_000,
            "{model}"
        );
        assert!(projection.lower_bound < projection.tokens, "{model}");
        let codes: Vec<&str> = projection
            .warnings
            .iter()
            .map(|w| w.code.as_str())
            .collect();
        for code in [
            "remote_media",
            "unknown_part",
            "sealed_reasoning",
            "server_tool",
        ] {
            assert!(codes.contains(&code), "{model} {code}: {codes:?}");
        }
    }
}

/// A request with 20,000 messages is laid out in one pass.
#[test]
fn long_conversations_take_linear_time() {
    let alternating: Vec<Value> = (0..20_000)
        .map(|index| {
            let role = if index % 2 == 0 { "user" } else { "assistant" };
            json!({ "role": role, "content": "hello there" })
        })
        .collect();
    let one_speaker: Vec<Value> = (0..20_000)
        .map(|_| json!({ "role": "user", "content": "hello there" }))
        .collect();
    for messages in [alternating, one_speaker] {
        for model in ["claude-sonnet-4-5", "claude-sonnet-5"] {
            assert!(tokens(model, &of(json!(messages.clone()))) > 20_000);
        }
    }
}

fn block() -> impl Strategy<Value = Value> {
    let text = "[ -~\n—é漢]{0,12}";
    prop_oneof![
        4 => text.prop_map(|text| json!({ "type": "text", "text": text })),
        1 => text.prop_map(|text| json!({ "type": "thinking", "thinking": text, "signature": "abcd" })),
        1 => text.prop_map(|text| json!({ "type": "later", "payload": text })),
        2 => (0..3_u8, text).prop_map(|(id, text)| json!({
            "type": "tool_use", "id": format!("t{id}"), "name": "f", "input": { "a": text, "b": [1, null] }
        })),
        2 => (0..3_u8, text, any::<bool>()).prop_map(|(id, text, is_error)| json!({
            "type": "tool_result", "tool_use_id": format!("t{id}"), "content": text, "is_error": is_error
        })),
        1 => Just(json!({ "type": "image", "source": { "type": "url", "url": "https://example.com" } })),
        1 => text.prop_map(|text| json!({
            "type": "document", "title": text, "source": { "type": "text", "data": text }
        })),
    ]
}

fn body() -> impl Strategy<Value = Value> {
    let role = prop_oneof![Just("user"), Just("assistant"), Just("system")];
    let message = (role, prop::collection::vec(block(), 0..4))
        .prop_map(|(role, content)| json!({ "role": role, "content": content }));
    let messages = prop::collection::vec(message, 1..8);
    (messages, any::<[bool; 4]>(), "[ -~\n]{0,20}").prop_map(|(messages, has, system)| {
        let mut body = of(Value::Array(messages));
        if has[0] {
            body["system"] = json!(system);
        }
        if has[1] {
            body["tools"] = json!([weather(), { "type": "bash_20250124", "name": "bash" }]);
        }
        if has[2] {
            body["tool_choice"] = json!({ "type": "any" });
        }
        if has[3] {
            body["thinking"] = json!({ "type": "enabled", "budget_tokens": 1024 });
        }
        body
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever the body, the parts sum to the whole, which lies between its bounds.
    #[test]
    fn the_parts_sum_to_the_whole(body in body(), model in prop::sample::select(&ALL[..])) {
        let projection = projection(Dialect::Anthropic, model, None, &body);
        let parts: u32 = projection.messages.iter().map(|message| message.tokens).sum();
        let by = &projection.by_category;
        prop_assert_eq!(
            parts + projection.instructions + by.tools + by.format + by.framing,
            projection.tokens
        );
        let kinds = [
            by.system, by.tools, by.user, by.assistant, by.tool_calls, by.tool_results, by.media,
            by.format, by.framing,
        ];
        prop_assert_eq!(kinds.iter().sum::<u32>(), projection.tokens);
        prop_assert!(projection.lower_bound <= projection.tokens);
        prop_assert!(projection.tokens <= projection.upper_bound);
    }

    /// A block is never cheaper to have than not to have, by more than the joins of texts save.
    #[test]
    fn an_unknown_block_only_adds(body in body(), text in "[a-z ]{1,40}") {
        let mut longer = body.clone();
        longer["messages"].as_array_mut().unwrap().push(
            json!({ "role": "user", "content": [{ "type": "later", "payload": text }] })
        );
        let before = projection(Dialect::Anthropic, "claude-sonnet-4-5", None, &body);
        let after = projection(Dialect::Anthropic, "claude-sonnet-4-5", None, &longer);
        prop_assert!(after.upper_bound + 4 >= before.upper_bound);
    }
}

/// Around each sentence that can be cited stand 16 tokens, around all of them a prompt of 482.
#[test]
fn sentences_that_can_be_cited() {
    let with = |text: &str, citations: bool| {
        let document = json!({
            "type": "document", "citations": { "enabled": citations },
            "source": { "type": "text", "media_type": "text/plain", "data": text },
        });
        tokens(
            "claude-haiku-4-5",
            &of(json!([{ "role": "user", "content": [document] }])),
        )
    };
    let more = |text: &str| with(text, true) - with(text, false);
    assert_eq!(more("Version 1.5 is out"), 482 + 16);
    assert_eq!(more("One. Two!\nThree?"), 482 + 3 * 16);
    assert_eq!(more("One. Two! Three? And\nfour"), 482 + 4 * 16);
}
