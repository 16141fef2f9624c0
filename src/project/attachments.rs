//! Tokens of images, recordings and files.

use serde_json::Value;

use super::estimate::Estimate;
use super::template::media::picture;
use crate::conversation::{Conversation, Detail, File, Image, Part};
use crate::count::CountText;
use crate::models::{Host, ImageRule, Model};

/// Most tiles of one picture: 2048 by 768 pixels, or the other way round.
const MOST_TILES: u32 = 8;
/// Longest side at `original` where there is a budget of patches for it, by the images and vision guide.
const ORIGINAL_SIDE: u32 = 6_000;
/// Longest side at all.
const ANY_SIDE: u32 = 65_535;
/// Patches assumed to bound a picture of unknown size where there is no budget.
const MOST_PATCHES: i64 = 30_000;
/// The side that `low` shrinks to where it has an effect on patches.
const LOW_SIDE: u32 = 512;

/// Tokens of `part`, when it is an attachment.
pub(super) fn attachment(part: &Part, rule: ImageRule) -> Option<Estimate> {
    match part {
        Part::Image(picture) => Some(image(*picture, rule)),
        Part::Audio { seconds } => Some(audio(*seconds)),
        Part::File(document) => Some(file(document.pages, document.bytes, rule)),
        _ => None,
    }
}

fn image(image: Image, rule: ImageRule) -> Estimate {
    match rule {
        ImageRule::Tiles { base, tile } => tiled(image, i64::from(base), i64::from(tile)),
        ImageRule::Patches { .. } => patched(image, rule),
        ImageRule::Cells { .. } | ImageRule::Likely(_) => picture(image, rule),
        // The costliest rule of the catalogue bounds it from above, the cheapest from below.
        _ => Estimate::between(
            0_i64,
            tiled(image, 85, 170).tokens,
            tiled(image, 2833, 5667).upper,
        ),
    }
}

/// Recorded counts are up to 4 below the rule, and once 1 above it.
fn tiled(image: Image, base: i64, tile: i64) -> Estimate {
    if image.detail == Detail::Low {
        return Estimate::exact(base).widened(4, 4);
    }
    let Some((width, height)) = image.size else {
        let likely = base + 4 * tile;
        return Estimate::between(base - 4, likely, base + i64::from(MOST_TILES) * tile + 4);
    };
    let (mut width, mut height) = (f64::from(width), f64::from(height));
    let shrink = (2048.0 / width.max(height)).min(1.0);
    (width, height) = (width * shrink, height * shrink);
    let shrink = (768.0 / width.min(height)).min(1.0);
    (width, height) = (width * shrink, height * shrink);
    // Rounding keeps an edge that is exactly a multiple from spilling into another tile.
    let tiles = |side: f64| ((side.round().max(1.0)) / 512.0).ceil() as i64;
    Estimate::exact(base + tile * tiles(width) * tiles(height)).widened(4, 4)
}

fn patched(image: Image, rule: ImageRule) -> Estimate {
    let ImageRule::Patches {
        multiplier,
        budget,
        max_side,
        extra,
        original,
        auto_is_original,
    } = rule
    else {
        return Estimate::default();
    };
    let detail = match image.detail {
        Detail::Auto if auto_is_original => Detail::Original,
        Detail::Low if auto_is_original => Detail::Low,
        Detail::Original if original.is_some() => Detail::Original,
        _ => Detail::High,
    };
    let (side, budget) = match (detail, original) {
        (Detail::Original, Some(u32::MAX)) => (ANY_SIDE, u32::MAX),
        (Detail::Original, Some(budget)) => (ORIGINAL_SIDE, budget),
        (Detail::Low, _) => (LOW_SIDE, u32::MAX),
        _ => (max_side, budget),
    };
    let cost = |patches: i64| (patches as f64 * multiplier).ceil() as i64;
    let extra = i64::from(extra);
    match image.size {
        Some(size) => {
            let tokens = cost(patches(size, side, budget));
            Estimate::between(tokens - 16, tokens + extra, tokens + extra.max(4))
        }
        None => {
            let most = match detail {
                Detail::Low => 256,
                _ => i64::from(budget).min(MOST_PATCHES),
            };
            Estimate::between(0_i64, cost(most.min(1_536) / 2) + extra, cost(most) + 4)
        }
    }
}

/// Patches of 32 pixels after shrinking to the longest side and to the budget, so that whole patches fit.
pub(super) fn patches((width, height): (u32, u32), side: u32, budget: u32) -> i64 {
    let (mut width, mut height) = (f64::from(width), f64::from(height));
    let longest = width.max(height);
    if longest > f64::from(side) {
        let shrink = f64::from(side) / longest;
        width = (width * shrink).round().max(1.0);
        height = (height * shrink).round().max(1.0);
    }
    let count = |width: f64, height: f64| (width / 32.0).ceil() * (height / 32.0).ceil();
    let budget = f64::from(budget);
    if count(width, height) > budget {
        let shrink = (32.0 * 32.0 * budget / (width * height)).sqrt();
        let (across, down) = (width * shrink / 32.0, height * shrink / 32.0);
        let fit = (across.floor() / across).min(down.floor() / down);
        width = (width * shrink * fit).floor();
        height = (height * shrink * fit).floor();
    }
    count(width, height).min(budget).max(1.0) as i64
}

/// Four tokens and ten per second, as recorded; a minute where the length is not told, ten minutes at most.
fn audio(seconds: Option<f64>) -> Estimate {
    match seconds {
        Some(seconds) => {
            let tokens = 4 + (seconds * 10.0).min(1e9).floor() as i64;
            Estimate::exact(tokens).widened(2, 2)
        }
        None => Estimate::between(0_i64, 600_i64, 6_000_i64),
    }
}

/// Tokens of a dense page of text.
const PAGE_TEXT: i64 = 3_000;
/// Tokens that Chat adds for a page besides its text.
const PAGE_FRAME: i64 = 220;

/// A page of a document is its text and, on some models, its picture; neither is decoded.
///
/// Recorded pages cost 218 to 1,057. Other files are bounded as if they were plain text.
fn file(pages: Option<u32>, bytes: Option<u64>, rule: ImageRule) -> Estimate {
    let Some(bytes) = bytes else {
        return Estimate::between(0_i64, 1_000_i64, 100_000_i64);
    };
    let bytes = i64::try_from(bytes).unwrap_or(i64::MAX / 4);
    let Some(pages) = pages.map(i64::from) else {
        return Estimate::between(0_i64, bytes / 4, bytes.saturating_add(PAGE_FRAME));
    };
    let picture = match rule {
        ImageRule::Unknown => 1_000,
        rule => {
            let letter = Image {
                size: Some((1_700, 2_200)),
                detail: Detail::High,
            };
            image(letter, rule).upper
        }
    };
    let text = bytes / 2;
    Estimate::between(
        4_i64,
        PAGE_FRAME * pages + (bytes / 40).min(500 * pages),
        (PAGE_FRAME + picture) * pages + text.min(PAGE_TEXT * pages),
    )
}

/// From then on OpenRouter passes PDFs on to models that take them: it read them on 2025-04-23, and not on 2025-08-20.
const PASSED_ON: &str = "2025-06-01";

/// Whether the host reads PDFs itself and passes on their text: OpenRouter does when it is asked to, by its page "PDF Inputs".
pub(super) fn reads_files(conversation: &Conversation, model: &Model) -> bool {
    if model.host != Some(Host::Openrouter) {
        return false;
    }
    let plugins = conversation.rest.get("plugins").and_then(Value::as_array);
    let engine = |plugin: &Value| Some(plugin.pointer("/pdf/engine")?.as_str()? != "native");
    let mut engines = plugins.into_iter().flatten().filter_map(engine);
    engines.next().unwrap_or_else(|| model.is_before(PASSED_ON))
}

/// A PDF that such a host reads: lines are joined to paragraphs, between two marks, as its own `annotations` show.
pub(super) fn read(file: &File, counter: &dyn CountText) -> Option<Estimate> {
    let words: Vec<&str> = file.page_text.as_deref()?.split_whitespace().collect();
    let name = file.name.as_deref().unwrap_or("file");
    let text = format!("<file name=\"{name}\">{}</file>", words.join(" "));
    let tokens = i64::from(counter.count_text(&text));
    // Marks of headings and of lists, and line feeds: 8 of 1,045 on the one record.
    Some(Estimate::between(tokens / 2, tokens, tokens * 3 / 2 + 16))
}
