//! Tables of a size that the compiler knows, so that no lookup asks whether its place is inside.

/// A table of zeros, made where it stays: some are larger than a stack.
pub(crate) fn zeroed<T: Copy + Default, const LENGTH: usize>() -> Box<[T; LENGTH]> {
    match vec![T::default(); LENGTH].try_into() {
        Ok(table) => table,
        Err(_) => unreachable!("a vector of this length"),
    }
}
