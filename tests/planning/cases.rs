//! How many random cases a property is tried on.

use proptest::test_runner::Config;

/// As many cases as `PROPTEST_CASES` asks for, else `usual`.
pub fn cases(usual: u32) -> Config {
    let asked = std::env::var("PROPTEST_CASES").ok();
    let cases = asked.and_then(|cases| cases.parse().ok()).unwrap_or(usual);
    Config {
        cases,
        ..Config::default()
    }
}
