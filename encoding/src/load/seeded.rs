//! Hash maps whose order of collisions a file cannot choose.
//!
//! In WebAssembly the standard maps have no source of randomness. Here the seed is a digest of the whole file, so whoever
//! makes keys collide changes the seed with them.

use std::collections::HashMap;
use std::hash::{BuildHasher, DefaultHasher, Hasher};

/// A hash map seeded by [`Seed`].
pub(super) type Map<K, V> = HashMap<K, V, Seed>;

/// A seed made of a file.
#[derive(Clone, Copy)]
pub(super) struct Seed(u64);

impl Seed {
    /// The seed of `file`.
    pub fn of(file: &[u8]) -> Self {
        let mut hasher = DefaultHasher::new();
        hasher.write(file);
        Self(hasher.finish())
    }

    /// An empty map with room for `capacity` entries.
    pub fn map<K, V>(self, capacity: usize) -> Map<K, V> {
        HashMap::with_capacity_and_hasher(capacity, self)
    }
}

impl BuildHasher for Seed {
    type Hasher = DefaultHasher;

    fn build_hasher(&self) -> DefaultHasher {
        let mut hasher = DefaultHasher::new();
        hasher.write_u64(self.0);
        hasher
    }
}
