//! Names that nobody knows.

use super::catalogue::rows;
use super::names::spelling;
use super::{Framing, ImageRule, Model, ModelOptions, Uncertainty};
use crate::judge::{Limit, LimitKind};
use token_headroom_encoding::{Code, Error};

/// What becomes of a model that is in no catalogue and is not described.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnknownModel {
    /// It is refused, with the nearest names.
    #[default]
    Error,
    /// It is counted in `o200k_base` within wide bounds, against the caller's window or one of 128,000 tokens, with a
    /// warning of code `assumed_model`.
    Estimate,
}

/// The window of most models of the last years that have no larger one.
const WINDOW: u32 = 128_000;

/// Where counts of `o200k_base` may be of another tokenizer's. The widest that was measured is Claude's second
/// tokenizer, which takes up to 1.75 times as many tokens; the narrowest of those with large vocabularies save a tenth,
/// and scripts that `o200k_base` lacks more than that. Hosts put text of their own before tools: 400 covers what was
/// recorded.
const ASSUMED: Uncertainty = Uncertainty {
    share: 0.75,
    hidden: [0, 0, 400],
    per_message: 8,
};

/// A model of which nothing is known but `name`.
pub(super) fn assumed(name: &str) -> Model {
    Model {
        name: name.to_owned(),
        row: name.to_owned(),
        encoding: "o200k_base".to_owned(),
        framing: Framing::Generic,
        host: None,
        as_of: None,
        image: ImageRule::Unknown,
        limit: Limit {
            kind: LimitKind::Shared,
            window: WINDOW,
            max_input: None,
            max_output: None,
        },
        default_headroom: 0,
        price: None,
        stand_in: None,
        uncertainty: Some(ASSUMED),
        assumed: true,
        retires: None,
        source: String::new(),
        date: String::new(),
        overrides: Vec::new(),
    }
}

/// The error for a name that is in no row, with the three nearest names.
pub(super) fn unknown(name: &str, path: &str, options: &ModelOptions) -> Error {
    if name.is_empty() {
        return Error::new(
            Code::UnknownModel,
            path,
            "found no model, expected the name of one",
        )
        .with_hint("name the model in the options or in the request's `model`");
    }
    let shown: String = name.chars().take(64).collect();
    let nearest = nearest(&shown, options).join(", ");
    let message =
        format!("found {shown:?}, expected a model of the catalogue; the nearest are {nearest}");
    Error::new(Code::UnknownModel, path, message).with_hint(
        "count it like a known model with `like: \"gpt-4o\"`, describe it with `encoding` and `maxContextTokens`, or accept an estimate with `unknownModel: \"estimate\"`",
    )
}

/// The three names that are most like `name`, the likest first.
fn nearest<'a>(name: &str, options: &'a ModelOptions) -> Vec<&'a str> {
    let spelling = spelling(name);
    // Without its host, but with all that tells it apart.
    let bare = spelling.names.get(1).or(spelling.names.first());
    let bare = bare.map_or("", String::as_str);
    let mut known: Vec<&str> = rows()
        .map(|row| row.name())
        .chain(options.models.keys())
        .collect();
    let likeness = |known: &str| strsim::jaro_winkler(bare, known);
    let mut found = Vec::new();
    while found.len() < 3 {
        let best = (0..known.len()).max_by(|&a, &b| {
            let (a, b) = (known[a], known[b]);
            likeness(a).total_cmp(&likeness(b)).then(b.cmp(a))
        });
        let Some(best) = best else { break };
        found.push(known.swap_remove(best));
    }
    found
}
