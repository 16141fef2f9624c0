//! Who serves a model: the same model is counted differently by different hosts.

use serde::{Deserialize, Serialize};

use crate::conversation::Dialect;

/// An API that serves models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Host {
    /// The model's own maker.
    Maker,
    /// Azure OpenAI and Azure AI.
    Azure,
    /// Amazon Bedrock.
    Bedrock,
    /// Google Vertex AI.
    Vertex,
    /// OpenRouter.
    Openrouter,
    /// Groq.
    Groq,
    /// Cerebras.
    Cerebras,
    /// Together AI.
    Together,
    /// Fireworks AI.
    Fireworks,
    /// Hugging Face.
    Huggingface,
    /// Ollama.
    Ollama,
    /// GitHub Models.
    Github,
    /// Databricks.
    Databricks,
    /// Snowflake.
    Snowflake,
    /// llama.cpp and servers around it.
    LlamaCpp,
    /// vLLM and other servers that apply a model's own template.
    Vllm,
    /// Any other.
    Other,
}

/// Names under which options, model prefixes and recorded requests mean a host.
#[rustfmt::skip] // One host per line.
const NAMES: &[(Host, &[&str])] = &[
    (Host::Maker, &["maker", "openai", "anthropic", "google", "gemini", "mistral", "mistralai", "deepseek", "deepseek-ai", "xai", "x-ai", "cohere", "perplexity", "zai", "z-ai", "moonshotai", "moonshot", "minimax", "meta", "meta-llama", "qwen", "alibaba", "dashscope", "zhipuai", "ai21", "nvidia", "google-gla", "google_ai_studio", "cohere_chat", "mistral-ai", "microsoft"]),
    (Host::Azure, &["azure", "azure_ai", "azure-openai", "azure_openai", "azure_text", "azure-cognitive-services"]),
    (Host::Bedrock, &["bedrock", "bedrock-mantle", "amazon", "amazon-bedrock", "aws", "bedrock_converse"]),
    (Host::Vertex, &["vertex", "vertex_ai", "google-vertex", "vertex_ai_beta", "google-vertex-anthropic"]),
    (Host::Openrouter, &["openrouter"]),
    (Host::Groq, &["groq"]),
    (Host::Cerebras, &["cerebras"]),
    (Host::Together, &["together", "together_ai", "togetherai"]),
    (Host::Fireworks, &["fireworks", "fireworks_ai", "fireworks-ai"]),
    (Host::Huggingface, &["huggingface", "hf"]),
    (Host::Ollama, &["ollama", "ollama_chat"]),
    (Host::Github, &["github", "github-models", "github_copilot", "github-copilot"]),
    (Host::Databricks, &["databricks"]),
    (Host::Snowflake, &["snowflake"]),
    (Host::LlamaCpp, &["llama.cpp", "llama_cpp", "llamacpp", "gpustack", "lmstudio", "lm_studio", "llamafile"]),
    (Host::Vllm, &["vllm", "local", "hosted_vllm"]),
    (Host::Other, &["other", "hyperbolic", "cloudflare", "crusoe", "sambanova", "writer", "heroku", "novita", "nebius", "portkey", "vercel", "deepinfra", "cloudflare-workers-ai", "vercel_ai_gateway", "replicate", "watsonx", "nscale", "nvidia_nim", "baseten", "oci", "sagemaker", "friendliai", "gmi", "chutes", "cortecs", "helicone", "litellm_proxy", "litellm"]),
];

impl Host {
    /// The host that is called `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        NAMES
            .iter()
            .find(|(_, names)| names.contains(&name.as_str()))
            .map(|(host, _)| *host)
    }

    /// The host that a dialect implies where nothing else was said.
    #[must_use]
    pub fn of_dialect(dialect: Dialect) -> Self {
        match dialect {
            Dialect::BedrockConverse => Self::Bedrock,
            Dialect::Ollama => Self::Ollama,
            _ => Self::Maker,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_written_as_it_can_be_read() {
        for (host, names) in NAMES {
            let written = serde_json::to_value(host).unwrap();
            let written = written.as_str().unwrap();
            assert_eq!(Host::named(written), Some(*host), "{written}");
            for name in *names {
                assert_eq!(Host::named(name), Some(*host), "{name} names two hosts");
            }
        }
    }
}
