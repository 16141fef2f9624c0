//! What stands around messages, and which of them are one turn.

use serde_json::json;
use token_headroom::{Encoding, ModelOptions, resolve};

use super::{ALL, gen1, of, tokens};

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
