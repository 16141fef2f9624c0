//! From a name and overrides to a [`Model`].

use super::catalogue::{Row, named, rows};
use super::names::{Spelling, spelling};
use super::overrides::{Override, place};
use super::unknown::{UnknownModel, assumed, unknown};
use super::{Framing, Host, ImageRule, Model, ModelOptions, Uncertainty};
use crate::judge::{Limit, LimitKind};
use token_headroom_encoding::{Code, Error, Result};

/// Tokens kept for the answer of a model that does not reason: the answer cap of the first 128k models,
/// which few answers exceed.
const ANSWER: u32 = 4_096;
/// Tokens kept for a reasoning model. The vendor's reasoning guide recommends to reserve at least 25,000
/// tokens for reasoning and answer.
const REASONED_ANSWER: u32 = 25_000;

/// What a model described by options alone may be off by: its framing is a guess, its encoding the caller's.
const DESCRIBED: Uncertainty = Uncertainty {
    share: 0.1,
    hidden: [0, 0, 100],
    per_message: 4,
};

/// Resolves options to a model: what the options say, else what their `models` say of its name, else the catalogue.
///
/// # Errors
/// [`UnknownModel`](crate::Code::UnknownModel) with the nearest names, when neither catalogue nor options
/// describe it; [`InvalidOption`](crate::Code::InvalidOption) for options that contradict each other.
pub fn resolve(options: &ModelOptions) -> Result<Model> {
    let asked = options.model.as_deref().unwrap_or_default();
    let spelling = spelling(asked);
    let day = day(options)?;
    let named = find(&spelling).map(|row| row.on(day));
    let said = host_of(options.host.as_deref(), "host")?;
    let served = said.or(spelling.host);
    let (own, keys) = match options.models.is_empty() {
        true => (Override::default(), Vec::new()),
        false => options.models.of(&identities(spelling, named), served),
    };
    // Errors name what the caller wrote, and where.
    let place = |field: &str| match keys.first() {
        Some(key) => format!("{}.{field}", place("models", key)),
        None => field.to_owned(),
    };
    let like = match (&options.like, &own.like) {
        (Some(like), _) => Some(known(like, "like".to_owned(), options)?),
        (None, Some(like)) => Some(known(like, place("like"), options)?),
        (None, None) => None,
    };
    let model = match (named, like) {
        (Some(row), None) => of_row(row),
        // The caller's word: framed like that model, and limited like it unless the model itself is known.
        (Some(row), Some(like)) => Model {
            encoding: like.encoding.clone(),
            framing: like.framing,
            image: like.image,
            stand_in: like.stand_in.clone(),
            uncertainty: like.uncertainty,
            ..of_row(row)
        },
        (None, Some(like)) => of_row(like),
        (None, None) => described(options, &own)?,
    };
    let host = served.or(host_of(own.host.as_deref(), &place("host"))?);
    let model = Model {
        name: match asked {
            "" => model.name.clone(),
            _ => asked.to_owned(),
        },
        host,
        as_of: day.map(str::to_owned),
        overrides: keys,
        ..model
    };
    let model = overridden(model, options, own);
    check(&model.limit)?;
    Ok(with_headroom(model))
}

/// Every model of the catalogue, as [`resolve`] gives it for its own name.
#[must_use]
pub fn catalogue() -> Vec<Model> {
    rows().map(|row| with_headroom(of_row(row))).collect()
}

/// The day of the request, by which names are resolved.
fn day(options: &ModelOptions) -> Result<Option<&str>> {
    let Some(day) = options.as_of.as_deref() else {
        return Ok(None);
    };
    let like = day.bytes().zip("0000-00-00".bytes());
    let is_day = |(byte, like): (u8, u8)| byte == like || like == b'0' && byte.is_ascii_digit();
    if day.len() == 10 && like.into_iter().all(is_day) && is_in_calendar(day) {
        return Ok(Some(day));
    }
    let message = format!("found {day:?}, expected a day of the calendar as 2025-08-10");
    Err(Error::new(Code::InvalidOption, "asOf", message)
        .with_hint("leave it out for what names mean by the catalogue's date"))
}

/// Whether there is such a day, as `0000-00-00` is written.
fn is_in_calendar(day: &str) -> bool {
    let mut numbers = day.split('-').map(|part| part.parse::<u32>().unwrap_or(0));
    let mut next = || numbers.next().unwrap_or(0);
    let (year, month, day) = (next(), next(), next());
    let days = match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

/// The row that a name means.
fn find(spelling: &Spelling) -> Option<&'static Row> {
    spelling.names.iter().find_map(|name| named(name))
}

/// Under what an override may know a model: its spellings as far as the catalogue needs them, and the row's own name.
fn identities(mut spelling: Spelling, row: Option<&Row>) -> Vec<String> {
    let names = &mut spelling.names;
    if let Some(row) = row {
        let needed = names.iter().position(|name| named(name).is_some());
        names.truncate(needed.map_or(names.len(), |at| at + 1));
        names.push(row.name().to_owned());
    }
    spelling.names
}

fn known(like: &str, path: String, options: &ModelOptions) -> Result<&'static Row> {
    let row = find(&spelling(like)).ok_or_else(|| unknown(like, &path, options))?;
    Ok(row.on(options.as_of.as_deref()))
}

fn of_row(row: &Row) -> Model {
    Model {
        name: row.name().to_owned(),
        row: row.name().to_owned(),
        encoding: row.encoding.clone(),
        framing: row.framing,
        host: None,
        as_of: None,
        image: row.image,
        limit: row.limit,
        default_headroom: 0,
        price: row.price.clone(),
        stand_in: row.stand_in.clone(),
        uncertainty: row.uncertainty,
        assumed: false,
        retires: row.retires.clone(),
        source: row.source.clone(),
        date: row.date.clone(),
        overrides: Vec::new(),
    }
}

fn host_of(name: Option<&str>, path: &str) -> Result<Option<Host>> {
    let Some(name) = name else {
        return Ok(None);
    };
    match Host::named(name) {
        Some(host) => Ok(Some(host)),
        None => {
            let message = format!("found the host {name:?}, expected a known one");
            Err(Error::new(Code::InvalidOption, path, message)
                .with_hint("for example openai, azure, bedrock, vertex, openrouter, groq, ollama; leave it out for the maker's own API"))
        }
    }
}

/// A model that is in no row: an encoding and a window describe it, a name alone is an assumption.
fn described(options: &ModelOptions, own: &Override) -> Result<Model> {
    let name = options.model.clone().unwrap_or_default();
    let encoding = options.encoding.as_ref().or(own.encoding.as_ref());
    let window = options.max_context_tokens.or(own.max_context_tokens);
    match (encoding, window) {
        (Some(encoding), Some(window)) => {
            let mut model = assumed(if name.is_empty() { encoding } else { &name });
            model.framing = Framing::OpenaiChat;
            model.image = ImageRule::Unknown;
            model.limit = Limit {
                kind: LimitKind::Shared,
                window,
                max_input: None,
                max_output: None,
            };
            model.uncertainty = Some(DESCRIBED);
            model.assumed = false;
            Ok(model)
        }
        _ if options.unknown_model == UnknownModel::Estimate && !name.is_empty() => {
            Ok(assumed(&name))
        }
        _ => Err(unknown(&name, "model", options)),
    }
}

/// `model` with what the caller says of it, in the options or in their `models`.
fn overridden(mut model: Model, options: &ModelOptions, own: Override) -> Model {
    let limit = &mut model.limit;
    limit.kind = options.limit_kind.or(own.limit_kind).unwrap_or(limit.kind);
    limit.window = options
        .max_context_tokens
        .or(own.max_context_tokens)
        .unwrap_or(limit.window);
    // A window smaller than the catalogue's makes the catalogue's input cap void.
    let cap = own.max_input_tokens.or(limit.max_input);
    limit.max_input = options
        .max_input_tokens
        .or(cap.filter(|cap| *cap <= limit.window));
    limit.max_output = options
        .max_output_tokens
        .or(own.max_output_tokens)
        .or(limit.max_output);
    if let Some(encoding) = options.encoding.as_ref().or(own.encoding.as_ref()) {
        // The caller's own choice settles the vocabulary, unless it is the stand-in itself.
        if model.encoding != *encoding {
            model.stand_in = None;
        }
        model.encoding.clone_from(encoding);
    }
    if let Some(price) = own.price {
        model.price = price;
    }
    model.retires = own.retires.or(model.retires);
    if let Some(source) = own.source {
        model.source = source;
    }
    if let Some(date) = own.date {
        model.date = date;
    }
    model
}

fn with_headroom(mut model: Model) -> Model {
    model.default_headroom = default_headroom(model.framing, &model.limit);
    model
}

/// Half the room at most a quarter of the window, so that small windows stay usable.
fn default_headroom(framing: Framing, limit: &Limit) -> u32 {
    let wanted = match framing {
        Framing::OpenaiReasoning | Framing::OpenaiGpt5 => REASONED_ANSWER,
        _ => ANSWER,
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
