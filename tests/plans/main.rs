//! Plans: what they choose, what they keep, and what verifying and undoing them finds.

// A failed expectation is a failed test.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

#[path = "../planning/drawn.rs"]
mod drawn;
#[path = "../planning/neutral/mod.rs"]
mod neutral;
#[path = "../planning/mod.rs"]
mod planning;

mod native_plans;
mod plan_choices;
mod plan_files;
mod plan_hostile;
mod plan_oracle;
mod plan_parallel;
mod plan_paying;
mod plan_policies_dialects;
mod plan_properties;
mod plan_properties_dialects;
mod plan_resorts;
mod plan_shares;
mod plan_user_texts;
mod trajectories;
mod undo;
mod verify_damage;
mod verify_hostile;
mod verify_named;
mod verify_terms;
