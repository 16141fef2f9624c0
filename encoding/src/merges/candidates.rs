//! Numbers of which the least is asked for again and again, four at a time.
//!
//! They are read four at once and therefore written four at once: a processor that has to put what it reads together from
//! several writes waits until all of them have reached its cache.

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use wasm::Four;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use portable::Four;

/// Four times `FOURS` numbers.
#[derive(Clone, Copy)]
pub(super) struct Candidates<const FOURS: usize>([Four; FOURS]);

impl<const FOURS: usize> Candidates<FOURS> {
    /// All of them the highest number, which stands for none.
    pub const NONE: Self = Self([Four::NONE; FOURS]);

    /// With these numbers.
    #[inline(always)]
    pub fn new(numbers: [[u32; 4]; FOURS]) -> Self {
        Self(numbers.map(Four::new))
    }

    /// Replaces one of them.
    #[inline(always)]
    pub fn set(&mut self, place: usize, number: u32) {
        let four = &mut self.0[place / 4 % FOURS];
        *four = four.with(place % 4, number);
    }

    /// The least of them.
    #[inline(always)]
    pub fn least(&self) -> u32 {
        let mut four = self.0[0];
        for other in &self.0[1..] {
            four = four.min(*other);
        }
        four.least()
    }
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wasm {
    use core::arch::wasm32::{
        u32x4, u32x4_eq, u32x4_extract_lane, u32x4_min, u32x4_shuffle, u32x4_splat, v128,
        v128_bitselect,
    };

    #[derive(Clone, Copy)]
    pub struct Four(v128);

    impl Four {
        pub const NONE: Self = Self(u32x4(u32::MAX, u32::MAX, u32::MAX, u32::MAX));

        #[inline(always)]
        pub fn new([a, b, c, d]: [u32; 4]) -> Self {
            Self(u32x4(a, b, c, d))
        }

        #[inline(always)]
        pub fn with(self, place: usize, number: u32) -> Self {
            let here = u32x4_eq(u32x4(0, 1, 2, 3), u32x4_splat(place as u32));
            Self(v128_bitselect(u32x4_splat(number), self.0, here))
        }

        #[inline(always)]
        pub fn min(self, other: Self) -> Self {
            Self(u32x4_min(self.0, other.0))
        }

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
    #[derive(Clone, Copy)]
    #[repr(align(16))]
    pub struct Four([u32; 4]);

    impl Four {
        pub const NONE: Self = Self([u32::MAX; 4]);

        #[inline(always)]
        pub fn new(numbers: [u32; 4]) -> Self {
            Self(numbers)
        }

        #[inline(always)]
        pub fn with(self, place: usize, number: u32) -> Self {
            // Written so that compilers make no branch of it.
            Self(std::array::from_fn(|i| {
                let here = u32::from(i == place).wrapping_neg();
                number & here | self.0[i] & !here
            }))
        }

        #[inline(always)]
        pub fn min(self, other: Self) -> Self {
            Self(std::array::from_fn(|i| self.0[i].min(other.0[i])))
        }

        #[inline(always)]
        pub fn least(self) -> u32 {
            let [a, b, c, d] = self.0;
            a.min(b).min(c.min(d))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Candidates;

    #[test]
    fn the_least_is_found_at_every_place() {
        for place in 0..64 {
            let mut numbers = Candidates::<16>::NONE;
            assert_eq!(numbers.least(), u32::MAX);
            for other in 0..64 {
                numbers.set(other, u32::MAX - 64 + other.abs_diff(place) as u32);
            }
            assert_eq!(numbers.least(), u32::MAX - 64);
            numbers.set(place, u32::MAX);
            assert_eq!(numbers.least(), u32::MAX - 63);
        }
        assert_eq!(Candidates::new([[4, 3, 2, 5], [9, 9, 9, 9]]).least(), 2);
    }
}
