//! A number of tokens with the bounds that the truth lies between.

use std::iter::Sum;
use std::ops::{Add, AddAssign};

/// Least, likely and most tokens. Parts may be negative: joining two texts can save a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Estimate {
    pub(super) lower: i64,
    pub(super) tokens: i64,
    pub(super) upper: i64,
}

impl Estimate {
    /// Known exactly.
    pub(super) fn exact(tokens: impl Into<i64>) -> Self {
        let tokens = tokens.into();
        Self {
            lower: tokens,
            tokens,
            upper: tokens,
        }
    }

    /// Known within bounds.
    pub(super) fn between(
        lower: impl Into<i64>,
        tokens: impl Into<i64>,
        upper: impl Into<i64>,
    ) -> Self {
        Self {
            lower: lower.into(),
            tokens: tokens.into(),
            upper: upper.into(),
        }
    }

    /// The same, with the bounds this much further away.
    pub(super) fn widened(self, below: i64, above: i64) -> Self {
        Self {
            lower: self.lower - below,
            tokens: self.tokens,
            upper: self.upper + above,
        }
    }

    /// So many of the same.
    pub(super) fn times(self, count: i64) -> Self {
        Self {
            lower: self.lower.saturating_mul(count),
            tokens: self.tokens.saturating_mul(count),
            upper: self.upper.saturating_mul(count),
        }
    }

    /// Whether there is any doubt.
    pub(super) fn is_exact(self) -> bool {
        self.lower == self.tokens && self.tokens == self.upper
    }
}

impl Add for Estimate {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            lower: self.lower.saturating_add(other.lower),
            tokens: self.tokens.saturating_add(other.tokens),
            upper: self.upper.saturating_add(other.upper),
        }
    }
}

impl AddAssign for Estimate {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Estimate {
    fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
        items.fold(Self::default(), Self::add)
    }
}
