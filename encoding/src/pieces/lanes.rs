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
        i8x16, i8x16_bitmask, i8x16_lt, i8x16_splat, i8x16_swizzle, u8x16_eq, u8x16_splat,
        u8x16_sub, u16x8_shl, v128, v128_load, v128_or,
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

        /// 0xFF for those that are `byte`, 0 for the others.
        #[inline(always)]
        pub fn equal(self, byte: u8) -> Self {
            Self(u8x16_eq(self.0, u8x16_splat(byte)))
        }

        /// 0xFF for those among the `length` bytes from `first` on, 0 for the others.
        #[inline(always)]
        pub fn among(self, first: u8, length: u8) -> Self {
            // Signed, half of the range lower: x86-64 has no instruction that compares otherwise.
            let offset = u8x16_sub(self.0, u8x16_splat(first ^ 0x80));
            let end = (length ^ 0x80).cast_signed();
            Self(i8x16_lt(offset, i8x16_splat(end)))
        }

        /// 0xC0 for line breaks, 0x40 for other whitespace of ASCII but the space, 0 for the others.
        #[inline(always)]
        pub fn spacing(self) -> Self {
            // Bytes above the table's sixteen find 0.
            const TABLE: v128 = i8x16(0, 0, 0, 0, 0, 0, 0, 0, 0, 64, -64, 64, 64, -64, 0, 0);
            Self(i8x16_swizzle(TABLE, self.0))
        }

        /// The bits that either has.
        #[inline(always)]
        pub fn or(self, other: Self) -> Self {
            Self(v128_or(self.0, other.0))
        }

        /// Which have bit `BIT`.
        #[inline(always)]
        pub fn bit<const BIT: u32>(self) -> u16 {
            i8x16_bitmask(if BIT == 7 {
                self.0
            } else {
                u16x8_shl(self.0, 7 - BIT)
            })
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use core::arch::x86_64::{
        __m128i, _mm_and_si128, _mm_cmpeq_epi8, _mm_cvtsi32_si128, _mm_loadu_si128, _mm_min_epu8,
        _mm_movemask_epi8, _mm_or_si128, _mm_set1_epi8, _mm_sll_epi16, _mm_sub_epi8,
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
            self.or(Self::all(0x20))
        }

        /// 0xFF for those that are `byte`, 0 for the others.
        #[inline(always)]
        pub fn equal(self, byte: u8) -> Self {
            // SAFETY: SSE2 is part of x86-64.
            Self(unsafe { _mm_cmpeq_epi8(self.0, Self::all(byte).0) })
        }

        /// 0xFF for those among the `length` bytes from `first` on, 0 for the others.
        #[inline(always)]
        pub fn among(self, first: u8, length: u8) -> Self {
            // SAFETY: SSE2 is part of x86-64.
            unsafe {
                let offset = _mm_sub_epi8(self.0, Self::all(first).0);
                let capped = _mm_min_epu8(offset, Self::all(length.wrapping_sub(1)).0);
                Self(_mm_cmpeq_epi8(capped, offset))
            }
        }

        /// 0xC0 for line breaks, 0x40 for other whitespace of ASCII but the space, 0 for the others.
        #[inline(always)]
        pub fn spacing(self) -> Self {
            let breaks = self.equal(b'\n').or(self.equal(b'\r'));
            breaks.and(0x80).or(self.among(9, 5).and(0x40))
        }

        /// The bits that either has.
        #[inline(always)]
        pub fn or(self, other: Self) -> Self {
            // SAFETY: SSE2 is part of x86-64.
            Self(unsafe { _mm_or_si128(self.0, other.0) })
        }

        /// Which have bit `BIT`.
        #[inline(always)]
        pub fn bit<const BIT: u32>(self) -> u16 {
            // SAFETY: SSE2 is part of x86-64.
            unsafe {
                let up = _mm_cvtsi32_si128(7 - BIT.cast_signed());
                _mm_movemask_epi8(_mm_sll_epi16(self.0, up)) as u16
            }
        }

        #[inline(always)]
        fn and(self, byte: u8) -> Self {
            // SAFETY: SSE2 is part of x86-64.
            Self(unsafe { _mm_and_si128(self.0, Self::all(byte).0) })
        }

        #[inline(always)]
        fn all(byte: u8) -> Self {
            // SAFETY: SSE2 is part of x86-64.
            Self(unsafe { _mm_set1_epi8(byte.cast_signed()) })
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

        /// 0xFF for those that are `byte`, 0 for the others.
        pub fn equal(self, byte: u8) -> Self {
            self.among(byte, 1)
        }

        /// 0xFF for those among the `length` bytes from `first` on, 0 for the others.
        pub fn among(self, first: u8, length: u8) -> Self {
            let among = |byte: u8| byte.wrapping_sub(first) < length;
            Self(self.0.map(|byte| if among(byte) { 0xFF } else { 0 }))
        }

        /// 0xC0 for line breaks, 0x40 for other whitespace of ASCII but the space, 0 for the others.
        pub fn spacing(self) -> Self {
            Self(self.0.map(|byte| match byte {
                b'\n' | b'\r' => 0xC0,
                9..=13 => 0x40,
                _ => 0,
            }))
        }

        /// The bits that either has.
        pub fn or(self, other: Self) -> Self {
            Self(std::array::from_fn(|i| self.0[i] | other.0[i]))
        }

        /// Which have bit `BIT`.
        pub fn bit<const BIT: u32>(self) -> u16 {
            let bit = |(at, byte): (usize, &u8)| u16::from(byte >> BIT & 1) << at;
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
            assert_eq!(fast.bit::<7>(), plain.bit::<7>());
            assert_eq!(fast.bit::<5>(), plain.bit::<5>());
            let (white, plainly) = (fast.spacing(), plain.spacing());
            assert_eq!(white.bit::<7>(), plainly.bit::<7>());
            assert_eq!(white.bit::<6>(), plainly.bit::<6>());
            for byte in 0..=255 {
                let (equal, plainly) = (fast.equal(byte), plain.equal(byte));
                assert_eq!(equal.bit::<7>(), plainly.bit::<7>());
                let either = plainly.or(plain.equal(first)).bit::<7>();
                assert_eq!(equal.or(fast.equal(first)).bit::<7>(), either);
                let lower = plain.lower().equal(byte).bit::<7>();
                assert_eq!(fast.lower().equal(byte).bit::<7>(), lower);
                for length in [1, 5, 10, 26, 128, 255] {
                    let among = plain.among(byte, length).bit::<7>();
                    assert_eq!(fast.among(byte, length).bit::<7>(), among);
                }
            }
        }
    }
}
