//! Documents, here and in Chat: their pages, their text, and hidden text beside files.

use serde_json::{Value, json};
use token_headroom::{ModelOptions, Projection, count, normalize, project, resolve};

use super::{hi, on_host, projection, t, tools};
use crate::support;

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
