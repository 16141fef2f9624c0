//! How much text a plan counts, and how its time grows with the history.

use std::cell::Cell;
use std::time::Instant;

use token_headroom::{CountText, PlanStatus, Policy, plan};

use crate::planning::{Words, agent, counted, frugal, judged, model, tokens};

/// Counts how much text it is given.
struct Weighed(Cell<usize>);

impl CountText for Weighed {
    fn count_text(&self, text: &str) -> u32 {
        self.0.set(self.0.get() + text.len());
        Words.count_text(text)
    }
}

#[test]
fn planning_counts_new_texts_only() {
    let request = agent(&[400; 500]);
    let counter = Weighed(Cell::new(0));
    let model = model(60_000);
    let counted = counted(&request, &counter);
    let judgement = judged(&counted, &model, &counter);
    let history = counter.0.replace(0);
    let policy = Policy {
        cut: false,
        summarise: false,
        drop: false,
        ..frugal()
    };
    let masks = plan(&counted, &judgement, &model, &policy, &counter);
    assert!(masks.steps.len() > 300, "{}", masks.steps.len());
    let planning = counter.0.get();
    assert!(planning * 5 < history, "{planning} of {history} bytes");
}

#[test]
fn planning_work_grows_with_the_history_and_not_faster() {
    let work = |turns: usize| {
        let request = agent(&vec![60; turns]);
        let limit = tokens(&request) / 3;
        let model = model(limit);
        let counter = Weighed(Cell::new(0));
        let counted = counted(&request, &Words);
        let judgement = judged(&counted, &model, &Words);
        let start = Instant::now();
        let plan = plan(&counted, &judgement, &model, &frugal(), &counter);
        let took = start.elapsed();
        assert_eq!(plan.status, PlanStatus::Planned);
        println!("{} messages: {took:.1?}", 2 * turns + 2);
        counter.0.get()
    };
    let (small, large) = (work(500), work(10_000));
    assert!(large < small * 25, "{small} and {large} bytes");
}
