//! What is no text: thoughts, pictures, citations, and what the provider alone can see.

use serde_json::{Value, json};
use token_headroom::Dialect;

use super::{ALL, gen1, of, projection, tokens};

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
