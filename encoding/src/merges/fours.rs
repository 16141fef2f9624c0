//! Four numbers at a time.

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(super) use wasm::Four;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub(super) use portable::Four;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wasm {
    use core::arch::wasm32::{
        i32x4_bitmask, u32x4, u32x4_add, u32x4_extract_lane, u32x4_ge, u32x4_le, u32x4_min,
        u32x4_shl, u32x4_shuffle, u32x4_splat, v128, v128_load, v128_or, v128_store,
    };

    /// Four numbers.
    #[derive(Clone, Copy)]
    pub struct Four(v128);

    impl Four {
        #[inline(always)]
        pub fn new([a, b, c, d]: [u32; 4]) -> Self {
            Self(u32x4(a, b, c, d))
        }

        #[inline(always)]
        pub fn read(numbers: &[u32; 4]) -> Self {
            // SAFETY: the reference covers the sixteen bytes read, and the load needs no alignment.
            Self(unsafe { v128_load(numbers.as_ptr().cast()) })
        }

        #[inline(always)]
        pub fn write(self, numbers: &mut [u32; 4]) {
            // SAFETY: the reference covers the sixteen bytes written, and the store needs no alignment.
            unsafe { v128_store(numbers.as_mut_ptr().cast(), self.0) };
        }

        #[inline(always)]
        pub fn add(self, number: u32) -> Self {
            Self(u32x4_add(self.0, u32x4_splat(number)))
        }

        #[inline(always)]
        pub fn shift_left(self, bits: u32) -> Self {
            Self(u32x4_shl(self.0, bits))
        }

        #[inline(always)]
        pub fn or(self, other: Self) -> Self {
            Self(v128_or(self.0, other.0))
        }

        /// All bits set where a number is at least `least`, none elsewhere.
        #[inline(always)]
        pub fn at_least(self, least: u32) -> Self {
            Self(u32x4_ge(self.0, u32x4_splat(least)))
        }

        /// The last three, and the first one of `next`.
        #[inline(always)]
        pub fn following(self, next: Self) -> Self {
            Self(u32x4_shuffle::<1, 2, 3, 4>(self.0, next.0))
        }

        /// A bit for each that is at most that of `other`.
        #[inline(always)]
        pub fn at_most(self, other: Self) -> u32 {
            u32::from(i32x4_bitmask(u32x4_le(self.0, other.0)))
        }

        /// The highest bit of each.
        #[inline(always)]
        pub fn high(self) -> u32 {
            u32::from(i32x4_bitmask(self.0))
        }

        #[inline(always)]
        pub fn min(self, other: Self) -> Self {
            Self(u32x4_min(self.0, other.0))
        }

        /// The least of the four.
        #[inline(always)]
        pub fn least(self) -> u32 {
            let two = u32x4_min(self.0, u32x4_shuffle::<2, 3, 0, 1>(self.0, self.0));
            let one = u32x4_min(two, u32x4_shuffle::<1, 0, 3, 2>(two, two));
            u32x4_extract_lane::<0>(one)
        }
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod portable {
    /// Four numbers.
    #[derive(Clone, Copy)]
    pub struct Four([u32; 4]);

    impl Four {
        #[inline(always)]
        pub fn new(numbers: [u32; 4]) -> Self {
            Self(numbers)
        }

        #[inline(always)]
        pub fn read(numbers: &[u32; 4]) -> Self {
            Self(*numbers)
        }

        #[inline(always)]
        pub fn write(self, numbers: &mut [u32; 4]) {
            *numbers = self.0;
        }

        #[inline(always)]
        pub fn add(self, number: u32) -> Self {
            Self(self.0.map(|own| own.wrapping_add(number)))
        }

        #[inline(always)]
        pub fn shift_left(self, bits: u32) -> Self {
            Self(self.0.map(|own| own << bits))
        }

        #[inline(always)]
        pub fn or(self, other: Self) -> Self {
            Self(std::array::from_fn(|i| self.0[i] | other.0[i]))
        }

        /// All bits set where a number is at least `least`, none elsewhere.
        #[inline(always)]
        pub fn at_least(self, least: u32) -> Self {
            Self(self.0.map(|own| u32::from(own >= least).wrapping_neg()))
        }

        /// The last three, and the first one of `next`.
        #[inline(always)]
        pub fn following(self, next: Self) -> Self {
            let [_, b, c, d] = self.0;
            Self([b, c, d, next.0[0]])
        }

        /// A bit for each that is at most that of `other`.
        #[inline(always)]
        pub fn at_most(self, other: Self) -> u32 {
            (0..4).fold(0, |bits, i| bits | u32::from(self.0[i] <= other.0[i]) << i)
        }

        /// The highest bit of each.
        #[inline(always)]
        pub fn high(self) -> u32 {
            (0..4).fold(0, |bits, i| bits | (self.0[i] >> 31) << i)
        }

        #[inline(always)]
        pub fn min(self, other: Self) -> Self {
            Self(std::array::from_fn(|i| self.0[i].min(other.0[i])))
        }

        /// The least of the four.
        #[inline(always)]
        pub fn least(self) -> u32 {
            let [a, b, c, d] = self.0;
            a.min(b).min(c.min(d))
        }
    }
}
