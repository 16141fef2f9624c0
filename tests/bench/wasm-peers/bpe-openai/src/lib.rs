//! The crate bpe-openai.

peer_glue::peer!(|text| bpe_openai::o200k_base().count(text));
