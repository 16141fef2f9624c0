//! Byte pair merging: the tables of a vocabulary, and the ways to count the tokens of one piece with them.

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
pub(crate) mod short_tokens;
mod vocabulary;

pub(crate) use vocabulary::Vocabulary;

#[cfg(test)]
mod exhaustive_tests;
#[cfg(test)]
mod long_tests;
#[cfg(test)]
mod short_tests;
