//! Pictures, recordings and documents of these models.

use crate::conversation::{Image, Part};
use crate::count::{CountText, CountedMessage};
use crate::models::{Family, Framing, ImageRule, Model};
use crate::project::attachments::attachment;
use crate::project::estimate::Estimate;

/// Tokens of everything in a message that is no text.
pub(in crate::project) fn attachments(
    message: &CountedMessage,
    model: &Model,
    counter: &dyn CountText,
) -> Estimate {
    let one = |part: &Part| match part {
        Part::Audio { .. } if model.framing.family() == Family::Mistral => None,
        // Perplexity reads documents apart from the prompt: recorded at one token.
        Part::File(_) if model.framing == Framing::Sonar => {
            let most = attachment(part, model.image)?.upper;
            Some(Estimate::between(0_i64, 1_i64, most))
        }
        // A document of plain text is its text, with what names it.
        Part::File(file) if file.text.is_some() => {
            let text = file.text.as_deref().unwrap_or_default();
            let tokens = i64::from(counter.count_text(text));
            Some(Estimate::between(tokens / 2, tokens + 10, 2 * tokens + 60))
        }
        part => attachment(part, model.image),
    };
    message.message.leaves().filter_map(one).sum()
}

/// Tokens of a picture by a rule of cells or by a constant.
pub(in crate::project) fn picture(image: Image, rule: ImageRule) -> Estimate {
    match rule {
        ImageRule::Likely([least, likely, most]) => {
            Estimate::between(i64::from(least), i64::from(likely), i64::from(most))
        }
        ImageRule::Cells { .. } => match image.size {
            Some(size) => Estimate::exact(cells(size, rule)).widened(2, 4),
            None => {
                let most = cells((u32::MAX >> 8, u32::MAX >> 8), rule);
                Estimate::between(0_i64, most / 2, most)
            }
        },
        _ => Estimate::default(),
    }
}

/// Cells that cover the picture after its longest side was shrunk, and what each row of them adds.
fn cells((width, height): (u32, u32), rule: ImageRule) -> i64 {
    let ImageRule::Cells {
        cell,
        side,
        row,
        extra,
        least,
        nearest,
    } = rule
    else {
        return 0;
    };
    let (width, height) = (f64::from(width), f64::from(height));
    let shrink = (f64::from(side) / width.max(height)).min(1.0);
    let count = |length: f64| {
        let cells = (length * shrink).round().max(1.0) / f64::from(cell);
        let whole = if nearest { cells.round() } else { cells.ceil() };
        whole.max(1.0) as i64
    };
    let (mut across, mut down) = (count(width), count(height));
    if across * down < i64::from(least) {
        let cell = f64::from(cell);
        let enlarge = (f64::from(least) * cell * cell / (width * height).max(1.0)).sqrt();
        let cover = |length: f64| (length * enlarge / cell).ceil() as i64;
        (across, down) = (cover(width), cover(height));
    }
    across * down + i64::from(row) * down + i64::from(extra)
}
