//! Documents that are no plain text: what their pages say, and pictures of pages.

use super::rules::{Api, PARALLEL, Rules};
use crate::conversation::{Detail, File, Image, Part};
use crate::count::CountText;
use crate::models::ImageRule;
use crate::project::attachments::{attachment, patches, read};
use crate::project::estimate::Estimate;

/// Fewest that Chat adds to a file, by its records and by those of gateways that read documents themselves.
const CHAT_LEAST: i64 = 4;
/// Most that Chat adds to a request with files, by its records.
const CHAT_MOST: i64 = 220;
/// `<IMAGE FOR PAGE: 1 / 1>` above a page's picture, as models repeat it.
const PICTURE_MARK: i64 = 11;
/// The shorter side of a page's picture. A page of Letter takes 768 patches, a token each: by one page on gpt-4.1-nano and two on
/// gpt-5-nano, whose pictures cost 2.46 and 1.5 a patch elsewhere.
const PAGE_SIDE: f64 = 768.0;
/// Width and height of a page of unknown size, in points: Letter.
const LETTER: (u32, u32) = (612, 792);
/// Most tokens around the text of a page, by the recorded ones.
const PAGE_MOST: i64 = 80;
/// Tokens of a dense page of text, at most.
const DENSE_PAGE: i64 = 3_000;
/// Most tokens around a page, by the recorded ones.
const PAGE_FRAME: i64 = 220;
/// Tokens of a page's picture where the model's rule is not known.
const PICTURE: i64 = 1_000;
/// Tokens around what a text document says, and around the cells of a sheet: one of each is on record.
const OFFICE: i64 = 6;
const SHEET: i64 = 36;

/// Tokens of a document: of a PDF, the text of its pages.
pub(super) fn document(
    file: &File,
    rules: &Rules,
    image: ImageRule,
    counter: &dyn CountText,
) -> Estimate {
    if rules.reads_files
        && let Some(cost) = read(file, counter)
    {
        return cost;
    }
    let is_chat = rules.api == Api::Chat;
    let least = if is_chat { CHAT_LEAST } else { 0 };
    let Some(bytes) = file.bytes else {
        return Estimate::between(0_i64, 1_000_i64, 100_000_i64);
    };
    let bytes = i64::try_from(bytes).unwrap_or(i64::MAX / 4);
    let text = file.page_text.as_deref().map(str::trim);
    let text = text.map(|text| i64::from(counter.count_text(text)));
    let Some(pages) = file.pages.map(i64::from) else {
        return match text {
            // Of other files than PDFs only the text is taken (the vendor's guide "File inputs"); of sheets, a thousand rows.
            Some(text) => {
                let frame = if is_sheet(file) { SHEET } else { OFFICE };
                Estimate::between(text / 4, text + frame, 2 * text + 2 * PAGE_FRAME)
            }
            None => Estimate::between(0_i64, bytes / 4, bytes.saturating_add(PAGE_FRAME)),
        };
    };
    let letter = Part::Image(Image {
        size: Some((1_700, 2_200)),
        detail: Detail::High,
    });
    let picture = match image {
        ImageRule::Unknown => PICTURE,
        rule => attachment(&letter, rule).map_or(PICTURE, |picture| picture.upper),
    };
    let drawn = PICTURE_MARK + page_patches(file.page_size.unwrap_or(LETTER));
    let likely = (rules.page + i64::from(rules.draws_pages) * drawn) * pages;
    let drawn = i64::from(rules.may_draw_pages) * drawn;
    match text {
        // Of a text that is read, a part may be missing: fonts can be of kinds that are not read. Pictures of such pages are on record for
        // models that count patches, and through Chat.
        Some(text) => {
            // From GPT-5.6 on Responses shows pages in high detail unless told otherwise (the guide "File inputs"); none is on
            // record.
            let is_drawn = match image {
                ImageRule::Tiles { .. } => false,
                ImageRule::Patches {
                    auto_is_original, ..
                } => is_chat || auto_is_original,
                _ => is_chat,
            };
            let picture = if is_drawn { picture } else { 0 };
            Estimate::between(
                least + text * 3 / 4,
                likely + text,
                (PAGE_MOST + picture.max(drawn)) * pages + text * 5 / 4,
            )
        }
        None => Estimate::between(
            least + 4,
            likely,
            (PAGE_FRAME + picture) * pages + (bytes / 2).min(DENSE_PAGE * pages),
        ),
    }
}

/// What Chat adds once to a request with files. Each of three documents by itself costs 212 or 213 besides its text and the frame
/// of its page, on five models; two in one request show how much of that comes once.
pub(super) fn beside_files(rules: &Rules) -> Estimate {
    match rules.reads_files {
        true => Estimate::default(),
        false => Estimate::between(0_i64, PARALLEL, CHAT_MOST),
    }
}

/// Patches of a page's picture.
fn page_patches((width, height): (u32, u32)) -> i64 {
    let scale = PAGE_SIDE / f64::from(width.min(height).max(1));
    let side = |points: u32| (f64::from(points) * scale).round() as u32;
    patches((side(width), side(height)), u32::MAX, u32::MAX)
}

/// Whether the name is that of a sheet.
fn is_sheet(file: &File) -> bool {
    let name = file.name.as_deref().unwrap_or_default();
    [".xlsx", ".ods"]
        .iter()
        .any(|end| name.to_ascii_lowercase().ends_with(end))
}
