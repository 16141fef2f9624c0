//! Models whose thoughts are bound to what stands before them.

use super::Model;

/// The families that Anthropic documents as preserving thinking, with their versions (platform documentation, "Preserved
/// thinking", 2026-11).
const BINDING: [[&str; 2]; 7] = [
    ["fable", "5-1"],
    ["fable", "5-2"],
    ["mythos", "5-1"],
    ["mythos", "5-2"],
    ["opus", "5-5"],
    ["sonnet", "5-5"],
    ["haiku", "5-5"],
];

/// Whether a change before one of the model's signed thoughts makes the API refuse, or drop, the thought.
pub(crate) fn binds_thoughts(model: &Model) -> bool {
    [&model.row, &model.name].into_iter().any(|name| {
        let name = name.to_ascii_lowercase().replace('.', "-");
        BINDING.iter().any(|[family, version]| {
            [format!("{family}-{version}"), format!("{version}-{family}")]
                .iter()
                .any(|named| {
                    // A date may follow, with a dash: `5-5-20261101`, not `5-20261101`.
                    let rest = name.split_once(named.as_str()).map(|(_, rest)| rest);
                    rest.is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_digit()))
                })
        })
    })
}

#[cfg(test)]
mod tests {
    use crate::models::{ModelOptions, resolve};

    #[test]
    fn only_the_documented_families_bind() {
        let binds = |name: &str| {
            let model = resolve(&ModelOptions::for_model(name)).expect("a known model");
            super::binds_thoughts(&model)
        };
        for name in [
            "claude-opus-5-5",
            "claude-sonnet-5.5",
            "claude-haiku-5-5",
            "claude-fable-5-1",
            "claude-mythos-5.1",
        ] {
            assert!(binds(name), "{name}");
        }
        for name in [
            "claude-opus-5",
            "claude-fable-5",
            "claude-sonnet-4-5",
            "gpt-4o",
            "claude-haiku-4-5-20251001",
        ] {
            assert!(!binds(name), "{name}");
        }
    }
}
