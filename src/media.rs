//! What the first bytes of inline media tell: picture sizes, recording lengths, page counts.
//!
//! Media travels as base64. It is never counted as text, and only the bytes that hold a header are decoded.

mod base64;
mod containers;
mod documents;
mod inflate;
mod office;
mod pdf;
mod readers;
mod recordings;

use crate::conversation::File;
pub(crate) use base64::Base64;
#[cfg(all(feature = "wasm", target_arch = "wasm32"))]
pub(crate) use readers::fill;
use readers::readers;

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
    (readers()?.audio_seconds)(data)
}

/// Seconds of an MPEG-4 or QuickTime film in base64 (bare, or as a data URL).
pub(crate) fn film_seconds(text: &str) -> Option<f64> {
    film_seconds_in(&base64(text))
}

/// Seconds of an inline film of these formats.
pub(crate) fn film_seconds_in(data: &Base64<'_>) -> Option<f64> {
    (readers()?.film_seconds)(data)
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
    readers().map_or_else(File::default, |readers| (readers.file)(data))
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
        let page = |text: &str| pdf::outline::box_in(text.as_bytes());
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

    /// Headers of every kind, damaged and cut in tens of thousands of ways.
    #[test]
    fn damaged_headers_tell_something_sound_or_nothing() {
        let mut wave =
            b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data"
                .to_vec();
        wave.extend([0x80, 0x3e, 0, 0, 1, 2, 3, 4]);
        let whole: [&[u8]; 10] = [
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\0\0\0\x01\0\x08\x02\0\0\0",
            b"GIF89a\x40\x01\xf0\0\xf7\0\0",
            b"RIFF\x24\0\0\0WEBPVP8X\x0a\0\0\0\x10\0\0\0\x3f\x01\0\xef\0\0",
            b"RIFF\x24\0\0\0WEBPVP8L\x0a\0\0\0\x2f\x3f\xc1\x3b\0\0",
            b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xc0\0\x11\x08\x01\0\x02\0\x03",
            b"\0\0\0\x10ftypmp42\0\0\0\0\0\0\0\x28moov\0\0\0\x20mvhd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x03\xe8\0\0\x27\x10",
            b"fLaC\0\0\0\x22\x10\0\x10\0\0\0\0\0\0\0\x0a\xc4\x42\xf0\0\0\xac\x44\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
            b"OggS\0\x02\x40\x1f\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01\x13OpusHead\x01\x01\0\0\x80\xbb\0\0\0\0\0",
            &wave,
            &recordings::tests::stated_mp3(),
        ];
        let mut known = 0;
        for header in whole {
            for seed in 0..5_000_u32 {
                let mut bytes = header.to_vec();
                let noise = |step: u32| {
                    let mixed = seed.wrapping_mul(2_654_435_761).wrapping_add(step * 40_503);
                    (mixed ^ (mixed >> 15)).wrapping_mul(2_246_822_519) >> 8
                };
                for step in 0..seed % 4 {
                    let at = noise(step) as usize % bytes.len();
                    bytes[at] = if step == 2 {
                        0xff
                    } else {
                        noise(step + 9) as u8
                    };
                }
                if seed % 5 == 4 {
                    bytes.truncate(noise(7) as usize % bytes.len());
                }
                let data = Base64::of_bytes(&bytes);
                let size = image_size_in(&data);
                assert!(size.is_none_or(|(width, height)| width > 0 && height > 0));
                let sound = [audio_seconds_in(&data), film_seconds_in(&data)];
                for seconds in sound.into_iter().flatten() {
                    assert!(seconds.is_finite() && seconds >= 0.0);
                }
                file_in(&data);
                known += u32::from(size.is_some() || sound[0].is_some());
            }
        }
        assert!(known > 10_000, "{known}");
    }
}
