//! The outcomes as tables.

use std::collections::BTreeMap;

use crate::outcome::Outcome;

/// Records that were left out, by the reason.
#[derive(Default)]
pub struct Skipped(BTreeMap<String, usize>);

impl Skipped {
    pub fn add(&mut self, reason: &str) {
        *self.0.entry(reason.to_owned()).or_default() += 1;
    }

    pub fn print(&self) {
        for (reason, count) in &self.0 {
            println!("left out: {count:>4} {reason}");
        }
    }
}

/// A row of a table.
#[derive(Default)]
struct Row {
    fit: [usize; 2],
    held_out: [usize; 2],
    close: usize,
    too_low: usize,
    too_high: usize,
    errors: Vec<i64>,
    widths: Vec<f64>,
}

impl Row {
    fn add(&mut self, outcome: &Outcome) {
        let half = if outcome.record.is_for_fitting() {
            &mut self.fit
        } else {
            &mut self.held_out
        };
        half[0] += 1;
        half[1] += usize::from(outcome.is_exact());
        self.close += usize::from(outcome.is_close());
        self.too_low += usize::from(outcome.is_too_low());
        self.too_high += usize::from(outcome.is_too_high());
        self.errors.push(outcome.residual().abs());
        self.widths.push(outcome.width());
    }

    fn print(&mut self, name: &str) {
        self.errors.sort_unstable();
        self.widths.sort_unstable_by(f64::total_cmp);
        let n = self.errors.len();
        let at = |share: f64| ((n - 1) as f64 * share) as usize;
        let percent = |[n, exact]: [usize; 2]| {
            if n == 0 {
                "    -".to_owned()
            } else {
                format!("{:>5.1}", 100.0 * exact as f64 / n as f64)
            }
        };
        let both = [
            self.fit[0] + self.held_out[0],
            self.fit[1] + self.held_out[1],
        ];
        let under = 100.0 * (n - self.too_low) as f64 / n as f64;
        let mean = self.widths.iter().sum::<f64>() / n as f64;
        println!(
            "{name:<66} {n:>5} {} {} {} {:>6.1} {:>6} {:>6} {under:>6.1} {:>5} {mean:>6.2}",
            percent(both),
            percent(self.fit),
            percent(self.held_out),
            100.0 * self.close as f64 / n as f64,
            self.errors[at(0.5)],
            self.errors[at(0.95)],
            self.too_high,
        );
    }
}

fn print(title: &str, outcomes: &[&Outcome], key: impl Fn(&Outcome) -> String) {
    println!(
        "\n{title:<66} {:>5} {:>5} {:>5} {:>5} {:>6} {:>6} {:>6} {:>6} {:>5} {:>6}",
        "n", "exact", "fit", "held", "close", "median", "p95", "<upper", "<low", "width"
    );
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for outcome in outcomes {
        rows.entry(key(outcome)).or_default().add(outcome);
        rows.entry("~ all".to_owned()).or_default().add(outcome);
    }
    for (name, row) in &mut rows {
        row.print(name);
    }
}

fn readable(outcomes: &[Outcome]) -> Vec<&Outcome> {
    outcomes.iter().filter(|o| o.record.is_readable()).collect()
}

/// By provider, API, framing and feature, and by shorter keys.
pub fn all(outcomes: &[Outcome]) {
    let readable = readable(outcomes);
    let named = |o: &Outcome| format!("{} {}", o.record.provider, o.record.api);
    print("provider, API, framing, feature", &readable, |o| {
        format!(
            "{} {} {}",
            named(o),
            o.model.framing.name(),
            o.record.kind()
        )
    });
    print("provider, API, feature", &readable, |o| {
        format!("{} {}", named(o), o.record.kind())
    });
    print("framing, provider", &readable, |o| {
        format!("{} {}", o.model.framing.name(), o.record.provider)
    });
    let sealed: Vec<&Outcome> = outcomes
        .iter()
        .filter(|o| !o.record.is_readable())
        .collect();
    print(
        "provider, API (something is not in the body)",
        &sealed,
        named,
    );
}

/// The worst misses, relative to the truth's size.
pub fn misses(outcomes: &[Outcome], most: usize) {
    let mut missed: Vec<&Outcome> = readable(outcomes)
        .into_iter()
        .filter(|o| !o.is_exact())
        .collect();
    missed.sort_by_key(|o| {
        let out = o.is_too_low() || o.is_too_high();
        (!out, std::cmp::Reverse(o.residual().abs()))
    });
    println!("\n{} misses", missed.len());
    for outcome in missed.into_iter().take(most) {
        let Outcome {
            record,
            model,
            projection,
            ..
        } = outcome;
        println!(
            "{} {} {} {} ({}) {}: reported {} projected {} in {}..{} residual {:+}{}{}",
            record.id,
            record.provider,
            record.api,
            model.name,
            model.framing.name(),
            record.kind(),
            record.input_tokens,
            projection.tokens,
            projection.lower_bound,
            projection.upper_bound,
            outcome.residual(),
            if record.is_for_fitting() {
                ""
            } else {
                " held out"
            },
            if outcome.is_too_low() {
                " ABOVE"
            } else if outcome.is_too_high() {
                " BELOW"
            } else {
                ""
            },
        );
    }
}
