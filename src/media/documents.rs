//! Documents: pages, their size, and the text that can be read.

use super::{Base64, DOCUMENT, office, pdf};
use crate::conversation::File;

/// What the bytes of a document tell.
pub(super) fn file(data: &Base64<'_>) -> File {
    let mut file = File {
        bytes: Some(data.len() as u64),
        ..File::default()
    };
    let is_pdf = data.bytes(0, 1024).windows(5).any(|w| w == b"%PDF-");
    if is_pdf {
        let bytes = data.bytes(0, DOCUMENT);
        let pdf = pdf::read(&bytes);
        let guessed = pdf::outline::guessed_pages(data.len());
        // The start of a document tells of some of its pages only.
        let pages = pdf
            .pages
            .filter(|pages| data.is_whole() || *pages >= guessed);
        file.pages = Some(pages.unwrap_or(guessed));
        file.page_size = pdf.page;
        if data.is_whole() {
            file.page_text = pdf.text;
        }
    } else if data.is_whole() && data.bytes(0, 4) == b"PK\x03\x04" {
        file.page_text = office::text(&data.bytes(0, DOCUMENT));
    }
    file
}
