//! Projections of our own requests, against the rules worked out by hand: the texts as the model sees them,
//! written out in full, and the constants around them.

use crate::support;
use serde_json::{Value, json};
use token_headroom::{
    Basis, CountText, Model, ModelOptions, Projection, count, normalize, project, resolve,
};

fn projection(model: &str, body: &Value) -> Projection {
    let encoding = model_named(model).encoding;
    projected(model, body, support::counter(&encoding))
}

/// A counter as fast as it gets.
struct Bytes;

impl CountText for Bytes {
    fn count_text(&self, text: &str) -> u32 {
        text.len() as u32
    }
}

fn model_named(model: &str) -> Model {
    let options = ModelOptions {
        model: Some(model.to_owned()),
        ..ModelOptions::default()
    };
    resolve(&options).unwrap_or_else(|error| panic!("{error}"))
}

fn projected(model: &str, body: &Value, counter: &dyn CountText) -> Projection {
    let model = model_named(model);
    let conversation = normalize(body).unwrap_or_else(|error| panic!("{error}"));
    project(&count(conversation.into(), counter), &model, counter)
}

/// Tokens of a text in o200k.
fn t(text: &str) -> u32 {
    support::counter("o200k_base").count_text(text)
}

/// Asserts that `body` is projected exactly, as `tokens`.
fn exactly(model: &str, body: Value, tokens: u32) {
    let projection = projection(model, &body);
    assert_eq!(projection.tokens, tokens, "{model}: {body}");
    assert_eq!(projection.basis, Basis::Exact, "{model}: {body}");
    assert_eq!(
        (projection.lower_bound, projection.upper_bound),
        (tokens, tokens)
    );
}

#[test]
fn a_message_is_its_text_and_a_frame_of_four() {
    let hello = json!({ "messages": [{ "role": "user", "content": "Hello!" }] });
    // "Hello!" is two tokens in both encodings.
    exactly("gpt-4o", hello.clone(), 3 + 4 + 2);
    exactly("gpt-4-turbo", hello.clone(), 3 + 4 + 2);
    exactly("o3-mini", hello.clone(), 2 + 4 + 2);
    exactly("gpt-5", hello.clone(), 2 + 4 + 2);
    exactly("gpt-4o-search-preview", hello, 2);
}

#[test]
fn parts_are_one_text_unless_a_cache_segment_ends() {
    let parts = |breakpoint: Value| {
        json!({ "messages": [{ "role": "user", "content": [
            { "type": "text", "text": "Read the hand", "prompt_cache_breakpoint": breakpoint },
            { "type": "text", "text": "book." },
        ] }] })
    };
    assert_ne!(t("Read the handbook."), t("Read the hand") + t("book."));
    exactly("gpt-4o", parts(json!(null)), 7 + t("Read the handbook."));
    let cut = t("Read the hand") + t("book.");
    exactly("gpt-4o", parts(json!({ "mode": "explicit" })), 7 + cut);
}

#[test]
fn an_answer_costs_two_more_on_gpt_5() {
    let body = json!({ "messages": [
        { "role": "system", "content": "Be terse." },
        { "role": "user", "content": "Why?" },
        { "role": "assistant", "content": "Because." },
    ] });
    let texts = t("Be terse.") + t("Why?") + t("Because.");
    exactly("gpt-4.1", body.clone(), 3 + 12 + texts);
    exactly("gpt-5-mini", body, 2 + 12 + texts + 2);
}

#[test]
fn a_name_costs_itself_and_one() {
    let body = json!({ "messages": [{ "role": "user", "name": "ada", "content": "Why?" }] });
    exactly("gpt-4o", body, 7 + t("Why?") + 1 + t("ada"));
}

/// Tools with everything that the rendering treats in its own way.
fn tools() -> Value {
    json!([
        { "type": "function", "function": {
            "name": "book_flight",
            "description": "Books a flight.\n\n    Asks first.  ",
            "parameters": {
                "type": "object",
                "title": "Flight",
                "properties": {
                    "from": { "type": "string", "title": "From", "description": "Airport code" },
                    "seats": { "type": "integer", "default": 1 },
                    "class": { "enum": ["economy", "first"] },
                    "stops": { "type": "array", "items": { "type": "object", "properties": {
                        "code": { "type": "string", "description": "Airport code" },
                    }, "required": ["code"] } },
                    "owner": { "$ref": "#/$defs/person" },
                    "note": { "anyOf": [{ "type": "string" }, { "type": "null" }] },
                    "extra": { "anyOf": [{ "type": "object" }, { "type": "null" }] },
                    "tags": { "type": "array" },
                },
                "required": ["from"],
                "additionalProperties": false,
                "$defs": { "person": { "type": "object", "title": "Person", "properties": {
                    "age": { "type": "number" }, "vip": { "type": "boolean" },
                } } },
            },
            "strict": false,
        } },
        { "type": "function", "function": { "name": "today", "parameters": { "type": "object", "properties": {} } } },
    ])
}

/// [`tools`] as the model sees them.
const NAMESPACE: &str = "namespace functions {

// Books a flight.
// Asks first.
type book_flight = (_: // Flight
{
// From
//
// Airport code
from: string,
seats?: number, // default: 1
class?: \"economy\" | \"first\",
stops?: Array<
{
// Airport code
code: string,
}
>,
// Person
owner?: { age?: number, vip?: boolean },
note?: string | null,
extra?: any,
tags?: any[],
}) => any;

type today = () => any;

} // namespace functions";

#[test]
fn tools_are_a_namespace_behind_the_instructions() {
    let alone = json!({ "messages": [{ "role": "user", "content": "Hi" }], "tools": tools() });
    let headed = format!("# Tools\n\n## functions\n\n{NAMESPACE}");
    exactly("gpt-4o", alone.clone(), 3 + 3 + t(&headed) + 4 + t("Hi"));
    exactly("o3-mini", alone.clone(), 2 + 4 + t(&headed) + 4 + t("Hi"));
    exactly("gpt-5", alone, 2 + 91 + t(NAMESPACE) + 4 + t("Hi"));

    let led = json!({
        "messages": [{ "role": "system", "content": "Help. \n" }, { "role": "user", "content": "Hi" }],
        "tools": tools(),
    });
    let joined = t(&format!("Help. \n\n\n{headed}"));
    exactly("gpt-4o", led.clone(), 3 + 4 + joined - 1 + 4 + t("Hi"));
    exactly("o1", led.clone(), 2 + 4 + joined + 4 + t("Hi"));
    let gpt5 = 91 + t(NAMESPACE) + t("Help.\n\n") - 1;
    exactly("gpt-5", led, 2 + 4 + gpt5 + 4 + t("Hi"));

    // Instructions in second place do not take the tools.
    let late = json!({
        "messages": [{ "role": "user", "content": "Hi" }, { "role": "system", "content": "Help." }],
        "tools": tools(),
    });
    let texts = 8 + t("Hi") + t("Help.");
    exactly("gpt-4o", late, 3 + 3 + t(&headed) + texts);
}

#[test]
fn the_old_rendering_is_tall_and_bare() {
    let body = json!({
        "messages": [{ "role": "user", "content": "Hi" }],
        "functions": [{ "name": "book", "description": " Books. ", "parameters": { "type": "object", "properties": {
            "from": { "type": "string", "title": "From", "description": "Code", "default": "" },
            "who": { "type": "object", "properties": { "age": { "type": "integer", "description": "Years" } } },
            "any": { "type": "object", "description": "Gone" },
            "note": { "anyOf": [{ "type": "string" }] },
        }, "required": ["from"] } }],
        "function_call": { "name": "book" },
    });
    let namespace = "# Tools\n\n## functions\n\nnamespace functions {\n\n// Books.\ntype book = (_: {\n// Code\nfrom: string,\nwho?: {\n  age?: number,\n},\nnote?: any,\n}) => any;\n\n} // namespace functions";
    let old = |text: &str| support::counter("cl100k_base").count_text(text);
    let tokens = 3 + 3 + old(namespace) + 4 + old("book") + 4 + old("Hi");
    exactly("gpt-4-0613", body, tokens);
}

#[test]
fn a_choice_has_its_price() {
    let with = |choice: Value| json!({ "messages": [{ "role": "user", "content": "Hi" }], "tools": tools(), "tool_choice": choice });
    let forced = json!({ "type": "function", "function": { "name": "today" } });
    let free = projection("gpt-4o", &with(json!("auto"))).tokens;
    exactly("gpt-4o", with(json!("none")), free + 1);
    exactly(
        "gpt-4o",
        with(forced.clone()),
        free + 6 + t("functions.today"),
    );
    let free = projection("gpt-5", &with(json!("required"))).tokens;
    exactly("gpt-5", with(forced), free);
}

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

/// A PNG header of `width` by `height` pixels as a data URL, by hand: only size and signature are read.
fn png(width: u32, height: u32) -> String {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::from("data:image/png;base64,");
    for chunk in bytes.chunks(3) {
        let word =
            chunk.iter().fold(0_u32, |w, b| (w << 8) | u32::from(*b)) << (8 * (3 - chunk.len()));
        for digit in 0..=chunk.len() {
            text.push(char::from(digits[(word >> (18 - 6 * digit)) as usize & 63]));
        }
    }
    text
}

#[test]
fn images_are_counted_by_size_and_detail() {
    // Model, width, height, detail, tokens by the vendor's rule, what recorded counts add.
    let cases = [
        ("gpt-4o", 1024, 1024, "high", 85 + 170 * 4, 0),
        ("gpt-4o", 2048, 4096, "high", 85 + 170 * 6, 0),
        ("gpt-4o", 4096, 8192, "low", 85, 0),
        ("gpt-4o-mini", 512, 512, "auto", 2833 + 5667, 0),
        ("gpt-5", 1, 1, "auto", 70 + 140, 0),
        ("o1", 1024, 1024, "auto", 75 + 150 * 4, 0),
        // 1,452 patches at 1056 by 1408, the guide's own example.
        ("gpt-4.1-mini", 1800, 2400, "auto", 2353, 0),
        ("gpt-4.1-nano", 1024, 1024, "low", 2520, 1),
        ("gpt-5-mini", 1024, 1024, "auto", 1229, 2),
        ("gpt-6-astra", 1024, 1024, "auto", 1229, 2),
        ("gpt-6-astra", 4032, 3024, "auto", 14_364, 2),
        ("gpt-6-astra", 3840, 2160, "auto", 9_792, 2),
        ("gpt-6-astra", 4032, 3024, "high", 2_942, 2),
        ("gpt-5.5", 4032, 3024, "auto", 11_868, 2),
    ];
    for (model, width, height, detail, rule, extra) in cases {
        let body = json!({ "messages": [{ "role": "user", "content": [
            { "type": "image_url", "image_url": { "url": png(width, height), "detail": detail } },
        ] }] });
        let projection = projection(model, &body);
        let media = projection.by_category.media;
        assert_eq!(media, rule + extra, "{model} {width}x{height} {detail}");
        assert!(projection.lower_bound < projection.tokens, "{model}");
        assert!(projection.upper_bound >= projection.tokens, "{model}");
        assert_eq!(projection.basis, Basis::Estimated);
    }
}

#[test]
fn an_image_of_unknown_size_is_bounded_by_the_largest() {
    let body = json!({ "messages": [{ "role": "user", "content": [
        { "type": "image_url", "image_url": { "url": "https://example.com/a.png" } },
    ] }] });
    let projection = projection("gpt-4o", &body);
    assert_eq!(projection.upper_bound, 7 + 85 + 8 * 170 + 4);
    assert_eq!(projection.warnings.len(), 1);
}

#[test]
fn base64_is_never_counted_as_text() {
    let long = format!("{}{}", png(16, 16), "A".repeat(4_000_000));
    let body = json!({ "messages": [{ "role": "user", "content": [
        { "type": "image_url", "image_url": { "url": long } },
    ] }] });
    assert_eq!(projection("gpt-4o", &body).tokens, 7 + 85 + 170);
}

#[test]
fn what_no_record_settles_has_bounds() {
    let tool = |parameters: Value| {
        json!({ "messages": [{ "role": "user", "content": "Hi" }], "tools": [
            { "type": "function", "function": { "name": "f", "parameters": parameters } },
        ] })
    };
    let of = |schema: Value| tool(json!({ "type": "object", "properties": { "a": schema } }));
    for body in [
        of(json!({ "type": "string", "pattern": "^a+$" })),
        of(json!({ "type": "number", "exclusiveMinimum": 0 })),
        of(json!({ "type": ["string", "null"], "description": "either" })),
        tool(json!({ "type": "object", "properties": { "next": { "$ref": "#" } } })),
    ] {
        let projection = projection("gpt-5-nano", &body);
        assert!(projection.lower_bound < projection.upper_bound, "{body}");
        assert_eq!(projection.basis, Basis::Estimated);
    }
    let custom = json!({ "messages": [{ "role": "user", "content": "Hi" }], "tools": [
        { "type": "custom", "custom": { "name": "shell" } },
    ] });
    assert!(projection("gpt-5", &custom).upper_bound > 400);
}

/// A request with one tool whose only property is `root`.
fn with_root(root: Value, defs: Value) -> Value {
    json!({ "messages": [{ "role": "user", "content": "Hi" }], "tools": [
        { "type": "function", "function": { "name": "f", "parameters": {
            "type": "object", "properties": { "root": root }, "$defs": defs,
        } } },
    ] })
}

#[test]
fn hostile_schemas_are_bounded() {
    let chain = |levels: usize, properties: &[&str]| {
        let mut defs = serde_json::Map::new();
        for level in 0..levels {
            let next = json!({ "$ref": format!("#/$defs/l{}", level + 1) });
            let properties: serde_json::Map<String, Value> = properties
                .iter()
                .map(|key| ((*key).to_owned(), next.clone()))
                .collect();
            defs.insert(
                format!("l{level}"),
                json!({ "type": "object", "properties": properties }),
            );
        }
        with_root(json!({ "$ref": "#/$defs/l0" }), defs.into())
    };
    let mut twice = json!({ "type": "string" });
    for _ in 0..60 {
        twice = json!({ "type": ["object", "object"], "description": "d", "properties": { "a": twice } });
    }
    let word = "x".repeat(20_000);
    let many: serde_json::Map<String, Value> = (0..20_000)
        .map(|n| (n.to_string(), json!({ "$ref": "#/$defs/word" })))
        .collect();
    let bodies = [
        // References that double at every level, that go on and on, and that repeat a long text.
        chain(40, &["a", "b"]),
        chain(10_000, &["a"]),
        with_root(
            json!({ "type": "object", "properties": many }),
            json!({ "word": { "type": "string", "description": word, "pattern": word } }),
        ),
        with_root(twice, json!({})),
    ];
    for (index, body) in bodies.iter().enumerate() {
        for model in ["gpt-4o", "gpt-4"] {
            let projection = projected(model, body, &Bytes);
            // What is rendered for a tool is bounded; the rest is the request's own text.
            let most = 4 * (5_000_000 + body.to_string().len() as u32);
            assert!(projection.upper_bound < most, "{model} {index}");
        }
        let basis = projected("gpt-4o", body, &Bytes).basis;
        assert_eq!(basis, Basis::Estimated, "{index}");
    }
}
