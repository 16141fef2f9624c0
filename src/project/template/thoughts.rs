//! Earlier thoughts in the history: kept, dropped, or brought back by the provider.

use super::frame::Thoughts;
use crate::conversation::{Message, Part};
use crate::count::CountText;
use crate::project::estimate::Estimate;

/// The end of thoughts that stand in the text itself.
const END: &str = "</think>";

/// Tokens of the thoughts of `message`, each with `around` more. What only the provider can read may cost up to half its
/// characters.
pub(in crate::project) fn kept(
    message: &Message,
    around: i64,
    counter: &dyn CountText,
) -> Estimate {
    let mut cost = Estimate::default();
    for part in &message.parts {
        let Part::Reasoning(reasoning) = part else {
            continue;
        };
        if !reasoning.text.is_empty() {
            cost += Estimate::exact(around + i64::from(counter.count_text(&reasoning.text)));
        }
        if reasoning.sealed > 0 {
            cost += Estimate::between(0_i64, 0_i64, i64::from(reasoning.sealed) / 2);
        }
    }
    cost
}

/// Tokens of the thoughts of a message by the frame's rule.
pub(super) fn cost(
    rule: Thoughts,
    message: &Message,
    in_loop: bool,
    counter: &dyn CountText,
) -> Estimate {
    let has_calls = message.calls().next().is_some();
    match rule {
        Thoughts::Kept(around) => kept(message, around, counter),
        Thoughts::InLoop(around) if in_loop => kept(message, around, counter),
        Thoughts::WithCalls(around) if has_calls => kept(message, around, counter),
        Thoughts::PerhapsInLoop(around) if in_loop => Estimate {
            lower: 0,
            ..kept(message, around, counter)
        },
        Thoughts::InText if in_loop => {
            let most = kept(message, 4, counter).upper;
            Estimate::between(0_i64, 0_i64, most)
        }
        Thoughts::PerhapsBrought if !has_calls => {
            // Recorded 0, 149, 301 and 2,635 for thoughts of 11, 35, 13 and 462 tokens in the body.
            let shown = kept(message, 0, counter).upper;
            let most = if shown > 0 { 320 + 6 * shown } else { 0 };
            Estimate::between(0_i64, 0_i64, most)
        }
        _ => Estimate::default(),
    }
}

/// `text` without the thoughts that it starts with.
pub(super) fn without(text: &str) -> &str {
    // Forwards: searching backwards would be code that nothing else needs.
    match text.split_once(END) {
        Some((_, rest)) => {
            let answer = rest.split(END).last().unwrap_or(rest);
            answer.trim_start_matches('\n')
        }
        None => text,
    }
}
