//! Documents that are no plain text: what their pages say, and pictures of pages.

use super::rules::{Api, Rules};
use crate::conversation::{Detail, File, Image, Part};
use crate::count::CountText;
use crate::models::ImageRule;
use crate::project::attachments::attachment;
use crate::project::estimate::Estimate;

/// Tokens that Chat adds for a file: recorded 212 or 213 for three documents, on five models.
const CHAT: i64 = 212;
/// Fewest that Chat adds, by its records and by those of gateways that read documents themselves.
const CHAT_LEAST: i64 = 4;
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
    let chat = if rules.api == Api::Chat { CHAT } else { 0 };
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
                Estimate::between(text / 4, text + frame + chat, 2 * text + 2 * PAGE_FRAME)
            }
            None => Estimate::between(0_i64, bytes / 4 + chat, bytes.saturating_add(PAGE_FRAME)),
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
    let most_chat = if chat > 0 { PAGE_FRAME } else { 0 };
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
                } => chat > 0 || auto_is_original,
                _ => chat > 0,
            };
            let picture = if is_drawn { picture } else { 0 };
            Estimate::between(
                chat.min(CHAT_LEAST) + text * 3 / 4,
                chat + rules.page * pages + text,
                most_chat + (PAGE_MOST + picture) * pages + text * 5 / 4,
            )
        }
        None => Estimate::between(
            chat.min(CHAT_LEAST) + 4,
            chat + rules.page * pages,
            (PAGE_FRAME + picture) * pages + (bytes / 2).min(DENSE_PAGE * pages),
        ),
    }
}

/// Whether the name is that of a sheet.
fn is_sheet(file: &File) -> bool {
    let name = file.name.as_deref().unwrap_or_default();
    [".xlsx", ".ods"]
        .iter()
        .any(|end| name.to_ascii_lowercase().ends_with(end))
}
