//! The crate tiktoken.

// Without the vocabulary there is nothing to measure: 0 makes the comparison of totals fail.
peer_glue::peer!(
    |text| tiktoken::get_encoding("o200k_base").map_or(0, |encoding| encoding.count(text))
);
