//! The least of some numbers, four at a time.
//!
//! Compilers for x86-64 and for WebAssembly each make instructions for four out of one way to write it, and branches for every
//! number, none of them predictable, out of the other.

/// The least of `numbers`, of which there are a multiple of four.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[inline(always)]
pub(super) fn least<const COUNT: usize>(numbers: &[i32; COUNT]) -> i32 {
    use core::arch::wasm32::{
        i32x4_extract_lane, i32x4_min, i32x4_shuffle, i32x4_splat, v128_load,
    };

    let (chunks, _) = numbers.as_chunks::<4>();
    let four = chunks.iter().fold(i32x4_splat(i32::MAX), |least, four| {
        // SAFETY: the reference covers the sixteen bytes read, and the load needs no alignment.
        i32x4_min(least, unsafe { v128_load(four.as_ptr().cast()) })
    });
    let two = i32x4_min(four, i32x4_shuffle::<2, 3, 0, 1>(four, four));
    let one = i32x4_min(two, i32x4_shuffle::<1, 0, 3, 2>(two, two));
    i32x4_extract_lane::<0>(one)
}

/// The least of `numbers`, of which there are a multiple of four.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[inline(always)]
pub(super) fn least<const COUNT: usize>(numbers: &[i32; COUNT]) -> i32 {
    let (chunks, _) = numbers.as_chunks::<4>();
    let [a, b, c, d] = chunks.iter().fold([i32::MAX; 4], |least, four| {
        std::array::from_fn(|i| least[i].min(four[i]))
    });
    a.min(b).min(c.min(d))
}

#[cfg(test)]
mod tests {
    use super::least;

    #[test]
    fn the_least_is_found_at_every_place() {
        for place in 0..64_i32 {
            let numbers: [i32; 64] =
                std::array::from_fn(|i| i32::MAX - 64 + (i as i32 - place).abs());
            assert_eq!(least(&numbers), i32::MAX - 64);
        }
        assert_eq!(least(&[i32::MAX; 8]), i32::MAX);
    }
}
