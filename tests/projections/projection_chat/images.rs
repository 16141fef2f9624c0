//! Images by size and detail.

use serde_json::json;
use token_headroom::Basis;

use super::projection;
use crate::support;

/// As a data URL.
fn png(width: u32, height: u32) -> String {
    format!("data:image/png;base64,{}", support::png(width, height))
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
