//! Lengths of recordings and films in containers that state them: MPEG-4, FLAC, Ogg.

use super::base64::Base64;
use super::{big, little};

/// Boxes that are looked at before a film is given up; real ones have a handful at each level.
const BOXES: usize = 64;
/// Bytes at the end of an Ogg file in which its last page is looked for: the largest page, and some more.
const LAST_PAGE: usize = 68 * 1024;

/// Seconds of an MPEG-4 or QuickTime film.
pub(super) fn film_seconds(data: &Base64<'_>) -> Option<f64> {
    mpeg4(data).filter(|seconds| seconds.is_finite())
}

/// Seconds of an MPEG-4 or QuickTime file, from the `mvhd` box in its `moov` box (ISO/IEC 14496-12).
pub(super) fn mpeg4(data: &Base64<'_>) -> Option<f64> {
    let start = data.bytes(4, 4);
    if ![
        b"ftyp".as_slice(),
        b"moov",
        b"mdat",
        b"free",
        b"wide",
        b"skip",
    ]
    .contains(&start.as_slice())
    {
        return None;
    }
    let moov = child(data, 0, data.len(), b"moov")?;
    let header = child(data, moov.0, moov.1, b"mvhd")?.0;
    let bytes = data.bytes(header, 32);
    let (scale, duration) = match bytes.first()? {
        1 => {
            let high = f64::from(big(&bytes, 24, 4)?) * 4_294_967_296.0;
            (big(&bytes, 20, 4)?, high + f64::from(big(&bytes, 28, 4)?))
        }
        _ => {
            let duration = big(&bytes, 16, 4)?;
            // All ones: unknown.
            (
                big(&bytes, 12, 4)?,
                f64::from(Some(duration).filter(|duration| *duration != u32::MAX)?),
            )
        }
    };
    (scale > 0).then(|| duration / f64::from(scale))
}

/// Where the body of the first box of this kind between two offsets starts and ends.
fn child(data: &Base64<'_>, from: usize, to: usize, kind: &[u8]) -> Option<(usize, usize)> {
    let mut at = from;
    for _ in 0..BOXES {
        if at >= to {
            return None;
        }
        let bytes = data.bytes(at, 16);
        let (header, length) = match big(&bytes, 0, 4)? {
            // To the end of the file.
            0 => (8, to.saturating_sub(at)),
            1 => {
                let high = big(&bytes, 8, 4)?;
                (
                    16,
                    if high == 0 {
                        big(&bytes, 12, 4)? as usize
                    } else {
                        usize::MAX
                    },
                )
            }
            length => (8, length as usize),
        };
        let end = at.checked_add(length.max(header))?;
        if bytes.get(4..8)? == kind {
            return Some((at + header, end.min(to)));
        }
        at = end;
    }
    None
}

/// Seconds of a FLAC file, from its stream information (RFC 9639).
pub(super) fn flac(bytes: &[u8]) -> Option<f64> {
    if !bytes.starts_with(b"fLaC") {
        return None;
    }
    // 20 bits of rate, 8 of channels and sample size, 36 of samples.
    let rate = big(bytes, 18, 4)? >> 12;
    let high = u64::from(big(bytes, 20, 2)? & 0xf);
    let samples = (high << 32) | u64::from(big(bytes, 22, 4)?);
    (rate > 0 && samples > 0).then(|| samples as f64 / f64::from(rate))
}

/// Seconds of an Ogg file with Opus or Vorbis, from the position that its last page states (RFC 3533).
pub(super) fn ogg(bytes: &[u8], data: &Base64<'_>) -> Option<f64> {
    if !bytes.starts_with(b"OggS") {
        return None;
    }
    let head = bytes.get(..bytes.len().min(256))?;
    let find = |name: &[u8]| head.windows(name.len()).position(|window| window == name);
    let rate = match (find(b"OpusHead"), find(b"\x01vorbis")) {
        // Opus counts at 48 kHz whatever it was recorded at (RFC 7845).
        (Some(_), _) => 48_000,
        (None, Some(at)) => little(head, at + 12, 4)?,
        (None, None) => return None,
    };
    let tail = data.bytes(data.len().saturating_sub(LAST_PAGE), LAST_PAGE);
    let page = tail.windows(4).rposition(|window| window == b"OggS")?;
    let low = u64::from(little(&tail, page + 6, 4)?);
    let samples = (u64::from(little(&tail, page + 10, 4)?) << 32) | low;
    (rate > 0 && samples < u64::MAX / 2).then(|| samples as f64 / f64::from(rate))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Base64 of `bytes`.
    fn encoded(bytes: &[u8]) -> String {
        const DIGITS: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut text = String::new();
        for chunk in bytes.chunks(3) {
            let word = (0..3).fold(0_u32, |word, at| {
                (word << 8) | u32::from(chunk.get(at).copied().unwrap_or(0))
            });
            for at in 0..=chunk.len() {
                text.push(char::from(DIGITS[(word >> (18 - 6 * at)) as usize & 63]));
            }
        }
        text
    }

    fn film() -> Vec<u8> {
        let mut film = Vec::new();
        film.extend(b"\0\0\0\x10ftypisom\0\0\0\0");
        film.extend(b"\0\0\0\x0cmdat\0\0\0\0");
        film.extend(b"\0\0\0\x24moov\0\0\0\x1cmvhd\0\0\0\0\0\0\0\0\0\0\0\0");
        film.extend(1000_u32.to_be_bytes());
        film.extend(2500_u32.to_be_bytes());
        film
    }

    #[test]
    fn a_film_states_its_length_in_mvhd() {
        assert_eq!(mpeg4(&Base64::new(&encoded(&film()))), Some(2.5));
    }

    #[test]
    fn a_film_that_is_cut_short_tells_nothing() {
        let film = film();
        for end in 0..film.len() {
            assert_eq!(mpeg4(&Base64::new(&encoded(&film[..end]))), None, "{end}");
        }
    }

    #[test]
    fn boxes_without_an_end_are_given_up() {
        let endless = b"\0\0\0\x08free".repeat(100_000);
        assert_eq!(mpeg4(&Base64::new(&encoded(&endless))), None);
    }

    #[test]
    fn flac_and_ogg_state_their_samples() {
        let mut flac_bytes = b"fLaC\x80\0\0\x22".to_vec();
        flac_bytes.extend([0; 10]);
        flac_bytes.extend([0x0a, 0xc4, 0x42, 0xf0, 0, 0, 0xac, 0x44]); // 44.1 kHz, 44,100 samples
        assert_eq!(flac(&flac_bytes), Some(1.0));
        let mut ogg_bytes = b"OggS\0\x02".to_vec();
        ogg_bytes.extend([0; 22]);
        ogg_bytes.extend(b"OpusHead\x01\x01\0\0\0\0\0\0\0\0\0");
        ogg_bytes.extend(b"OggS\0\x04");
        ogg_bytes.extend(96_000_u64.to_le_bytes());
        let text = encoded(&ogg_bytes);
        assert_eq!(ogg(&ogg_bytes, &Base64::new(&text)), Some(2.0));
    }
}
