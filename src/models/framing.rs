//! The framing rules that a model follows, by name.

/// How a provider frames messages, tools and schemas for a model.
///
/// Each variant is a class of recorded requests that one set of constants describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Framing {
    /// gpt-3.5-turbo-0301/0613, gpt-4-0613, gpt-4-32k and their undated Azure twins.
    OpenaiOld,
    /// gpt-3.5, gpt-4, 4o, 4.1, 4.5.
    OpenaiChat,
    /// o1, o3, o4.
    OpenaiReasoning,
    /// gpt-5 and later.
    OpenaiGpt5,
    /// gpt-4o search previews: contents only.
    OpenaiSearch,
    /// Bare text: Completions, embeddings.
    OpenaiText,
    /// Claude 2 and older.
    Claude2,
    /// Claude 3 Haiku.
    Claude3Haiku,
    /// Claude 3 Sonnet.
    Claude3Sonnet,
    /// Claude 3 Opus.
    Claude3Opus,
    /// Claude 3.5 Sonnet of June 2024.
    Claude35Sonnet0620,
    /// Claude 3.5 Sonnet of October 2024.
    Claude35Sonnet,
    /// Claude 3.5 Haiku.
    Claude35Haiku,
    /// Claude 3.7 Sonnet.
    Claude37Sonnet,
    /// Claude Sonnet 4, Opus 4 and 4.1.
    Claude4,
    /// Claude Sonnet 4.5, Haiku 4.5, Opus 4.5.
    Claude45,
    /// Claude Sonnet 4.6, Opus 4.6.
    Claude46,
    /// Claude Opus 4.7.
    Claude47,
    /// Claude Opus 4.8.
    Claude48,
    /// Claude Opus 5.
    ClaudeOpus5,
    /// Claude Sonnet 5.
    ClaudeSonnet5,
    /// Claude Fable 5 and later models of which there is no record.
    ClaudeFable5,
    /// Gemini 1.x and 2.0.
    Gemini2,
    /// Gemini 2.5.
    Gemini25,
    /// Gemini 3.
    Gemini3,
    /// Gemini 3.5 and later: thinking is kept across turns.
    Gemini35,
    /// Gemma: on the Gemini API as Gemini 2.5, elsewhere its chat template.
    Gemma,
    /// Mistral, layout v1 to v3 of mistral-common.
    MistralV3,
    /// Mistral, layout v7.
    MistralV7,
    /// Mistral, layout v11.
    MistralV11,
    /// Mistral, layout v13.
    MistralV13,
    /// Mistral, layout v15.
    MistralV15,
    /// DeepSeek V3, R1.
    DeepseekV3,
    /// DeepSeek V3.1, V3.2.
    DeepseekV31,
    /// DeepSeek V4.
    DeepseekV4,
    /// Grok 2.
    Grok2,
    /// Grok 3.
    Grok3,
    /// Grok 4, 4 fast and 4.1 fast.
    Grok4,
    /// Grok 4.3.
    Grok43,
    /// Cohere Command A and R7B.
    CommandA,
    /// Cohere Command A+ of May 2026.
    CommandAPlus,
    /// Other Command models.
    Command,
    /// Amazon Nova 1.
    Nova1,
    /// Amazon Nova 2.
    Nova2,
    /// Amazon Titan text.
    Titan,
    /// Llama 3.0.
    Llama3,
    /// Llama 3.1 to 3.3.
    Llama31,
    /// Llama 4.
    Llama4,
    /// Qwen 2.5.
    Qwen25,
    /// Qwen 3 and later.
    Qwen3,
    /// gpt-oss.
    Harmony,
    /// GLM 4.5 to 4.7.
    Glm4,
    /// GLM 5.
    Glm5,
    /// Perplexity Sonar.
    Sonar,
    /// Kimi K2.
    Kimi,
    /// MiniMax M2.
    Minimax,
    /// A ChatML-like frame, for models of which there is no record.
    Generic,
}

/// The code that knows a framing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Message frames and TypeScript namespaces.
    Openai,
    /// Turns, XML calls and hidden tool prompts.
    Claude,
    /// Bare text, Python stubs or control tokens.
    Gemini,
    /// Control tokens around JSON.
    Mistral,
    /// A chat template of an open model, or constants of a provider.
    Template,
}

impl Framing {
    /// The framing that is called `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        NAMES
            .iter()
            .find(|(_, own)| *own == name)
            .map(|(framing, _)| *framing)
    }

    /// The name in the catalogue.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES
            .iter()
            .find(|(framing, _)| *framing == self)
            .map_or("", |(_, name)| name)
    }

    /// The family that this framing belongs to.
    #[must_use]
    pub fn family(self) -> Family {
        match self {
            Self::OpenaiOld
            | Self::OpenaiChat
            | Self::OpenaiReasoning
            | Self::OpenaiGpt5
            | Self::OpenaiSearch
            | Self::OpenaiText => Family::Openai,
            Self::Claude2
            | Self::Claude3Haiku
            | Self::Claude3Sonnet
            | Self::Claude3Opus
            | Self::Claude35Sonnet0620
            | Self::Claude35Sonnet
            | Self::Claude35Haiku
            | Self::Claude37Sonnet
            | Self::Claude4
            | Self::Claude45
            | Self::Claude46
            | Self::Claude47
            | Self::Claude48
            | Self::ClaudeOpus5
            | Self::ClaudeSonnet5
            | Self::ClaudeFable5 => Family::Claude,
            Self::Gemini2 | Self::Gemini25 | Self::Gemini3 | Self::Gemini35 | Self::Gemma => {
                Family::Gemini
            }
            Self::MistralV3
            | Self::MistralV7
            | Self::MistralV11
            | Self::MistralV13
            | Self::MistralV15 => Family::Mistral,
            _ => Family::Template,
        }
    }
}

/// Every framing with its name in the catalogue, in plans and in projections.
#[rustfmt::skip] // One framing per line.
const NAMES: &[(Framing, &str)] = &[
    (Framing::OpenaiOld, "openai_old"),
    (Framing::OpenaiChat, "openai_chat"),
    (Framing::OpenaiReasoning, "openai_reasoning"),
    (Framing::OpenaiGpt5, "openai_gpt5"),
    (Framing::OpenaiSearch, "openai_search"),
    (Framing::OpenaiText, "openai_text"),
    (Framing::Claude2, "claude2"),
    (Framing::Claude3Haiku, "claude3_haiku"),
    (Framing::Claude3Sonnet, "claude3_sonnet"),
    (Framing::Claude3Opus, "claude3_opus"),
    (Framing::Claude35Sonnet0620, "claude35_sonnet0620"),
    (Framing::Claude35Sonnet, "claude35_sonnet"),
    (Framing::Claude35Haiku, "claude35_haiku"),
    (Framing::Claude37Sonnet, "claude37_sonnet"),
    (Framing::Claude4, "claude4"),
    (Framing::Claude45, "claude45"),
    (Framing::Claude46, "claude46"),
    (Framing::Claude47, "claude47"),
    (Framing::Claude48, "claude48"),
    (Framing::ClaudeOpus5, "claude_opus5"),
    (Framing::ClaudeSonnet5, "claude_sonnet5"),
    (Framing::ClaudeFable5, "claude_fable5"),
    (Framing::Gemini2, "gemini2"),
    (Framing::Gemini25, "gemini25"),
    (Framing::Gemini3, "gemini3"),
    (Framing::Gemini35, "gemini35"),
    (Framing::Gemma, "gemma"),
    (Framing::MistralV3, "mistral_v3"),
    (Framing::MistralV7, "mistral_v7"),
    (Framing::MistralV11, "mistral_v11"),
    (Framing::MistralV13, "mistral_v13"),
    (Framing::MistralV15, "mistral_v15"),
    (Framing::DeepseekV3, "deepseek_v3"),
    (Framing::DeepseekV31, "deepseek_v31"),
    (Framing::DeepseekV4, "deepseek_v4"),
    (Framing::Grok2, "grok2"),
    (Framing::Grok3, "grok3"),
    (Framing::Grok4, "grok4"),
    (Framing::Grok43, "grok43"),
    (Framing::CommandA, "command_a"),
    (Framing::CommandAPlus, "command_aplus"),
    (Framing::Command, "command"),
    (Framing::Nova1, "nova1"),
    (Framing::Nova2, "nova2"),
    (Framing::Titan, "titan"),
    (Framing::Llama3, "llama3"),
    (Framing::Llama31, "llama31"),
    (Framing::Llama4, "llama4"),
    (Framing::Qwen25, "qwen25"),
    (Framing::Qwen3, "qwen3"),
    (Framing::Harmony, "harmony"),
    (Framing::Glm4, "glm4"),
    (Framing::Glm5, "glm5"),
    (Framing::Sonar, "sonar"),
    (Framing::Kimi, "kimi"),
    (Framing::Minimax, "minimax"),
    (Framing::Generic, "generic"),
];
