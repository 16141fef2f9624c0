//! Byte pair merging: the tables of a vocabulary, and the ways to count the tokens of one piece with them.

mod characters;
mod edges;
pub(crate) mod long;
pub(crate) mod merge;
mod queue;
pub(crate) mod run;
mod vocabulary;

pub(crate) use vocabulary::Vocabulary;

#[cfg(test)]
mod exhaustive_tests;
