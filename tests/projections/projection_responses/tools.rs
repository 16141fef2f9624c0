//! Tools and schemas.

use serde_json::json;

use super::{between, exactly, hi, on_host, projection, t, tools};

const NAMESPACE: &str = "namespace functions {

// Looks it up.
type look_up = (_: { city: string }) => any;

} // namespace functions";

#[test]
fn tools_are_a_message_of_their_own() {
    let body = json!({ "instructions": "Help.", "input": [hi()], "tools": tools() });
    let texts = 8 + t("Help.") + t("Hi");
    exactly("gpt-4o", body.clone(), 3 + texts + 3 + t(NAMESPACE));
    exactly("o4-mini", body.clone(), 2 + texts + 3 + t(NAMESPACE));
    exactly("gpt-5.4", body.clone(), 2 + texts + 9 + t(NAMESPACE));

    let mut serial = body.clone();
    serial["parallel_tool_calls"] = json!(false);
    let base = 2 + texts + 9 + t(NAMESPACE);
    between("gpt-5-nano", serial, [base, base, base + 82]);

    let mut forced = body;
    forced["tool_choice"] = json!({ "type": "function", "name": "look_up" });
    exactly("gpt-5.4", forced.clone(), base);
    let projection = projection("gpt-4o", &forced);
    let addressed = 3 + texts + 3 + t(NAMESPACE) + 6 + t("functions.look_up");
    assert_eq!(projection.tokens, addressed);
}

#[test]
fn tools_on_bedrock_take_six_more() {
    let body = json!({ "input": [hi()], "tools": tools() });
    let bare = on_host(None, "gpt-5.5", &body).tokens;
    assert_eq!(on_host(Some("bedrock"), "gpt-5.5", &body).tokens, bare + 6);
}

#[test]
fn tools_of_the_provider_are_bounded_by_kind() {
    let body = json!({ "input": [hi()], "tools": [{ "type": "web_search_preview" }] });
    let bare = 3 + 4 + t("Hi");
    between(
        "gpt-4.1",
        body.clone(),
        [bare + 294, bare + 294, bare + 330],
    );
    let found = projection("gpt-5", &body);
    assert!(found.lower_bound < found.tokens && found.tokens < found.upper_bound);
    assert_eq!(found.warnings[0].code, "server_tool");
    assert!(found.by_category.tools > 0);
}

#[test]
fn a_function_that_is_loaded_later_is_left_out() {
    let mut declared = tools();
    declared[0]["defer_loading"] = json!(true);
    let body = json!({ "input": [hi()], "tools": declared });
    let found = projection("gpt-5.4", &body);
    let bare = 2 + 4 + t("Hi");
    assert_eq!((found.lower_bound, found.tokens), (bare, bare));
    assert!(found.upper_bound > bare);
}

#[test]
fn added_tools_are_a_namespace_in_their_place() {
    let body = json!({ "input": [hi(), { "type": "additional_tools", "role": "developer", "tools": tools() }] });
    let found = projection("gpt-5.6", &body);
    assert_eq!(found.messages[1].tokens, t(NAMESPACE) + 91);
    assert!(found.lower_bound < found.tokens && found.tokens < found.upper_bound);
}

#[test]
fn a_schema_is_a_message_of_its_own() {
    let body = json!({ "instructions": "Judge.", "input": [hi()], "text": { "format": {
        "type": "json_schema", "name": "verdict", "strict": true,
        "schema": { "type": "object", "properties": { "ok": { "type": "boolean" } }, "required": ["ok"], "additionalProperties": false },
    } } });
    let section =
        t("## verdict\n\n{\"type\":\"object\",\"properties\":{\"ok\":{\"type\":\"boolean\"}}}");
    let texts = 8 + t("Judge.") + t("Hi");
    exactly("gpt-4.1", body.clone(), 3 + texts + 5 + section);
    exactly("gpt-5.4", body.clone(), 2 + texts + 4 + section);
    let object = json!({ "input": [hi()], "text": { "format": { "type": "json_object" } } });
    exactly("gpt-4.1", object, 3 + 4 + t("Hi"));
}
