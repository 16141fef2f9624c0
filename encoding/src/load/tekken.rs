//! `tekken.json` of Mistral: ranked tokens, the split pattern and special tokens, which come first in the ids.

use super::document::Document;
use super::node::Node;
use super::rank_file::found;
use super::seeded::Seed;
use super::strings::Strings;
use super::tokenizer::Tokenizer;
use super::{LoadOptions, base64, invalid, special, unsupported};
use crate::error::Result;
use crate::normal::Normalizer;
use crate::pack::{Literal, Variant};
use crate::pieces::{Behavior, Pattern, SplitRule};

/// The special tokens of files that list none (mistral-common, `Tekkenizer`).
const SPECIAL: [&str; 20] = [
    "<unk>",
    "<s>",
    "</s>",
    "[INST]",
    "[/INST]",
    "[AVAILABLE_TOOLS]",
    "[/AVAILABLE_TOOLS]",
    "[TOOL_RESULTS]",
    "[/TOOL_RESULTS]",
    "[TOOL_CALLS]",
    "[IMG]",
    "<pad>",
    "[IMG_BREAK]",
    "[IMG_END]",
    "[PREFIX]",
    "[MIDDLE]",
    "[SUFFIX]",
    "[SYSTEM_PROMPT]",
    "[/SYSTEM_PROMPT]",
    "[TOOL_CONTENT]",
];

pub(super) fn read(document: Document, seed: Seed, options: &LoadOptions) -> Result<Tokenizer> {
    let config = &document.config;
    let number = |name: &str| {
        config
            .get(name)
            .u32()
            .ok_or_else(|| invalid(format!("config.{name}"), "expected a number"))
    };
    let size = number("default_vocab_size")?;
    let specials = number("default_num_special_tokens")?;
    let expression = config.get("pattern").text().unwrap_or_default();
    let rule = SplitRule::Regex {
        pattern: expression,
        behavior: Behavior::Isolated,
        invert: false,
    };
    let pattern = Pattern::of_rules(&[rule]).ok_or_else(|| {
        unsupported(
            "config.pattern",
            format!("the split pattern {expression:?} is not known here"),
        )
    })?;
    let listed = document.ranks.unwrap_or_default();
    // The file holds more tokens than the model knows.
    let used = size.checked_sub(specials).ok_or_else(|| {
        invalid(
            "config",
            format!("{size} tokens, of which {specials} are special"),
        )
    })?;
    let mut tokens = Strings::default();
    let mut ranks = Vec::new();
    let mut bytes = Vec::new();
    for (index, (text, &rank)) in listed.tokens.iter().zip(&listed.ranks).enumerate() {
        bytes.clear();
        if !base64::decode(text, &mut bytes) {
            return Err(invalid(
                format!("vocab[{index}].token_bytes"),
                "expected base64",
            ));
        }
        if rank < used {
            tokens.push(&bytes);
            ranks.push(rank);
        }
    }
    if ranks.len() != used as usize {
        return Err(invalid(
            "vocab",
            format!("{} tokens, expected {used}", ranks.len()),
        ));
    }
    let ids = ranks.iter().map(|rank| rank + specials).collect();
    let variant = Variant {
        name: options.name(),
        pattern,
        normalizer: Normalizer::None,
        prefix_space: None,
        literals: literals(&document.special_tokens, specials)?,
    };
    found(tokens, ranks, ids, seed)?.tokenizer(seed, variant, Vec::new())
}

/// The special tokens: those listed, and numbered ones up to `count`.
fn literals(listed: &Node, count: u32) -> Result<Vec<Literal>> {
    let mut literals = Vec::new();
    if let Node::List(tokens) = listed {
        for (index, token) in tokens.iter().enumerate() {
            let (Some(id), Some(text)) = (token.get("rank").u32(), token.get("token_str").text())
            else {
                return Err(invalid(
                    format!("special_tokens[{index}]"),
                    "expected rank and token_str",
                ));
            };
            if id >= count {
                return Err(invalid(
                    format!("special_tokens[{index}].rank"),
                    format!(
                        "found {id}, which is the id of a token, expected less than config.default_num_special_tokens, {count}"
                    ),
                ));
            }
            literals.push(special(text, id));
        }
    } else if *listed == Node::Null {
        literals.extend((0..).zip(SPECIAL).map(|(id, text)| special(text, id)));
    } else {
        return Err(invalid("special_tokens", "expected a list"));
    }
    let named = literals.len() as u32;
    literals.extend((named..count.min(100_000)).map(|id| special(&format!("<SPECIAL_{id}>"), id)));
    Ok(literals)
}
