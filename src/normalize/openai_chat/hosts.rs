//! OpenAI Chat Completions as other hosts take it: thoughts sent back, documents by address, switches for thinking.

use serde_json::{Map, Value};

use crate::conversation::{File, Part, Reasoning, Thinking};
use crate::media;
use crate::normalize::read;
use token_headroom_encoding::Result;

/// Mistral's chunk of thoughts: texts in a list, or one text.
pub(super) fn thinking(part: &Map<String, Value>, path: &str) -> Result<Part> {
    let path = read::join(path, "thinking");
    let Some(value) = read::optional(part, "thinking") else {
        return Err(read::missing(
            "thinking",
            path.trim_end_matches(".thinking"),
            "a list of texts",
            "write [{ \"type\": \"text\", \"text\": \"...\" }]",
        ));
    };
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(chunks) => texts(chunks),
        other => return Err(read::wrong_type(other, &path, "a list of texts")),
    };
    Ok(Part::Reasoning(Reasoning {
        text,
        sealed: sealed(part.get("signature")),
        redacted: false,
    }))
}

fn texts(chunks: &[Value]) -> String {
    let text = |chunk: &Value| {
        let text = chunk.get("text").unwrap_or(chunk);
        text.as_str().unwrap_or_default().to_owned()
    };
    chunks.iter().map(text).collect()
}

fn sealed(value: Option<&Value>) -> u32 {
    let length = value.and_then(Value::as_str).map_or(0, str::len);
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// A document by address: `document_url` (Mistral) and `file_url` (Perplexity), as text or as an object with `url`.
pub(super) fn document(part: &Map<String, Value>, key: &str, path: &str) -> Result<Part> {
    let hint = "write the address, or a data URL";
    let place = read::join(path, key);
    let url = match read::optional(part, key) {
        Some(Value::Object(fields)) => {
            read::required_string(fields, "url", &place, "where the document is", hint)?
        }
        _ => read::required_string(part, key, path, "where the document is", hint)?,
    };
    let inline = url.starts_with("data:").then(|| media::file(url));
    let name = ["document_name", "file_name"]
        .iter()
        .find_map(|key| part.get(*key)?.as_str());
    Ok(Part::File(File {
        name: name.map(str::to_owned),
        ..inline.unwrap_or_default()
    }))
}

/// Thoughts beside the content: `reasoning_details` (OpenRouter), else `reasoning_content` (DeepSeek, xAI, Qwen), else
/// `reasoning` (Groq, vLLM). Hosts repeat the same thoughts under several of them.
pub(super) fn reasoning(fields: &Map<String, Value>, path: &str) -> Result<Vec<Part>> {
    if let Some(Value::Array(details)) = read::optional(fields, "reasoning_details")
        && !details.is_empty()
    {
        return Ok(details.iter().map(detail).collect());
    }
    for key in ["reasoning_content", "reasoning"] {
        let text = read::optional_string(fields, key, path, "what the model thought")?;
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            return Ok(vec![Part::Reasoning(Reasoning {
                text: text.to_owned(),
                ..Reasoning::default()
            })]);
        }
    }
    Ok(Vec::new())
}

/// An entry of `reasoning_details`: `reasoning.text`, `reasoning.summary` or `reasoning.encrypted`.
fn detail(detail: &Value) -> Part {
    let text = ["text", "summary"]
        .iter()
        .find_map(|key| detail.get(*key)?.as_str())
        .unwrap_or_default();
    let sealed = sealed(detail.get("signature")).max(self::sealed(detail.get("data")));
    Part::Reasoning(Reasoning {
        text: text.to_owned(),
        sealed,
        redacted: text.is_empty(),
    })
}

/// Whether the model is asked to think, under the names that hosts have for it.
pub(super) fn thinks(body: &Map<String, Value>) -> Thinking {
    let switched = |value: bool| {
        if value {
            Thinking::Enabled
        } else {
            Thinking::Disabled
        }
    };
    let in_template = body
        .get("chat_template_kwargs")
        .and_then(|settings| settings.get("enable_thinking"));
    if let Some(value) = body.get("enable_thinking").or(in_template) {
        return value.as_bool().map_or(Thinking::Unsaid, switched);
    }
    match body
        .get("thinking")
        .and_then(|value| value["type"].as_str())
    {
        Some("enabled") => return Thinking::Enabled,
        Some("disabled") => return Thinking::Disabled,
        Some("adaptive" | "auto") => return Thinking::Adaptive,
        _ => {}
    }
    if let Some(reasoning) = body.get("reasoning").filter(|value| value.is_object()) {
        let disabled = reasoning["enabled"] == Value::Bool(false) || reasoning["effort"] == "none";
        return switched(!disabled);
    }
    match body.get("reasoning_effort").and_then(Value::as_str) {
        Some(effort) => switched(effort != "none"),
        None => Thinking::Unsaid,
    }
}
