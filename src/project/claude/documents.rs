//! Tokens of documents.

use super::Request;
use super::rules::Layout;
use crate::conversation::{Dialect, File};
use crate::models::{Framing, Host};
use crate::project::attachments::{read, reads_files};
use crate::project::estimate::Estimate;

/// The picture of a page of US Letter, without its text: recorded alike on three documents.
const LETTER: i64 = 1_574;
/// Of a page of A4.
const A4: i64 = 1_595;
/// Of any page, at most.
const LARGEST_PAGE: i64 = 1_620;
/// Text of a dense page, by the vendor's page "PDF support": 1,500 to 3,000 tokens.
const PAGE_TEXT: i64 = 3_000;
/// Tokens around a sentence that can be cited.
const SENTENCE: i64 = 16;
/// Bytes of a document that can hold no text that was not found.
const SMALL: i64 = 8_192;

/// Tokens of `file`: of a PDF, each page's text and picture.
pub(super) fn document(file: &File, request: &Request<'_>) -> Estimate {
    let conversation = request.counted.conversation;
    if file.text.is_none()
        && reads_files(conversation, request.model)
        && let Some(cost) = read(file, request.counter)
    {
        return cost;
    }
    let is_converse = conversation.dialect == Dialect::BedrockConverse;
    let found = file.page_text.as_deref().map(str::trim);
    let said = (file.text.as_deref()).or(found.filter(|text| !text.is_empty()));
    let text = said.map(|text| request.count(text));
    let mut cost = match (&file.text, text) {
        // Recorded around the text of nine documents; a line feed at the end counts one more there than by itself.
        (Some(own), text) => {
            let text = text.unwrap_or(0) + i64::from(own.ends_with('\n'));
            let frame = match request.rules.framing {
                Framing::Claude35Haiku => 35,
                Framing::Claude35Sonnet | Framing::Claude35Sonnet0620 => 36,
                _ if is_converse => 36,
                _ => 37,
            };
            Estimate::between(text + 20, text + frame, text + 45)
        }
        (None, text) => pages(file, text, request),
    };
    let is_text = file.text.is_some();
    for told in [&file.name, &file.context].into_iter().flatten() {
        // Recorded 10 around the title of two texts, and up to 15; less around the name of a text in Converse.
        let around = match (is_text, is_converse) {
            (true, true) => 2,
            (true, false) => 10,
            (false, _) => 12,
        };
        let tokens = request.count(told);
        cost += Estimate::between(tokens, tokens + around, tokens + 20);
    }
    if file.citations {
        // A hidden prompt, and marks around each sentence (texts and PDFs are "chunked into sentences", by the vendor's page
        // "Citations"): 498 for one sentence, 546 for four, 1,552 for 67; on Sonnet 5 859 in all for two.
        let most = PAGE_TEXT * i64::from(file.pages.unwrap_or(1));
        let prompt = match request.rules.layout {
            Layout::Looped => 482,
            Layout::Alternating => 716,
        };
        let likely = prompt + said.map_or(most / 4, |text| SENTENCE * sentences(text));
        let upper = prompt + 400 + text.unwrap_or(most) * 3 / 2;
        cost += Estimate::between(400_i64, likely, upper);
    }
    cost
}

/// Sentences of a text, where a mark ends each and white space follows it.
fn sentences(text: &str) -> i64 {
    let ends = |word: &&str| word.ends_with(['.', '!', '?']);
    let mut words = text.split_whitespace();
    let last = words.next_back();
    let inner = words.filter(ends).count() + usize::from(last.is_some());
    i64::try_from(inner).unwrap_or(i64::MAX / 64)
}

/// The pages of a PDF, of which `text` tokens of text were found.
fn pages(file: &File, text: Option<i64>, request: &Request<'_>) -> Estimate {
    let Some(bytes) = file.bytes else {
        // Elsewhere: a page is usual, and sixty fill most windows.
        return Estimate::between(0_i64, 1_640_i64, 100_000_i64);
    };
    let bytes = i64::try_from(bytes).unwrap_or(i64::MAX / 8);
    let Some(pages) = file.pages.map(i64::from) else {
        return match text {
            // An office document, in Converse: none is on record.
            Some(text) => Estimate::between(text / 2, text + 36, 2 * text + 500),
            None => Estimate::between(0_i64, bytes / 4, bytes.saturating_add(45)),
        };
    };
    let mut picture = match file.page_size {
        Some((width, height)) if height * 100 >= width * 135 => A4,
        _ => LETTER,
    };
    if request.rules.framing == Framing::Claude35Haiku {
        picture += 33;
    }
    let least = text.unwrap_or(0);
    let likely = text.unwrap_or(if bytes > SMALL {
        (bytes / 40).min(500 * pages)
    } else {
        0
    });
    // Text that was found may be a part of it: fonts and streams can be of kinds that are not read.
    let most = match text {
        Some(text) => text * 3 / 2 + 40,
        None => (PAGE_TEXT * pages).min(bytes),
    };
    let upper = LARGEST_PAGE * pages + most;
    match (request.rules.framing, request.host) {
        // Models before 3.5 see no pages: recorded twice, on Bedrock.
        (
            Framing::Claude2
            | Framing::Claude3Haiku
            | Framing::Claude3Sonnet
            | Framing::Claude3Opus,
            _,
        ) => Estimate::between(0_i64, likely + 25, upper),
        // It reads documents itself for models that it takes for blind: recorded once.
        (_, Host::Openrouter) => Estimate::between(least / 2, picture * pages + likely, upper),
        _ => Estimate::between(LETTER * pages + least / 2, picture * pages + likely, upper),
    }
}
