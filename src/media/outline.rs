//! What the bytes of a PDF tell without its text being read.

/// Pages of a PDF: page objects in the clear, else the largest `/Count` of a page tree.
pub(super) fn pages(bytes: &[u8]) -> Option<u32> {
    let mut pages = 0;
    let mut count = 0;
    for at in bytes
        .iter()
        .enumerate()
        .filter_map(|(at, byte)| (*byte == b'/').then_some(at))
    {
        let rest = bytes.get(at..).unwrap_or_default();
        if let Some(kind) = rest.strip_prefix(b"/Type") {
            let name = kind.trim_ascii_start();
            pages += u32::from(name.starts_with(b"/Page") && !name.starts_with(b"/Pages"));
        } else if let Some(number) = rest.strip_prefix(b"/Count") {
            let digits = number.trim_ascii_start().iter().take(6);
            let stated = digits
                .map_while(|digit| digit.is_ascii_digit().then(|| u32::from(digit - b'0')))
                .fold(0, |n, digit| n * 10 + digit);
            count = count.max(stated);
        }
    }
    Some(if pages > 0 { pages } else { count }).filter(|pages| *pages > 0)
}

/// Pages of a PDF whose page tree is compressed: one for every 20 kB, on the high side for text.
pub(super) fn guessed_pages(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(20 * 1024)).unwrap_or(u32::MAX)
}
