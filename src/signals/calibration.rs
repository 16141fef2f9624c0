//! Learning from the usage that a provider reports.
//!
//! A request that continues one whose usage is known starts from that report; only what was added is an estimate. Any other
//! estimate is centred and widened by what earlier ones of the same model and class of content turned out to be. It is never
//! narrowed by them: what was learned from one text says little about the next. An exact projection is left alone as long as
//! reports agree with it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use serde_json::Value;

use super::anchor::Anchor;
use super::comparison::{Expected, UsageComparison, UsageVerdict, class};
use super::usage::Report;
use crate::count::Counted;
use crate::order::sorted;
use crate::project::{Basis, Bounds, Projection, shares};
use token_headroom_encoding::{Code, Error, Result};

/// Comparisons remembered per model and class; older ones are forgotten, as providers change.
const REMEMBERED: usize = 32;
/// Reports remembered to start from: as many conversations as one process usually leads at a time.
const ANCHORS: usize = 16;
/// Comparisons needed before they count.
const ENOUGH: usize = 3;
/// The class of ratios of what continuations add, apart from what they continue.
const GROWTH: &str = "growth";
/// How far past the extremes the next ratio is expected to stay.
const PAD: f64 = 0.02;

/// What was learned. Plain JSON, to be kept between runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Reported by counted tokens, newest last, by model and class.
    #[serde(default)]
    ratios: BTreeMap<String, Vec<f64>>,
    /// Newest last.
    #[serde(default)]
    anchors: Vec<Anchor>,
}

/// Least, median and greatest ratio.
#[derive(Clone, Copy, Debug)]
pub(super) struct Learned {
    pub(super) least: f64,
    pub(super) likely: f64,
    pub(super) most: f64,
}

impl Calibration {
    /// Reads what was learned from its JSON.
    ///
    /// # Errors
    /// [`InvalidType`](Code::InvalidType) for anything but what [`serde`] makes of one.
    pub fn read(value: &Value) -> Result<Self> {
        let ratios = |value: &Value| -> Option<BTreeMap<String, Vec<f64>>> {
            let mut all = BTreeMap::new();
            for (key, ratios) in value.as_object()? {
                let ratios = ratios.as_array()?.iter().map(Value::as_f64);
                all.insert(key.clone(), ratios.collect::<Option<_>>()?);
            }
            Some(all)
        };
        let anchors = |value: &Value| -> Option<Vec<Anchor>> {
            value.as_array()?.iter().map(Anchor::read).collect()
        };
        let read = || {
            Some(Self {
                ratios: ratios(value.get("ratios")?)?,
                anchors: anchors(value.get("anchors")?)?,
            })
        };
        read().ok_or_else(|| {
            let message = "found a state that is none, expected `ratios` and `anchors`";
            Error::new(Code::InvalidType, "learned", message)
                .with_hint("pass on what was learned as it was given")
        })
    }

    /// Compares a judged projection with what the provider reported for the request, and learns from the comparison, unless
    /// the prompt was truncated or usage covers more than the prompt.
    ///
    /// The report must be that of the very request that was projected: of one that was edited on its way (compacted, given
    /// more tools), it would teach something untrue.
    pub fn record(&mut self, expected: impl Into<Expected>, report: &Report) -> UsageComparison {
        let expected = expected.into();
        let comparison = expected.compare(report);
        let is_sound = comparison.verdict != UsageVerdict::Truncated && !expected.is_shared;
        if is_sound && report.prompt > 0 {
            let counted = expected.counted;
            let ratio = f64::from(report.prompt) / f64::from(counted.tokens.max(1));
            self.learn(&expected.model, expected.class, ratio);
            if let Some(start) = expected.starts_from
                && counted.tokens > start.counted
            {
                let grown = f64::from(report.prompt) - f64::from(start.reported);
                let ratio = grown / f64::from(counted.tokens - start.counted);
                self.learn(&expected.model, GROWTH, ratio);
            }
            let anchor = Anchor {
                model: expected.model,
                fingerprint: expected.fingerprint,
                counted,
                reported: report.prompt,
            };
            self.anchors
                .retain(|old| old.fingerprint != anchor.fingerprint || old.model != anchor.model);
            keep(&mut self.anchors, anchor, ANCHORS);
        }
        comparison
    }

    fn learn(&mut self, model: &str, class: &str, ratio: f64) {
        let ratios = self.ratios.entry(key(model, class)).or_default();
        keep(ratios, ratio, REMEMBERED);
    }

    /// The projection of `counted` in the light of what was learned about its model.
    #[must_use]
    pub fn apply(&self, projection: Projection, counted: &Counted) -> Projection {
        if projection.basis == Basis::Supplied || projection.counted.is_some() {
            return projection;
        }
        let plain = Bounds::of(&projection);
        let anchors = self
            .anchors
            .iter()
            .filter(|anchor| anchor.model == projection.model);
        let nearest = anchors
            .filter_map(|anchor| Some((anchor.reach(counted)?, anchor)))
            .max_by_key(|(reach, _)| *reach);
        let learned = || match projection.basis {
            Basis::Estimated => self.learned(&projection),
            _ => None,
        };
        match nearest {
            Some((_, anchor)) if anchor.agrees(&projection) => projection,
            Some((_, anchor)) => {
                let growth = self.ratios.get(&key(&projection.model, GROWTH));
                let growth = growth.and_then(|ratios| self::learned(ratios));
                let bounds = anchor.carry(plain, growth.or_else(learned));
                let mut projection = corrected(projection, bounds);
                projection.starts_from = Some(anchor.start());
                projection
            }
            None => match learned() {
                Some(learned) => corrected(projection, scaled(plain, learned)),
                None => projection,
            },
        }
    }

    /// What earlier reports say of such a projection: those of its class, else those of its model.
    fn learned(&self, projection: &Projection) -> Option<Learned> {
        let own = self
            .ratios
            .get(&key(&projection.model, class(&projection.by_category)));
        own.and_then(|ratios| learned(ratios)).or_else(|| {
            let prefix = key(&projection.model, "");
            let of_model = self
                .ratios
                .iter()
                .filter(|(key, _)| key.starts_with(&prefix) && !key.ends_with(GROWTH));
            learned(
                &of_model
                    .flat_map(|(_, ratios)| ratios)
                    .copied()
                    .collect::<Vec<_>>(),
            )
        })
    }
}

/// A name for ratios. No model's name has a line break.
fn key(model: &str, class: &str) -> String {
    format!("{model}\n{class}")
}

fn keep<T>(list: &mut Vec<T>, newest: T, most: usize) {
    list.push(newest);
    let excess = list.len().saturating_sub(most);
    list.drain(..excess);
}

/// What `ratios` say; nothing while they are few, or when a stored state holds what is no ratio.
fn learned(ratios: &[f64]) -> Option<Learned> {
    // The bits of positive numbers are in the numbers' order.
    let positive = ratios
        .iter()
        .filter(|ratio| ratio.is_finite() && **ratio > 0.0)
        .map(|ratio| ratio.to_bits());
    let sorted = sorted(positive.collect(), u64::cmp);
    if sorted.len() < ENOUGH {
        return None;
    }
    Some(Learned {
        least: f64::from_bits(*sorted.first()?) - PAD,
        likely: f64::from_bits(*sorted.get(sorted.len() / 2)?),
        most: f64::from_bits(*sorted.last()?) + PAD,
    })
}

fn scaled(plain: Bounds, learned: Learned) -> Bounds {
    let times = |ratio: f64| (f64::from(plain.tokens) * ratio).round() as u32;
    let tokens = times(learned.likely);
    Bounds {
        tokens,
        lower_bound: plain.lower_bound.min(times(learned.least)).min(tokens),
        upper_bound: plain.upper_bound.max(times(learned.most)).max(tokens),
    }
}

/// The projection with other numbers; what was counted is kept beside them.
fn corrected(mut projection: Projection, bounds: Bounds) -> Projection {
    projection.counted = Some(Bounds::of(&projection));
    share_out(&mut projection, bounds.tokens);
    projection.tokens = bounds.tokens;
    projection.lower_bound = bounds.lower_bound;
    projection.upper_bound = bounds.upper_bound;
    projection.basis = Basis::Calibrated;
    projection
}

/// Makes the categories, and the messages with what belongs to none, sum to `tokens` again.
fn share_out(projection: &mut Projection, tokens: u32) {
    let by = &mut projection.by_category;
    let mut fields = [
        &mut by.system,
        &mut by.tools,
        &mut by.user,
        &mut by.assistant,
        &mut by.tool_calls,
        &mut by.tool_results,
        &mut by.media,
        &mut by.format,
        &mut by.framing,
    ];
    let weights: Vec<u32> = fields.iter().map(|field| **field).collect();
    for (field, share) in fields.iter_mut().zip(shares(tokens, &weights)) {
        **field = share;
    }
    let elsewhere = by
        .tools
        .saturating_add(by.format)
        .saturating_add(by.framing);
    let mut weights: Vec<u32> = projection.messages.iter().map(|m| m.tokens).collect();
    weights.insert(0, projection.instructions);
    let mut shares = shares(tokens.saturating_sub(elsewhere), &weights).into_iter();
    projection.instructions = shares.next().unwrap_or_default();
    for (message, share) in projection.messages.iter_mut().zip(shares) {
        message.tokens = share;
    }
}
