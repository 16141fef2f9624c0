//! From a name and overrides to a [`Model`].

use super::openai::{ROWS, Row};
use super::{Framing, ImageRule, Model, ModelOptions, Uncertainty};
use crate::judge::{Limit, LimitKind};
use token_headroom_encoding::{Code, Error, Result};

/// Tokens kept for the answer of a model that does not reason: the answer cap of the first 128k models,
/// which few answers exceed.
const ANSWER: u32 = 4_096;
/// Tokens kept for a reasoning model. The vendor's reasoning guide recommends to reserve at least 25,000
/// tokens for reasoning and answer.
const REASONED_ANSWER: u32 = 25_000;

/// Prefixes under which hosts and gateways serve OpenAI's own models. The other hosts' models are not these.
const HOSTS: [&str; 12] = [
    "openai",
    "azure",
    "azure_ai",
    "azure-openai",
    "openrouter",
    "github",
    "github_copilot",
    "github-models",
    "vercel",
    "groq",
    "cerebras",
    "models",
];

/// What a model described by options alone may be off by: its framing is a guess, its encoding the caller's.
const DESCRIBED: Uncertainty = Uncertainty {
    share: 0.1,
    hidden: [0, 0, 100],
    per_message: 4,
};

/// Resolves options to a model.
///
/// # Errors
/// [`UnknownModel`](crate::Code::UnknownModel) with the nearest names, when neither catalogue nor options
/// describe it; [`InvalidOption`](crate::Code::InvalidOption) for options that contradict each other.
pub fn resolve(options: &ModelOptions) -> Result<Model> {
    let named = options.model.as_deref().and_then(find);
    let like = options
        .like
        .as_deref()
        .map(|like| find(like).ok_or_else(|| unknown(like, "like")))
        .transpose()?;
    let mut model = match (named, like) {
        (Some(row), None) => of_row(row, options),
        // The caller's word: framed like that model, and limited like it unless the model itself is known.
        (Some(row), Some(like)) => Model {
            row: row_name(row).to_owned(),
            limit: row.limit,
            price: row.price,
            ..of_row(like, options)
        },
        (None, Some(like)) => of_row(like, options),
        (None, None) => described(options)?,
    };
    let limit = &mut model.limit;
    limit.kind = options.limit_kind.unwrap_or(limit.kind);
    limit.window = options.max_context_tokens.unwrap_or(limit.window);
    // A window smaller than the catalogue's makes the catalogue's input cap void.
    limit.max_input = options
        .max_input_tokens
        .or(limit.max_input.filter(|cap| *cap <= limit.window));
    limit.max_output = options.max_output_tokens.or(limit.max_output);
    check(&model.limit)?;
    if let Some(encoding) = &options.encoding {
        model.encoding.clone_from(encoding);
    }
    model.default_headroom = default_headroom(model.framing, &model.limit);
    Ok(model)
}

/// Every model of the catalogue, as [`resolve`] gives it for its own name.
#[must_use]
pub fn catalogue() -> Vec<Model> {
    let whole = |row: &Row| {
        let model = of_row(row, &ModelOptions::default());
        Model {
            default_headroom: default_headroom(model.framing, &model.limit),
            ..model
        }
    };
    ROWS.iter().map(whole).collect()
}

fn of_row(row: &Row, options: &ModelOptions) -> Model {
    Model {
        name: options
            .model
            .clone()
            .unwrap_or_else(|| row_name(row).to_owned()),
        row: row_name(row).to_owned(),
        encoding: row.encoding.to_owned(),
        framing: row.framing,
        image: row.image,
        limit: row.limit,
        default_headroom: 0,
        price: row.price,
        uncertainty: row.uncertainty,
    }
}

/// A model that only the options describe: an encoding and a window are the least that must be said.
fn described(options: &ModelOptions) -> Result<Model> {
    let name = options.model.clone().unwrap_or_default();
    let (Some(encoding), Some(window)) = (&options.encoding, options.max_context_tokens) else {
        return Err(unknown(&name, "model"));
    };
    let name = if name.is_empty() {
        encoding.clone()
    } else {
        name
    };
    Ok(Model {
        row: name.clone(),
        name,
        encoding: encoding.clone(),
        framing: Framing::OpenaiChat,
        image: ImageRule::Unknown,
        limit: Limit {
            kind: LimitKind::Shared,
            window,
            max_input: None,
            max_output: None,
        },
        default_headroom: 0,
        price: None,
        uncertainty: Some(DESCRIBED),
    })
}

/// Half the room at most a quarter of the window, so that small windows stay usable.
fn default_headroom(framing: Framing, limit: &Limit) -> u32 {
    let wanted = match framing {
        Framing::OpenaiReasoning | Framing::OpenaiGpt5 => REASONED_ANSWER,
        Framing::OpenaiOld | Framing::OpenaiChat | Framing::OpenaiSearch => ANSWER,
    };
    wanted
        .min(limit.max_output.unwrap_or(u32::MAX))
        .min(limit.window / 4)
}

fn check(limit: &Limit) -> Result<()> {
    let zero = [
        ("maxContextTokens", Some(limit.window)),
        ("maxInputTokens", limit.max_input),
        ("maxOutputTokens", limit.max_output),
    ]
    .into_iter()
    .find(|(_, value)| *value == Some(0));
    if let Some((option, _)) = zero {
        return Err(Error::new(
            Code::InvalidOption,
            option,
            "found 0, expected a positive number of tokens",
        )
        .with_hint("leave the option out to use the catalogue's value"));
    }
    match limit.max_input {
        Some(cap) if cap > limit.window => Err(Error::new(
            Code::InvalidOption,
            "maxInputTokens",
            format!(
                "found {cap}, expected at most the context window, {}",
                limit.window
            ),
        )
        .with_hint("raise maxContextTokens, or lower maxInputTokens")),
        _ => Ok(()),
    }
}

fn row_name(row: &Row) -> &'static str {
    row.names.first().copied().unwrap_or_default()
}

/// The row that `name` means: as it is, without a host's prefix, as the base of a fine-tune, without a date.
///
/// Whole names are compared, never prefixes, so `gpt-4o` cannot be taken for `gpt-4`, nor a new variant for
/// the model it is named after.
fn find(name: &str) -> Option<&'static Row> {
    let name = name.trim().to_ascii_lowercase();
    let name = without_host(&name);
    let exact = |name: &str| ROWS.iter().find(|row| row.names.contains(&name));
    if let Some(row) = exact(name) {
        return Some(row);
    }
    // `ft:base:organisation::id`; OpenRouter appends `:free` and the like, Bedrock `-1:0`.
    let name = name.strip_prefix("ft:").unwrap_or(name);
    let name = name.split(':').next().unwrap_or(name);
    exact(name)
        .or_else(|| exact(without_date(name)?))
        .or_else(|| exact(name.strip_suffix("-latest")?))
        .or_else(|| exact(name.strip_suffix("-1")?))
}

fn without_host(name: &str) -> &str {
    let mut rest = name;
    while let Some((host, model)) = rest.split_once(['/', ':', '.']) {
        if !HOSTS.contains(&host) {
            break;
        }
        rest = model;
    }
    rest
}

/// `name` without `-2024-08-06`, `_2024-08-06`, `@2024-08-06` or `-0613`.
fn without_date(name: &str) -> Option<&str> {
    let is_date = |text: &str, pattern: &str| {
        text.len() == pattern.len()
            && text.bytes().zip(pattern.bytes()).all(|(c, p)| match p {
                b'0' => c.is_ascii_digit(),
                _ => c == p,
            })
    };
    ["0000-00-00", "0000"].iter().find_map(|pattern| {
        let at = name.len().checked_sub(pattern.len())?;
        let (base, date) = (name.get(..at)?, name.get(at..)?);
        is_date(date, pattern)
            .then(|| base.strip_suffix(['-', '_', '@']))
            .flatten()
    })
}

/// The error for a name that is in no row, with the three nearest names.
fn unknown(name: &str, option: &str) -> Error {
    if name.is_empty() {
        return Error::new(
            Code::UnknownModel,
            option,
            "found no model, expected the name of one",
        )
        .with_hint("name the model in the options or in the request's `model`");
    }
    let shown: String = name.chars().take(64).collect();
    let lower = shown.to_ascii_lowercase();
    Error::new(
        Code::UnknownModel,
        option,
        format!(
            "found {shown:?}, expected a model of the catalogue; the nearest are {}",
            nearest(without_host(&lower)).join(", ")
        ),
    )
    .with_hint(
        "count it like a known model with `like: \"gpt-4o\"`, or describe it with `encoding` and `maxContextTokens`",
    )
}

/// The three rows whose names are most like `name`, the likest first.
fn nearest(name: &str) -> Vec<&'static str> {
    let mut rows: Vec<&str> = ROWS.iter().map(row_name).collect();
    let likeness = |row: &str| strsim::jaro_winkler(name, row);
    let mut found = Vec::new();
    while found.len() < 3 {
        let best = (0..rows.len()).max_by(|&a, &b| {
            let (a, b) = (rows[a], rows[b]);
            likeness(a).total_cmp(&likeness(b)).then(b.cmp(a))
        });
        let Some(best) = best else { break };
        found.push(rows.swap_remove(best));
    }
    found
}
