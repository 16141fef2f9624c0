//! Gemini: the form of the answer, thinking, and the cap on output.

use serde_json::{Map, Value};

use super::fields::{either, generation};
use crate::conversation::{ResponseFormat, Thinking};
use crate::normalize::read;
use token_headroom_encoding::Result;

/// The form that the answer must have. Gemini does not name schemas.
pub(super) fn response_format(body: &Map<String, Value>, path: &str) -> Result<ResponseFormat> {
    let schema = [
        ["responseSchema", "response_schema"],
        ["responseJsonSchema", "response_json_schema"],
    ];
    for keys in schema {
        if let Some((key, schema)) = generation(body, keys) {
            read::object(schema, &read::join(path, &key), "a schema of the answer")?;
            return Ok(ResponseFormat::JsonSchema {
                name: String::new(),
                description: None,
                schema: schema.clone(),
            });
        }
    }
    let Some((key, kind)) = generation(body, ["responseMimeType", "response_mime_type"]) else {
        return Ok(ResponseFormat::Text);
    };
    Ok(
        match read::string(kind, &read::join(path, &key), "a media type")? {
            "application/json" => ResponseFormat::JsonObject,
            _ => ResponseFormat::Text,
        },
    )
}

/// A budget of 0 switches thinking off, -1 leaves it to the model.
pub(super) fn thinking(body: &Map<String, Value>) -> Thinking {
    let config = generation(body, ["thinkingConfig", "thinking_config"]);
    let Some(config) = config.as_ref().and_then(|(_, value)| value.as_object()) else {
        return Thinking::Unsaid;
    };
    let budget = either(config, ["thinkingBudget", "thinking_budget"]);
    match budget.and_then(|(_, value)| value.as_f64()) {
        Some(0.0) => Thinking::Disabled,
        Some(budget) if budget < 0.0 => Thinking::Adaptive,
        Some(_) => Thinking::Enabled,
        None if either(config, ["thinkingLevel", "thinking_level"]).is_some() => Thinking::Enabled,
        None => Thinking::Unsaid,
    }
}

/// `maxOutputTokens`.
pub(super) fn output_cap(body: &Map<String, Value>, path: &str) -> Result<Option<u32>> {
    let Some((key, value)) = generation(body, ["maxOutputTokens", "max_output_tokens"]) else {
        return Ok(None);
    };
    let alone = Map::from_iter([("maxOutputTokens".to_owned(), value.clone())]);
    read::cap(&alone, "maxOutputTokens").map_err(|error| token_headroom_encoding::Error {
        path: read::join(path, &key),
        ..error
    })
}
