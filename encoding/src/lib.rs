//! The tokenizer engine of token-headroom: exact counts, ids and cuts for the public LLM tokenizers.
//!
//! ```
//! use token_headroom_encoding::{Encoding, Keep};
//!
//! let encoding = Encoding::named("o200k_base")?;
//! assert_eq!(encoding.count("hello world"), 2);
//! assert_eq!(encoding.count_up_to(&"word ".repeat(1_000_000), 8_000), None);
//!
//! let text = "one two three four";
//! let kept = encoding.truncate(text, 2, Keep::Head);
//! assert_eq!(&text[..kept.head], "one two");
//! # Ok::<(), token_headroom_encoding::Error>(())
//! ```
//!
//! An [`Encoding`] comes from a cargo feature ([`Encoding::named`]), from a pack ([`Encoding::from_pack`]) or from the file that a model
//! comes with (`load`, a feature). A [`Codec`] adds ids to it, from a second file that those who only count never load.
//!
//! A text is read in steps, each of which is a module: literals come out and the rest is brought to its normal form (`reading`);
//! that is cut in pieces by a hand-written pre-tokenizer, many at once or, where those do not suffice, one by one (`pieces`); each piece
//! is counted on its own, out of a memo (`counter`) or by merging byte pairs (`merges`). Merges, patterns and
//! literals come from a [`pack`]. Claude's vocabularies are counted in another way altogether (`tiling`).

mod code_points;
mod codec;
mod counter;
mod cut;
mod embedded;
mod encoding;
mod ends;
mod error;
mod fit;
#[cfg(any(
    test,
    all(any(feature = "wasm", feature = "wasm-load"), target_arch = "wasm32")
))]
pub mod late;
mod literals;
#[cfg(feature = "load")]
pub mod load;
#[cfg(any(test, all(feature = "wasm", target_arch = "wasm32")))]
mod long_text;
mod longer_memo;
mod memo;
mod merges;
mod normal;
pub mod order;
pub mod pack;
mod pieces;
mod reading;
mod short_memo;
mod table;
mod tiling;
mod tiny_memo;
mod truncate;
#[cfg(all(any(feature = "wasm", feature = "wasm-load"), target_arch = "wasm32"))]
pub mod wasm;

pub use codec::Codec;
pub use encoding::{Encoding, Keep, Kept};
pub use error::{Code, Error, Result};
pub use fit::{FitOptions, Fitted};
pub use normal::Normalizer;
pub use pieces::Pattern;
