//! How many tests a step ran, read from what their runner prints.

/// Tests that passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: usize,
    pub failed: usize,
}

impl Tally {
    /// The sum of all summaries in `output`; a step without any is one test that passed.
    pub fn of(output: &str) -> Self {
        let mut sum = Self::default();
        for line in output.lines() {
            sum.add(summary(line).unwrap_or_default());
        }
        if sum == Self::default() {
            sum.passed = 1;
        }
        sum
    }

    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// The tally of a step that failed: at least one test did, even when none was counted.
    pub fn with_failure(self) -> Self {
        match self {
            Self {
                failed: 0,
                passed: 1,
            } => Self {
                failed: 1,
                passed: 0,
            },
            Self { failed: 0, passed } => Self { failed: 1, passed },
            counted => counted,
        }
    }
}

/// Reads `test result: ok. 3 passed; 0 failed; ...` of cargo, `# pass 3` and `ℹ pass 3` of Node, and our drivers'
/// `3 passed, 0 failed`.
fn summary(line: &str) -> Option<Tally> {
    let words: Vec<&str> = line
        .split([' ', ';', ','])
        .filter(|word| !word.is_empty())
        .collect();
    let before = |label: &str| {
        let at = words.iter().position(|word| *word == label)?;
        words.get(at.checked_sub(1)?)?.parse().ok()
    };
    match words.as_slice() {
        ["#" | "ℹ", "pass", passed] => Some(Tally {
            passed: passed.parse().ok()?,
            failed: 0,
        }),
        ["#" | "ℹ", "fail", failed] => Some(Tally {
            passed: 0,
            failed: failed.parse().ok()?,
        }),
        ["test", "result:", ..] | [_, "passed", _, "failed"] => Some(Tally {
            passed: before("passed")?,
            failed: before("failed")?,
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn every_runner_is_understood() {
        let cargo = "test result: ok. 3 passed; 1 failed; 2 ignored; 0 measured\n";
        let node = "# tests 7\n# pass 5\n# fail 2\n";
        let spec = "ℹ pass 4\nℹ fail 0\n";
        let driver = "6 passed, 0 failed\n";
        assert_eq!(
            Tally::of(cargo),
            Tally {
                passed: 3,
                failed: 1
            }
        );
        assert_eq!(
            Tally::of(node),
            Tally {
                passed: 5,
                failed: 2
            }
        );
        assert_eq!(
            Tally::of(spec),
            Tally {
                passed: 4,
                failed: 0
            }
        );
        assert_eq!(
            Tally::of(&[cargo, node, spec, driver].concat()),
            Tally {
                passed: 18,
                failed: 3
            }
        );
    }

    #[test]
    fn a_step_without_a_summary_is_one_test() {
        assert_eq!(
            Tally::of("all is well"),
            Tally {
                passed: 1,
                failed: 0
            }
        );
    }

    #[test]
    fn a_failed_step_never_counts_as_passed() {
        assert_eq!(
            Tally::of("").with_failure(),
            Tally {
                passed: 0,
                failed: 1
            }
        );
        assert_eq!(
            Tally::of("8 passed, 0 failed").with_failure(),
            Tally {
                passed: 8,
                failed: 1
            }
        );
        assert_eq!(
            Tally::of("8 passed, 2 failed").with_failure(),
            Tally {
                passed: 8,
                failed: 2
            }
        );
    }
}
