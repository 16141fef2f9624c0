//! Plans of Chat histories with files, of which the first costs more than the others: whatever is left out, the pieces that a
//! plan counts must add up to the whole, which debug builds compare for every variant.

use crate::planning::{
    Words, agent, applied, frugal, model, planned, projected, tokens, told, verified, words,
};
use serde_json::{Value, json};
use token_headroom::PlanStatus;

/// One page that draws nothing: "%PDF-1.4 <</Type/Pages/Count 1>> <</Type /Page>>".
const BLANK: &str =
    "data:application/pdf;base64,JVBERi0xLjQgPDwvVHlwZS9QYWdlcy9Db3VudCAxPj4gPDwvVHlwZSAvUGFnZT4+";

/// A user's message with a file.
fn with_file(text: &str) -> Value {
    json!({ "role": "user", "content": [
        { "type": "text", "text": text },
        { "type": "file", "file": { "filename": "a.pdf", "file_data": BLANK } },
    ] })
}

/// Rounds of calls with a file before the rounds in `before`.
fn history(before: &[usize]) -> Value {
    let mut request = agent(&[60, 20, 90, 30, 70, 50, 40]);
    let messages = request["messages"].as_array_mut().expect("messages");
    for round in before.iter().rev() {
        // The system message, the request, and two messages for each round.
        messages.insert(2 + 2 * round, with_file(&words(30 + round)));
    }
    request
}

#[test]
fn pieces_add_up_where_files_go_and_stay() {
    let mut plans = 0;
    for before in [&[1][..], &[3], &[1, 4], &[0, 2, 5], &[6]] {
        let request = history(before);
        let all = tokens(&request);
        for share in [40, 60, 75, 90] {
            let limit = all * share / 100;
            let plan = planned(&request, limit, &frugal());
            if plan.status != PlanStatus::Planned {
                continue;
            }
            plans += 1;
            let after = projected(&applied(&request, &plan), &model(limit), &Words);
            assert_eq!(after.tokens, plan.after.tokens, "{before:?} {share}");
            let verification = verified(&request, &plan, limit);
            assert!(
                verification.violations.is_empty(),
                "{}",
                told(&verification)
            );
        }
    }
    assert!(plans >= 10, "{plans}");
}
