//! Gemini: one content.

use serde_json::{Map, Value, json};

use super::parts::{is_part, parts};
use crate::conversation::{Dialect, Message, Part, Role};
use crate::normalize::read;
use token_headroom_encoding::{Code, Error, Result};

/// Normalises one content: a text, a bare part, or parts with a role.
pub(in crate::normalize) fn message(raw: Value, path: &str) -> Result<Message> {
    let (role, parts) = match &raw {
        Value::Object(fields) if is_typed(fields) => (Role::User, said(fields, path)?),
        Value::Object(fields) if !is_part(fields) => content(fields, path)?,
        Value::String(_) | Value::Object(_) => (Role::User, parts(&raw, path)?),
        other => {
            return Err(
                read::wrong_type(other, path, "a content with `role` and `parts`")
                    .with_hint("write { \"role\": \"user\", \"parts\": [{ \"text\": \"...\" }] }"),
            );
        }
    };
    Ok(Message {
        role: speaker(role, &parts),
        name: None,
        parts,
        dialect: Dialect::Gemini,
        raw,
    })
}

/// Whether an entry has a type, as those of the Interactions API do.
fn is_typed(fields: &Map<String, Value>) -> bool {
    let has = |key: &str| fields.contains_key(key);
    has("type") && !has("parts") && !has("role")
}

/// One entry of the Interactions API: a text, or media in the request. Its turns and steps are not read.
fn said(fields: &Map<String, Value>, path: &str) -> Result<Vec<Part>> {
    let get = |key: &str| fields.get(key).unwrap_or(&Value::Null);
    match get("type").as_str() {
        Some("text") => parts(get("text"), path),
        Some("image" | "audio" | "video" | "document") if get("data").is_string() => {
            let blob = json!({ "data": get("data"), "mimeType": get("mime_type") });
            parts(&json!({ "inlineData": blob }), path)
        }
        kind => Err(interaction(
            path,
            &format!("an entry of the type {:?}", kind.unwrap_or_default()),
        )),
    }
}

/// The error for what only the Interactions API has.
pub(super) fn interaction(path: &str, found: &str) -> Error {
    Error::new(
        Code::UnsupportedDialect,
        path,
        format!(
            "found {found} of Google's Interactions API, expected texts and media in the request"
        ),
    )
    .with_hint("pass the same history as the `contents` of `generateContent`")
}

fn content(fields: &Map<String, Value>, path: &str) -> Result<(Role, Vec<Part>)> {
    let role = role(fields, path)?;
    let value = fields.get("parts").ok_or_else(|| {
        let hint = match fields.get("content") {
            Some(_) => "Gemini has `parts` where others have `content`: [{ \"text\": \"...\" }]",
            None => "use [] for a content that says nothing",
        };
        read::missing("parts", path, "an array of parts", hint)
    })?;
    Ok((role, parts(value, &read::join(path, "parts"))?))
}

/// The API takes `user` and `model`, `function` for results, and no role for the user.
fn role(fields: &Map<String, Value>, path: &str) -> Result<Role> {
    let role = read::optional_string(fields, "role", path, "user or model")?;
    let hint = match role {
        None | Some("user" | "") => return Ok(Role::User),
        Some("model") => return Ok(Role::Assistant),
        Some("function" | "tool") => return Ok(Role::Tool),
        Some("system" | "developer") => "put instructions into `systemInstruction`",
        Some("assistant" | "ai") => "write \"model\"",
        Some(_) => "use user or model",
    };
    Err(Error::new(
        Code::UnknownRole,
        read::join(path, "role"),
        format!(
            "found the role {:?}, expected user, model or function",
            role.unwrap_or_default()
        ),
    )
    .with_hint(hint))
}

/// Who speaks: without a result it is no tool, whatever its role says.
fn speaker(role: Role, parts: &[Part]) -> Role {
    let is_result = |part: &Part| matches!(part, Part::ToolResult { .. });
    match role.of(parts) {
        Role::Tool if !parts.iter().any(is_result) => Role::User,
        other => other,
    }
}
