//! What the projections are held to, group by group: printed, and asserted a little below what was reached, so that a change
//! for the worse is seen.

use token_headroom::{Family, Framing};

use crate::outcome::Outcome;

/// A group of records and the least share of them that must be as the measure says.
struct Target {
    name: &'static str,
    is_in: fn(&Outcome) -> bool,
    measure: &'static str,
    holds: fn(&Outcome) -> bool,
    /// Percent.
    least: f64,
}

const TARGETS: [Target; 14] = [
    Target {
        name: "OpenAI and Azure, no media",
        is_in: |o| is_openai(o) && is_chat(o) && !o.record.has_media(),
        measure: "exact",
        holds: Outcome::is_exact,
        least: 95.0,
    },
    Target {
        name: "the same, undated",
        is_in: |o| is_openai(o) && is_chat(o) && !o.record.has_media(),
        measure: "exact",
        holds: |o| o.undated == o.record.input_tokens,
        least: 93.5,
    },
    Target {
        name: "Claude on every host, no media",
        is_in: |o| family(o) == Family::Claude && !o.record.has_media(),
        measure: "exact",
        holds: Outcome::is_exact,
        least: 95.5,
    },
    Target {
        name: "Gemini on every host, no media",
        is_in: |o| family(o) == Family::Gemini && !o.record.has_media(),
        measure: "exact",
        holds: Outcome::is_exact,
        least: 89.0,
    },
    Target {
        name: "Mistral and open models",
        is_in: |o| is_open(o) && !o.record.has_media(),
        measure: "exact",
        holds: Outcome::is_exact,
        least: 77.0,
    },
    Target {
        name: "the same, undated",
        is_in: |o| is_open(o) && !o.record.has_media(),
        measure: "exact",
        holds: |o| o.undated == o.record.input_tokens,
        least: 60.0,
    },
    Target {
        name: "xAI, Cohere, Nova",
        is_in: is_private,
        measure: "within 5 % or 10",
        holds: |o| within(o, 0.05, 10.0),
        least: 90.0,
    },
    Target {
        name: "images, audio: OpenAI, Claude, Gemini",
        is_in: |o| ["images", "audio"].contains(&o.record.kind()) && !is_private(o) && !is_open(o),
        measure: "within 1 %",
        holds: |o| within(o, 0.01, 0.0),
        least: 96.5,
    },
    Target {
        name: "files: OpenAI, Claude, Gemini",
        is_in: |o| o.record.kind() == "files" && !is_private(o) && !is_open(o),
        measure: "within 1 %",
        holds: |o| within(o, 0.01, 0.0),
        least: 96.0,
    },
    Target {
        name: "the same, undated",
        is_in: |o| o.record.kind() == "files" && !is_private(o) && !is_open(o),
        measure: "within 1 %",
        holds: |o| is_within(o, o.undated, 0.01, 0.0),
        least: 89.0,
    },
    Target {
        name: "all",
        is_in: |_| true,
        measure: "not above upperBound",
        holds: |o| !o.is_too_low(),
        least: 99.0,
    },
    Target {
        name: "all",
        is_in: |_| true,
        measure: "not below lowerBound",
        holds: |o| !o.is_too_high(),
        least: 99.0,
    },
    Target {
        name: "public tokenizer",
        is_in: |o| !is_private(o),
        measure: "upperBound at most 1.1x (median)",
        holds: |o| o.width() <= 1.1,
        least: 50.0,
    },
    Target {
        name: "private tokenizer",
        is_in: is_private,
        measure: "upperBound at most 1.35x (median)",
        holds: |o| o.width() <= 1.35,
        least: 50.0,
    },
];

/// Prints every target and fails on those that are missed.
pub fn check(outcomes: &[Outcome]) {
    println!(
        "\n{:<38} {:<36} {:>6} {:>7} {:>8} {:>8} {:>6}",
        "group", "measure", "n", "percent", "fit", "held out", "floor"
    );
    let mut missed = Vec::new();
    for target in TARGETS {
        let members: Vec<&Outcome> = outcomes
            .iter()
            .filter(|o| o.record.is_readable() && (target.is_in)(o))
            .collect();
        let share = |of: &dyn Fn(&Outcome) -> bool| {
            let all = members.iter().filter(|o| of(o)).count();
            let held = members
                .iter()
                .filter(|o| of(o) && (target.holds)(o))
                .count();
            100.0 * held as f64 / all.max(1) as f64
        };
        let percent = share(&|_| true);
        println!(
            "{:<38} {:<36} {:>6} {percent:>7.1} {:>8.1} {:>8.1} {:>6.1}",
            target.name,
            target.measure,
            members.len(),
            share(&|o| o.record.is_for_fitting()),
            share(&|o| !o.record.is_for_fitting()),
            target.least,
        );
        if percent < target.least {
            missed.push(format!("{}, {}: {percent:.1}", target.name, target.measure));
        }
    }
    assert!(missed.is_empty(), "below the floor: {missed:?}");
}

fn family(o: &Outcome) -> Family {
    o.model.framing.family()
}

fn is_openai(o: &Outcome) -> bool {
    family(o) == Family::Openai && ["openai", "azure"].contains(&o.record.provider.as_str())
}

/// Chat Completions and Responses, not bare prompts and compaction.
fn is_chat(o: &Outcome) -> bool {
    [
        "openai.chat",
        "openai.responses",
        "openai.responses_input_tokens",
    ]
    .contains(&o.record.api.as_str())
}

/// Makers that publish no tokenizer, or add hidden text to every prompt.
fn is_private(o: &Outcome) -> bool {
    use Framing::{
        Command, CommandA, CommandAPlus, Grok2, Grok3, Grok4, Grok43, Nova1, Nova2, Titan,
    };
    matches!(
        o.model.framing,
        Grok2
            | Grok3
            | Grok4
            | Grok43
            | CommandA
            | CommandAPlus
            | Command
            | Nova1
            | Nova2
            | Titan
            | Framing::Claude2
    )
}

fn is_open(o: &Outcome) -> bool {
    let is_known = o.model.framing != Framing::Generic && o.model.framing != Framing::Sonar;
    family(o) == Family::Mistral || family(o) == Family::Template && is_known && !is_private(o)
}

fn within(o: &Outcome, share: f64, tokens: f64) -> bool {
    is_within(o, o.projection.tokens, share, tokens)
}

fn is_within(o: &Outcome, projected: u32, share: f64, tokens: f64) -> bool {
    let truth = f64::from(o.record.input_tokens);
    f64::from(o.record.input_tokens.abs_diff(projected)) <= (truth * share).max(tokens)
}
