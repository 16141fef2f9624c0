//! A binary search that starts at a guess.

/// The smallest of `1..=most` that `fits`, where every larger one fits as well; `guess` is where to look first.
pub(super) fn smallest(
    most: usize,
    guess: usize,
    mut fits: impl FnMut(usize) -> bool,
) -> Option<usize> {
    if most == 0 {
        return None;
    }
    let mut low = 0;
    let mut high = guess.clamp(1, most);
    let mut stride = 1;
    while !fits(high) {
        if high == most {
            return None;
        }
        low = high;
        high = high.saturating_add(stride).min(most);
        stride *= 2;
    }
    stride = 1;
    while high - low > 1 {
        let probe = (high - low).div_ceil(2).min(stride);
        if fits(high - probe) {
            high -= probe;
            stride = stride.saturating_mul(2);
        } else {
            low = high - probe;
            stride = usize::MAX;
        }
    }
    Some(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_is_found_whatever_the_guess() {
        for most in 0..20 {
            for answer in 1..=most + 1 {
                for guess in [0, 1, 2, 7, most, usize::MAX] {
                    let expected = (answer <= most).then_some(answer);
                    assert_eq!(smallest(most, guess, |at| at >= answer), expected);
                }
            }
        }
    }

    #[test]
    fn a_good_guess_takes_two_looks() {
        let mut looks = 0;
        smallest(10_000, 777, |at| {
            looks += 1;
            at >= 777
        });
        assert_eq!(looks, 2);
    }
}
