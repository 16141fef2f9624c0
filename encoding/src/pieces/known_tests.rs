//! Pre-tokenizers as they stand in files are recognised, and what differs from them is not.

use super::super::pattern::Pattern;
use super::{Behavior, DEEPSEEK_V3, EXPRESSIONS, SplitRule};

const BYTES: SplitRule = SplitRule::ByteLevel { use_regex: false };

fn split(pattern: &str) -> SplitRule<'_> {
    SplitRule::Regex {
        pattern,
        behavior: Behavior::Isolated,
        invert: false,
    }
}

#[test]
fn every_expression_alone_and_before_the_step_to_bytes() {
    for (expression, pattern) in EXPRESSIONS {
        assert_eq!(Pattern::of_rules(&[split(expression)]), Some(pattern));
        assert_eq!(
            Pattern::of_rules(&[split(expression), BYTES]),
            Some(pattern)
        );
        let unescaped = expression.replace(r"\r", "\r").replace(r"\n", "\n");
        assert_eq!(Pattern::of_rules(&[split(&unescaped)]), Some(pattern));
    }
}

#[test]
fn only_what_keeps_every_match_as_a_piece() {
    let (expression, pattern) = EXPRESSIONS[1];
    let with = |behavior, invert| {
        let rule = SplitRule::Regex {
            pattern: expression,
            behavior,
            invert,
        };
        Pattern::of_rules(&[rule, BYTES])
    };
    // MiniMax writes it so.
    assert_eq!(with(Behavior::Removed, true), Some(pattern));
    assert_eq!(with(Behavior::Removed, false), None);
    assert_eq!(with(Behavior::Isolated, true), None);
    for other in [
        Behavior::Contiguous,
        Behavior::MergedWithNext,
        Behavior::MergedWithPrevious,
    ] {
        assert_eq!(with(other, false), None);
        assert_eq!(with(other, true), None);
    }
}

#[test]
fn deepseek_is_three_expressions_in_order() {
    let [numbers, cjk, words] = DEEPSEEK_V3.map(split);
    let of = Pattern::of_rules;
    assert_eq!(of(&[numbers, cjk, words, BYTES]), Some(Pattern::DeepSeekV3));
    // In the file, line breaks stand as they are.
    let unescaped = DEEPSEEK_V3[2].replace(r"\r", "\r").replace(r"\n", "\n");
    let rules = [numbers, cjk, split(&unescaped), BYTES];
    assert_eq!(of(&rules), Some(Pattern::DeepSeekV3));
    assert_eq!(of(&[cjk, numbers, words, BYTES]), None);
    assert_eq!(of(&[numbers, cjk, BYTES]), None);
    assert_eq!(of(&[words, BYTES]), None);
    // Without what the third leaves out it would be another pattern.
    let inverted = SplitRule::Regex {
        pattern: DEEPSEEK_V3[2],
        behavior: Behavior::Removed,
        invert: true,
    };
    assert_eq!(of(&[numbers, cjk, inverted, BYTES]), None);
}

#[test]
fn steps_without_expressions() {
    let gpt2 = SplitRule::ByteLevel { use_regex: true };
    let digits = |individual| SplitRule::Digits { individual };
    assert_eq!(Pattern::of_rules(&[gpt2]), Some(Pattern::Gpt2));
    assert_eq!(
        Pattern::of_rules(&[digits(true), gpt2]),
        Some(Pattern::CommandR)
    );
    assert_eq!(Pattern::of_rules(&[BYTES]), Some(Pattern::Whole));
    assert_eq!(Pattern::of_rules(&[digits(false), gpt2]), None);
    assert_eq!(Pattern::of_rules(&[gpt2, digits(true)]), None);
    assert_eq!(Pattern::of_rules(&[digits(true), BYTES]), None);
    assert_eq!(Pattern::of_rules(&[BYTES, split(EXPRESSIONS[0].0)]), None);
    assert_eq!(Pattern::of_rules(&[]), None);
}

#[test]
fn expressions_that_look_alike_are_others() {
    for (expression, _) in EXPRESSIONS {
        for changed in [
            expression.replace(r"\s+(?!\S)|", ""),
            expression.replace(r"\p{N}", r"\d"),
            expression[1..].to_owned(),
            format!("{expression}|."),
            format!(" {expression}"),
        ] {
            assert_eq!(Pattern::of_rules(&[split(&changed)]), None, "{changed}");
        }
    }
}
