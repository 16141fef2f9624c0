//! A total shared out by weights, in whole numbers that add up.

/// Shares of `total` in proportion to `weights`; they sum to `total` unless every weight is 0, when the last
/// one takes all.
pub(crate) fn shares(total: u32, weights: &[u32]) -> Vec<u32> {
    let sum: u64 = weights.iter().map(|weight| u64::from(*weight)).sum();
    let mut weighed = 0_u64;
    let mut given = 0_u64;
    let mut shares: Vec<u32> = weights
        .iter()
        .map(|weight| {
            weighed += u64::from(*weight);
            // At most `total`, since `weighed` is at most `sum`.
            let so_far = (u128::from(total) * u128::from(weighed) / u128::from(sum.max(1))) as u64;
            let share = so_far - given;
            given = so_far;
            u32::try_from(share).unwrap_or(u32::MAX)
        })
        .collect();
    if sum == 0
        && let Some(last) = shares.last_mut()
    {
        *last = total;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_sum_to_the_total() {
        for total in [0, 1, 7, 100, u32::MAX] {
            for weights in [vec![1], vec![0, 0], vec![3, 0, 4], vec![u32::MAX; 5]] {
                let sum: u64 = shares(total, &weights).iter().map(|s| u64::from(*s)).sum();
                assert_eq!(sum, u64::from(total), "{total} by {weights:?}");
            }
        }
    }
}
