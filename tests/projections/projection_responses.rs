//! Projections of our own Responses requests, against the rules worked out by hand: the texts as the model sees them, and
//! the constants around them.

use crate::support;
use proptest::prelude::*;
use serde_json::{Value, json};
use token_headroom::{
    Basis, CountText, ModelOptions, Projection, count, normalize, project, resolve,
};

fn on_host(host: Option<&str>, model: &str, body: &Value) -> Projection {
    let model = resolve(&ModelOptions {
        host: host.map(str::to_owned),
        ..ModelOptions::for_model(model)
    })
    .unwrap_or_else(|error| panic!("{error}"));
    let counter = support::counter(&model.encoding);
    let conversation = normalize(body).unwrap_or_else(|error| panic!("{error}"));
    project(&count(conversation.into(), counter), &model, counter)
}

fn projection(model: &str, body: &Value) -> Projection {
    on_host(None, model, body)
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
}

/// Asserts lower bound, count and upper bound.
fn between(model: &str, body: Value, bounds: [u32; 3]) {
    let found = projection(model, &body);
    let found = [found.lower_bound, found.tokens, found.upper_bound];
    assert_eq!(found, bounds, "{model}: {body}");
}

fn hi() -> Value {
    json!({ "role": "user", "content": "Hi" })
}

#[test]
fn items_are_framed_like_messages() {
    let body = json!({ "input": "Hello!" });
    // "Hello!" is two tokens in both encodings.
    exactly("gpt-4o", body.clone(), 3 + 4 + 2);
    exactly("gpt-4-turbo", body.clone(), 2 + 4 + 2);
    exactly("gpt-4-0613", body.clone(), 2 + 4 + 2);
    exactly("gpt-3.5-turbo", body.clone(), 3 + 4 + 2);
    exactly("o3-mini", body.clone(), 2 + 4 + 2);
    exactly("gpt-5.4", body, 2 + 4 + 2);

    let led = json!({ "instructions": "Be terse.", "input": [hi(), { "role": "assistant", "content": "Because." }] });
    let texts = t("Be terse.") + t("Hi") + t("Because.");
    exactly("gpt-4.1", led.clone(), 3 + 12 + texts);
    exactly("gpt-5", led.clone(), 2 + 12 + 2 + texts);
    assert_eq!(projection("gpt-4.1", &led).instructions, 4 + t("Be terse."));
    let empty = json!({ "instructions": "", "input": [hi()] });
    exactly("gpt-4.1", empty, 3 + 4 + t("Hi"));
}

const NAMESPACE: &str = "namespace functions {

// Looks it up.
type look_up = (_: { city: string }) => any;

} // namespace functions";

fn tools() -> Value {
    json!([{ "type": "function", "name": "look_up", "description": "Looks it up.", "strict": true,
        "parameters": { "type": "object", "properties": { "city": { "type": "string" } }, "required": ["city"], "additionalProperties": false } }])
}

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

/// A question, calls of `look_up` and their answers; `id` is the calls' own.
fn turn(calls: &[(&str, &str)], id: bool) -> Value {
    let mut items = vec![hi()];
    items.extend(calls.iter().enumerate().map(|(n, (arguments, _))| {
        let mut call = json!({ "type": "function_call", "call_id": n.to_string(), "name": "look_up", "arguments": arguments });
        if id {
            call["id"] = json!(format!("fc_{n}"));
        }
        call
    }));
    items.extend(calls.iter().enumerate().map(|(n, (_, output))| {
        json!({ "type": "function_call_output", "call_id": n.to_string(), "output": output })
    }));
    json!({ "input": items })
}

#[test]
fn a_call_and_its_answer_are_addressed() {
    let body = turn(&[("{ \"city\": \"Malmö\" }", "{\"t\": 7}")], false);
    let texts = t("{\"city\":\"Malmö\"}") + t("{\"t\": 7}");
    let names = 2 * t("functions.look_up");
    exactly("gpt-4.1", body.clone(), 3 + 4 + t("Hi") + 9 + names + texts);
    exactly(
        "gpt-5.4",
        body.clone(),
        2 + 4 + t("Hi") + 18 + names + texts,
    );
    // The first generation takes three less.
    exactly("gpt-5-nano", body, 2 + 4 + t("Hi") + 15 + names + texts);
}

#[test]
fn a_call_under_its_own_id_is_bounded() {
    let calls = [("{}", "7"), ("{}", "8")];
    let without = projection("gpt-4o", &turn(&calls, false)).tokens;
    let least = without;
    between(
        "gpt-4o",
        turn(&calls, true),
        [least, without + 6, without + 6],
    );
}

#[test]
fn several_calls_are_wrapped_by_gpt_5_alone() {
    let body = turn(&[("{\"n\": 1}", "7°"), ("{}", "sunny")], false);
    let names = 2 * t("functions.look_up");
    let outputs = t("7°") + t("sunny");
    let apart = t("{\"n\":1}") + t("{}") + outputs;
    exactly(
        "gpt-4o",
        body.clone(),
        3 + 4 + t("Hi") + 2 * 9 + 2 * names + apart,
    );
    let wrapped = t(
        "{\"tool_uses\":[{\"recipient_name\":\"functions.look_up\",\"parameters\":{\"n\":1}},{\"recipient_name\":\"functions.look_up\",\"parameters\":{}}]}",
    );
    exactly(
        "gpt-5.4",
        body,
        2 + 4 + t("Hi") + 12 + wrapped + 16 + names + outputs,
    );
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

#[test]
fn reasoning_counts_inside_the_loop_of_calls_alone() {
    // 4,000 characters of base64 are 3,000 bytes, 650 of them envelope: 470 at five bytes a token, 713 at 3.3.
    let thoughts =
        json!({ "type": "reasoning", "summary": [], "encrypted_content": "A".repeat(4_000) });
    let mut looped = turn(&[("{}", "7")], false);
    let bare = projection("gpt-5.4", &looped).tokens;
    looped["input"]
        .as_array_mut()
        .unwrap()
        .insert(1, thoughts.clone());
    between("gpt-5.4", looped.clone(), [bare, bare + 470, bare + 713]);
    assert_eq!(
        projection("gpt-5.4", &looped).warnings[0].code,
        "sealed_reasoning"
    );

    // A question after it: what came before is dropped, unless it is asked for, or by the models that keep it.
    looped["input"].as_array_mut().unwrap().push(hi());
    let dropped = projection("gpt-5.4", &looped);
    assert_eq!(dropped.tokens, bare + 4 + t("Hi"));
    assert_eq!(dropped.basis, Basis::Exact);
    let kept = projection("gpt-5.6-sol", &looped);
    assert_eq!(kept.tokens, dropped.tokens + 470);
    looped["reasoning"] = json!({ "context": "all_turns" });
    assert_eq!(projection("gpt-5.4", &looped).tokens, dropped.tokens + 470);
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
fn what_the_provider_keeps_is_allowed_half_the_window() {
    let body = json!({ "input": [hi()], "previous_response_id": "resp_1" });
    let bare = 3 + 4 + t("Hi");
    between("gpt-4o", body, [bare, bare, bare + 64_000]);
    let stored = json!({ "prompt": { "id": "pmpt_1" } });
    between("gpt-4o", stored, [3, 3, 64_003]);
}

#[test]
fn an_inherited_name_on_azure_is_in_doubt() {
    let body = json!({ "input": [hi()] });
    let sure = on_host(None, "gpt-4", &body);
    let unsure = on_host(Some("azure"), "gpt-4", &body);
    assert_eq!(sure.basis, Basis::Exact);
    assert_eq!(unsure.tokens, sure.tokens);
    assert!(unsure.lower_bound < sure.tokens && unsure.upper_bound > sure.tokens);
    assert_eq!(unsure.warnings[0].code, "assumed_model");
    let dated = on_host(Some("azure"), "gpt-4-0613", &body);
    assert_eq!(dated.basis, Basis::Exact);
}

#[test]
fn many_items_are_projected_in_little_time() {
    let mut items = Vec::new();
    for n in 0..5_000 {
        let id = n.to_string();
        items.push(
            json!({ "type": "function_call", "call_id": id, "name": "f", "arguments": "{}" }),
        );
        items.push(json!({ "type": "function_call_output", "call_id": id, "output": "1" }));
    }
    items.push(hi());
    let start = std::time::Instant::now();
    let found = projection("gpt-5.4", &json!({ "input": items }));
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
    assert_eq!(found.messages.len(), 10_001);
}

/// Items of every kind that is framed in its own way.
fn item() -> impl Strategy<Value = Value> {
    let id = prop::sample::select(vec!["a", "b", "c"]);
    prop_oneof![
        support::text().prop_map(|text| json!({ "role": "user", "content": text })),
        support::text().prop_map(|text| json!({ "role": "assistant", "content": [{ "type": "output_text", "text": text }] })),
        support::text().prop_map(|text| json!({ "type": "reasoning", "id": "rs", "summary": [{ "type": "summary_text", "text": text }] })),
        (0..5_000_usize).prop_map(|n| json!({ "type": "reasoning", "summary": [], "encrypted_content": "A".repeat(n) })),
        (id.clone(), support::text()).prop_map(|(id, text)| json!({ "type": "function_call", "call_id": id, "name": "f", "arguments": text })),
        (id.clone(), support::text()).prop_map(|(id, text)| json!({ "type": "function_call", "id": "fc_1", "call_id": id, "name": "f", "namespace": "n", "arguments": text })),
        (id, support::text()).prop_map(|(id, text)| json!({ "type": "function_call_output", "call_id": id, "output": text })),
        Just(json!({ "type": "web_search_call", "id": "ws", "status": "completed" })),
        Just(json!({ "type": "additional_tools", "role": "developer", "tools": tools() })),
        Just(json!({ "type": "tool_search_output", "call_id": null, "tools": tools() })),
        support::text().prop_map(|text| json!({ "type": "new", "text": text })),
    ]
}

proptest! {
    #[test]
    fn the_parts_sum_to_the_whole(
        items in prop::collection::vec(item(), 1..12),
        model in prop::sample::select(vec!["gpt-4o", "gpt-4-0613", "o3", "gpt-5-nano", "gpt-5.4", "gpt-5.6"]),
        led in any::<bool>(),
    ) {
        let mut body = json!({ "input": items, "tools": tools() });
        if led {
            body["instructions"] = json!("Help.");
        }
        let found = projection(model, &body);
        let messages: u32 = found.messages.iter().map(|message| message.tokens).sum();
        let parts = &found.by_category;
        prop_assert_eq!(messages + found.instructions + parts.tools + parts.format + parts.framing, found.tokens);
        prop_assert!(found.lower_bound <= found.tokens && found.tokens <= found.upper_bound);
        prop_assert_eq!(found.messages.len(), items.len());
    }
}

/// One page that draws nothing: "%PDF-1.4 <</Type/Pages/Count 1>> <</Type /Page>>".
const BLANK: &str =
    "data:application/pdf;base64,JVBERi0xLjQgPDwvVHlwZS9QYWdlcy9Db3VudCAxPj4gPDwvVHlwZSAvUGFnZT4+";
/// The frame of a page, and the mark above its text.
const PAGE: u32 = 4;
const MARK: u32 = 13;
/// Hidden text beside files in Chat, and tools in the first weeks of Responses: the namespace `multi_tool_use`.
const PARALLEL: u32 = 195;

fn on_day(day: &str, model: &str, body: &Value) -> Projection {
    let model = resolve(&ModelOptions {
        as_of: Some(day.to_owned()),
        ..ModelOptions::for_model(model)
    })
    .unwrap();
    let counter = support::counter(&model.encoding);
    project(
        &count(normalize(body).unwrap().into(), counter),
        &model,
        counter,
    )
}

/// A Chat request whose user sends so many files in messages of their own.
fn chat_with_files(files: usize) -> Value {
    let file = json!({ "type": "file", "file": { "filename": "a.pdf", "file_data": BLANK } });
    json!({ "messages": vec![json!({ "role": "user", "content": [file] }); files] })
}

#[test]
fn a_page_stands_in_a_message_of_its_own_below_a_mark() {
    let file = json!({ "type": "input_file", "filename": "a.pdf", "file_data": BLANK });
    let text = json!({ "type": "input_text", "text": "Hi" });
    let body = |content: Value| json!({ "input": [{ "role": "user", "content": content }] });
    assert_eq!(t("<PARSED TEXT FOR PAGE: 1 / 1>"), MARK);
    assert_eq!(t("<PARSED TEXT FOR PAGE: 123 / 456>"), MARK);
    let both = body(json!([text, file]));
    let text = 3 + 4 + t("Hi");
    assert_eq!(projection("gpt-4.1-nano", &both).tokens, text + PAGE + MARK);
    // Other models are on record only before, when none had a mark.
    assert_eq!(projection("gpt-4o", &both).tokens, text + PAGE);
    assert_eq!(
        on_day("2025-10-29", "gpt-4.1-nano", &both).tokens,
        text + PAGE
    );
    // Of a message with nothing else it is the message.
    let alone = body(json!([file]));
    assert_eq!(projection("gpt-4.1-nano", &alone).tokens, 3 + PAGE + MARK);
}

#[test]
fn chat_draws_pages_and_tells_once_of_calls_in_parallel() {
    // A page of unknown size is one of Letter: 768 by 994 pixels in patches of 32.
    let picture = t("<IMAGE FOR PAGE: 1 / 1>") + 24 * 32;
    let page = 2 * PAGE + MARK + picture;
    for files in [1, 2, 3_u32] {
        let body = chat_with_files(files as usize);
        let found = projection("gpt-4.1-nano", &body).by_category.media;
        assert_eq!(found, PARALLEL + files * page, "{files}");
        let before = on_day("2026-02-10", "gpt-4.1-nano", &body)
            .by_category
            .media;
        assert_eq!(before, PARALLEL + files * (page - picture), "{files}");
        let other = projection("gpt-4o", &body);
        assert_eq!(other.by_category.media, before);
        assert!(other.upper_bound >= other.tokens + files * picture);
    }
}

#[test]
fn the_first_weeks_of_responses_had_hidden_text() {
    let mut body = json!({ "input": [hi()] });
    let [then, now] = ["2025-03-20", "2025-04-18"];
    let more =
        |body: &Value| on_day(then, "gpt-4o", body).tokens - on_day(now, "gpt-4o", body).tokens;
    assert_eq!(more(&body), 18);
    body["tools"] = tools();
    assert_eq!(more(&body), 18 + 3 + PARALLEL);
    body["parallel_tool_calls"] = json!(false);
    assert_eq!(more(&body), 18 + 3);
}

#[test]
fn a_document_costs_the_text_of_its_pages() {
    // "%PDF-1.4 1 0 obj <</Type /Page>> endobj 2 0 obj <</Length 30>> stream\nBT (Hello there) Tj ET\nendstream endobj".
    let pdf = "data:application/pdf;base64,JVBERi0xLjQgMSAwIG9iaiA8PC9UeXBlIC9QYWdlPj4gZW5kb2JqIDIgMCBvYmogPDwvTGVuZ3RoIDMwPj4gc3RyZWFtCkJUIChIZWxsbyB0aGVyZSkgVGogRVQKZW5kc3RyZWFtIGVuZG9iag==";
    let body = json!({ "input": [{ "role": "user", "content": [
        { "type": "input_file", "filename": "a.pdf", "file_data": pdf },
    ] }] });
    let found = projection("gpt-4o-mini", &body);
    assert_eq!(found.by_category.media, t("Hello there") + PAGE);
    // No record of a page whose text is read holds its picture, which is 36,839 tokens here.
    assert!(found.upper_bound < 120, "{}", found.upper_bound);
    // What OpenRouter is asked to read, or read before it passed PDFs on, is text between two marks.
    let mut chat = json!({ "messages": [{ "role": "user", "content": [
        { "type": "file", "file": { "filename": "a.pdf", "file_data": pdf } },
    ] }] });
    let native = on_host(Some("openrouter"), "gpt-4o", &chat)
        .by_category
        .media;
    assert!(native > PARALLEL, "{native}");
    let read = t("<file name=\"a.pdf\">Hello there</file>");
    let then = on_day("2025-04-23", "openrouter/openai/gpt-4o", &chat);
    assert_eq!(then.by_category.media, read);
    chat["plugins"] = json!([{ "id": "file-parser", "pdf": { "engine": "mistral-ocr" } }]);
    let asked = on_host(Some("openrouter"), "gpt-4o", &chat);
    assert_eq!(asked.by_category.media, read);
    chat["plugins"] = json!([{ "id": "file-parser", "pdf": { "engine": "native" } }]);
    let native_too = on_host(Some("openrouter"), "gpt-4o", &chat)
        .by_category
        .media;
    assert_eq!(native_too, native);
}
