//! Projections for Gemini models, against the texts that the rules say the model is shown, written out in full.
//!
//! A byte is a token here, so that lengths are counts; control tokens, numbers and type words are one each.

use crate::support;
use proptest::prelude::*;
use serde_json::{Value, json};
use token_headroom::{
    Basis, CountText, ModelOptions, Projection, count, normalize, project, resolve,
};

struct Bytes;

impl CountText for Bytes {
    fn count_text(&self, text: &str) -> u32 {
        text.len() as u32
    }
}

fn at(host: &str, model: &str, body: &Value) -> Projection {
    let model = resolve(&ModelOptions {
        host: Some(host.to_owned()),
        ..ModelOptions::for_model(model)
    })
    .unwrap_or_else(|error| panic!("{error}"));
    let conversation = normalize(body).unwrap_or_else(|error| panic!("{error}: {body}"));
    project(&count(conversation.into(), &Bytes), &model, &Bytes)
}

/// Asserts that `body` is projected exactly, as `tokens`.
fn exactly(host: &str, model: &str, body: &Value, tokens: usize) {
    let projection = at(host, model, body);
    assert_eq!(projection.tokens as usize, tokens, "{host} {model}: {body}");
    assert_eq!(projection.basis, Basis::Exact, "{host} {model}: {body}");
}

fn user(text: &str) -> Value {
    json!({ "role": "user", "parts": [{ "text": text }] })
}

#[test]
fn the_gemini_api_frames_contents_from_2_5_on_and_vertex_does_not() {
    let body = json!({
        "systemInstruction": { "role": "user", "parts": [{ "text": "12345" }] },
        "contents": [user("123"), { "role": "model", "parts": [{ "text": "12" }, { "text": "34" }] }, user("")],
        "generationConfig": { "temperature": 0, "seed": 3, "thinkingConfig": { "thinkingBudget": 100 } },
    });
    let texts = 5 + 3 + 4;
    for model in [
        "gemini-2.5-flash",
        "gemini-3-flash-preview",
        "gemini-3.6-flash",
    ] {
        exactly("google", model, &body, texts + 3 + 1);
        exactly("vertex", model, &body, texts);
    }
    assert_eq!(
        at("google", "gemini-2.0-flash", &body).tokens as usize,
        texts
    );
    let mut without = body;
    without["systemInstruction"] = json!({ "parts": [{ "text": "12345" }] });
    exactly("google", "gemini-2.5-flash", &without, texts + 3);
}

#[test]
fn another_host_may_ask_either_api() {
    let body = json!({ "contents": [user("123")] });
    let projection = at("portkey", "gemini-2.5-flash", &body);
    assert_eq!((projection.lower_bound, projection.upper_bound), (3, 4));
    let chat = json!({ "messages": [{ "role": "user", "content": "123" }] });
    let projection = at("openrouter", "google/gemini-2.5-flash", &chat);
    assert_eq!((projection.tokens, projection.upper_bound), (3, 4));
    let mut studio = chat;
    studio["provider"] = json!({ "only": ["google-ai-studio"] });
    exactly("openrouter", "google/gemini-2.5-flash", &studio, 4);
}

fn declared(parameters: &Value) -> Value {
    json!({ "contents": [user("")], "tools": [{ "functionDeclarations": [
        { "name": "add_row", "description": "Adds a row.", "parameters": parameters },
    ] }] })
}

fn row() -> Value {
    json!({ "type": "object", "required": ["name"], "properties": {
        "name": { "type": "string", "title": "Name", "description": "What it is called" },
        "sizes": { "type": "array", "items": { "type": "number" } },
    } })
}

#[test]
fn declarations_in_pieces_are_names_texts_and_type_words() {
    let names = "add_row".len() + "Adds a row.".len();
    let schema = "name".len() * 2 + "What it is called".len() + "sizes".len() + 4;
    assert_eq!(
        at("google", "gemini-2.0-flash", &declared(&row())).tokens as usize,
        names + schema
    );
    exactly(
        "vertex",
        "gemini-2.5-flash",
        &declared(&row()),
        names + schema,
    );
    let mut free = declared(&row());
    let tool = &mut free["tools"][0]["functionDeclarations"][0];
    tool["parametersJsonSchema"] = tool["parameters"].take();
    exactly("vertex", "gemini-2.5-flash", &free, names);
}

#[test]
fn declarations_in_2_5_are_python_stubs() {
    let stub = "def add_row(
    name: str,
    sizes: list[float] | None = None,
) -> dict:
  \"\"\"Adds a row.

  Args:
    name: What it is called
    sizes: 
  \"\"\"
";
    exactly(
        "google",
        "gemini-2.5-flash",
        &declared(&row()),
        1 + stub.len(),
    );
}

#[test]
fn objects_in_2_5_are_dataclasses_before_the_function() {
    let stub = "@dataclasses.dataclass(kw_only=True)
class AddRowAt:
  \"\"\"A place

  Attributes:
    page: Which page
  \"\"\"

  page: int
def add_row(
    at: AddRowAt,
) -> dict:
  \"\"\"Adds a row.

  Args:
    at: A place
  \"\"\"
";
    let schema = json!({
        "type": "object", "required": ["at"], "properties": { "at": { "$ref": "#/$defs/place" } },
        "$defs": { "place": { "type": "object", "description": "A place", "required": ["page"],
            "properties": { "page": { "type": "integer", "description": "Which page" } } } },
    });
    // The description of what is referred to is the class's alone.
    let stub = stub.replace("    at: A place\n", "    at: \n");
    exactly(
        "google",
        "gemini-2.5-flash",
        &declared(&schema),
        1 + stub.len(),
    );
}

#[test]
fn declarations_from_3_on_are_framed_by_control_tokens() {
    let text = "declaration:add_row{description:Adds a row.,parameters:{properties:{name:{description:What it is called,type:STRING},\
        sizes:{items:{type:NUMBER},type:ARRAY}},required:[name],type:OBJECT}}";
    // Around the declaration, and around each of seven strings.
    let control = 2 + 2 * 7;
    exactly(
        "google",
        "gemini-3-flash-preview",
        &declared(&row()),
        1 + text.len() + control,
    );
    exactly(
        "google",
        "gemini-3.5-flash",
        &declared(&row()),
        1 + text.len() + control,
    );
}

fn called() -> Value {
    json!({ "contents": [
        user(""),
        { "role": "model", "parts": [{ "functionCall": { "id": "c1", "name": "find", "args": { "what": "it's", "n": 2, "all": true } } }] },
        { "role": "user", "parts": [{ "functionResponse": { "id": "c1", "name": "find", "response": { "at": [3, "left"] } } }] },
    ] })
}

#[test]
fn calls_in_pieces_are_names_keys_strings_and_numbers() {
    let pieces = "find".len() * 2 + "whatit'snall".len() + 1 + "atleft".len() + 1;
    exactly("vertex", "gemini-2.5-flash", &called(), pieces);
    assert_eq!(
        at("google", "gemini-2.0-flash", &called()).tokens as usize,
        pieces
    );
}

#[test]
fn calls_in_2_5_are_python_and_results_json() {
    let call = r"default_api.find(what = 'it\'s', n = 2, all = True)";
    let result = r#"find{"at": [3, "left"]}"#;
    let projection = at("google", "gemini-2.5-flash", &called());
    assert_eq!(
        projection.tokens as usize,
        3 + call.len() + result.len() + 6
    );
    assert_eq!(projection.by_category.tool_calls as usize, call.len());
}

#[test]
fn calls_from_3_on_are_framed_by_control_tokens() {
    let call = "call:find{all:true,n:2,what:it's}";
    let result = "response:find{at:[3,left]}";
    exactly(
        "google",
        "gemini-3-flash-preview",
        &called(),
        3 + call.len() + 4 + result.len() + 4,
    );
}

fn thought(later: Value) -> Value {
    let signature = "A".repeat(400);
    json!({ "contents": [
        user("a"),
        { "role": "model", "parts": [{ "functionCall": { "name": "f" }, "thoughtSignature": signature }] },
        { "role": "user", "parts": [{ "functionResponse": { "name": "f", "response": {} } }] },
        later,
    ] })
}

#[test]
fn gemini_3_forgets_its_thoughts_when_the_user_speaks_and_3_5_does_not() {
    let bare = at("google", "gemini-3-flash-preview", &called()).upper_bound;
    assert!(bare > 0);
    let model_speaks = json!({ "role": "model", "parts": [{ "text": "b" }] });
    for (model, later, live) in [
        ("gemini-3-flash-preview", user("b"), false),
        ("gemini-3-flash-preview", model_speaks.clone(), true),
        ("gemini-3.5-flash", user("b"), true),
        ("gemini-2.5-flash", user("b"), true),
    ] {
        let projection = at("google", model, &thought(later));
        let sealed = projection
            .warnings
            .iter()
            .any(|warning| warning.code == "sealed_reasoning");
        assert_eq!(sealed, live, "{model}");
        // 300 bytes: 0.32 tokens each at most.
        let width = projection.upper_bound - projection.lower_bound;
        assert!(width <= 97 + 10, "{model}: {width}");
    }
}

#[test]
fn pictures_cost_by_the_rule_of_their_generation() {
    let picture = |width: u32, height: u32| {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        json!({ "contents": [{ "role": "user", "parts": [{ "inlineData": { "mimeType": "image/png", "data": base64(&bytes) } }] }] })
    };
    for (width, height, flat, crops, grid) in [
        (1, 1, 258, 258, 33 * 33),
        (384, 384, 258, 258, 33 * 33),
        (540, 360, 258, 1_806, 40 * 27),
        (1_024, 1_024, 258, 1_290, 33 * 33),
        (3_008, 2_000, 258, 3_354, 41 * 27),
    ] {
        let body = picture(width, height);
        exactly("google", "gemini-2.5-flash", &body, 1 + flat);
        exactly("vertex", "gemini-2.0-flash", &body, crops);
        exactly("google", "gemini-3.5-flash", &body, 1 + grid);
    }
    let mut low = picture(1_024, 1_024);
    low["generationConfig"] = json!({ "mediaResolution": "MEDIA_RESOLUTION_LOW" });
    exactly("google", "gemini-3.5-flash", &low, 1 + 16 * 16);
}

#[test]
fn pages_of_a_document_cost_by_their_proportions_from_3_on() {
    let pdf = |media_box: &str| {
        let text = format!("%PDF-1.4\n<< /Type /Page /MediaBox [{media_box}] >>");
        json!({ "contents": [{ "role": "user", "parts": [{ "inlineData": { "mimeType": "application/pdf", "data": base64(text.as_bytes()) } }] }] })
    };
    exactly("google", "gemini-3.5-flash", &pdf("0 0 612 792"), 1 + 520);
    exactly("google", "gemini-3.5-flash", &pdf("0 0 595 842"), 1 + 532);
    exactly("google", "gemini-2.5-flash", &pdf("0 0 595 842"), 1 + 258);
}

#[test]
fn a_schema_of_the_answer_is_free_on_the_gemini_api_from_2_5_on() {
    let schema = json!({ "type": "OBJECT", "properties": { "ok": { "type": "BOOLEAN" } } });
    let body = |key: &str| json!({ "contents": [user("a")], "generationConfig": { key: schema } });
    exactly("google", "gemini-2.5-flash", &body("responseSchema"), 2);
    exactly(
        "vertex",
        "gemini-2.5-flash",
        &body("responseSchema"),
        1 + "ok".len() + 2,
    );
    exactly("vertex", "gemini-2.5-flash", &body("responseJsonSchema"), 1);
}

#[test]
fn schemas_that_contain_themselves_end() {
    let body = declared(&json!({
        "type": "object",
        "properties": { "a": { "$ref": "#/$defs/n" }, "b": { "$ref": "#" } },
        "$defs": { "n": { "type": "object", "properties": {
            "l": { "$ref": "#/$defs/n" }, "r": { "items": { "$ref": "#/$defs/n" }, "type": "array" },
        } } },
    }));
    // References of references: 2^40 nodes if each were shown.
    let mut definitions = serde_json::Map::new();
    for level in 0..40 {
        let next = json!({ "$ref": format!("#/$defs/d{}", level + 1) });
        definitions.insert(
            format!("d{level}"),
            json!({ "type": "object", "properties": { "a": next.clone(), "b": next } }),
        );
    }
    let wide = declared(&json!({ "$ref": "#/$defs/d0", "$defs": definitions }));
    for model in ["gemini-2.0-flash", "gemini-2.5-flash", "gemini-3.5-flash"] {
        assert!(at("google", model, &body).upper_bound < 10_000);
        assert!(at("google", model, &wide).upper_bound < 1_000_000);
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word = (0..3).fold(0_u32, |word, at| {
            (word << 8) | u32::from(chunk.get(at).copied().unwrap_or(0))
        });
        for at in 0..=chunk.len() {
            text.push(char::from(DIGITS[(word >> (18 - 6 * at)) as usize & 63]));
        }
    }
    text
}

/// Any JSON with the keys that Gemini bodies have.
fn json_of_gemini() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        support::text().prop_map(Value::from),
        prop::sample::select(vec![
            "user",
            "model",
            "image/png",
            "video/mp4",
            "application/pdf",
            "OBJECT",
            "#",
            "#/x"
        ])
        .prop_map(Value::from),
    ];
    let key = prop::sample::select(vec![
        "contents",
        "role",
        "parts",
        "text",
        "thought",
        "thoughtSignature",
        "inlineData",
        "mimeType",
        "data",
        "fileData",
        "fileUri",
        "functionCall",
        "functionResponse",
        "name",
        "args",
        "response",
        "videoMetadata",
        "fps",
        "startOffset",
        "tools",
        "functionDeclarations",
        "parameters",
        "parametersJsonSchema",
        "type",
        "properties",
        "items",
        "required",
        "$ref",
        "x",
        "generationConfig",
        "responseSchema",
        "systemInstruction",
        "config",
        "generateContentRequest",
    ]);
    leaf.prop_recursive(7, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..6).prop_map(|fields| {
                let fields = fields
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value));
                fields.collect::<serde_json::Map<String, Value>>().into()
            }),
        ]
    })
}

/// A body that is mostly right.
fn body_of_gemini() -> impl Strategy<Value = Value> {
    let part = prop_oneof![
        support::text().prop_map(|text| json!({ "text": text })),
        support::text().prop_map(|text| json!({ "text": text, "thought": true })),
        (support::text(), json_of_gemini()).prop_map(
            |(name, args)| json!({ "functionCall": { "name": name, "args": { "a": args } }, "thoughtSignature": "QUFB".repeat(40) })
        ),
        (support::text(), json_of_gemini()).prop_map(
            |(name, value)| json!({ "functionResponse": { "name": name, "response": { "a": value },
                "parts": [{ "inlineData": { "mimeType": "image/png", "data": name } }] } })
        ),
        support::text().prop_map(|data| json!({ "inlineData": { "mimeType": "video/mp4", "data": data }, "videoMetadata": { "fps": 2 } })),
        Just(json!({ "fileData": { "fileUri": "gs://x", "mimeType": "application/pdf" } })),
        Just(json!({ "brandNew": 1 })),
    ];
    let role = prop::sample::select(vec!["user", "model", "function"]);
    let content = (role, prop::collection::vec(part, 0..4))
        .prop_map(|(role, parts)| json!({ "role": role, "parts": parts }));
    let tool = (support::text(), support::schema()).prop_map(
        |(text, schema)| json!({ "name": text, "description": text, "parameters": schema }),
    );
    (prop::collection::vec(content, 1..6), prop::collection::vec(tool, 0..3), support::schema()).prop_map(
        |(contents, tools, schema)| json!({ "contents": contents, "systemInstruction": { "role": "user", "parts": [{ "text": "s" }] },
            "tools": [{ "functionDeclarations": tools }, { "googleSearch": {} }], "generationConfig": { "responseSchema": schema } }),
    )
}

const MODELS: [&str; 6] = [
    "gemini-1.5-pro",
    "gemini-2.0-flash",
    "gemini-2.5-flash",
    "gemini-3-flash-preview",
    "gemini-3.5-flash",
    "gemma-3-27b-it",
];

proptest! {
    #[test]
    fn any_json_is_refused_or_projected(body in json_of_gemini()) {
        if let Ok(conversation) = normalize(&json!({ "contents": [body.clone()], "tools": [body] })) {
            for name in MODELS {
                let model = resolve(&ModelOptions::for_model(name)).expect("a model");
                let _ = project(&count(conversation.clone().into(), &Bytes), &model, &Bytes);
            }
        }
    }

    #[test]
    fn shares_sum_up_and_bounds_hold_them(body in body_of_gemini(), model in prop::sample::select(MODELS.to_vec()),
        host in prop::sample::select(vec!["google", "vertex", "openrouter", "vercel"])) {
        let projection = at(host, model, &body);
        let by = projection.by_category;
        let messages: u32 = projection.messages.iter().map(|message| message.tokens).sum();
        prop_assert_eq!(
            projection.tokens,
            messages + projection.instructions + by.tools + by.format + by.framing
        );
        prop_assert!(projection.lower_bound <= projection.tokens);
        prop_assert!(projection.tokens <= projection.upper_bound);
    }

    #[test]
    fn a_content_more_never_costs_less(body in body_of_gemini(), model in prop::sample::select(MODELS.to_vec())) {
        let mut more = body.clone();
        more["contents"].as_array_mut().expect("contents").push(json!({ "role": "model", "parts": [{ "text": "more" }] }));
        prop_assert!(at("vertex", model, &body).tokens + 4 <= at("vertex", model, &more).tokens);
    }
}

/// Gemma 3's vocabulary stands in up to 2.0; who counts with their own is not in doubt.
#[test]
fn a_vocabulary_of_ones_own_ends_the_doubt() {
    let body = json!({ "contents": [user(&"A text of more than a few bytes. ".repeat(4))] });
    let with = |encoding: Option<&str>| {
        let model = resolve(&ModelOptions {
            encoding: encoding.map(str::to_owned),
            ..ModelOptions::for_model("gemini-2.0-flash")
        })
        .unwrap();
        project(
            &count(normalize(&body).unwrap().into(), &Bytes),
            &model,
            &Bytes,
        )
    };
    let (stood_in, own) = (with(None), with(Some("gemma2")));
    assert_eq!(stood_in.tokens, own.tokens);
    assert!(stood_in.lower_bound < own.lower_bound && own.upper_bound < stood_in.upper_bound);
}
