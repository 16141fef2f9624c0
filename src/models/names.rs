//! How hosts, gateways and libraries write the name of a model.

use super::Host;

/// Regions before a maker's name, as Amazon Bedrock's inference profiles have them.
const REGIONS: [&str; 10] = [
    "us", "us-gov", "eu", "apac", "jp", "au", "ca", "sa", "in", "global",
];

/// How weights are stored, at the end of a name: that changes no count.
const STORED: [&str; 13] = [
    "fp8-fast", "fp8", "fp16", "bf16", "nvfp4", "mxfp4", "awq", "gptq", "int4", "int8", "4bit",
    "8bit", "gguf",
];

/// Dates at the end of a name, of which `0` is any digit; the longest first.
const DATES: [&str; 5] = ["0000-00-00", "00000000", "00-0000", "00-00", "0000"];

/// Bytes of the longest name that is taken apart: the longest that hosts give are resource names of some 200.
const LONGEST: usize = 512;

/// A name taken apart.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Spelling {
    /// Who serves the model, where the name says so. A maker's name does not: gateways put it before all models.
    pub(crate) host: Option<Host>,
    /// What the catalogue may call the model: as it is written, then less and less of it.
    pub(crate) names: Vec<String>,
}

/// Takes `name` apart.
///
/// Whole names are compared afterwards, never prefixes, and only what is no part of a model's identity is taken off: so
/// `gpt-4o` cannot be taken for `gpt-4`, nor a new variant for the model that it is named after.
pub(crate) fn spelling(name: &str) -> Spelling {
    let whole = name.trim().to_ascii_lowercase();
    let mut found = Spelling {
        host: None,
        names: vec![whole.clone()],
    };
    if whole.len() > LONGEST {
        return found;
    }
    // `openrouter/anthropic/claude-opus-4.1`, `publishers/google/models/gemini-2.5-pro`, `arn:aws:bedrock:...:0:inference-profile/...`.
    let rest = match whole.rsplit_once('/') {
        Some((path, last)) => {
            found.host = path.split(['/', ':']).find_map(host_of_segment);
            found.add(last);
            last
        }
        None => &whole,
    };
    // `openai:gpt-4o` has its host before the colon, `mistral:7b` a tag behind it: both are tried.
    if let Some((first, model)) = rest.split_once(':')
        && let Some(host) = Host::named(first)
    {
        found.add_host(host);
        found.shorten(model);
    }
    found.shorten(rest);
    found
}

impl Spelling {
    fn add(&mut self, name: &str) {
        if !name.is_empty() && self.names.last().is_none_or(|last| last != name) {
            self.names.push(name.to_owned());
        }
    }

    fn add_host(&mut self, host: Host) {
        if host != Host::Maker && self.host.is_none() {
            self.host = Some(host);
        }
    }

    /// Adds `name` and all that is left of it as ornaments fall.
    fn shorten(&mut self, name: &str) {
        let mut rest = name.strip_prefix("ft:").unwrap_or(name);
        if let Some(model) = rest.strip_prefix("databricks-") {
            self.add_host(Host::Databricks);
            rest = model;
        }
        let mut ends = Ends::default();
        while let Some((first, model)) = rest.split_once('.')
            && let Some(host) = dotted(first)
        {
            // Bedrock versions what it serves: `anthropic.claude-3-haiku-20240307-v1:0`.
            ends.versioned = true;
            self.add_host(host);
            rest = model;
        }
        if self.host == Some(Host::Fireworks)
            && let Some(pointed) = points(rest)
        {
            return self.fall(&pointed, ends);
        }
        self.fall(rest, ends);
    }

    fn fall(&mut self, name: &str, mut ends: Ends) {
        let mut rest = name;
        self.add(rest);
        while let Some(shorter) = ends.fall(rest) {
            rest = shorter;
            self.add(rest);
        }
    }
}

/// One spelling of what is spelled with points, colons, underscores and hyphens: `claude-haiku-4.5` and `claude-haiku-4-5`,
/// `gpt-oss:20b` and `gpt-oss-20b`, `claude-3-5-sonnet@20240620` and `claude-3-5-sonnet-20240620`.
pub(crate) fn folded(name: &str) -> String {
    name.chars()
        .map(|letter| match letter {
            '.' | ':' | '_' | '@' | ' ' => '-',
            letter => letter.to_ascii_lowercase(),
        })
        .collect()
}

/// What has fallen off the end of a name, which decides what else may.
#[derive(Clone, Copy, Default)]
struct Ends {
    /// A version of the host's own, such as `:0`.
    versioned: bool,
    dated: bool,
}

impl Ends {
    /// `name` without its last ornament.
    fn fall<'a>(&mut self, name: &'a str) -> Option<&'a str> {
        // `:free`, `:0`, `:my-org::id`, `@20240620`, `@default`.
        if let Some((base, end)) = name.rsplit_once([':', '@']) {
            self.versioned |= !end.is_empty() && end.bytes().all(|byte| byte.is_ascii_digit());
            return Some(base);
        }
        if let Some(base) = DATES.iter().find_map(|date| without(name, date)) {
            self.dated = true;
            return Some(base);
        }
        if let Some(base) = without(name, "latest") {
            return Some(base);
        }
        // `gemini-2.5-pro-preview-05-06`: a preview by date is the model; one without may be another.
        if self.dated
            && let Some(base) = without(name, "preview").or_else(|| without(name, "exp"))
        {
            return Some(base);
        }
        // `anthropic.claude-3-haiku-20240307-v1:0`, `openai.gpt-oss-120b-1:0`; but `deepseek-chat-v3` is a model.
        if self.versioned
            && let Some(base) = ["v0", "v00", "1"].iter().find_map(|end| without(name, end))
        {
            return Some(base);
        }
        if name.starts_with("gemini")
            && let Some(base) = without(name, "000")
        {
            return Some(base);
        }
        if let Some(base) = STORED.iter().find_map(|end| without(name, end)) {
            return Some(base);
        }
        // `Llama-3.3-70B-Instruct-Turbo` is a faster server; `gpt-4-turbo` is a model.
        without(name, "turbo").filter(|base| base.ends_with("-instruct"))
    }
}

/// `name` without `end`, in which `0` is any digit but where a zero is all there could be.
fn without<'a>(name: &'a str, end: &str) -> Option<&'a str> {
    let at = name.len().checked_sub(end.len())?;
    let (base, found) = (name.get(..at)?, name.get(at..)?);
    let like = |(letter, pattern): (u8, u8)| match pattern {
        b'0' => letter.is_ascii_digit(),
        _ => letter == pattern,
    };
    let is = found.bytes().zip(end.bytes()).all(like);
    is.then(|| base.strip_suffix(['-', '_']))?
        .filter(|base| !base.is_empty())
}

/// The host that a segment of a path means.
fn host_of_segment(segment: &str) -> Option<Host> {
    match segment {
        // `projects/p/locations/l/publishers/google/models/gemini-2.5-pro`
        "publishers" | "projects" => Some(Host::Vertex),
        // `accounts/fireworks/models/deepseek-v3p1`
        "accounts" => Some(Host::Fireworks),
        // Cloudflare Workers AI
        "@cf" | "@hf" => Some(Host::Other),
        _ => Host::named(segment).filter(|host| *host != Host::Maker),
    }
}

/// The host of a name that begins with `first` and a dot. Only Bedrock puts regions and makers so.
fn dotted(first: &str) -> Option<Host> {
    if REGIONS.contains(&first) {
        return Some(Host::Bedrock);
    }
    match Host::named(first)? {
        Host::Maker => Some(Host::Bedrock),
        host => Some(host),
    }
}

/// `llama-v3p1-8b` as the catalogue writes it: Fireworks has no points in names, and a `v` before versions.
fn points(name: &str) -> Option<String> {
    let bytes = name.as_bytes();
    let digit = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at))
            .is_some_and(u8::is_ascii_digit)
    };
    let mut pointed = String::with_capacity(name.len());
    for (at, letter) in name.char_indices() {
        match letter {
            'p' if digit(at.checked_sub(1)) && digit(Some(at + 1)) => pointed.push('.'),
            'v' if name.starts_with("llama-v") && at == 6 => {}
            letter => pointed.push(letter),
        }
    }
    (pointed != name).then_some(pointed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reaches(name: &str, model: &str) -> bool {
        let spelling = spelling(name);
        spelling
            .names
            .iter()
            .any(|own| folded(own) == folded(model))
    }

    /// Spelling, what the catalogue may call it, and the host that the spelling names.
    #[rustfmt::skip] // One spelling per line.
    const SPELLINGS: &[(&str, &str, Option<Host>)] = &[
        ("gpt-4o", "gpt-4o", None),
        (" GPT-4o ", "gpt-4o", None),
        ("gpt-4o-2024-08-06", "gpt-4o", None),
        ("gpt-5.2_2025-12-11", "gpt-5.2", None),
        ("openai/gpt-4o", "gpt-4o", None),
        ("openai:o3", "o3", None),
        ("@openai/gpt-4o", "gpt-4o", None),
        ("chatgpt-4o-latest", "chatgpt-4o", None),
        ("ft:gpt-4o-mini-2024-07-18:org::id", "gpt-4o-mini", None),
        ("openai/ft:gpt-4o:org:suffix:id", "gpt-4o", None),
        ("davinci:ft-org-2023-01-01-00-00-00", "davinci", None),
        ("azure/gpt-4o-mini", "gpt-4o-mini", Some(Host::Azure)),
        ("azure/eu/gpt-4o-2024-08-06", "gpt-4o", Some(Host::Azure)),
        ("azure:gpt-4o", "gpt-4o", Some(Host::Azure)),
        ("azure_ai/Kimi-K2.5", "kimi-k2.5", Some(Host::Azure)),
        ("openrouter/openai/gpt-5.2:free", "gpt-5.2", Some(Host::Openrouter)),
        ("openrouter/anthropic/claude-opus-4.1", "claude-opus-4-1", Some(Host::Openrouter)),
        ("openrouter:anthropic/claude-haiku-4.5", "claude-haiku-4-5", Some(Host::Openrouter)),
        ("anthropic/claude-3.5-haiku:beta", "claude-3-5-haiku", None),
        ("deepseek/deepseek-chat-v3-0324", "deepseek-chat-v3-0324", None),
        ("claude-sonnet-4-20250514", "claude-sonnet-4", None),
        ("claude-sonnet-4-5-20250929", "claude-sonnet-4-5", None),
        ("claude-3-5-sonnet-latest", "claude-3-5-sonnet", None),
        ("claude-3-5-sonnet@20240620", "claude-3-5-sonnet-20240620", None),
        ("vertex_ai/claude-opus-4-5@20251101", "claude-opus-4-5", Some(Host::Vertex)),
        ("claude-opus-4-6@default", "claude-opus-4-6", None),
        ("claude-3-5-sonnet-v2@20241022", "claude-3-5-sonnet", None),
        ("anthropic.claude-3-haiku-20240307-v1:0", "claude-3-haiku", Some(Host::Bedrock)),
        ("us.anthropic.claude-3-haiku-20240307-v1:0", "claude-3-haiku", Some(Host::Bedrock)),
        ("us-gov.anthropic.claude-3-5-sonnet-20240620-v1:0", "claude-3-5-sonnet-20240620", Some(Host::Bedrock)),
        ("global.anthropic.claude-opus-4-8", "claude-opus-4-8", Some(Host::Bedrock)),
        ("bedrock/us-west-2/anthropic.claude-v2:1", "claude-v2-1", Some(Host::Bedrock)),
        ("bedrock/converse/us.amazon.nova-pro-v1:0", "nova-pro", Some(Host::Bedrock)),
        ("bedrock:us.anthropic.claude-sonnet-4-20250514-v1:0", "claude-sonnet-4", Some(Host::Bedrock)),
        ("arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-3-7-sonnet-20250219-v1:0", "claude-3-7-sonnet", Some(Host::Bedrock)),
        ("arn:aws:bedrock:us-east-1::foundation-model/meta.llama3-1-8b-instruct-v1:0", "llama3.1-8b-instruct", Some(Host::Bedrock)),
        ("openai.gpt-oss-120b-1:0", "gpt-oss-120b", Some(Host::Bedrock)),
        ("cohere.command-text-v14", "command-text", Some(Host::Bedrock)),
        ("us.amazon.nova-2-lite-v1:0", "nova-2-lite", Some(Host::Bedrock)),
        ("google.gemma-3-27b-it", "gemma-3-27b-it", Some(Host::Bedrock)),
        ("models/gemini-2.5-pro", "gemini-2.5-pro", None),
        ("gemini/gemini-2.5-flash", "gemini-2.5-flash", None),
        ("publishers/google/models/gemini-2.5-pro", "gemini-2.5-pro", Some(Host::Vertex)),
        ("projects/p/locations/us-central1/publishers/google/models/gemini-2.0-flash-001", "gemini-2.0-flash", Some(Host::Vertex)),
        ("vertex_ai/gemini-2.5-flash", "gemini-2.5-flash", Some(Host::Vertex)),
        ("gemini-2.5-pro-preview-05-06", "gemini-2.5-pro", None),
        ("gemini-2.5-flash-preview-09-2025", "gemini-2.5-flash", None),
        ("gemini-1.5-flash-002", "gemini-1.5-flash", None),
        ("accounts/fireworks/models/deepseek-v3p1", "deepseek-v3.1", Some(Host::Fireworks)),
        ("fireworks_ai/accounts/fireworks/models/llama-v3p1-8b-instruct", "llama-3.1-8b-instruct", Some(Host::Fireworks)),
        ("accounts/fireworks/models/kimi-k2-instruct", "kimi-k2-instruct", Some(Host::Fireworks)),
        ("meta-llama/Llama-3.1-8B-Instruct", "llama-3.1-8b-instruct", None),
        ("together_ai/meta-llama/Llama-3.3-70B-Instruct-Turbo", "llama-3.3-70b-instruct", Some(Host::Together)),
        ("RedHatAI/Llama-3.3-70B-Instruct-FP8", "llama-3.3-70b-instruct", None),
        ("cloudflare/@cf/meta/llama-3.3-70b-instruct-fp8-fast", "llama-3.3-70b-instruct", Some(Host::Other)),
        ("@cf/meta/llama-3.1-8b-instruct", "llama-3.1-8b-instruct", Some(Host::Other)),
        ("groq/openai/gpt-oss-20b", "gpt-oss-20b", Some(Host::Groq)),
        ("cerebras/llama3.1-8b", "llama3.1-8b", Some(Host::Cerebras)),
        ("ollama/llama3.2:3b", "llama3.2", Some(Host::Ollama)),
        ("ollama_chat/gpt-oss:20b", "gpt-oss-20b", Some(Host::Ollama)),
        ("mistral:7b", "mistral", None),
        ("qwen3:latest", "qwen3", None),
        ("hf.co/bartowski/Llama-3.2-3B-Instruct-GGUF:Q4_K_M", "llama-3.2-3b-instruct", None),
        ("databricks-claude-3-7-sonnet", "claude-3-7-sonnet", Some(Host::Databricks)),
        ("databricks/databricks-meta-llama-3-3-70b-instruct", "meta-llama-3.3-70b-instruct", Some(Host::Databricks)),
        ("github_copilot/gpt-4.1", "gpt-4.1", Some(Host::Github)),
        ("xai/grok-4-fast-non-reasoning", "grok-4-fast-non-reasoning", None),
        ("x-ai/grok-2-1212", "grok-2", None),
        ("mistral/ministral-8b-2512", "ministral-8b", None),
        ("command-r-08-2024", "command-r", None),
        ("my-gateway/gpt-4o", "gpt-4o", None),
    ];

    #[test]
    fn every_spelling_leads_to_the_model_and_names_its_host() {
        for (name, model, host) in SPELLINGS {
            let spelled = spelling(name);
            assert!(reaches(name, model), "{name}: {:?}", spelled.names);
            assert_eq!(spelled.host, *host, "{name}");
        }
    }

    #[test]
    fn a_variant_is_not_taken_for_its_base() {
        for (name, base) in [
            ("gpt-4o", "gpt-4"),
            ("gpt-4.1", "gpt-4"),
            ("gpt-4-turbo", "gpt-4"),
            ("gpt-4-turbo-2024-04-09", "gpt-4"),
            ("gpt-4-32k-0613", "gpt-4"),
            ("gpt-5-mini", "gpt-5"),
            ("gpt-5-mini-2025-08-07", "gpt-5"),
            ("gpt-5.6-sol", "gpt-5.6"),
            ("gpt-5-chat-latest", "gpt-5"),
            ("gpt-4o-realtime-preview", "gpt-4o"),
            ("gpt-4o-search-preview-2025-03-11", "gpt-4o"),
            ("gpt-3.5-turbo-16k", "gpt-3.5-turbo"),
            ("o1-preview-2024-09-12", "o1-mini"),
            ("davinci-002", "davinci"),
            ("claude-sonnet-4-20250514", "claude-sonnet-4-5"),
            ("claude-sonnet-4-5", "claude-sonnet-4"),
            ("claude-opus-4-1-20250805", "claude-opus-4"),
            ("claude-3-5-sonnet-20240620", "claude-3-sonnet"),
            (
                "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
                "claude-sonnet-4",
            ),
            ("gemini-2.5-flash-lite", "gemini-2.5-flash"),
            ("gemini-2.5-flash-preview-tts", "gemini-2.5-flash"),
            ("gemini-2.0-flash-thinking-exp-01-21", "gemini-2.0-flash"),
            ("deepseek-chat-v3", "deepseek-chat"),
            ("deepseek/deepseek-v3.1", "deepseek-v3"),
            ("grok-4-1-fast", "grok-4"),
            ("qwen3-coder-plus", "qwen3-coder"),
            ("qwen3-235b-a22b-thinking-2507", "qwen3-235b-a22b"),
            ("llama-3.1-8b", "llama-3"),
            ("kimi-k2-thinking-turbo", "kimi-k2-thinking"),
        ] {
            assert!(!reaches(name, base), "{name} becomes {base}");
        }
    }

    #[test]
    fn the_most_specific_spelling_comes_first() {
        let names = spelling("openrouter/anthropic/claude-3.5-sonnet-20240620:beta").names;
        assert_eq!(
            names,
            [
                "openrouter/anthropic/claude-3.5-sonnet-20240620:beta",
                "claude-3.5-sonnet-20240620:beta",
                "claude-3.5-sonnet-20240620",
                "claude-3.5-sonnet",
            ]
        );
    }

    #[test]
    fn no_name_is_too_strange_to_be_taken_apart() {
        for name in [
            "",
            "/",
            ":",
            "@",
            ".",
            "-",
            "us.",
            "ft:",
            "a//",
            "::::",
            "é-2024-01-01",
            "-latest",
            "データ.モデル:0",
        ] {
            let spelled = spelling(name);
            assert!(!spelled.names.is_empty(), "{name}");
        }
        assert_eq!(spelling(&"a:".repeat(5_000)).names.len(), 1);
    }
}
