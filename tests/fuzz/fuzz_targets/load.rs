//! Any bytes load as a tokenizer's file or are refused; what loads gives a pack that can be read, and counts.
#![no_main]

use libfuzzer_sys::fuzz_target;
use token_headroom_encoding::Encoding;
use token_headroom_encoding::load::{LoadOptions, load};

fuzz_target!(|bytes: &[u8]| {
    let options = LoadOptions {
        preset: Some("r50k_base".to_owned()),
        ..LoadOptions::default()
    };
    if let Ok(loaded) = load(bytes, &options) {
        let encoding = Encoding::from_pack(&loaded.pack).expect("a pack of the loader's own");
        // A space may be put before the text.
        assert!(encoding.count("a text, any text") <= 17);
    }
});
