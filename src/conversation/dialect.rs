//! The dialects that requests are written in.

use serde::{Deserialize, Serialize};

/// The API whose request bodies are understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Dialect {
    /// OpenAI Chat Completions, `POST /v1/chat/completions`, and every host that speaks it.
    OpenaiChat,
    /// OpenAI Responses, `POST /v1/responses` and `/v1/responses/input_tokens`.
    OpenaiResponses,
    /// A bare `prompt`: OpenAI Completions and hosts that speak it, Ollama's `/api/generate`.
    Completions,
    /// Anthropic Messages, `POST /v1/messages` and `/v1/messages/count_tokens`, also through Bedrock and Vertex.
    Anthropic,
    /// Gemini, `generateContent` and `countTokens`, also through Vertex.
    Gemini,
    /// Bedrock `Converse` and `ConverseStream`.
    BedrockConverse,
    /// Cohere chat, version 2 (`messages`) and 1 (`message`, `chat_history`).
    Cohere,
    /// Ollama, `POST /api/chat`.
    Ollama,
    /// Vercel AI SDK: `ModelMessage[]` and `LanguageModelV2..V4Prompt`.
    AiSdk,
    /// LangChain messages, live or serialised.
    Langchain,
    /// AutoGen 0.2 chats, 0.4+ messages and saved states.
    Autogen,
}

/// Every dialect with its name in options and in errors.
const DIALECTS: [(Dialect, &str); 11] = [
    (Dialect::OpenaiChat, "openai_chat"),
    (Dialect::OpenaiResponses, "openai_responses"),
    (Dialect::Completions, "completions"),
    (Dialect::Anthropic, "anthropic"),
    (Dialect::Gemini, "gemini"),
    (Dialect::BedrockConverse, "bedrock_converse"),
    (Dialect::Cohere, "cohere"),
    (Dialect::Ollama, "ollama"),
    (Dialect::AiSdk, "ai_sdk"),
    (Dialect::Langchain, "langchain"),
    (Dialect::Autogen, "autogen"),
];

impl Dialect {
    /// The dialect that is called `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        DIALECTS
            .iter()
            .find(|(_, own)| *own == name)
            .map(|(dialect, _)| *dialect)
    }

    /// Its name in options and in errors.
    #[must_use]
    pub fn name(self) -> &'static str {
        DIALECTS
            .iter()
            .find(|(dialect, _)| *dialect == self)
            .map_or("", |(_, name)| name)
    }

    /// The field that holds the list of messages; paths in errors and warnings start with it.
    #[must_use]
    pub fn list_key(self) -> &'static str {
        match self {
            Self::OpenaiResponses => "input",
            Self::Gemini => "contents",
            Self::Completions => "prompt",
            _ => "messages",
        }
    }
}
