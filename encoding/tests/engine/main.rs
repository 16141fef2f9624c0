//! The engine by its public interface; one binary, for linking many takes longer than running them.

// A failed expectation is a failed test.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod golden_lines;

mod codec;
mod encoding_differential;
mod encoding_pack;
mod encoding_trajectories;
mod encoding_truncate;
mod fit;
mod golden;
mod load_files;
mod load_golden;
mod load_hostile;
