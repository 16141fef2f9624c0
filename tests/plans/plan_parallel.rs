//! Results of one turn, which OpenAI's models read as one text: there each takes more than it does alone.

use std::cell::Cell;

use crate::planning::{
    Words, call, calls, counted, frugal, judged, model, planned, result, tokens, told, user,
    verified, words,
};
use serde_json::{Value, json};
use token_headroom::{CompactionPlan, CountText, PlanStatus, Policy, StepKind, plan};

/// A turn of `count` calls with results of `size` words, and a question.
fn turn_of(count: usize, size: usize) -> Value {
    let read = |at: usize| call(&format!("c{at}"), "read", &format!("{{\"page\":{at}}}"));
    let all: Vec<Value> = (0..count).map(read).collect();
    let mut messages = vec![user("Find the bug and mend it."), calls(&all)];
    messages.extend((0..count).map(|at| {
        result(
            &format!("c{at}"),
            &words(size).replace('w', &format!("p{at}x")),
        )
    }));
    messages.push(json!({ "role": "assistant", "content": "Found." }));
    messages.push(user("Then mend it."));
    json!({ "model": "gpt-4o", "messages": messages })
}

fn only(policy: Policy) -> Policy {
    Policy {
        keep_last: 1,
        summarise: false,
        drop: false,
        ..policy
    }
}

fn masks() -> Policy {
    only(Policy {
        cut: false,
        ..frugal()
    })
}

fn cuts() -> Policy {
    only(Policy {
        mask: false,
        ..frugal()
    })
}

/// Counts like [`Words`], and how many bytes.
#[derive(Default)]
struct Asked(Cell<usize>);

impl CountText for Asked {
    fn count_text(&self, text: &str) -> u32 {
        self.0.set(self.0.get() + text.len());
        Words.count_text(text)
    }
}

/// The plan for a request at `share` of its size, and how many bytes were counted for it.
fn asked(request: &Value, share: f64, policy: &Policy) -> (CompactionPlan, usize) {
    let model = model((f64::from(tokens(request)) * share) as u32);
    let counter = Asked::default();
    let counted = counted(request, &counter);
    let judgement = judged(&counted, &model, &counter);
    let plan = plan(&counted, &judgement, &model, policy, &counter);
    (plan, counter.0.get())
}

/// How many bytes are counted for a turn of `count` results, all of which change.
fn bytes_of(count: usize, size: usize, share: f64, policy: &Policy) -> usize {
    let (plan, bytes) = asked(&turn_of(count, size), share, policy);
    assert_eq!(plan.status, PlanStatus::Planned);
    assert!(plan.steps.len() > 256, "{} steps", plan.steps.len());
    bytes
}

/// Every cut of a turn used to be measured with the whole turn.
#[test]
fn counting_grows_with_a_turn_of_many_results_and_not_with_its_square() {
    let [some, twice] = [260, 520].map(|count| bytes_of(count, 220, 0.9, &cuts()));
    assert!(twice < 3 * some, "{some} bytes, then {twice}");
    let [some, twice] = [260, 520].map(|count| bytes_of(count, 40, 0.7, &masks()));
    assert!(twice < 3 * some, "{some} bytes, then {twice}");
}

/// Beyond 256 changed results of a turn, what all of them free is shared out among them.
#[test]
fn many_results_of_a_turn_are_planned_step_by_step_and_verified() {
    for (policy, size, share) in [(masks(), 40, 0.7), (cuts(), 220, 0.9)] {
        let request = turn_of(260, size);
        let limit = (f64::from(tokens(&request)) * share) as u32;
        let plan = planned(&request, limit, &policy);
        assert!(plan.steps.len() > 256, "{} steps", plan.steps.len());
        let verification = verified(&request, &plan, limit);
        assert!(verification.ok, "{}", told(&verification));
        let freed: Vec<u32> = plan
            .steps
            .iter()
            .map(|step| step.tokens_before - step.tokens_after)
            .collect();
        assert_eq!(
            plan.before.tokens - freed.iter().sum::<u32>(),
            plan.after.tokens
        );
        // Their texts are as long as each other, so that none takes the rest.
        let (least, most) = (freed.iter().min().unwrap(), freed.iter().max().unwrap());
        assert!(*least > 0 && *most < 3 * least, "{least} to {most}");
        // The end of the turn is counted all the same.
        let mut wrong = plan.clone();
        let last = wrong.steps.len() - 1;
        wrong.steps[last].tokens_after -= 1;
        assert!(!verified(&request, &wrong, limit).ok);
    }
}

/// Line feeds of a cut's notice are escaped in such a turn. So a cut that leaves a text of 65 tokens with 64 makes the turn larger.
#[test]
fn a_cut_in_the_last_turn_that_would_make_it_larger_is_not_made() {
    let read = |id: &str| call(id, "read_file", &format!("{{\"path\":\"src/{id}.rs\"}}"));
    let request = |results: [usize; 3]| {
        let [long, short, other] = results.map(words);
        json!({ "model": "gpt-4o", "messages": [
            user("Find the bug and mend it."),
            calls(&[read("long")]),
            result("long", &long),
            calls(&[read("short"), read("other")]),
            result("short", &short),
            result("other", &other),
        ] })
    };
    let policy = Policy {
        mask: false,
        summarise: false,
        drop: false,
        keep_last: 5,
        ..frugal()
    };
    let mut cuts = 0;
    for size in 60..100 {
        let request = request([600, size, 10]);
        for limit in (200..500).step_by(20) {
            let plan = planned(&request, limit, &policy);
            if plan.status != PlanStatus::Planned {
                continue;
            }
            let mut now = tokens(&request);
            for step in &plan.steps {
                assert_eq!(step.tokens_before, now, "{size} {limit}");
                assert!(step.tokens_after < now, "{size} {limit} {step:?}");
                now = step.tokens_after;
                cuts += usize::from(matches!(step.kind, StepKind::Cut { message: 4, .. }));
            }
        }
    }
    assert!(cuts > 0, "none was cut where that pays");
}
