//! Gemini: what a content is made of.

use serde_json::{Map, Value};

use super::fields::either;
use crate::conversation::{Detail, File, Image, Part, Reasoning, ToolCall};
use crate::json;
use crate::media;
use crate::normalize::read;
use token_headroom_encoding::Result;

const INLINE: [&str; 2] = ["inlineData", "inline_data"];
const FILE: [&str; 2] = ["fileData", "file_data"];
const CALL: [&str; 2] = ["functionCall", "function_call"];
const RESPONSE: [&str; 2] = ["functionResponse", "function_response"];
const SIGNATURE: [&str; 2] = ["thoughtSignature", "thought_signature"];
const RESOLUTION: [&str; 2] = ["mediaResolution", "media_resolution"];
const METADATA: [&str; 2] = ["videoMetadata", "video_metadata"];
/// What the provider's own tools did.
const OWN_TOOLS: [[&str; 2]; 4] = [
    ["executableCode", "executable_code"],
    ["codeExecutionResult", "code_execution_result"],
    ["toolCall", "tool_call"],
    ["toolResponse", "tool_response"],
];

/// Whether an entry of `contents` is a part rather than a content.
pub(super) fn is_part(fields: &Map<String, Value>) -> bool {
    let data = [["text", "text"], INLINE, FILE, CALL, RESPONSE];
    !fields.contains_key("parts")
        && !fields.contains_key("role")
        && data
            .into_iter()
            .chain(OWN_TOOLS)
            .any(|keys| either(fields, keys).is_some())
}

/// An array of parts, one part, or a text.
pub(super) fn parts(value: &Value, path: &str) -> Result<Vec<Part>> {
    let mut parts = Vec::new();
    match value {
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                part(value, &format!("{path}[{index}]"), &mut parts)?;
            }
        }
        one @ (Value::Object(_) | Value::String(_)) => part(one, path, &mut parts)?,
        other => {
            return Err(read::wrong_type(other, path, "an array of parts")
                .with_hint("write [{ \"text\": \"...\" }]"));
        }
    }
    Ok(parts)
}

/// One part; what it carries besides its data comes first.
fn part(value: &Value, path: &str, parts: &mut Vec<Part>) -> Result<()> {
    if let Value::String(text) = value {
        parts.push(text_part(text));
        return Ok(());
    }
    let fields = read::object(value, path, "a part, such as { \"text\": \"...\" }")?;
    let sealed = match either(fields, SIGNATURE) {
        Some((key, value)) => {
            let signature = read::string(value, &read::join(path, key), "a signature in base64")?;
            u32::try_from(signature.len()).unwrap_or(u32::MAX)
        }
        None => 0,
    };
    let is_thought = read::optional(fields, "thought").is_some_and(|flag| flag == true);
    let text = read::optional_string(fields, "text", path, "what is said")?;
    if is_thought && let Some(text) = text {
        parts.push(Part::Reasoning(Reasoning {
            text: text.to_owned(),
            sealed,
            redacted: false,
        }));
        return Ok(());
    }
    if sealed > 0 || is_thought {
        parts.push(Part::Reasoning(Reasoning {
            sealed,
            redacted: true,
            ..Reasoning::default()
        }));
    }
    if let Some(text) = text {
        parts.push(text_part(text));
    } else if let Some((key, value)) = either(fields, CALL) {
        parts.push(call(value, &read::join(path, key))?);
    } else if let Some((key, value)) = either(fields, RESPONSE) {
        parts.push(response(value, &read::join(path, key))?);
    } else if let Some(media) = media_part(fields, path)? {
        parts.push(media);
    } else if fields.is_empty() {
        return Err(read::wrong_value(
            value,
            path,
            "a part with text, inlineData, fileData, functionCall or functionResponse",
        )
        .with_hint("use { \"text\": \"\" } for a part that says nothing"));
    } else {
        let data = |key: &String| key != "thought" && !SIGNATURE.contains(&key.as_str());
        let kept: Map<String, Value> = fields
            .iter()
            .filter(|(key, _)| data(key))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        if !kept.is_empty() {
            parts.push(Part::Opaque(Value::Object(kept)));
        }
    }
    Ok(())
}

fn text_part(text: &str) -> Part {
    Part::Text {
        text: text.to_owned(),
        breakpoint: false,
    }
}

fn call(value: &Value, path: &str) -> Result<Part> {
    let call = read::object(value, path, "a call with `name` and `args`")?;
    let arguments = match read::optional(call, "args") {
        Some(args) => {
            read::object(args, &read::join(path, "args"), "the call's arguments").map_err(
                |error| error.with_hint("pass an object, not a JSON text: JSON.parse(args)"),
            )?;
            json::compact(args)
        }
        None => "{}".to_owned(),
    };
    Ok(Part::ToolCall(ToolCall {
        id: id(call, path)?,
        name: name(call, path)?,
        arguments,
    }))
}

/// A result: its object as JSON, then the media beside it. Base64 inside the object is text to the provider too.
fn response(value: &Value, path: &str) -> Result<Part> {
    let result = read::object(value, path, "a result with `name` and `response`")?;
    let mut parts = Vec::new();
    if let Some(response) = read::optional(result, "response") {
        read::object(
            response,
            &read::join(path, "response"),
            "what the function returned",
        )
        .map_err(|error| error.with_hint("wrap it: { \"result\": ... }"))?;
        parts.push(text_part(&json::compact(response)));
    }
    if let Some(media) = read::optional(result, "parts") {
        let path = read::join(path, "parts");
        parts.extend(self::parts(media, &path)?);
    }
    Ok(Part::ToolResult {
        call_id: id(result, path)?,
        name: Some(name(result, path)?),
        parts,
        is_error: false,
    })
}

fn id(fields: &Map<String, Value>, path: &str) -> Result<String> {
    let id = read::optional_string(fields, "id", path, "the call's id")?;
    Ok(id.unwrap_or_default().to_owned())
}

fn name(fields: &Map<String, Value>, path: &str) -> Result<String> {
    read::required_string(
        fields,
        "name",
        path,
        "the function's name",
        "repeat the name under which the function is declared",
    )
    .map(str::to_owned)
}

/// A picture, recording, film or document, in the body or elsewhere.
fn media_part(fields: &Map<String, Value>, path: &str) -> Result<Option<Part>> {
    let mime = ["mimeType", "mime_type"];
    let (key, value, is_inline) = match (either(fields, INLINE), either(fields, FILE)) {
        (Some((key, value)), _) => (key, value, true),
        (None, Some((key, value))) => (key, value, false),
        (None, None) => return Ok(None),
    };
    let path = read::join(path, key);
    let blob = read::object(value, &path, "`mimeType` and `data` or `fileUri`")?;
    let kind = match either(blob, mime) {
        Some((key, value)) => read::string(value, &read::join(&path, key), "a media type")?,
        None if is_inline => {
            return Err(read::missing(
                "mimeType",
                &path,
                "a media type such as image/png",
                "say what the data is; the API requires it",
            ));
        }
        None => "",
    };
    let data = if is_inline {
        let hint = "pass the bytes in base64";
        Some(read::required_string(blob, "data", &path, "base64", hint)?)
    } else {
        let uri = either(blob, ["fileUri", "file_uri"]);
        let Some((key, uri)) = uri else {
            return Err(read::missing(
                "fileUri",
                &path,
                "where the file is",
                "pass the `uri` of the uploaded file, or a gs:// or https:// address",
            ));
        };
        let uri = read::string(uri, &read::join(&path, key), "where the file is")?;
        if kind.is_empty() && (uri.contains("youtube.com/") || uri.contains("youtu.be/")) {
            return Ok(Some(Part::Video {
                seconds: clip(fields),
            }));
        }
        None
    };
    let name = either(blob, ["displayName", "display_name"]).and_then(|(_, name)| name.as_str());
    Ok(Some(match kind.split('/').next().unwrap_or_default() {
        "image" => Part::Image(Image {
            size: data.and_then(media::picture_size),
            detail: detail(fields),
        }),
        "audio" => Part::Audio {
            seconds: data.and_then(media::audio_seconds),
        },
        "video" => Part::Video {
            seconds: clip(fields).or_else(|| data.and_then(media::film_seconds)),
        },
        family => {
            let is_text = family == "text" || kind == "application/json";
            Part::File(File {
                name: name.map(str::to_owned),
                text: data.filter(|_| is_text).and_then(media::plain_text),
                ..data.map(media::file).unwrap_or_default()
            })
        }
    }))
}

/// `mediaResolution` of a part: `{ "level": "MEDIA_RESOLUTION_LOW" }`.
fn detail(fields: &Map<String, Value>) -> Detail {
    let level = either(fields, RESOLUTION).map(|(_, value)| value.get("level").unwrap_or(value));
    resolution(level)
}

/// A media resolution as a detail.
pub(crate) fn resolution(level: Option<&Value>) -> Detail {
    let level = level.and_then(Value::as_str).unwrap_or_default();
    match level.split("RESOLUTION_").last().unwrap_or_default() {
        "LOW" => Detail::Low,
        "MEDIUM" => Detail::Medium,
        "HIGH" => Detail::High,
        "ULTRA_HIGH" => Detail::Original,
        _ => Detail::Auto,
    }
}

/// Seconds of the clip that `videoMetadata` cuts out of a film, when it states both ends.
fn clip(fields: &Map<String, Value>) -> Option<f64> {
    let metadata = either(fields, METADATA)?.1.as_object()?;
    let offset = |keys| {
        let text = either(metadata, keys)?.1.as_str()?;
        media::decimal(text.strip_suffix('s')?)
    };
    let start = offset(["startOffset", "start_offset"]).unwrap_or(0.0);
    let seconds = offset(["endOffset", "end_offset"])? - start;
    (seconds.is_finite() && seconds >= 0.0).then_some(seconds)
}
