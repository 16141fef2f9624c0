//! What the first bytes of inline media tell: picture sizes, recording lengths, page counts.
//!
//! Media travels as base64. It is never counted as text, and only the bytes that hold a header are decoded.

mod base64;

use base64::Base64;

/// Bytes decoded at first; headers of PNG, GIF and WebP are within the first 30.
const HEADER: usize = 64 * 1024;
/// Bytes decoded at most, for a JPEG whose colour profile and thumbnail precede its size.
const LONG_HEADER: usize = 2 * 1024 * 1024;
/// Bytes of a document that are searched for pages.
const DOCUMENT: usize = 8 * 1024 * 1024;

/// A document, as far as its bytes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Document {
    /// Its size in bytes.
    pub(crate) bytes: u64,
    /// Its pages; `None` for a format that has none.
    pub(crate) pages: Option<u32>,
}

/// Width and height in pixels of the picture in a data URL; `None` for a remote one or an unknown format.
pub(crate) fn image_size(url: &str) -> Option<(u32, u32)> {
    let data = Base64::of_data_url(url)?;
    let start = data.bytes(0, HEADER);
    let size = png(&start)
        .or_else(|| gif(&start))
        .or_else(|| webp(&start))
        .or_else(|| jpeg(&start))
        .or_else(|| {
            let is_jpeg = start.starts_with(&[0xff, 0xd8]) && start.len() == HEADER;
            is_jpeg.then(|| jpeg(&data.bytes(0, LONG_HEADER)))?
        });
    size.filter(|(width, height)| *width > 0 && *height > 0)
}

/// Seconds of a WAV or MP3 recording in base64 (bare, or as a data URL).
pub(crate) fn audio_seconds(text: &str) -> Option<f64> {
    let data = Base64::of_data_url(text).unwrap_or_else(|| Base64::new(text));
    let start = data.bytes(0, HEADER);
    let seconds = wav(&start, data.len()).or_else(|| mp3(&data))?;
    (seconds.is_finite() && seconds >= 0.0).then_some(seconds)
}

/// Size and pages of a document in base64 (bare, or as a data URL).
pub(crate) fn document(text: &str) -> Document {
    let data = Base64::of_data_url(text).unwrap_or_else(|| Base64::new(text));
    let is_pdf = data.bytes(0, 1024).windows(5).any(|w| w == b"%PDF-");
    Document {
        bytes: data.len() as u64,
        pages: is_pdf.then(|| {
            pdf_pages(&data.bytes(0, DOCUMENT)).unwrap_or_else(|| guessed_pages(data.len()))
        }),
    }
}

/// Big-endian number of up to four bytes at `at`.
fn big(bytes: &[u8], at: usize, length: usize) -> Option<u32> {
    let field = bytes.get(at..at.checked_add(length)?)?;
    Some(field.iter().fold(0, |n, b| (n << 8) | u32::from(*b)))
}

/// Little-endian number of up to four bytes at `at`.
fn little(bytes: &[u8], at: usize, length: usize) -> Option<u32> {
    let field = bytes.get(at..at.checked_add(length)?)?;
    Some(field.iter().rev().fold(0, |n, b| (n << 8) | u32::from(*b)))
}

fn png(bytes: &[u8]) -> Option<(u32, u32)> {
    if !bytes.starts_with(b"\x89PNG\r\n\x1a\n") || bytes.get(12..16)? != b"IHDR" {
        return None;
    }
    Some((big(bytes, 16, 4)?, big(bytes, 20, 4)?))
}

fn gif(bytes: &[u8]) -> Option<(u32, u32)> {
    if !bytes.starts_with(b"GIF8") {
        return None;
    }
    Some((little(bytes, 6, 2)?, little(bytes, 8, 2)?))
}

fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    if !bytes.starts_with(b"RIFF") || bytes.get(8..12)? != b"WEBP" {
        return None;
    }
    match bytes.get(12..16)? {
        b"VP8X" => Some((little(bytes, 24, 3)? + 1, little(bytes, 27, 3)? + 1)),
        b"VP8L" => {
            let bits = little(bytes, 21, 4)?;
            Some(((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1))
        }
        b"VP8 " => Some((
            little(bytes, 26, 2)? & 0x3fff,
            little(bytes, 28, 2)? & 0x3fff,
        )),
        _ => None,
    }
}

/// Walks the segments up to the frame header, which holds the size.
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    if !bytes.starts_with(&[0xff, 0xd8]) {
        return None;
    }
    let mut at = 2;
    loop {
        if *bytes.get(at)? != 0xff {
            return None;
        }
        match *bytes.get(at + 1)? {
            // Fill bytes and markers without a body.
            0xff => at += 1,
            0x01 | 0xd0..=0xd8 => at += 2,
            // End of image or start of scan without a frame header before it.
            0xd9 | 0xda => return None,
            // Frame headers are C0 to CF without the three tables among them.
            marker @ 0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                return Some((big(bytes, at + 7, 2)?, big(bytes, at + 5, 2)?));
            }
            _ => at += 2 + big(bytes, at + 2, 2)?.max(2) as usize,
        }
    }
}

/// Seconds of a WAV file of `total` bytes. Streamed files state no length, or the largest: what is there counts.
fn wav(bytes: &[u8], total: usize) -> Option<f64> {
    if !bytes.starts_with(b"RIFF") || bytes.get(8..12)? != b"WAVE" {
        return None;
    }
    let mut at = 12_usize;
    let mut byte_rate = None;
    loop {
        let size = little(bytes, at + 4, 4)? as usize;
        let body = at + 8;
        match bytes.get(at..at + 4)? {
            b"fmt " => byte_rate = Some(little(bytes, body + 8, 4)?),
            b"data" => {
                let present = total.saturating_sub(body);
                let length = if size == 0 {
                    present
                } else {
                    size.min(present)
                };
                return Some(length as f64 / f64::from(byte_rate?));
            }
            _ => {}
        }
        at = body.checked_add(size)?.checked_add(size % 2)?;
    }
}

/// Bit rates of MPEG audio layer III in kbit/s by index: version 1, then versions 2 and 2.5.
const MP3_RATES: [[u32; 16]; 2] = [
    [
        0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0,
    ],
    [
        0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0,
    ],
];

/// Seconds of an MP3 file: by its frame count when it states one, else at the first frame's bit rate.
fn mp3(data: &Base64<'_>) -> Option<f64> {
    let head = data.bytes(0, 10);
    let mut start = 0;
    if head.starts_with(b"ID3") {
        // An ID3 length has seven bits per byte.
        let length = head
            .get(6..10)?
            .iter()
            .fold(0_usize, |n, b| (n << 7) | usize::from(b & 0x7f));
        start = length + 10;
    }
    let frame = data.bytes(start, 256);
    let header = big(&frame, 0, 4)?;
    if header >> 21 != 0x7ff || (header >> 17) & 3 != 1 {
        return None;
    }
    let version = (header >> 19) & 3;
    let (table, samples, divisor) = match version {
        3 => (0, 1152.0, 1.0),
        2 => (1, 576.0, 2.0),
        0 => (1, 576.0, 4.0),
        _ => return None,
    };
    let sample_rate = [44_100.0, 48_000.0, 32_000.0].get(((header >> 10) & 3) as usize)? / divisor;
    let stated = frame
        .windows(4)
        .position(|w| w == b"Xing" || w == b"Info")
        .filter(|at| big(&frame, at + 4, 4).is_some_and(|flags| flags & 1 == 1))
        .and_then(|at| big(&frame, at + 8, 4));
    if let Some(frames) = stated {
        return Some(f64::from(frames) * samples / sample_rate);
    }
    let rate = *MP3_RATES
        .get(table)?
        .get(((header >> 12) & 15) as usize)
        .filter(|rate| **rate > 0)?;
    Some(data.len().saturating_sub(start) as f64 * 8.0 / (f64::from(rate) * 1000.0))
}

/// Pages of a PDF: page objects in the clear, else the largest `/Count` of a page tree.
fn pdf_pages(bytes: &[u8]) -> Option<u32> {
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
fn guessed_pages(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(20 * 1024)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truncated_headers_tell_nothing() {
        let png = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB";
        assert_eq!(image_size(png), Some((1, 1)));
        for end in 0..png.len() - 2 {
            assert_eq!(image_size(&png[..end]), None, "{end}");
        }
    }

    #[test]
    fn a_wav_without_a_byte_rate_tells_nothing() {
        let mut wav_bytes = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
        wav_bytes.extend([0; 12]);
        wav_bytes.extend(b"data\x04\0\0\0\0\0\0\0");
        assert!(wav(&wav_bytes, wav_bytes.len()).is_some_and(f64::is_infinite));
        assert_eq!(wav(&wav_bytes[..30], 30), None);
    }
}
