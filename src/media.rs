//! What the first bytes of inline media tell: picture sizes, recording lengths, page counts.
//!
//! Media travels as base64. It is never counted as text, and only the bytes that hold a header are decoded.

mod base64;
mod containers;
mod inflate;
mod outline;
mod pdf;

use crate::conversation::File;
pub(crate) use base64::Base64;

/// Bytes decoded at first; headers of PNG, GIF and WebP are within the first 30.
const HEADER: usize = 64 * 1024;
/// Bytes decoded at most, for a JPEG whose colour profile and thumbnail precede its size.
const LONG_HEADER: usize = 2 * 1024 * 1024;
/// Bytes of a document that are searched for pages.
const DOCUMENT: usize = 8 * 1024 * 1024;

/// Width and height in pixels of the picture in a data URL; `None` for a remote one or an unknown format.
pub(crate) fn image_size(url: &str) -> Option<(u32, u32)> {
    image_size_in(&Base64::of_data_url(url)?)
}

/// Width and height in pixels of a picture in base64 (bare, or as a data URL).
pub(crate) fn picture_size(text: &str) -> Option<(u32, u32)> {
    image_size_in(&base64(text))
}

/// Width and height in pixels of an inline picture.
pub(crate) fn image_size_in(data: &Base64<'_>) -> Option<(u32, u32)> {
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

/// Seconds of a WAV, MP3, FLAC, Ogg or MPEG-4 recording in base64 (bare, or as a data URL).
pub(crate) fn audio_seconds(text: &str) -> Option<f64> {
    audio_seconds_in(&base64(text))
}

/// Seconds of an inline recording of these formats.
pub(crate) fn audio_seconds_in(data: &Base64<'_>) -> Option<f64> {
    let start = data.bytes(0, HEADER);
    let seconds = wav(&start, data.len())
        .or_else(|| containers::flac(&start))
        .or_else(|| containers::ogg(&start, data))
        .or_else(|| containers::mpeg4(data))
        .or_else(|| mp3(data))?;
    (seconds.is_finite() && seconds >= 0.0).then_some(seconds)
}

/// Seconds of an MPEG-4 or QuickTime film in base64 (bare, or as a data URL).
pub(crate) fn film_seconds(text: &str) -> Option<f64> {
    film_seconds_in(&base64(text))
}

/// Seconds of an inline film of these formats.
pub(crate) fn film_seconds_in(data: &Base64<'_>) -> Option<f64> {
    containers::mpeg4(data).filter(|seconds| seconds.is_finite())
}

fn base64(text: &str) -> Base64<'_> {
    Base64::of_data_url(text).unwrap_or_else(|| Base64::new(text))
}

/// A document in base64 (bare, or as a data URL), as far as its bytes tell.
pub(crate) fn file(text: &str) -> File {
    file_in(&base64(text))
}

/// An inline document, as far as its bytes tell.
pub(crate) fn file_in(data: &Base64<'_>) -> File {
    let mut file = File {
        bytes: Some(data.len() as u64),
        ..File::default()
    };
    let is_pdf = data.bytes(0, 1024).windows(5).any(|w| w == b"%PDF-");
    if is_pdf {
        let bytes = data.bytes(0, DOCUMENT);
        let guessed = outline::guessed_pages(data.len());
        // The start of a document tells of some of its pages only.
        let pages = outline::pages(&bytes).filter(|pages| data.is_whole() || *pages >= guessed);
        file.pages = Some(pages.unwrap_or(guessed));
        let pdf = pdf::read(&bytes);
        file.page_size = pdf.page;
        if data.is_whole() {
            file.page_text = pdf.text;
        }
    }
    file
}

/// The text of a plain-text document in base64 (bare, or as a data URL), when that is what it is; `None` beyond [`DOCUMENT`].
pub(crate) fn plain_text(text: &str) -> Option<String> {
    text_in(&base64(text))
}

/// What an inline document of plain text says; `None` when only its start is there, for other bytes and beyond [`DOCUMENT`].
pub(crate) fn text_in(data: &Base64<'_>) -> Option<String> {
    let is_read = data.is_whole() && data.len() <= DOCUMENT;
    is_read.then(|| String::from_utf8(data.bytes(0, DOCUMENT)).ok())?
}

/// A decimal number without an exponent; exact up to 15 digits. The standard library reads any, with 16 KB of code and tables.
pub(crate) fn decimal(text: &str) -> Option<f64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1.0, digits),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mut number, mut scale, mut is_fraction, mut is_number) = (0.0, 1.0, false, false);
    for byte in digits.bytes() {
        match byte {
            b'0'..=b'9' => {
                is_number = true;
                number = number * 10.0 + f64::from(byte - b'0');
                scale *= if is_fraction { 10.0 } else { 1.0 };
            }
            b'.' if !is_fraction => is_fraction = true,
            _ => return None,
        }
    }
    let number = sign * number / scale;
    (is_number && number.is_finite()).then_some(number)
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
    fn plain_decimals_are_read_as_the_standard_library_reads_them() {
        for text in [
            "0",
            "-7",
            "+7",
            "595.28",
            ".5",
            "5.",
            "-0.125",
            "841.8898",
            "123456789.012345",
        ] {
            assert_eq!(decimal(text), text.parse().ok(), "{text}");
        }
        let endless = "1".repeat(1_000);
        for none in [
            "", ".", "-", "1.2.3", "1e5", "inf", "nan", "0x1", "--1", " 1", &endless,
        ] {
            assert_eq!(decimal(none), None, "{none}");
        }
    }

    #[test]
    fn a_pdf_states_the_size_of_its_first_page() {
        let page = |text: &str| pdf::page(text.as_bytes());
        assert_eq!(
            page("<< /MediaBox[ 0 0 595.28 841.89 ] >>"),
            Some((595, 842))
        );
        assert_eq!(
            page("/MediaBox [0 0 612 792] /MediaBox [0 0 1 1]"),
            Some((612, 792))
        );
        for none in [
            "",
            "/MediaBox",
            "/MediaBox [0 0 612",
            "/MediaBox 5 0 R",
            "/MediaBox [0 0 0 0]",
        ] {
            assert_eq!(page(none), None, "{none}");
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
