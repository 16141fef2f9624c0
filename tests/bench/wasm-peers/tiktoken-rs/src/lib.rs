//! The crate tiktoken-rs.

peer_glue::peer!(|text| tiktoken_rs::o200k_base_singleton().count_ordinary(text));
