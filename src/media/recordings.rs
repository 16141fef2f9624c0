//! Lengths of recordings: of WAV and MP3 here, of what is in containers there.

use super::base64::Base64;
use super::{HEADER, big, containers, little};

/// Seconds of a WAV, MP3, FLAC, Ogg or MPEG-4 recording.
pub(super) fn seconds(data: &Base64<'_>) -> Option<f64> {
    let start = data.bytes(0, HEADER);
    let seconds = wav(&start, data.len())
        .or_else(|| containers::flac(&start))
        .or_else(|| containers::ogg(&start, data))
        .or_else(|| containers::mpeg4(data))
        .or_else(|| mp3(data))?;
    (seconds.is_finite() && seconds >= 0.0).then_some(seconds)
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

/// Seconds of an MP3 file: by its frame count when it states one, without the samples that its encoder says it put before
/// and after the sound, else at the first frame's bit rate.
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
        .filter(|at| big(&frame, at + 4, 4).is_some_and(|flags| flags & 1 == 1));
    if let Some(at) = stated {
        let all = f64::from(big(&frame, at + 8, 4)?) * samples;
        return Some((all - padding(&frame, at).unwrap_or(0.0)).max(0.0) / sample_rate);
    }
    let rate = *MP3_RATES
        .get(table)?
        .get(((header >> 12) & 15) as usize)
        .filter(|rate| **rate > 0)?;
    Some(data.len().saturating_sub(start) as f64 * 8.0 / (f64::from(rate) * 1000.0))
}

/// Samples that an encoder put before and after the sound: two numbers of 12 bits in the extension of the frame that states
/// the count, which encoders of the LAME and Lavc families write.
fn padding(frame: &[u8], at: usize) -> Option<f64> {
    let flags = big(frame, at + 4, 4)?;
    let optional: usize = [(1, 4), (2, 4), (4, 100), (8, 4)]
        .iter()
        .map(|(flag, length)| if flags & flag == 0 { 0 } else { *length })
        .sum();
    let extension = at + 8 + optional;
    let name = frame.get(extension..extension + 4)?;
    if name != b"LAME" && name != b"Lavc" && name != b"Lavf" {
        return None;
    }
    let both = big(frame, extension + 21, 3)?;
    Some(f64::from((both >> 12) + (both & 0xfff)))
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::audio_seconds_in;
    use super::*;

    /// The start of an MP3 of 124 frames (MPEG 1, 44.1 kHz, mono) whose encoder states 576 samples before the sound and 1,344
    /// after it.
    pub(in crate::media) fn stated_mp3() -> Vec<u8> {
        let mut frame = b"\xff\xfb\x90\xc4".to_vec();
        frame.resize(21, 0);
        frame.extend(b"Info\0\0\0\x0f\0\0\0\x7c\0\0\xcb\x42");
        frame.extend([0; 104]);
        frame.extend(b"Lavc57.10");
        frame.extend([0; 12]);
        frame.extend([0x24, 0x05, 0x40]);
        frame.resize(400, 0);
        frame
    }

    #[test]
    fn what_an_encoder_adds_is_not_heard() {
        let whole = stated_mp3();
        let seconds = audio_seconds_in(&Base64::of_bytes(&whole));
        assert_eq!(seconds, Some(140_928.0 / 44_100.0));
        let mut unsaid = whole;
        unsaid[21 + 120] = b'X';
        let seconds = audio_seconds_in(&Base64::of_bytes(&unsaid));
        assert_eq!(seconds, Some(124.0 * 1_152.0 / 44_100.0));
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
