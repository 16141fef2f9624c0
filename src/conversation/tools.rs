//! Declared tools, and what the model must do with them.

use serde_json::Value;

/// A declared function.
#[derive(Clone, Debug, PartialEq)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// What it does.
    pub description: Option<String>,
    /// JSON Schema of its parameters, in the caller's key order.
    pub parameters: Option<Value>,
    /// Who runs it.
    pub kind: ToolKind,
    /// The declaration as the caller wrote it.
    pub raw: Value,
}

/// What a declared tool is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToolKind {
    /// A function that the caller runs.
    Function,
    /// A tool of the caller that takes text in a format of its own.
    Custom,
    /// A tool that the provider brings or runs: web search, code execution, MCP servers.
    Server,
}

impl Tool {
    /// Whether this is a function that the caller runs.
    #[must_use]
    pub fn is_function(&self) -> bool {
        self.kind == ToolKind::Function
    }
}

/// What the model must do with the tools.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToolChoice {
    /// Nothing was said, `auto`, or some of the tools.
    Free,
    /// Some tool must be called: `required`, `any`.
    Required,
    /// `none`.
    None,
    /// This function must be called.
    Forced(String),
}
