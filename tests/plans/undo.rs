//! Every plan leads back: what was applied, and what was appended to it since, is undone from the stored originals.

use crate::planning::cases::cases;
use crate::planning::dialects::{DIALECTS, written};
use crate::planning::recorded::recorded;
use crate::planning::{Words, histories};
use proptest::prelude::*;
use serde_json::Value;
use token_headroom::{
    CountText, Dialect, Encoding, Fills, JudgeOptions, ModelOptions, PlanStatus, Policy, StepKind,
    apply, count, judge, normalize_as, originals_of, plan, project, resolve, undo,
};

/// Plans `request` for `share` of its size, applies the plan and undoes it; the kinds of its steps.
fn undone(
    request: &Value,
    dialect: &str,
    model: &str,
    share: f64,
    policy: &Policy,
    counter: &dyn CountText,
) -> Vec<&'static str> {
    let with_limit = |limit: Option<u32>| {
        let options = ModelOptions {
            max_context_tokens: limit,
            max_input_tokens: limit,
            ..ModelOptions::for_model(model)
        };
        resolve(&options).expect("a model of the catalogue")
    };
    let counted = || {
        let read = normalize_as(Dialect::named(dialect), request).expect("a valid request");
        count(read.into(), counter)
    };
    let whole = project(&counted(), &with_limit(None), counter).upper_bound;
    let model = with_limit(Some(((f64::from(whole) * share) as u32).max(1)));
    let options = JudgeOptions {
        headroom: Some(0),
        tight_at: 0.9,
    };
    let counted = counted();
    let judgement = judge(project(&counted, &model, counter), &model, None, options);
    let plan = plan(&counted, &judgement, &model, policy, counter);
    let applied = apply(request, &plan, &Fills::default(), counter).expect("its own plan");
    let stored = originals_of(request, &plan).expect("its own plan");
    assert_eq!(
        undo(&applied, &plan, &stored).as_ref(),
        Ok(request),
        "{dialect}"
    );
    let more = list(request).first().cloned();
    let longer = undo(&appended(&applied, more.clone()), &plan, &stored);
    assert_eq!(
        longer,
        Ok(appended(request, more)),
        "{dialect}, with more behind"
    );
    if plan.status == PlanStatus::Planned {
        assert!(undo(&applied, &plan, &[]).is_err());
    }
    plan.steps.iter().map(|step| kind(&step.kind)).collect()
}

fn kind(kind: &StepKind) -> &'static str {
    match kind {
        StepKind::Mask { .. } => "mask",
        StepKind::Cut { .. } => "cut",
        StepKind::CutText { .. } => "cut_text",
        StepKind::DropReasoning { .. } => "drop_reasoning",
        StepKind::Remove { .. } => "remove",
        StepKind::Summarise { .. } => "summarise",
        StepKind::Drop { .. } => "drop",
    }
}

fn key(request: &Value) -> Option<&'static str> {
    let keys = ["messages", "contents", "input", "prompt"];
    keys.into_iter().find(|key| request[key].is_array())
}

fn list(request: &Value) -> &[Value] {
    let list = key(request).map_or(request, |key| &request[key]);
    list.as_array().expect("a list of messages")
}

fn appended(request: &Value, message: Option<Value>) -> Value {
    let mut longer = request.clone();
    let list = match key(request) {
        Some(key) => &mut longer[key],
        None => &mut longer,
    };
    list.as_array_mut()
        .expect("a list of messages")
        .extend(message);
    longer
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn random_histories_of_every_dialect_are_undone(
        request in histories::request(14),
        policy in histories::policy(),
        share in 0.02..1.1,
    ) {
        for (dialect, model) in DIALECTS {
            let request = written(&request, "openai_chat", dialect);
            // Instructions alone are no messages where they stand outside the list.
            if !list(&request).is_empty() {
                undone(&request, dialect, model, share, &policy, &Words);
            }
        }
    }
}

#[test]
fn recorded_histories_are_undone() {
    let Some(recorded) = recorded() else { return };
    let mut seen = std::collections::BTreeMap::new();
    for history in recorded {
        let model = resolve(&ModelOptions::for_model(history.model)).expect("a known model");
        let encoding = Encoding::named(&model.encoding).expect("a built-in encoding");
        for share in [0.3, 0.7] {
            let policy = Policy::default();
            let steps = undone(
                &history.request,
                history.dialect,
                history.model,
                share,
                &policy,
                &encoding,
            );
            for step in steps {
                *seen.entry((history.dialect, step)).or_insert(0) += 1;
            }
        }
    }
    println!("{seen:?}");
    assert!(seen.len() > 5, "{seen:?}");
}
