//! Vercel AI SDK: what tools answered.
//!
//! Texts are sent as they are and JSON is written with `JSON.stringify`; so are results of version 4 whatever they are.
//! By `@ai-sdk/openai` 4.0 and `ai` 4.3.

use serde_json::{Map, Value};

use super::parts::{media, tool_name};
use crate::conversation::Part;
use crate::json;
use crate::normalize::binary::{self, Data};
use crate::normalize::read;
use token_headroom_encoding::Result;

/// What is sent for a call that was not allowed, when no reason is given.
const DENIED: &str = "Tool call execution denied.";

/// A `tool-result` part.
pub(super) fn tool_result(fields: &Map<String, Value>, path: &str) -> Result<Part> {
    let call_id = read::required_string(
        fields,
        "toolCallId",
        path,
        "the id of the call that is answered",
        "copy the `toolCallId` of the tool-call part",
    )?;
    let (parts, failed) = match read::optional(fields, "output") {
        Some(value) => output(value, &read::join(path, "output"))?,
        None => (earlier(fields, path)?, false),
    };
    Ok(Part::ToolResult {
        call_id: call_id.to_owned(),
        name: Some(tool_name(fields, path)?),
        parts,
        is_error: failed || fields.get("isError").and_then(Value::as_bool) == Some(true),
    })
}

/// Version 4: `result`, or the parts that stand for it.
fn earlier(fields: &Map<String, Value>, path: &str) -> Result<Vec<Part>> {
    for key in ["experimental_content", "content"] {
        if let Some(Value::Array(parts)) = fields.get(key) {
            return read::parts(parts, &read::join(path, key), &content_part);
        }
    }
    let Some(result) = fields.get("result") else {
        return Err(read::missing(
            "output",
            path,
            "an object with `type` and `value`",
            "write { \"type\": \"text\", \"value\": \"...\" } or { \"type\": \"json\", \"value\": ... }",
        ));
    };
    Ok(vec![text(json::plain(result))])
}

/// The tagged output of version 5 and later, and whether the tool failed.
fn output(value: &Value, path: &str) -> Result<(Vec<Part>, bool)> {
    let fields = read::object(value, path, "an output with `type` and `value`")?;
    let kind = read::required_string(
        fields,
        "type",
        path,
        "the kind of output",
        "use text, json, error-text, error-json, execution-denied or content",
    )?;
    let given = fields.get("value").unwrap_or(&Value::Null);
    let at_value = || read::join(path, "value");
    let failed = matches!(kind, "error-text" | "error-json" | "execution-denied");
    let parts = match kind {
        "text" | "error-text" => {
            let said = read::string(given, &at_value(), "what the tool answered")?;
            vec![text(said.to_owned())]
        }
        "json" | "error-json" => vec![text(json::plain(given))],
        "execution-denied" => {
            let reason = fields.get("reason").and_then(Value::as_str);
            vec![text(reason.unwrap_or(DENIED).to_owned())]
        }
        "content" => {
            let parts = given
                .as_array()
                .ok_or_else(|| read::wrong_type(given, &at_value(), "an array of parts"))?;
            read::parts(parts, &at_value(), &content_part)?
        }
        _ => vec![Part::Opaque(value.clone())],
    };
    Ok((parts, failed))
}

fn content_part(value: &Value, path: &str) -> Result<Part> {
    let fields = read::object(value, path, "a part with `type`")?;
    let key = |key| fields.contains_key(key);
    Ok(match fields.get("type").and_then(Value::as_str) {
        Some("text") => {
            let hint = "use \"\" for no text";
            let said = read::required_string(fields, "text", path, "what is said", hint)?;
            text(said.to_owned())
        }
        Some("image" | "image-data") if key("data") => media(fields, "data", "image", path)?,
        Some("image-url") => media(fields, "url", "image", path)?,
        Some("image-file-id") => binary::part("image", &Data::Remote, None),
        Some("media" | "file" | "file-data") if key("data") => media(fields, "data", "", path)?,
        Some("file-url") => media(fields, "url", "", path)?,
        Some("file-id") => binary::part("", &Data::Remote, None),
        _ => Part::Opaque(value.clone()),
    })
}

fn text(text: String) -> Part {
    Part::Text {
        text,
        breakpoint: false,
    }
}
