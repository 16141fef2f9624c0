//! Tools, and the choice between them.

use serde_json::{Value, json};
use token_headroom::{Basis, CountText};

use super::{exactly, projected, projection, t};
use crate::support::{self, Bytes};

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
