//! The planner against brute force: every combination of offers with every number of removals, made and counted.
//!
//! The oracle makes changes as the search does, but chooses nothing by estimates: it counts them all and keeps those that
//! reach the mark. Offers are what they are; that they leave out nothing legal is tested elsewhere (`tests/plans/plan_oracle.rs`).

mod brute_force;
mod case;
mod draws;
mod last_resorts;
mod properties;

use super::*;

#[path = "../../../tests/planning/cases.rs"]
mod cases;
#[path = "../../../tests/planning/neutral/mod.rs"]
mod neutral;
#[path = "../../../tests/planning/words.rs"]
mod words;
