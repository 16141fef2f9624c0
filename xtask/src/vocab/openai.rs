//! The vocabularies of OpenAI, out of the crate tiktoken-rs.

use anyhow::{Context, Result};
use tiktoken_rs::CoreBPE;
use token_headroom_encoding::load::{LoadOptions, Tokenizer, from_ranks};

/// A vocabulary, and the encodings that share it.
pub struct Source {
    /// Its encodings; the first names the pack.
    pub encodings: &'static [&'static str],
    /// Ids below this are tokens; the special ones among them are not ranked.
    size: u32,
    special: Option<u32>,
    load: fn() -> Result<CoreBPE>,
}

/// Sizes are the documented `explicit_n_vocab` less the special tokens (tiktoken, `openai_public.py`).
pub const SOURCES: [Source; 4] = [
    Source {
        encodings: &["cl100k_base", "phi-4"],
        size: 100_256,
        special: None,
        load: tiktoken_rs::cl100k_base,
    },
    Source {
        encodings: &["o200k_base", "o200k_harmony"],
        size: 199_998,
        special: None,
        load: tiktoken_rs::o200k_base,
    },
    Source {
        encodings: &["p50k_base"],
        size: 50_281,
        special: Some(50_256),
        load: tiktoken_rs::p50k_base,
    },
    Source {
        encodings: &["r50k_base"],
        size: 50_256,
        special: None,
        load: tiktoken_rs::r50k_base,
    },
];

impl Source {
    /// The tokenizers of its encodings.
    pub fn tokenizers(&self) -> Result<Vec<Tokenizer>> {
        let bpe = (self.load)()?;
        let tokens = (0..self.size)
            .filter(|&rank| self.special != Some(rank))
            .map(|rank| match bpe.decode_bytes(&[rank]) {
                Ok(bytes) => Ok((rank, bytes)),
                Err(error) => Err(anyhow::anyhow!("rank {rank}: {error}")),
            })
            .collect::<Result<Vec<_>>>()?;
        let tokenizer = |name: &&str| {
            let options = LoadOptions {
                preset: Some((*name).to_owned()),
                ..LoadOptions::default()
            };
            let ranked = tokens.iter().map(|(rank, bytes)| (*rank, bytes.as_slice()));
            from_ranks(ranked, &options).with_context(|| (*name).to_owned())
        };
        self.encodings.iter().map(tokenizer).collect()
    }
}
