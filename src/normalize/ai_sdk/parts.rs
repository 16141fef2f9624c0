//! Vercel AI SDK: what a message's content is made of.

use serde_json::{Map, Value};

use super::output;
use crate::conversation::{Part, Reasoning, ToolCall};
use crate::normalize::binary::{self, Data};
use crate::normalize::read;
use token_headroom_encoding::Result;

/// Normalises one part. Parts of other kinds, approvals among them, are kept as they are.
pub(super) fn part(value: &Value, path: &str) -> Result<Part> {
    let fields = read::object(value, path, "a part with `type`")?;
    let kind = read::required_string(
        fields,
        "type",
        path,
        "the kind of part",
        "use text, image, file, reasoning, tool-call or tool-result",
    )?;
    Ok(match kind {
        "text" => Part::Text {
            text: read::required_string(
                fields,
                "text",
                path,
                "what is said",
                "use \"\" for no text",
            )?
            .to_owned(),
            breakpoint: false,
        },
        "image" => media(fields, "image", "image", path)?,
        "file" | "reasoning-file" => media(fields, "data", "", path)?,
        "reasoning" => reasoning(fields, path)?,
        "redacted-reasoning" => Part::Reasoning(Reasoning {
            sealed: length(fields.get("data")),
            redacted: true,
            ..Reasoning::default()
        }),
        "tool-call" => tool_call(fields, path)?,
        "tool-result" => output::tool_result(fields, path)?,
        _ => Part::Opaque(value.clone()),
    })
}

/// A picture or a file; `kind` is what it is when no media type says so.
pub(super) fn media(
    fields: &Map<String, Value>,
    key: &str,
    kind: &str,
    path: &str,
) -> Result<Part> {
    let Some(value) = read::optional(fields, key) else {
        return Err(read::missing(
            key,
            path,
            "base64, bytes or a URL",
            "write a string, a Uint8Array or a URL",
        ));
    };
    let text = |key| fields.get(key).and_then(Value::as_str);
    let stated = text("mediaType")
        .or_else(|| text("mimeType"))
        .or_else(|| binary::stated_type(value))
        .filter(|_| kind.is_empty())
        .unwrap_or(kind);
    let name = text("filename");
    // Version 7 tags what the data is.
    let tagged = value.get("type").and_then(Value::as_str);
    let data = match tagged {
        Some("text") => {
            let said = read::optional(fields, key).and_then(|value| value.get("text")?.as_str());
            return Ok(plain_text(said.unwrap_or_default(), name));
        }
        Some("data") => value.get("data").map_or(Data::Remote, Data::of),
        Some("url") => value.get("url").map_or(Data::Remote, Data::of),
        Some("reference") => Data::Remote,
        _ => Data::of(value),
    };
    Ok(binary::part(stated, &data, name))
}

/// A document of plain text.
pub(super) fn plain_text(text: &str, name: Option<&str>) -> Part {
    Part::File(crate::conversation::File {
        name: name.map(str::to_owned),
        bytes: Some(text.len() as u64),
        text: Some(text.to_owned()),
        ..crate::conversation::File::default()
    })
}

/// Thoughts. What only the provider can read travels in its own options.
fn reasoning(fields: &Map<String, Value>, path: &str) -> Result<Part> {
    let text = read::optional_string(fields, "text", path, "what was thought")?;
    let options = fields
        .get("providerOptions")
        .or_else(|| fields.get("providerMetadata"));
    let sealed = [
        "/anthropic/signature",
        "/anthropic/redactedData",
        "/bedrock/signature",
        "/bedrock/redactedData",
        "/google/thoughtSignature",
        "/openai/reasoningEncryptedContent",
    ]
    .into_iter()
    .find_map(|place| options?.pointer(place).filter(|value| value.is_string()))
    .or_else(|| fields.get("signature"));
    let text = text.unwrap_or_default();
    let sealed = length(sealed);
    Ok(Part::Reasoning(Reasoning {
        redacted: text.is_empty() && sealed > 0,
        text: text.to_owned(),
        sealed,
    }))
}

fn length(value: Option<&Value>) -> u32 {
    let text = value.and_then(Value::as_str).unwrap_or_default();
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

/// `input`, in version 4 `args`: any value, which is sent as JSON, or a JSON text.
fn tool_call(fields: &Map<String, Value>, path: &str) -> Result<Part> {
    let input = read::optional(fields, "input").or_else(|| read::optional(fields, "args"));
    Ok(Part::ToolCall(ToolCall {
        id: read::required_string(
            fields,
            "toolCallId",
            path,
            "the call's id",
            "give every call an id; its result repeats it as `toolCallId`",
        )?
        .to_owned(),
        name: tool_name(fields, path)?,
        arguments: input.map_or_else(|| "{}".to_owned(), read::json_text),
    }))
}

/// The name of the tool that is called or answers.
pub(super) fn tool_name(fields: &Map<String, Value>, path: &str) -> Result<String> {
    read::required_string(
        fields,
        "toolName",
        path,
        "the tool's name",
        "repeat the name under which the tool is declared",
    )
    .map(str::to_owned)
}
