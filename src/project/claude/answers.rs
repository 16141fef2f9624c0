//! What tools answered.

use std::borrow::Cow;

use super::rules::Layout;
use super::{Request, documents, images, server_tools};
use crate::conversation::Part;
use crate::count::CountedMessage;
use crate::models::{Framing, ImageRule};
use crate::project::attachments::attachment;
use crate::project::costs::Cost;
use crate::project::estimate::Estimate;
use crate::project::shares::shares;

/// An answer and the message that it is in.
pub(super) struct Answer<'a> {
    pub(super) index: usize,
    /// The message, when it holds nothing else.
    pub(super) whole: Option<&'a CountedMessage>,
    /// The tool's name, where the answer or, among several, its call tells.
    pub(super) name: Option<&'a str>,
    /// The call that it answers.
    pub(super) call_id: &'a str,
    pub(super) parts: &'a [Part],
    pub(super) is_error: bool,
    /// Whether the message holds answers and nothing else.
    pub(super) stands_alone: bool,
}

/// Adds the cost of a round's answers to their messages. Recorded usage fits the text of the elements.
pub(super) fn answers(round: &[Answer<'_>], request: &Request<'_>, costs: &mut [Cost]) {
    let tokens = match (request.rules.layout, round) {
        (Layout::Alternating, _) => {
            for answer in round {
                let content = answer.whole.map(|whole| i64::from(whole.content));
                let content = content.unwrap_or_else(|| request.count(&text(answer.parts)));
                add(costs, answer, Estimate::exact(6 + content));
                if round.len() > 1 {
                    // No record of several; up to 4.6 each repeats the tool's name.
                    let more = 22 + request.count(answer.name.unwrap_or_default());
                    add(costs, answer, Estimate::between(0_i64, 0_i64, more));
                }
            }
            Vec::new()
        }
        (Layout::Looped, [answer]) => vec![single(answer, request)],
        (Layout::Looped, _) => several(round, request),
    };
    for (answer, tokens) in round.iter().zip(tokens) {
        add(costs, answer, Estimate::exact(tokens));
    }
    for answer in round {
        let media = media(answer, request);
        if let Some(cost) = costs.get_mut(answer.index) {
            cost.media += media;
        }
        if answer.is_error {
            // No record of a failed call.
            add(costs, answer, Estimate::between(0_i64, 4_i64, 10_i64));
        }
        match request.rules.framing {
            // No record of answers.
            Framing::Claude47 => add(costs, answer, Estimate::default().widened(10, 10)),
            // One less on one recorded request, and one more on another.
            Framing::Claude3Haiku | Framing::Claude3Sonnet => {
                add(costs, answer, Estimate::default().widened(1, 1));
            }
            _ => {}
        }
        for part in answer.parts {
            if let Part::Opaque(value) = part {
                add(costs, answer, server_tools::block(value, request));
            }
        }
    }
}

fn add(costs: &mut [Cost], answer: &Answer<'_>, tokens: Estimate) {
    if let Some(cost) = costs.get_mut(answer.index) {
        let kind = if answer.stands_alone {
            &mut cost.text
        } else {
            &mut cost.results
        };
        *kind += tokens;
    }
}

/// One answer between its two lines. That of a whole message is counted when it is first asked for.
fn single(answer: &Answer<'_>, request: &Request<'_>) -> i64 {
    let lines =
        |text: &str| request.count(&format!("<function_results>\n{text}\n</function_results>"));
    let count = || match answer.whole {
        Some(whole) if is_framed_apart(answer.parts) => {
            let around = || lines("x") - request.count("x");
            *request.around_answer.get_or_init(around) + i64::from(whole.content)
        }
        _ => lines(&text(answer.parts)),
    };
    match answer.whole {
        Some(whole) => *whole.rendered[0].get_or_init(count),
        None => count(),
    }
}

/// Line feeds keep texts apart, unless blanks are beside them.
fn stands_free(text: &str) -> bool {
    !text.starts_with(char::is_whitespace) && !text.ends_with(char::is_whitespace)
}

/// Whether the only answer of a round, which is `parts`, takes the tokens of its text and of a frame that is the same for all.
pub(in crate::project) fn is_framed_apart(parts: &[Part]) -> bool {
    let text = text(parts);
    !text.is_empty() && stands_free(&text)
}

/// Two and more answers repeat the names of their tools.
fn several(round: &[Answer<'_>], request: &Request<'_>) -> Vec<i64> {
    let mut whole = String::from("<function_results>\n");
    let mut weights = Vec::with_capacity(round.len());
    for answer in round {
        let start = whole.len();
        whole.push_str("<result>\n<name>");
        whole.push_str(answer.name.unwrap_or_default());
        whole.push_str("</name>\n<output>");
        whole.push_str(&text(answer.parts));
        whole.push_str("</output>\n</result>\n");
        weights.push(u32::try_from(whole.len() - start).unwrap_or(u32::MAX));
    }
    whole.push_str("</function_results>");
    let tokens = request.counter.count_text(&whole).saturating_add(2);
    shares(tokens, &weights)
        .into_iter()
        .map(i64::from)
        .collect()
}

/// The text of an answer: its blocks, which nothing separates.
fn text(parts: &[Part]) -> Cow<'_, str> {
    let mut out = Cow::Borrowed("");
    for part in parts {
        if let Part::Text { text, .. } = part {
            if out.is_empty() {
                out = Cow::Borrowed(text);
            } else {
                out.to_mut().push_str(text);
            }
        }
    }
    out
}

/// Pictures and documents among an answer's blocks: around one 12, around two 22, and 6 more beside text, by five recorded
/// requests.
fn media(answer: &Answer<'_>, request: &Request<'_>) -> Estimate {
    let has_text = answer
        .parts
        .iter()
        .any(|part| matches!(part, Part::Text { text, .. } if !text.is_empty()));
    let attached = answer.parts.iter().filter_map(|part| match part {
        Part::Image(image) => Some(images::image(*image, request)),
        Part::File(file) => Some(documents::document(file, request)),
        other => attachment(other, ImageRule::Unknown),
    });
    let (count, sum) = attached.fold((0_i64, Estimate::default()), |(count, sum), cost| {
        (count + 1, sum + cost)
    });
    if count == 0 {
        return Estimate::default();
    }
    let around = 2 + 10 * count + if has_text { 6 } else { 0 };
    sum + Estimate::between(0_i64, around, 15 * count + 8)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use token_headroom_encoding::Encoding;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// What lets an answer's own count stand for it between its two lines.
        #[test]
        fn line_feeds_keep_texts_apart(text in "[!-~é漢—🙂\u{301}][ -~\n\t漢—\u{301}]{0,40}[!-~é漢—🙂\u{301}]") {
            for name in ["claude-gen1", "claude-gen2"] {
                let encoding = Encoding::named(name).unwrap();
                let lines = |text: &str| {
                    encoding.count(&format!("<function_results>\n{text}\n</function_results>"))
                };
                prop_assert_eq!(
                    lines(&text) + encoding.count("x"),
                    lines("x") + encoding.count(&text),
                    "{} {:?}", name, text
                );
            }
        }
    }
}
