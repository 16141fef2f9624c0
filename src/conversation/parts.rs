//! What messages are made of.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A piece of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Text.
    Text {
        /// The text.
        text: String,
        /// Whether the provider ends a cache segment here, which keeps the text from merging with the next part.
        breakpoint: bool,
    },
    /// A picture.
    Image(Image),
    /// A recording.
    Audio {
        /// Its length, when the header tells.
        seconds: Option<f64>,
    },
    /// A film.
    Video {
        /// Its length, when known.
        seconds: Option<f64>,
    },
    /// A document.
    File(File),
    /// What the model thought before it answered.
    Reasoning(Reasoning),
    /// The model asks for a tool.
    ToolCall(ToolCall),
    /// A tool's answer.
    ToolResult {
        /// The call that is answered; empty for a legacy function message and where the dialect has no ids.
        call_id: String,
        /// The tool's name, where the dialect repeats it (Gemini, AI SDK).
        name: Option<String>,
        /// The answer.
        parts: Vec<Part>,
        /// Whether the tool failed.
        is_error: bool,
    },
    /// JSON of a kind that this version does not know; counted as text, with a bound.
    Opaque(Value),
}

/// A picture, as far as its header and the request tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Image {
    /// Width and height in pixels, when known.
    pub size: Option<(u32, u32)>,
    /// The detail that was asked for.
    pub detail: Detail,
}

/// How closely the model looks at a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// The provider's default.
    Auto,
    /// One small view.
    Low,
    /// Between the two; Gemini alone has it.
    Medium,
    /// Tiles or patches within the usual budget.
    High,
    /// Unreduced.
    Original,
}

/// A document, as far as the request tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct File {
    /// Its name or title, when given.
    pub name: Option<String>,
    /// Its pages, when the document tells.
    pub pages: Option<u32>,
    /// Size in bytes, when it travels in the request.
    pub bytes: Option<u64>,
    /// What it says, for a document of plain text that travels in the request.
    pub text: Option<String>,
    /// What the request says about it besides.
    pub context: Option<String>,
    /// What a PDF that travels in the request shows, as far as it can be read without rendering it, and what an office document
    /// says: a text, a presentation or the cells of a sheet.
    pub page_text: Option<String>,
    /// Width and height of its first page, in points.
    pub page_size: Option<(u32, u32)>,
    /// Whether the model is asked to cite it.
    pub citations: bool,
}

/// Thinking that is sent back to the provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reasoning {
    /// The part that can be read: thoughts, or a summary of them.
    pub text: String,
    /// Length of the part that only the provider can read (a signature, encrypted or redacted thoughts), in characters as
    /// sent; 0 without one.
    pub sealed: u32,
    /// Whether `text` is missing because the provider withheld it.
    pub redacted: bool,
}

/// A call that the model makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolCall {
    /// The id that the result answers; empty for a legacy `function_call`.
    pub id: String,
    /// The function's name.
    pub name: String,
    /// Arguments as the model wrote them: a JSON text, usually.
    pub arguments: String,
}
