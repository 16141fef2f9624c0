//! Plans of a file of cases, one a line, for comparison with those of the package.

use std::fs;
use std::io::Write;

use serde_json::Value;
use token_headroom::{Encoding, TokenBudget, budget_options, dialect, policy, resolve};

/// Reads the file that `CASES` names and writes to the one that `PLANS` names; `cargo xtask test same-plans` compares.
#[test]
fn plans_of_the_cases() {
    let (Ok(cases), Ok(plans)) = (std::env::var("CASES"), std::env::var("PLANS")) else {
        println!("skipped: CASES and PLANS name no files");
        return;
    };
    let mut out = fs::File::create(plans).expect("a file to write to");
    for line in fs::read_to_string(cases).expect("cases").lines() {
        let case: Value = serde_json::from_str(line).expect("JSON");
        let (model, judging) = budget_options(&case["options"]).expect("options");
        let model = resolve(&model).expect("a model");
        let encoding = Encoding::named(&model.encoding).expect("a bundled vocabulary");
        let mut budget = TokenBudget::with_encoding(model, encoding).judged_by(judging);
        if let Some(dialect) = dialect(&case["options"]).expect("a dialect") {
            budget = budget.written_in(dialect);
        }
        let policy = policy(Some(case["policy"].clone())).expect("a policy");
        let plan = budget.plan(&case["request"], &policy).expect("a plan");
        let json = serde_json::to_string(&plan).expect("JSON");
        writeln!(out, "{json}").expect("written");
    }
}
