//! Questions about sixteen bytes at a time, answered with one bit each.
//!
//! WebAssembly and x86-64 have instructions for that. Elsewhere, and in tests as the plainly correct version, it is a loop.

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(crate) use wasm::Lanes;
#[cfg(target_arch = "x86_64")]
pub(crate) use x86::Lanes;

#[cfg(not(any(
    all(target_arch = "wasm32", target_feature = "simd128"),
    target_arch = "x86_64"
)))]
pub(crate) use portable::Lanes;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wasm {
    use core::arch::wasm32::{
        i8x16_bitmask, i8x16_lt, i8x16_splat, u8x16_eq, u8x16_splat, u8x16_sub, v128, v128_load,
        v128_or,
    };

    /// Sixteen bytes.
    #[derive(Clone, Copy)]
    pub struct Lanes(v128);

    impl Lanes {
        /// Reads them.
        #[inline(always)]
        pub fn new(bytes: &[u8; 16]) -> Self {
            // SAFETY: the reference covers the sixteen bytes read, and the load needs no alignment.
            Self(unsafe { v128_load(bytes.as_ptr().cast()) })
        }

        /// With ASCII letters in lower case; what other bytes become is in none of the ranges of letters.
        #[inline(always)]
        pub fn lower(self) -> Self {
            Self(v128_or(self.0, u8x16_splat(0x20)))
        }

        /// Which are `byte`.
        #[inline(always)]
        pub fn equal(self, byte: u8) -> u16 {
            i8x16_bitmask(u8x16_eq(self.0, u8x16_splat(byte)))
        }

        /// Which are among the `length` bytes from `first` on.
        #[inline(always)]
        pub fn among(self, first: u8, length: u8) -> u16 {
            // Signed, half of the range lower: x86-64 has no instruction that compares otherwise.
            let offset = u8x16_sub(self.0, u8x16_splat(first ^ 0x80));
            let end = (length ^ 0x80).cast_signed();
            i8x16_bitmask(i8x16_lt(offset, i8x16_splat(end)))
        }

        /// Which are 0x80 and above.
        #[inline(always)]
        pub fn high(self) -> u16 {
            i8x16_bitmask(self.0)
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use core::arch::x86_64::{
        __m128i, _mm_cmpeq_epi8, _mm_loadu_si128, _mm_min_epu8, _mm_movemask_epi8, _mm_or_si128,
        _mm_set1_epi8, _mm_sub_epi8,
    };

    /// Sixteen bytes.
    #[derive(Clone, Copy)]
    pub struct Lanes(__m128i);

    impl Lanes {
        /// Reads them.
        #[inline(always)]
        pub fn new(bytes: &[u8; 16]) -> Self {
            // SAFETY: the reference covers the sixteen bytes read, and the load needs no alignment. SSE2 is part of x86-64.
            Self(unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) })
        }

        /// With ASCII letters in lower case; what other bytes become is in none of the ranges of letters.
        #[inline(always)]
        pub fn lower(self) -> Self {
            // SAFETY: SSE2 is part of x86-64.
            Self(unsafe { _mm_or_si128(self.0, _mm_set1_epi8(0x20)) })
        }

        /// Which are `byte`.
        #[inline(always)]
        pub fn equal(self, byte: u8) -> u16 {
            // SAFETY: SSE2 is part of x86-64.
            unsafe {
                _mm_movemask_epi8(_mm_cmpeq_epi8(self.0, _mm_set1_epi8(byte.cast_signed()))) as u16
            }
        }

        /// Which are among the `length` bytes from `first` on.
        #[inline(always)]
        pub fn among(self, first: u8, length: u8) -> u16 {
            let last = length.wrapping_sub(1).cast_signed();
            // SAFETY: SSE2 is part of x86-64.
            unsafe {
                let offset = _mm_sub_epi8(self.0, _mm_set1_epi8(first.cast_signed()));
                let capped = _mm_min_epu8(offset, _mm_set1_epi8(last));
                _mm_movemask_epi8(_mm_cmpeq_epi8(capped, offset)) as u16
            }
        }

        /// Which are 0x80 and above.
        #[inline(always)]
        pub fn high(self) -> u16 {
            // SAFETY: SSE2 is part of x86-64.
            unsafe { _mm_movemask_epi8(self.0) as u16 }
        }
    }
}

#[cfg(any(
    test,
    not(any(
        all(target_arch = "wasm32", target_feature = "simd128"),
        target_arch = "x86_64"
    ))
))]
mod portable {
    /// Sixteen bytes.
    #[derive(Clone, Copy)]
    pub struct Lanes([u8; 16]);

    impl Lanes {
        /// Reads them.
        pub fn new(bytes: &[u8; 16]) -> Self {
            Self(*bytes)
        }

        /// With ASCII letters in lower case; what other bytes become is in none of the ranges of letters.
        pub fn lower(self) -> Self {
            Self(self.0.map(|byte| byte | 0x20))
        }

        /// Which are `byte`.
        pub fn equal(self, byte: u8) -> u16 {
            self.which(|b| b == byte)
        }

        /// Which are among the `length` bytes from `first` on.
        pub fn among(self, first: u8, length: u8) -> u16 {
            self.which(|b| b.wrapping_sub(first) < length)
        }

        /// Which are 0x80 and above.
        pub fn high(self) -> u16 {
            self.which(|b| b >= 0x80)
        }

        fn which(self, accept: impl Fn(u8) -> bool) -> u16 {
            let bit = |(at, &byte): (usize, &u8)| u16::from(accept(byte)) << at;
            self.0.iter().enumerate().map(bit).sum()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Lanes, portable};

    #[test]
    fn instructions_answer_as_the_loop_does() {
        for first in 0..=255_u8 {
            let bytes = std::array::from_fn(|i| first.wrapping_add((i * i * 7) as u8));
            let (fast, plain) = (Lanes::new(&bytes), portable::Lanes::new(&bytes));
            assert_eq!(fast.high(), plain.high());
            for byte in 0..=255 {
                assert_eq!(fast.equal(byte), plain.equal(byte));
                assert_eq!(fast.lower().equal(byte), plain.lower().equal(byte));
                for length in [1, 5, 10, 26, 128, 255] {
                    assert_eq!(fast.among(byte, length), plain.among(byte, length));
                }
            }
        }
    }
}
