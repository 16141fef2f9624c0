//! Each invariant of a change has a change that breaks it and no other; legal changes break none.

mod anthropic;
mod openai;
mod others;

use std::sync::Arc;

use serde_json::Value;

use super::evidence::Evidence;
use super::{Terms, judged};
use crate::apply::{Edit, Fills};
use crate::count::{CountText, Counted, count};
use crate::judge::{JudgeOptions, judge};
use crate::models::{Model, ModelOptions, resolve};
use crate::normalize::{Body, normalize};
use crate::plan::{Policy, plan};
use crate::project::project;

struct Letters;

impl CountText for Letters {
    fn count_text(&self, text: &str) -> u32 {
        u32::try_from(text.len().div_ceil(4)).expect("a short text")
    }
}

fn model(name: &str) -> Model {
    resolve(&ModelOptions::for_model(name)).expect("a known model")
}

/// The names of what `edits` break in `request`, each once, in order.
fn broken(name: &str, request: &Value, edits: Vec<Edit>) -> Vec<String> {
    let model = model(name);
    let counted = |request: &Value| -> Counted {
        count(Arc::new(normalize(request).expect("a request")), &Letters)
    };
    let body = Body::of(request).expect("a request");
    let messages: Vec<Value> = edits
        .iter()
        .map(|edit| match edit {
            Edit::Keep { index } => body.list[*index].clone(),
            Edit::Replace { message, .. } | Edit::Insert { message } => message.clone(),
        })
        .collect();
    let mut applied = request.clone();
    applied[body.key.expect("a body")] = messages.into();
    let before = counted(request);
    let options = JudgeOptions {
        headroom: Some(0),
        tight_at: 1.0,
    };
    let judgement = judge(project(&before, &model, &Letters), &model, None, options);
    let plan = plan(&before, &judgement, &model, &Policy::default(), &Letters);
    let counts = [before, counted(&applied), counted(&applied)];
    let origins = edits.iter().map(|edit| match edit {
        Edit::Keep { index } | Edit::Replace { index, .. } => Some(*index),
        Edit::Insert { .. } => None,
    });
    let fills = Fills::default();
    let terms = Terms {
        model: &model,
        options,
        learned: None,
    };
    let evidence = Evidence::of((&plan, &fills), terms, &Letters, counts, origins.collect());
    let verification = judged(&evidence);
    let names = verification
        .violations
        .into_iter()
        .map(|violation| violation.invariant);
    let mut names: Vec<String> = names.filter(|name| name != "plan").collect();
    names.sort();
    names.dedup();
    names
}

/// Keeps the messages `indices`.
fn keep(indices: impl IntoIterator<Item = usize>) -> Vec<Edit> {
    indices
        .into_iter()
        .map(|index| Edit::Keep { index })
        .collect()
}

/// Keeps all of `count` messages but for one, which becomes what `change` makes of it.
fn changed(request: &Value, index: usize, change: impl FnOnce(&mut Value)) -> Vec<Edit> {
    let body = Body::of(request).expect("a request");
    let mut edits = keep(0..body.list.len());
    let mut message = body.list[index].clone();
    change(&mut message);
    edits[index] = Edit::Replace { index, message };
    edits
}

fn with(mut edits: Vec<Edit>, at: usize, message: Value) -> Vec<Edit> {
    edits.insert(at, Edit::Insert { message });
    edits
}

const LONG: &str =
    "a result that is much longer than what stands in its place afterwards, so that it is worth it";

fn forget(message: &mut Value) {
    message["content"].as_array_mut().expect("blocks").remove(0);
}

#[test]
fn every_dialect_names_its_invariants_once() {
    for dialect in [
        "openai_chat",
        "openai_responses",
        "completions",
        "anthropic",
        "gemini",
        "bedrock_converse",
        "cohere",
        "ollama",
        "ai_sdk",
        "langchain",
        "autogen",
    ] {
        let names = super::names(crate::Dialect::named(dialect).expect("a dialect"));
        let unique: std::collections::HashSet<_> = names.iter().collect();
        assert_eq!(unique.len(), names.len());
        assert!(names.starts_with(&["C1", "C2"]));
    }
}
