//! OpenAI Chat Completions: what a message's content is made of.

use serde_json::{Map, Value};

use super::hosts;
use crate::conversation::{Detail, File, Image, Part};
use crate::media;
use crate::normalize::read;
use token_headroom_encoding::{Code, Error, Result};

/// A string, or an array of parts; the API takes bare strings in the array.
pub(in crate::normalize) fn content_parts(value: &Value, path: &str) -> Result<Vec<Part>> {
    match value {
        Value::String(text) => Ok(vec![text_part(text)]),
        Value::Array(parts) => parts
            .iter()
            .enumerate()
            .map(|(index, part)| content_part(part, &format!("{path}[{index}]")))
            .collect(),
        other => Err(
            read::wrong_type(other, path, "a string or an array of parts").with_hint(
                "wrap a single part in an array: [{ \"type\": \"text\", \"text\": \"...\" }]",
            ),
        ),
    }
}

pub(in crate::normalize) fn text_part(text: &str) -> Part {
    Part::Text {
        text: text.to_owned(),
        breakpoint: false,
    }
}

fn content_part(value: &Value, path: &str) -> Result<Part> {
    if let Value::String(text) = value {
        return Ok(text_part(text));
    }
    let part = read::object(value, path, "a content part with `type`")?;
    let kind = read::required_string(
        part,
        "type",
        path,
        "the kind of part",
        "use text, image_url, input_audio or file",
    )?;
    match kind {
        "text" => said(part, path),
        "image_url" => image(part, path),
        "input_audio" => audio(part, path),
        "file" => file(part, path),
        "thinking" => hosts::thinking(part, path),
        "document_url" | "file_url" => hosts::document(part, kind, path),
        _ => Ok(Part::Opaque(value.clone())),
    }
}

/// A part that says a text.
pub(in crate::normalize) fn said(part: &Map<String, Value>, path: &str) -> Result<Part> {
    let hint = "use \"\" for no text";
    Ok(Part::Text {
        text: read::required_string(part, "text", path, "what is said", hint)?.to_owned(),
        breakpoint: read::optional(part, "prompt_cache_breakpoint").is_some(),
    })
}

fn image(part: &Map<String, Value>, path: &str) -> Result<Part> {
    let path = read::join(path, "image_url");
    let hint = "write { \"url\": \"https://...\" } or a data URL";
    let value = part
        .get("image_url")
        .ok_or_else(|| read::missing("image_url", "", "an object with `url`", hint))
        .map_err(|error| Error {
            path: path.clone(),
            ..error
        })?;
    // Mistral and Ollama take the address itself.
    if let Value::String(url) = value {
        return Ok(Part::Image(Image {
            size: media::image_size(url),
            detail: Detail::Auto,
        }));
    }
    let fields = read::object(value, &path, "`url` of the picture")
        .map_err(|error| error.with_hint(hint))?;
    let url = read::required_string(fields, "url", &path, "where the picture is", hint)?;
    Ok(Part::Image(Image {
        size: media::image_size(url),
        detail: detail(fields, &path)?,
    }))
}

/// The `detail` of a picture found at `path`; the same in Chat and in Responses.
pub(in crate::normalize) fn detail(fields: &Map<String, Value>, path: &str) -> Result<Detail> {
    let Some(value) = read::optional(fields, "detail") else {
        return Ok(Detail::Auto);
    };
    let path = read::join(path, "detail");
    match read::string(value, &path, "how closely to look")? {
        "auto" => Ok(Detail::Auto),
        "low" => Ok(Detail::Low),
        "high" => Ok(Detail::High),
        "original" => Ok(Detail::Original),
        _ => Err(read::wrong_value(
            value,
            &path,
            "auto, low, high or original",
        )),
    }
}

fn audio(part: &Map<String, Value>, path: &str) -> Result<Part> {
    let hint = "write { \"data\": \"<base64>\", \"format\": \"wav\" }";
    let path = read::join(path, "input_audio");
    let fields = match part.get("input_audio") {
        // Mistral takes the recording itself.
        Some(Value::String(data)) => {
            return Ok(Part::Audio {
                seconds: media::audio_seconds(data),
            });
        }
        Some(value) => read::object(value, &path, "`data` and `format` of the recording")
            .map_err(|error| error.with_hint(hint))?,
        None => {
            return Err(Error::new(
                Code::MissingField,
                path,
                "found nothing, expected an object with `data` and `format`",
            )
            .with_hint(hint));
        }
    };
    let data = read::required_string(fields, "data", &path, "the recording in base64", hint)?;
    Ok(Part::Audio {
        seconds: media::audio_seconds(data),
    })
}

fn file(part: &Map<String, Value>, path: &str) -> Result<Part> {
    let hint =
        "write { \"file_id\": \"...\" } or { \"filename\": \"...\", \"file_data\": \"data:...\" }";
    let path = read::join(path, "file");
    let fields = match part.get("file") {
        Some(value) => read::object(value, &path, "`file_id` or `file_data`")
            .map_err(|error| error.with_hint(hint))?,
        None => {
            return Err(Error::new(
                Code::MissingField,
                path,
                "found nothing, expected an object with `file_id` or `file_data`",
            )
            .with_hint(hint));
        }
    };
    let name = read::optional_string(fields, "filename", &path, "the file's name")?;
    let data = read::optional_string(fields, "file_data", &path, "the file in base64")?;
    // Some hosts take the address of a file in place of its bytes.
    let data = data.filter(|data| !data.starts_with("http"));
    Ok(Part::File(File {
        name: name.map(str::to_owned),
        ..data.map(media::file).unwrap_or_default()
    }))
}
