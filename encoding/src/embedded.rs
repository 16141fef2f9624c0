//! The packs that cargo features embed in a native build.
//!
//! In WebAssembly a vocabulary is a file of its own, so that nobody downloads two.

use std::sync::{Mutex, PoisonError};

#[cfg(feature = "ids")]
use crate::codec::Codec;
use crate::encoding::Encoding;
use crate::error::{Code, Error, Result};

/// An embedded pack.
struct Embedded {
    /// The encodings in it; the first is the pack's own name.
    names: &'static [&'static str],
    pack: &'static [u8],
    /// Absent for a vocabulary whose ids are not public.
    #[cfg(feature = "ids")]
    ids: Option<&'static [u8]>,
}

/// One entry per feature: the encodings in its pack, of which the first names the file.
macro_rules! embedded {
    ($($feature:literal => $kind:ident[$name:literal $(, $other:literal)*],)*) => {
        &[$(
            #[cfg(all(feature = $feature, not(target_arch = "wasm32")))]
            Embedded {
                names: &[$name $(, $other)*],
                pack: include_bytes!(concat!("../packs/", $name, ".pack")),
                #[cfg(feature = "ids")]
                ids: embedded!(@ $kind $name),
            },
        )*]
    };
    (@ merges $name:literal) => {
        Some(include_bytes!(concat!("../packs/", $name, ".ids")))
    };
    (@ tiling $name:literal) => { None };
}

static EMBEDDED: &[Embedded] = embedded![
    "o200k_base" => merges["o200k_base", "o200k_harmony"],
    "cl100k_base" => merges["cl100k_base", "phi-4"],
    "p50k_base" => merges["p50k_base"],
    "r50k_base" => merges["r50k_base"],
    "qwen3" => merges["qwen3", "qwen2.5"],
    "qwen3_5" => merges["qwen3.5"],
    "deepseek_v4" => merges["deepseek-v4", "deepseek-v3", "deepseek-r1"],
    "glm_4_5" => merges["glm-4.5", "glm-4"],
    "glm_4_7" => merges["glm-4.7"],
    "mistral_tekken" => merges["mistral-tekken"],
    "mistral_sp_v1" => merges["mistral-sp-v1"],
    "mistral_sp_v3" => merges["mistral-sp-v3"],
    "gemma4" => merges["gemma4", "gemma3"],
    "claude_gen1" => tiling["claude-gen1"],
    "claude_gen2" => tiling["claude-gen2"],
];

impl Encoding {
    /// An encoding embedded by a cargo feature.
    ///
    /// The first call for a vocabulary builds its tables; later ones share them.
    ///
    /// # Errors
    /// [`UnknownEncoding`](Code::UnknownEncoding) for a name that is not built in.
    pub fn named(name: &str) -> Result<Self> {
        static LOADED: Mutex<Vec<(usize, Encoding)>> = Mutex::new(Vec::new());
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, encoding)) = loaded.iter().find(|(_, e)| e.name() == name) {
            return Ok(encoding.clone());
        }
        let (place, embedded) = find(name)?;
        let sibling = loaded.iter().find(|(other, _)| *other == place);
        let encoding = match sibling {
            Some((_, sibling)) => sibling.sibling(embedded.pack, name)?,
            None => Self::from_pack_as(embedded.pack, name)?,
        };
        loaded.push((place, encoding.clone()));
        Ok(encoding)
    }
}

#[cfg(feature = "ids")]
impl Codec {
    /// An encoding embedded by a cargo feature, with its ids, which the feature `ids` embeds.
    ///
    /// Each call expands the vocabulary again: keep what it gives.
    ///
    /// # Errors
    /// [`UnknownEncoding`](Code::UnknownEncoding) for a name that is not built in,
    /// [`InvalidOption`](Code::InvalidOption) for one without public ids.
    pub fn named(name: &str) -> Result<Self> {
        let (_, embedded) = find(name)?;
        // A vocabulary without ids is refused for its pack, whatever the ids.
        let ids = embedded.ids.unwrap_or_default();
        Self::new(&Encoding::named(name)?, embedded.pack, ids)
    }
}

fn find(name: &str) -> Result<(usize, &'static Embedded)> {
    let mut places = EMBEDDED.iter().enumerate();
    places
        .find(|(_, e)| e.names.contains(&name))
        .ok_or_else(|| {
            let names: Vec<&str> = EMBEDDED.iter().flat_map(|e| e.names).copied().collect();
            Error::new(
                Code::UnknownEncoding,
                "",
                format!("encoding {name:?} is not built in; built in are {names:?}"),
            )
            .with_hint(
                "enable the cargo feature of its pack, or load the pack with Encoding::from_pack",
            )
        })
}
