//! Any bytes load or are refused; what loads can count.
#![no_main]

use libfuzzer_sys::fuzz_target;
use token_headroom::Encoding;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(encoding) = Encoding::from_pack(bytes) {
        assert!(encoding.count("a text, any text") <= 16);
    }
});
