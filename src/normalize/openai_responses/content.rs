//! OpenAI Responses: what an item's content is made of.

use serde_json::{Map, Value};

use crate::conversation::{File, Image, Part};
use crate::media;
use crate::normalize::openai_chat::{detail, said};
use crate::normalize::read;
use token_headroom_encoding::Result;

/// A string, or an array of parts.
pub(super) fn content_parts(value: &Value, path: &str) -> Result<Vec<Part>> {
    match value {
        Value::String(text) => Ok(vec![Part::Text {
            text: text.clone(),
            breakpoint: false,
        }]),
        Value::Array(parts) => parts
            .iter()
            .enumerate()
            .map(|(index, part)| content_part(part, &format!("{path}[{index}]")))
            .collect(),
        other => Err(
            read::wrong_type(other, path, "a string or an array of parts").with_hint(
                "wrap a single part in an array: [{ \"type\": \"input_text\", \"text\": \"...\" }]",
            ),
        ),
    }
}

fn content_part(value: &Value, path: &str) -> Result<Part> {
    let part = read::object(value, path, "a content part with `type`")?;
    let kind = read::required_string(
        part,
        "type",
        path,
        "the kind of part",
        "use input_text, input_image, input_file, input_audio or output_text",
    )?;
    Ok(match kind {
        "input_text" | "output_text" | "text" => said(part, path)?,
        "input_image" | "computer_screenshot" => image(part, path)?,
        "input_file" => file(part, path)?,
        "input_audio" => audio(part, path)?,
        _ => Part::Opaque(value.clone()),
    })
}

fn image(part: &Map<String, Value>, path: &str) -> Result<Part> {
    let hint = "write \"image_url\": \"https://...\" or a data URL, or a `file_id`";
    let url = read::optional_string(part, "image_url", path, "where the picture is")
        .map_err(|error| error.with_hint(hint))?;
    if url.is_none() && read::optional(part, "file_id").is_none() {
        return Err(read::missing("image_url", path, "a URL", hint));
    }
    Ok(Part::Image(Image {
        size: url.and_then(media::image_size),
        detail: detail(part, path)?,
    }))
}

fn file(part: &Map<String, Value>, path: &str) -> Result<Part> {
    let name = read::optional_string(part, "filename", path, "the file's name")?;
    let data = read::optional_string(part, "file_data", path, "the file in base64")?;
    if data.is_none()
        && ["file_id", "file_url"]
            .into_iter()
            .all(|key| read::optional(part, key).is_none())
    {
        return Err(read::missing(
            "file_data",
            path,
            "the file in base64",
            "write `filename` and `file_data`, or one of `file_id` and `file_url`",
        ));
    }
    Ok(Part::File(File {
        name: name.map(str::to_owned),
        ..data.map(media::file).unwrap_or_default()
    }))
}

fn audio(part: &Map<String, Value>, path: &str) -> Result<Part> {
    let hint = "write \"input_audio\": { \"data\": \"<base64>\", \"format\": \"wav\" }";
    let recording = part
        .get("input_audio")
        .ok_or_else(|| read::missing("input_audio", path, "`data` and `format`", hint))?;
    let path = read::join(path, "input_audio");
    let fields = read::object(recording, &path, "`data` and `format` of the recording")
        .map_err(|error| error.with_hint(hint))?;
    let data = read::required_string(fields, "data", &path, "the recording in base64", hint)?;
    Ok(Part::Audio {
        seconds: media::audio_seconds(data),
    })
}
