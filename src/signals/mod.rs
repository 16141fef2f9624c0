//! What can be learned from calls that were made.

mod calibration;

pub use calibration::{Calibration, Expected, UsageComparison, UsageVerdict, prompt_tokens};
