//! Tokens of pictures.

use super::Request;
use crate::conversation::Image;
use crate::models::{Host, ImageRule};
use crate::project::estimate::Estimate;

/// Tokens of a picture. OpenRouter drops some: recorded of remote ones and of one in an answer.
pub(super) fn image(image: Image, request: &Request<'_>) -> Estimate {
    let cost = seen(image, request.model.image);
    match request.host {
        Host::Openrouter => Estimate { lower: 0, ..cost },
        _ => cost,
    }
}

/// By the vendor's page "Vision", with the ones around the picture, which recorded usage shows.
fn seen(image: Image, rule: ImageRule) -> Estimate {
    let ImageRule::Grid {
        patch,
        each,
        extra,
        max_side,
        budget,
    } = rule
    else {
        // A model that takes no pictures, or of which nothing is known: the largest tier.
        return Estimate::between(0_i64, 1_571_i64, 4_787_i64);
    };
    let extra = i64::from(extra);
    let Some((width, height)) = image.size else {
        let most = i64::from(budget) + extra;
        // Half of the lesser budget is likely: recorded ones took 10 to 1,400.
        return Estimate::between(0_i64, 787_i64, most + 1);
    };
    let grid = Grid {
        patch: u64::from(patch.max(1)),
        each: u64::from(each),
        max_side: u64::from(max_side),
        budget: u64::from(budget),
    };
    let (tokens, was_shrunk) = grid.tokens(u64::from(width), u64::from(height));
    let tokens = i64::try_from(tokens).unwrap_or(i64::MAX / 4) + extra;
    if was_shrunk {
        // The vendor's own examples; no recorded picture was shrunk.
        let doubt = tokens / 50;
        return Estimate::exact(tokens).widened(doubt, doubt);
    }
    Estimate::exact(tokens)
}

struct Grid {
    patch: u64,
    each: u64,
    max_side: u64,
    budget: u64,
}

impl Grid {
    fn squares(&self, side: u64) -> u64 {
        side.div_ceil(self.patch).max(1)
    }

    fn cost(&self, width: u64, height: u64) -> u64 {
        self.each * self.squares(width) * self.squares(height)
    }

    /// Sides are compared after padding to whole squares.
    fn fits(&self, width: u64, height: u64) -> bool {
        let padded = |side: u64| self.squares(side) * self.patch;
        padded(width).max(padded(height)) <= self.max_side
            && self.cost(width, height) <= self.budget
    }

    /// Tokens, and whether the picture had to be shrunk: to the largest size of its shape that fits, found by bisection
    /// of the longer side (the vendor's page "Vision coordinates").
    fn tokens(&self, width: u64, height: u64) -> (u64, bool) {
        if self.fits(width, height) {
            return (self.cost(width, height), false);
        }
        let (long, short) = (width.max(height), width.min(height).max(1));
        let shrunk = |side: u64| (side, half_even(side * short, long).max(1));
        let (mut fitting, mut too_large) = (1, long);
        while too_large - fitting > 1 {
            let middle = fitting.midpoint(too_large);
            let (long, short) = shrunk(middle);
            if self.fits(long, short) {
                fitting = middle;
            } else {
                too_large = middle;
            }
        }
        let (long, short) = shrunk(fitting);
        (self.cost(long, short), true)
    }
}

/// `dividend / divisor`, rounded to the nearest, halves to the even one.
fn half_even(dividend: u64, divisor: u64) -> u64 {
    let (quotient, rest) = (dividend / divisor, dividend % divisor);
    match (2 * rest).cmp(&divisor) {
        std::cmp::Ordering::Less => quotient,
        std::cmp::Ordering::Greater => quotient + 1,
        std::cmp::Ordering::Equal => quotient + quotient % 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::Detail;

    const STANDARD: ImageRule = ImageRule::Grid {
        patch: 28,
        each: 1,
        extra: 3,
        max_side: 1568,
        budget: 1568,
    };
    const HIGH: ImageRule = ImageRule::Grid {
        patch: 28,
        each: 1,
        extra: 3,
        max_side: 2576,
        budget: 4784,
    };

    fn tokens(width: u32, height: u32, rule: ImageRule) -> i64 {
        let picture = Image {
            size: Some((width, height)),
            detail: Detail::Auto,
        };
        seen(picture, rule).tokens - 3
    }

    /// The examples of the vendor's page "Vision".
    #[test]
    fn the_vendors_examples() {
        for (width, height, standard, high) in [
            (200, 200, 64, 64),
            (1000, 1000, 1296, 1296),
            (1092, 1092, 1521, 1521),
            (1920, 1080, 1560, 2691),
            (2000, 1500, 1564, 3888),
            (3840, 2160, 1560, 4784),
        ] {
            assert_eq!(
                tokens(width, height, STANDARD),
                standard,
                "{width}x{height}"
            );
            assert_eq!(tokens(width, height, HIGH), high, "{width}x{height}");
        }
    }

    #[test]
    fn no_size_exceeds_the_bound_of_an_unknown_size() {
        let unknown = seen(
            Image {
                size: None,
                detail: Detail::Auto,
            },
            HIGH,
        );
        for width in [1, 27, 28, 29, 500, 2576, 9_999, u32::MAX] {
            for height in [1, 28, 1568, 2577, 65_535, u32::MAX] {
                let tokens = tokens(width, height, HIGH) + 3;
                assert!(unknown.lower <= tokens && tokens <= unknown.upper);
            }
        }
    }
}
