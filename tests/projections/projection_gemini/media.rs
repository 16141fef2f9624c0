//! Pictures and pages.

use serde_json::json;

use super::exactly;
use crate::support::{base64, png};

#[test]
fn pictures_cost_by_the_rule_of_their_generation() {
    let picture = |width: u32, height: u32| {
        let data = json!({ "mimeType": "image/png", "data": png(width, height) });
        json!({ "contents": [{ "role": "user", "parts": [{ "inlineData": data }] }] })
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
