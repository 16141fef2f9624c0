//! Media as programs hand it to frameworks: base64, a URL, or bytes in one of the forms that JSON gives them.
//!
//! The npm package copies no bytes into JSON. `pkg-template/snapshot.ts` writes an `ArrayBuffer`, a typed array or a
//! Node.js `Buffer` as `{ "$binary": "<base64 of the first 64 KiB>", "byteLength": <length of the whole> }`, which is
//! enough for every header; a header that lies deeper reads as an unknown size. A checksum beside them tells different media apart.

use serde_json::{Map, Value};

use crate::conversation::{Detail, File, Image, Part};
use crate::media::{self, Base64};

/// Where media is.
pub(super) enum Data<'a> {
    /// In the request.
    Inline(Base64<'a>),
    /// Behind a URL or an id.
    Remote,
}

impl<'a> Data<'a> {
    /// Reads a value in any of the forms; what is none of them is not in the request.
    pub(super) fn of(value: &'a Value) -> Self {
        match value {
            Value::String(text) => Self::of_text(text),
            Value::Array(numbers) => Self::Inline(Base64::of_bytes(&bytes(numbers.iter()))),
            Value::Object(fields) => Self::of_object(fields).unwrap_or(Self::Remote),
            _ => Self::Remote,
        }
    }

    fn of_text(text: &'a str) -> Self {
        if let Some(data) = Base64::of_data_url(text) {
            return Self::Inline(data);
        }
        let scheme = text.bytes().take(32).take_while(|byte| *byte != b'/');
        if scheme.clone().any(|byte| byte == b':') {
            return Self::Remote;
        }
        Self::Inline(Base64::new(text))
    }

    fn of_object(fields: &'a Map<String, Value>) -> Option<Self> {
        if let Some(Value::String(start)) = fields.get("$binary") {
            let length = fields.get("byteLength").and_then(Value::as_u64);
            let length = length.and_then(|length| usize::try_from(length).ok());
            return Some(Self::Inline(Base64::new(start).starting(length?)));
        }
        // What `JSON.stringify` makes of a Buffer, and of a Uint8Array.
        if let Some(Value::Array(numbers)) = fields.get("data") {
            return Some(Self::Inline(Base64::of_bytes(&bytes(numbers.iter()))));
        }
        fields
            .get("0")
            .is_some_and(Value::is_u64)
            .then(|| Self::Inline(Base64::of_bytes(&bytes(fields.values()))))
    }
}

fn bytes<'a>(numbers: impl Iterator<Item = &'a Value>) -> Vec<u8> {
    numbers
        .map_while(|number| u8::try_from(number.as_u64()?).ok())
        .collect()
}

/// The part that media of `media_type` is; `image`, `audio` and `video` will do where the subtype is not known.
pub(super) fn part(media_type: &str, data: &Data<'_>, name: Option<&str>) -> Part {
    let kind = media_type.split(['/', ';']).next().unwrap_or_default();
    match (kind.trim(), data) {
        ("image", data) => Part::Image(Image {
            size: match data {
                Data::Inline(data) => media::image_size_in(data),
                Data::Remote => None,
            },
            detail: Detail::Auto,
        }),
        ("audio", Data::Inline(data)) => Part::Audio {
            seconds: media::audio_seconds_in(data),
        },
        ("audio", Data::Remote) => Part::Audio { seconds: None },
        ("video", Data::Inline(data)) => Part::Video {
            seconds: media::film_seconds_in(data),
        },
        ("video", Data::Remote) => Part::Video { seconds: None },
        (kind, Data::Inline(data)) => Part::File(File {
            name: name.map(str::to_owned),
            text: (kind == "text").then(|| media::text_in(data)).flatten(),
            ..media::file_in(data)
        }),
        (_, Data::Remote) => Part::File(File {
            name: name.map(str::to_owned),
            ..File::default()
        }),
    }
}

/// The media type that a data URL states.
pub(super) fn stated_type(value: &Value) -> Option<&str> {
    let text = value.as_str()?;
    let rest = text.get(5..).filter(|_| {
        text.get(..5)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"))
    })?;
    rest.split([';', ',']).next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The first 24 bytes of a PNG of 3 by 5 pixels.
    const PNG: [u8; 24] = [
        0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0,
        0, 3, 0, 0, 0, 5,
    ];
    const PNG_BASE64: &str = "iVBORw0KGgoAAAANSUhEUgAAAAMAAAAF";

    fn size(value: &Value) -> Option<(u32, u32)> {
        match part("image", &Data::of(value), None) {
            Part::Image(image) => image.size,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_form_of_the_same_bytes_has_the_same_size() {
        let indexed: Map<String, Value> = PNG
            .iter()
            .enumerate()
            .map(|(index, byte)| (index.to_string(), json!(byte)))
            .collect();
        for value in [
            json!(PNG_BASE64),
            json!(format!("data:image/png;base64,{PNG_BASE64}")),
            json!(PNG),
            json!({ "type": "Buffer", "data": PNG }),
            json!({ "$binary": PNG_BASE64, "byteLength": 999_999 }),
            Value::Object(indexed),
        ] {
            assert_eq!(size(&value), Some((3, 5)), "{value}");
        }
    }

    #[test]
    fn what_is_elsewhere_or_damaged_has_no_size() {
        for value in [
            json!("https://example.com/a.png"),
            json!("gs://bucket/a.png"),
            json!("blob:nothing"),
            json!(""),
            json!([1, 2, 3]),
            json!([300, -1]),
            json!({ "$binary": 4 }),
            json!({ "$binary": "", "byteLength": u64::MAX }),
            json!({}),
            json!(null),
        ] {
            assert_eq!(size(&value), None, "{value}");
        }
    }

    #[test]
    fn a_document_whose_start_is_told_is_as_long_as_it_says() {
        let start = json!({ "$binary": "JVBERi0xLjcKL1R5cGUgL1BhZ2Ug", "byteLength": 409_600 });
        let Part::File(file) = part("application/pdf", &Data::of(&start), Some("a.pdf")) else {
            panic!("a file");
        };
        assert_eq!((file.bytes, file.pages), (Some(409_600), Some(20)));
        assert_eq!(file.name.as_deref(), Some("a.pdf"));
    }

    #[test]
    fn a_plain_text_document_is_read() {
        let Part::File(file) = part("text/plain", &Data::of(&json!("TWFueSBoYW5kcw==")), None)
        else {
            panic!("a file");
        };
        assert_eq!(file.text.as_deref(), Some("Many hands"));
    }

    #[test]
    fn a_data_url_states_its_type() {
        assert_eq!(
            stated_type(&json!("data:text/csv;base64,AA==")),
            Some("text/csv")
        );
        assert_eq!(stated_type(&json!("https://example.com")), None);
        assert_eq!(stated_type(&json!("d\u{e4}ta")), None);
    }
}
