//! What is taken out beside what the room asks for, because it pays.

use crate::planning::{WHOLE, Words, applied, counted, judged, projected, told, words};
use serde_json::{Value, json};
use token_headroom::{
    CachePolicy, Fills, Model, ModelOptions, PlanStatus, Policy, StepKind, When, plan, resolve,
    verify,
};

fn gemini(limit: u32) -> Model {
    resolve(&ModelOptions {
        model: Some("gemini-2.5-flash".to_owned()),
        max_context_tokens: Some(limit),
        ..ModelOptions::default()
    })
    .expect("a model of the catalogue")
}

fn called(id: &str, tool: &str, arguments: Value) -> Value {
    json!({
        "functionCall": { "id": id, "name": tool, "args": arguments },
        "thoughtSignature": "c2lnc2lnc2lnc2lnc2ln",
    })
}

fn answered(id: &str, tool: &str, output: &str) -> Value {
    let response = json!({ "id": id, "name": tool, "response": { "output": output } });
    json!({ "role": "user", "parts": [{ "functionResponse": response }] })
}

/// A note that stands for turns in the middle of the user's last turn begins another one: thoughts before it may go.
#[test]
fn what_pays_behind_a_note_of_the_plans_own_is_legal() {
    let file = words(40);
    let read = || json!({ "path": "src/a.rs" });
    let write = json!({ "path": "src/a.rs", "content": "fn main() {}" });
    let thought = json!({ "text": "where may it be", "thought": true });
    let request = json!({ "contents": [
        { "role": "user", "parts": [{ "text": "Mend it." }] },
        { "role": "model", "parts": [thought, called("call_1", "read_file", read())] },
        answered("call_1", "read_file", &file),
        { "role": "model", "parts": [called("call_2", "write_file", write)] },
        answered("call_2", "write_file", "ok"),
        { "role": "model", "parts": [called("call_3", "read_file", read())] },
        answered("call_3", "read_file", &file),
    ]});
    let policy = Policy {
        when: When::Pays,
        keep_last: 0,
        keep_tools: vec!["read_file".to_owned()],
        mask: false,
        cut: false,
        cut_tail: false,
        summarise: false,
        summary_tokens: 0,
        cache: CachePolicy {
            horizon: 1,
            broken: true,
            ..CachePolicy::default()
        },
        ..Policy::default()
    };
    let size = projected(&request, &gemini(1_000_000), &Words).upper_bound;
    let model = gemini(size - 1);
    let counted = counted(&request, &Words);
    let judgement = judged(&counted, &model, &Words);
    let plan = plan(&counted, &judgement, &model, &policy, &Words);
    assert_eq!(plan.status, PlanStatus::Planned);
    let forgets = |kind: &StepKind| matches!(kind, StepKind::DropReasoning { messages, .. } if messages == &[1]);
    let notes =
        |kind: &StepKind| matches!(kind, StepKind::Drop { messages, .. } if messages == &[3, 4]);
    assert!(
        plan.steps.iter().any(|step| forgets(&step.kind)),
        "{:?}",
        plan.steps
    );
    assert!(
        plan.steps.iter().any(|step| notes(&step.kind)),
        "{:?}",
        plan.steps
    );
    let verification = verify(&request, &plan, &Fills::default(), &model, WHOLE, &Words);
    assert!(verification.ok, "{}", told(&verification));
    let after = applied(&request, &plan);
    assert_eq!(
        after["contents"][1]["parts"][0],
        request["contents"][1]["parts"][1]
    );
}
