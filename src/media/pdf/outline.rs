//! Pages of a PDF and their size, without their text being read.

use super::find;
use super::objects::{Objects, after, digits};

/// Pages of a PDF: its page objects, else the largest `/Count` of a page tree.
pub(super) fn pages(objects: &Objects<'_>) -> Option<u32> {
    let mut pages = 0;
    let mut most = 0;
    for dictionary in objects.current() {
        let stated = after(dictionary, b"/Count").map_or(0, digits);
        let mut rest = dictionary;
        while let Some(kind) = after(rest, b"/Type") {
            rest = kind;
            match kind.trim_ascii_start().strip_prefix(b"/Page") {
                Some([b's', ..]) => most = most.max(stated),
                Some(_) => pages += 1,
                None => {}
            }
        }
    }
    Some(if pages > 0 { pages } else { most }).filter(|pages| *pages > 0)
}

/// Pages of a PDF whose page tree is not there: one for every 20 kB, on the high side for text.
pub(in crate::media) fn guessed_pages(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(20 * 1024)).unwrap_or(u32::MAX)
}

/// The size in the first `/MediaBox`.
pub(super) fn size(objects: &Objects<'_>) -> Option<(u32, u32)> {
    objects.current().find_map(box_in)
}

/// The size in a dictionary.
pub(in crate::media) fn box_in(dictionary: &[u8]) -> Option<(u32, u32)> {
    let inner = after(dictionary, b"/MediaBox")?
        .trim_ascii_start()
        .strip_prefix(b"[")?;
    let close = find(inner, b"]", 0)?;
    let text = std::str::from_utf8(inner.get(..close)?).ok()?;
    let mut sides = text.split_ascii_whitespace().map(crate::media::decimal);
    let mut side = || sides.next()?;
    let (left, bottom, right, top) = (side()?, side()?, side()?, side()?);
    let length = |from: f64, to: f64| (to - from).abs().round() as u32;
    let size = (length(left, right), length(bottom, top));
    // A page without an area states nothing.
    (size.0 > 0 && size.1 > 0).then_some(size)
}
