//! What reads documents, recordings and films. Few requests have any, and it is as much code as a family of models takes: in WebAssembly
//! it is in the second half of the core.

use super::{Base64, containers, documents, recordings};
use crate::conversation::File;
#[cfg(all(feature = "wasm", target_arch = "wasm32"))]
use token_headroom_encoding::late::Late;

/// A reader for each kind of media.
#[derive(Clone, Copy)]
pub(super) struct Readers {
    pub audio_seconds: fn(&Base64<'_>) -> Option<f64>,
    pub film_seconds: fn(&Base64<'_>) -> Option<f64>,
    pub file: fn(&Base64<'_>) -> File,
}

const READERS: Readers = Readers {
    audio_seconds: recordings::seconds,
    film_seconds: containers::film_seconds,
    file: documents::file,
};

/// The readers, where they are.
pub(super) fn readers() -> Option<Readers> {
    #[cfg(all(feature = "wasm", target_arch = "wasm32"))]
    return LATE.get();
    #[cfg(not(all(feature = "wasm", target_arch = "wasm32")))]
    Some(READERS)
}

#[cfg(all(feature = "wasm", target_arch = "wasm32"))]
static LATE: Late<Readers> = Late::new();

/// Brings the readers, from the second half.
#[cfg(all(feature = "wasm", target_arch = "wasm32"))]
pub(crate) fn fill() {
    LATE.fill(READERS);
}
