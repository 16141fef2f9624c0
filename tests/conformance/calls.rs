//! Agents' recorded histories call by call: each prompt is projected before its report is seen, from the report of the call
//! before it.

use std::path::PathBuf;

use serde::Deserialize;
use serde_json::{Value, json};
use token_headroom::{
    Calibration, Dialect, JudgeOptions, Model, ModelOptions, Projection, Report, count, judge,
    normalize_as, project, resolve,
};

use crate::outcome::encoding;

/// A recorded history, as far as it is looked at here.
#[derive(Deserialize)]
struct Trajectory {
    id: String,
    format: String,
    model: Option<String>,
    system: Option<Value>,
    tools: Option<Value>,
    messages: Vec<Value>,
    #[serde(default)]
    recorded_usage: Vec<Call>,
    #[serde(default)]
    recorded_compactions: Vec<Compaction>,
}

/// A call and what was reported for it.
#[derive(Deserialize)]
struct Call {
    /// The message that was returned.
    message: usize,
    prompt: u32,
}

/// Where the agent itself started anew.
#[derive(Deserialize)]
struct Compaction {
    before_message: usize,
}

/// How the projections of a history's later calls compare.
#[derive(Default)]
pub struct Calls {
    /// Calls after the first one of a history, or of what is left after a compaction.
    pub calls: usize,
    /// Of these, within three percent.
    pub close: usize,
    /// Above the upper bound.
    pub too_low: usize,
    /// Below the lower bound.
    pub too_high: usize,
}

/// Every history with recorded calls, by its format and model; `None` (said in a line) without the corpus.
pub fn recorded_calls() -> Option<Vec<(String, Calls)>> {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/trajectories.jsonl");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: no recorded histories at {}", path.display());
        return None;
    };
    let mut found = Vec::new();
    for line in text.lines() {
        let history: Trajectory = serde_json::from_str(line).expect("a history is JSON");
        let (Some(dialect), Some(model)) = (history.dialect(), history.model()) else {
            continue;
        };
        if history.recorded_usage.len() > 1 {
            let name = format!("{} {} {}", history.format, model.row, history.id);
            found.push((name, history.replay(dialect, &model)));
        }
    }
    Some(found)
}

impl Trajectory {
    fn dialect(&self) -> Option<Dialect> {
        match self.format.as_str() {
            "openai.chat" => Some(Dialect::OpenaiChat),
            "anthropic.messages" => Some(Dialect::Anthropic),
            _ => None,
        }
    }

    fn model(&self) -> Option<Model> {
        resolve(&ModelOptions::for_model(self.model.as_deref()?)).ok()
    }

    /// Where the prompt of a call starts: at the last compaction before it.
    fn start(&self, end: usize) -> usize {
        let starts = self
            .recorded_compactions
            .iter()
            .map(|found| found.before_message);
        starts.filter(|start| *start < end).max().unwrap_or(0)
    }

    fn replay(&self, dialect: Dialect, model: &Model) -> Calls {
        let counter = encoding(&model.encoding).expect("a bundled encoding");
        let mut calibration = Calibration::default();
        let mut calls = Calls::default();
        let mut last_start = None;
        for call in &self.recorded_usage {
            let start = self.start(call.message);
            let Some(messages) = self.messages.get(start..call.message) else {
                continue;
            };
            let mut request = json!({ "messages": messages });
            for (key, value) in [("system", &self.system), ("tools", &self.tools)] {
                if let Some(value) = value {
                    request[key] = value.clone();
                }
            }
            let conversation = normalize_as(Some(dialect), &request)
                .unwrap_or_else(|error| panic!("{}: {error}", self.id));
            let counted = count(conversation.into(), &counter);
            let projection = calibration.apply(project(&counted, model, &counter), &counted);
            if last_start == Some(start) {
                calls.add(&projection, call.prompt, &self.id, call.message);
            }
            last_start = Some(start);
            let judgement = judge(projection, model, None, JudgeOptions::default());
            let report = Report {
                prompt: call.prompt,
                ..Report::default()
            };
            calibration.record(&judgement, &report);
        }
        calls
    }
}

impl Calls {
    fn add(&mut self, projection: &Projection, prompt: u32, id: &str, message: usize) {
        let is_close = u64::from(projection.tokens.abs_diff(prompt)) * 100 <= u64::from(prompt) * 3;
        self.calls += 1;
        self.close += usize::from(is_close);
        self.too_low += usize::from(prompt > projection.upper_bound);
        self.too_high += usize::from(prompt < projection.lower_bound);
        if std::env::var_os("EVERY").is_some() || !is_close && std::env::var_os("MISSES").is_some()
        {
            let residual = i64::from(prompt) - i64::from(projection.tokens);
            println!(
                "{id} message {message}: reported {prompt}, projected {} ({residual:+})",
                projection.tokens
            );
        }
    }
}
