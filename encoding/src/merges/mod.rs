//! Byte pair merging: the tables of a vocabulary, and the ways to count the tokens of one piece with them.
//!
//! Why encodings of parts may be joined: two neighbouring tokens of a correct encoding are what their own text encodes to, and an
//! encoding is correct if all its neighbours are so. Two encodings with a token in common, at the same place, have the neighbours of
//! one before it and those of the other after it, all of them correct; so what is joined there is correct.

mod apart;
mod characters;
mod edges;
mod fours;
mod known_tokens;
mod later;
pub(crate) mod long;
pub(crate) mod lot;
pub(crate) mod merge;
mod merging;
pub(crate) mod overlap;
mod pair_table;
pub(crate) mod pairs;
mod queue;
pub(crate) mod run;
mod runs;
pub(crate) mod short_tokens;
mod vocabulary;

pub(crate) use vocabulary::Vocabulary;

#[cfg(test)]
mod exhaustive_tests;
#[cfg(test)]
mod long_tests;
#[cfg(test)]
mod lot_tests;
#[cfg(test)]
mod short_tests;
