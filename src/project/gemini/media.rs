//! Pictures, documents, recordings and films.

use serde_json::Value;

use super::rules::{Layout, Rules};
use crate::conversation::{Detail, File, Image, Part};
use crate::count::CountText;
use crate::models::{Framing, Host, ImageRule};
use crate::project::estimate::Estimate;

/// Tokens of a page of a document up to Gemini 2.5; the vendor says the same of each page.
const PAGE: i64 = 258;
/// Tokens of a page at most from Gemini 3 on, at low, medium (the default) and high resolution.
const PAGE_BUDGETS: [u32; 3] = [280, 560, 1_120];
/// Tokens of a dense page of text.
const PAGE_TEXT: i64 = 3_000;
/// The proportions of a Letter page, in points.
const LETTER: (u32, u32) = (612, 792);
/// Most seconds of a recording or film whose length is not told.
const LONGEST: f64 = 3_600.0;

/// Tokens of a part that is neither text nor call.
pub(super) fn media(part: &Part, raw: &Value, rules: &Rules, counter: &dyn CountText) -> Estimate {
    match part {
        Part::Image(image) => picture(*image, rules),
        Part::Audio { seconds } => audio(*seconds, rules),
        Part::Video { seconds } => video(*seconds, frame_rate(raw), rules),
        Part::File(file) => document(file, rules, counter),
        _ => Estimate::default(),
    }
}

/// The same beside the response of a function.
pub(super) fn in_result(part: &Part, rules: &Rules, counter: &dyn CountText) -> Estimate {
    match (part, rules.image) {
        // Pages that a function returns are pictures to Gemini 3 on its own API: one record, a page of Letter at 1,102.
        (
            Part::File(File {
                pages: Some(pages),
                page_size: page,
                text: None,
                ..
            }),
            ImageRule::Budget { budgets },
        ) if rules.layout == Layout::Control => {
            let [low, _, high, _] = budgets;
            let likely = paged(*page, i64::from(*pages), high);
            let least = paged(*page, i64::from(*pages), low);
            Estimate {
                lower: least.lower,
                ..likely
            }
        }
        _ => media(part, &Value::Null, rules, counter),
    }
}

fn picture(image: Image, rules: &Rules) -> Estimate {
    let detail = match image.detail {
        Detail::Auto => rules.resolution,
        stated => stated,
    };
    match rules.image {
        ImageRule::Fixed { tokens } => {
            let tokens = i64::from(tokens);
            match detail {
                Detail::Auto => Estimate::exact(tokens),
                // The vendor's figures: 64 at low resolution, up to eight crops at high.
                Detail::Low => Estimate::between(64_i64, 66_i64, tokens),
                Detail::Medium => Estimate::between(256_i64, tokens, tokens),
                _ => Estimate::between(256_i64, tokens, 8 * tokens + tokens),
            }
        }
        ImageRule::Crops { tokens } => crops(image.size, i64::from(tokens)),
        ImageRule::Budget { budgets } => {
            let [low, medium, high, ultra] = budgets;
            let budget = match detail {
                Detail::Low => low,
                Detail::Medium => medium,
                Detail::Original => ultra,
                Detail::Auto | Detail::High => high,
            };
            grid(image.size, f64::from(budget))
        }
        _ => Estimate::between(0_i64, PAGE, 9 * PAGE),
    }
}

/// One view of a small picture; of a larger one, the whole and crops of it.
fn crops(size: Option<(u32, u32)>, view: i64) -> Estimate {
    let Some((width, height)) = size else {
        return Estimate::between(view, 5 * view, 17 * view);
    };
    if width <= 384 && height <= 384 {
        return Estimate::exact(view);
    }
    let unit = (f64::from(width.min(height)) / 1.5)
        .floor()
        .clamp(256.0, 768.0);
    let across = |side: u32| (f64::from(side) / unit).ceil() as i64;
    Estimate::exact(view * (1 + across(width) * across(height)))
}

/// A grid of the picture's proportions within a budget; small pictures are enlarged to it.
fn grid(size: Option<(u32, u32)>, budget: f64) -> Estimate {
    let Some((width, height)) = size else {
        return Estimate::between((budget * 0.8) as i64, (budget * 0.97) as i64, budget as i64);
    };
    let ratio = f64::from(width) / f64::from(height);
    let cells = (budget * ratio).sqrt().floor() * (budget / ratio).sqrt().floor();
    Estimate::exact(cells.max(1.0) as i64)
}

/// A document: its text when it is one, else its pages.
fn document(file: &File, rules: &Rules, counter: &dyn CountText) -> Estimate {
    if let Some(text) = &file.text {
        return rules.text(text, counter.count_text(text));
    }
    let Some(pages) = file.pages.map(i64::from) else {
        let bytes = file
            .bytes
            .map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX / 4));
        return match bytes {
            Some(bytes) => Estimate::between(0_i64, bytes / 4, bytes),
            // The API takes a thousand pages.
            None => Estimate::between(0_i64, PAGE, 1_000 * i64::from(PAGE_BUDGETS[1])),
        };
    };
    // OpenRouter may read a document itself and pass on its text.
    if rules.host == Host::Openrouter {
        return Estimate::between(0_i64, PAGE * pages, PAGE_TEXT * pages);
    }
    if !rules.is_third() {
        return Estimate::exact(PAGE * pages);
    }
    let [low, medium, high] = PAGE_BUDGETS;
    let budget = match rules.resolution {
        Detail::Low => low,
        Detail::Auto | Detail::Medium => medium,
        Detail::High | Detail::Original => high,
    };
    paged(file.page_size, pages, budget)
}

/// Pages as pictures of their proportions; pages after the first may have others.
fn paged(page: Option<(u32, u32)>, pages: i64, budget: u32) -> Estimate {
    let one = grid(Some(page.unwrap_or(LETTER)), f64::from(budget)).tokens;
    let most = i64::from(budget);
    match page {
        Some(_) if pages == 1 => Estimate::exact(one),
        Some(_) => Estimate::between(one.min(most * 9 / 10) * pages, one * pages, most * pages),
        None => Estimate::between(most * 9 / 10 * pages, one * pages, most * pages),
    }
}

/// How sound is counted.
struct Sound {
    /// Tokens of a second.
    rate: f64,
    /// Of the whole.
    extra: i64,
}

fn sound(rules: &Rules) -> Sound {
    if rules.framing == Framing::Gemini25 && rules.host != Host::Vertex {
        // One more than the whole tokens, by three records: 33 for 1.0 s, 144 for 4.488 s, 26 for 0.788 s of a film's sound.
        Sound {
            rate: 32.0,
            extra: 1,
        }
    } else {
        Sound {
            rate: 25.0,
            extra: 0,
        }
    }
}

fn audio(seconds: Option<f64>, rules: &Rules) -> Estimate {
    let sound = sound(rules);
    let Some(seconds) = seconds.map(|seconds| seconds.min(1e7)) else {
        let most = (LONGEST * 32.0) as i64;
        return Estimate::between(0_i64, (10.0 * sound.rate) as i64, most);
    };
    let whole = (seconds * sound.rate) as i64;
    if sound.extra > 0 {
        return Estimate::between(whole, whole + sound.extra, whole + sound.extra);
    }
    let started = if rules.host == Host::Vertex && !rules.is_third() {
        // Started seconds.
        (seconds.ceil() * sound.rate) as i64
    } else {
        // Started tokens, by the records of four recordings: 25 for 1.0 s, 80 for 3.196 s, 113 for 4.488 s, 250 for 10 s.
        (seconds * sound.rate).ceil() as i64
    };
    Estimate::between(whole - 1, started, started + 1)
}

/// Frames a second that `videoMetadata` asks for; the default is one.
fn frame_rate(raw: &Value) -> f64 {
    let parts = raw.get("parts").and_then(Value::as_array);
    let rate = |part: &Value| {
        let metadata = part
            .get("videoMetadata")
            .or_else(|| part.get("video_metadata"));
        metadata?.get("fps")?.as_f64()
    };
    let rates = parts.into_iter().flatten().filter_map(rate);
    rates
        .fold(None, |most: Option<f64>, rate| {
            Some(most.map_or(rate, |most| most.max(rate)))
        })
        .unwrap_or(1.0)
        .clamp(0.0, 60.0)
}

/// Frames, and the sound where there is one.
fn video(seconds: Option<f64>, frame_rate: f64, rules: &Rules) -> Estimate {
    // From Gemini 3 on 64 in recorded usage, 70 and at high resolution 280 by the vendor's page; before, 258 to 263.
    let (least, frame, most) = match (rules.is_third(), rules.resolution) {
        (true, Detail::High | Detail::Original) => (64.0, 280.0, 280.0),
        (true, _) => (64.0, 64.0, 70.0),
        (false, Detail::Low) => (64.0, 66.0, 263.0),
        (false, _) => (258.0, 263.0, 270.0),
    };
    let Sound { rate, extra } = sound(rules);
    match seconds {
        Some(seconds) => {
            let seconds = seconds.clamp(0.0, 1e6);
            let frames = (seconds * frame_rate).floor().max(1.0);
            Estimate::between(
                (frames * least) as i64,
                (frames * frame) as i64 + (seconds * rate) as i64 + extra,
                ((frames + 1.0) * most + (seconds + 1.0) * rate) as i64,
            )
        }
        None => {
            let each = frame_rate.max(1.0) * most + 32.0;
            Estimate::between(
                0_i64,
                (10.0 * (frame + rate)) as i64,
                (LONGEST * each) as i64,
            )
        }
    }
}
