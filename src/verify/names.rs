//! The names of the invariants, by dialect.

use crate::conversation::Dialect;

/// The invariants that hold for every API.
const COMMON: [&str; 12] = [
    "C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", "C10", "C11", "C12",
];

/// The names of the invariants that [`verify`](super::verify) checks in `dialect`, the common ones first.
pub(crate) fn names(dialect: Dialect) -> Vec<&'static str> {
    let own: &[&str] = match dialect {
        Dialect::OpenaiChat => &["OC1", "OC2", "OC3", "OC4", "OC5", "OC6"],
        Dialect::OpenaiResponses => &[
            "OR1", "OR2", "OR3", "OR4", "OR5", "OR6", "OR7", "OR8", "OR9",
        ],
        Dialect::Anthropic => &[
            "AN1", "AN2", "AN3", "AN4", "AN5", "AN6", "AN7", "AN8", "AN9", "AN12", "AN13",
        ],
        Dialect::Gemini => &["G1", "G2", "G3", "G4", "G5"],
        Dialect::AiSdk => &["AI1", "AI2", "AI3", "AI4", "AI5", "AI6", "AN13"],
        Dialect::Langchain => &["LC1", "LC2", "LC3", "LC4", "LC5", "AN13"],
        Dialect::BedrockConverse => &["BR1", "BR2", "BR3", "AN13"],
        Dialect::Completions | Dialect::Cohere | Dialect::Ollama | Dialect::Autogen => &[],
    };
    COMMON.iter().chain(own).copied().collect()
}
