//! What can be learned from calls that were made.

mod anchor;
mod calibration;
mod comparison;
mod usage;

pub use calibration::Calibration;
pub use comparison::{Expected, Signature, UsageComparison, UsageVerdict};
pub use usage::{Report, prompt_tokens};
