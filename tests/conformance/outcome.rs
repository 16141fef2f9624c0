//! A record's projection.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;

use token_headroom::load::{LoadOptions, load};
use token_headroom::{
    Encoding, Model, ModelOptions, Projection, count, normalize_as, project, resolve,
};

use crate::record::Record;

/// A record that was projected.
pub struct Outcome {
    pub record: Record,
    pub model: Model,
    pub projection: Projection,
    /// The same for one who does not say when the request is sent.
    pub undated: u32,
}

impl Outcome {
    pub fn residual(&self) -> i64 {
        i64::from(self.record.input_tokens) - i64::from(self.projection.tokens)
    }

    pub fn is_exact(&self) -> bool {
        self.residual() == 0
    }

    /// Within five tokens or two percent.
    pub fn is_close(&self) -> bool {
        let truth = i64::from(self.record.input_tokens);
        self.residual().abs() <= (truth / 50).max(5)
    }

    pub fn is_too_low(&self) -> bool {
        self.record.input_tokens > self.projection.upper_bound
    }

    pub fn is_too_high(&self) -> bool {
        self.record.input_tokens < self.projection.lower_bound
    }

    /// The upper bound as a multiple of the truth.
    pub fn width(&self) -> f64 {
        f64::from(self.projection.upper_bound) / f64::from(self.record.input_tokens.max(1))
    }
}

/// Projects a record for the model that answered, else for the one that was asked: names such as `gpt-3.5-turbo` have
/// moved since. Gives the reason when that cannot be done.
pub fn outcome(record: Record) -> Result<Outcome, String> {
    let day = day(&record.id);
    let (model, projection) = projected(&record, day)?;
    let undated = match day {
        Some(_) => projected(&record, None)?.1.tokens,
        None => projection.tokens,
    };
    Ok(Outcome {
        projection,
        model,
        undated,
        record,
    })
}

fn projected(record: &Record, day: Option<&str>) -> Result<(Model, Projection), String> {
    let dialect = record
        .dialect()
        .ok_or_else(|| format!("the API {} is not about prompts", record.api))?;
    let resolved = |encoding: Option<&str>| {
        let names = [&record.model_reported, &record.model];
        names.into_iter().flatten().find_map(|name| {
            resolve(&ModelOptions {
                host: Some(record.provider.clone()),
                encoding: encoding.map(str::to_owned),
                as_of: day.map(str::to_owned),
                ..ModelOptions::for_model(name.as_str())
            })
            .ok()
        })
    };
    let model = resolved(None).ok_or_else(|| {
        format!(
            "no row for {} / {}",
            record.provider,
            record.model.as_deref().unwrap_or("-")
        )
    })?;
    // The model's own vocabulary where its file has been fetched, as a caller would load it; else its stand-in.
    let own = model.stand_in.as_ref().and_then(|stand_in| {
        let counter = fetched(&stand_in.vocabulary)?;
        Some((resolved(Some(stand_in.vocabulary.as_str()))?, counter))
    });
    let (model, counter) = match own {
        Some(own) => own,
        None => {
            let counter = encoding(&model.encoding)?;
            (model, counter)
        }
    };
    let conversation = normalize_as(Some(dialect), &record.body())
        .map_err(|error| format!("not read: {} {error}", record.id))?;
    let projection = project(&count(conversation.into(), &counter), &model, &counter);
    Ok((model, projection))
}

/// The day on which a request was sent, where the recording says so (`created` in the answer, or its `Date`), of requests to
/// Mistral's models and open ones, to Responses, and with files to OpenAI, Azure and OpenRouter: what names mean, and what
/// servers make of a prompt, has changed between the recordings.
fn day(id: &str) -> Option<&'static str> {
    let mut lines = include_str!("days.txt").lines();
    let found = lines.find_map(|line| line.strip_prefix(id));
    found.map(str::trim)
}

/// Vocabularies that are not bundled, their files (`cargo xtask vocab fetch` gets them) and the presets that these need.
const FETCHED: [(&str, &str, Option<&str>); 6] = [
    ("llama3", "llama3.model", Some("llama3")),
    ("llama4", "llama4.model", Some("llama4")),
    ("kimi-k2", "kimi.tiktoken", Some("kimi-k2")),
    ("command", "lenml-command_r_plus.json", None),
    ("gemma2", "lenml-gemma2.json", None),
    ("minimax-m3", "otc-minimax-m3.json", None),
];

fn fetched(name: &str) -> Option<Encoding> {
    thread_local! {
        static FILES: RefCell<HashMap<String, Option<Encoding>>> = RefCell::default();
    }
    let (_, file, preset) = FETCHED.iter().find(|(own, ..)| *own == name)?;
    FILES.with_borrow_mut(|files| {
        let read = || {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/vocab");
            let Ok(bytes) = std::fs::read(path.join(file)) else {
                println!("skipped: {file} has not been fetched, a stand-in counts for {name}");
                return None;
            };
            let options = LoadOptions {
                preset: preset.map(str::to_owned),
                ..LoadOptions::default()
            };
            let loaded = load(&bytes, &options).ok()?;
            Encoding::from_pack(&loaded.pack).ok()
        };
        files.entry(name.to_owned()).or_insert_with(read).clone()
    })
}

/// A bundled encoding, loaded once.
pub fn encoding(name: &str) -> Result<Encoding, String> {
    thread_local! {
        static LOADED: RefCell<HashMap<String, Encoding>> = RefCell::default();
    }
    LOADED.with_borrow_mut(|loaded| {
        if let Some(known) = loaded.get(name) {
            return Ok(known.clone());
        }
        let encoding = Encoding::named(name).map_err(|error| error.to_string())?;
        loaded.insert(name.to_owned(), encoding.clone());
        Ok(encoding)
    })
}
