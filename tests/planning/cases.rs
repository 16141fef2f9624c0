//! How many random cases a property is tried on.

use proptest::test_runner::Config;

/// As many cases as `PROPTEST_CASES` asks for, else `usual`. As many again may be drawn that a property has no use for: the limit
/// of proptest does not grow with the cases.
pub fn cases(usual: u32) -> Config {
    let asked = std::env::var("PROPTEST_CASES").ok();
    let cases = asked.and_then(|cases| cases.parse().ok()).unwrap_or(usual);
    let usual = Config::default();
    Config {
        cases,
        max_global_rejects: usual.max_global_rejects.max(cases),
        ..usual
    }
}
