//! A request that may be answered by any of several models.
//!
//! Fallbacks are taken when the first model fails, with the history as it is then: the history must fit each of them.

use serde::Serialize;
use serde_json::Value;

use crate::apply::Fills;
use crate::budget::TokenBudget;
use crate::conversation::{Conversation, Dialect, Part};
use crate::judge::{JudgeOptions, Judgement, Verdict};
use crate::models::ModelOptions;
use crate::normalize::normalize;
use crate::plan::{CompactionPlan, PlanStatus, Policy, Size};
use crate::verify::{Verification, Violation};
use token_headroom_encoding::{Code, Error, Result};

/// Budgets of the models that may be asked, in the order in which they are.
///
/// ```
/// use serde_json::json;
/// use token_headroom::{Chain, ModelOptions, Verdict};
///
/// let small = ModelOptions {
///     max_context_tokens: Some(30),
///     max_output_tokens: Some(10),
///     ..ModelOptions::for_model("gpt-4o-mini")
/// };
/// let chain = Chain::new(&[ModelOptions::for_model("gpt-4o"), small])?;
/// let judged = chain.check(&json!({
///     "messages": [{ "role": "user", "content": "one two three ".repeat(10) }]
/// }))?;
/// assert_eq!(judged.each[0].verdict, Verdict::Fits);
/// // What the smaller one cannot take does not fit the chain.
/// assert_eq!(judged.governing().projection.model, "gpt-4o-mini");
/// assert_eq!(judged.governing().verdict, Verdict::Overflows);
/// # Ok::<(), token_headroom::Error>(())
/// ```
#[derive(Clone)]
pub struct Chain {
    budgets: Vec<TokenBudget>,
}

/// What a request takes with each model of a [`Chain`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChainJudgement {
    /// One for each model, in order. Never empty.
    pub each: Vec<Judgement>,
    /// Which of them is left with the least room, or exceeds its limit by most.
    governs: usize,
}

impl ChainJudgement {
    /// The judgement that decides: of the model that is left with the least room.
    #[must_use]
    pub fn governing(&self) -> &Judgement {
        &self.each[self.governs]
    }
}

impl Chain {
    /// A chain of models with embedded encodings.
    ///
    /// # Errors
    /// Those of [`TokenBudget::new`], at `models[i]`; [`InvalidOption`](Code::InvalidOption) for no model at all.
    pub fn new(models: &[ModelOptions]) -> Result<Self> {
        let budgets = models
            .iter()
            .enumerate()
            .map(|(index, options)| {
                TokenBudget::new(options).map_err(|error| {
                    let path = format!("models[{index}].{}", error.path);
                    Error { path, ..error }
                })
            })
            .collect::<Result<Vec<_>>>()?;
        Self::of(budgets)
    }

    /// A chain of budgets.
    ///
    /// # Errors
    /// [`InvalidOption`](Code::InvalidOption) for no budget at all.
    pub fn of(budgets: Vec<TokenBudget>) -> Result<Self> {
        if budgets.is_empty() {
            let message = "found no model, expected at least one";
            return Err(Error::new(Code::InvalidOption, "models", message));
        }
        Ok(Self { budgets })
    }

    /// The same chain with other judging options.
    #[must_use]
    pub fn judged_by(self, options: JudgeOptions) -> Self {
        let budgets = self.budgets.into_iter();
        Self {
            budgets: budgets.map(|budget| budget.judged_by(options)).collect(),
        }
    }

    /// The budgets, in order.
    #[must_use]
    pub fn budgets(&self) -> &[TokenBudget] {
        &self.budgets
    }

    /// Projects and judges `request` for every model.
    ///
    /// # Errors
    /// Those of [`normalize`](crate::normalize()).
    pub fn check(&self, request: &Value) -> Result<ChainJudgement> {
        let each = self
            .budgets
            .iter()
            .map(|budget| budget.check(request))
            .collect::<Result<Vec<_>>>()?;
        let room = |judgement: &Judgement| {
            i64::from(judgement.available) - i64::from(judgement.projection.upper_bound)
        };
        let governs = (0..each.len()).min_by_key(|&index| each.get(index).map(room));
        Ok(ChainJudgement {
            governs: governs.unwrap_or_default(),
            each,
        })
    }

    /// Plans how to make `request` fit every model: the least that suffices for the one that is left with the least room,
    /// and what a switch to each of the others would mean.
    ///
    /// Vocabularies differ, so that what suffices for one model may be too much for another: then the plan is made for that
    /// one, and after that with a lower release mark, until it fits all. Where none does, the plan is the governing model's,
    /// and [`ChainFit::fits`] tells for whom it is not enough.
    ///
    /// # Errors
    /// Those of [`TokenBudget::plan`].
    pub fn plan(&self, request: &Value, policy: &Policy) -> Result<ChainPlan> {
        let judged = self.check(request)?;
        let mut order: Vec<usize> = (0..self.budgets.len()).collect();
        order.retain(|index| *index != judged.governs);
        order.insert(0, judged.governs);
        let mut first = None;
        for shrinks in 0..SHRINKS {
            let policy = Policy {
                release: policy.release * SHRINK.powi(shrinks),
                ..policy.clone()
            };
            for &index in &order {
                let Some(budget) = self.budgets.get(index) else {
                    continue;
                };
                let plan = budget.plan(request, &policy)?;
                let found = self.fitted(request, &judged, plan, index)?;
                if found.each.iter().all(|fit| fit.fits) {
                    return Ok(found);
                }
                first.get_or_insert(found);
            }
        }
        first.ok_or_else(|| Error::new(Code::InvalidOption, "models", "found no model"))
    }

    /// Checks `plan` against `request` from scratch: what it states with the model that it was made for, and that what is left
    /// fits every other (C7).
    #[must_use]
    pub fn verify(&self, request: &Value, plan: &ChainPlan, fills: &Fills) -> Verification {
        let ChainPlan {
            plan, planned_by, ..
        } = plan;
        let Some(budget) = self.budgets.get(*planned_by) else {
            let message = format!("found no model {planned_by}, expected one of the chain");
            return Verification::refused(Error::new(Code::PlanMismatch, "plannedBy", message));
        };
        let mut proof = budget.verify(request, plan, fills);
        let Ok(applied) = budget.apply(request, plan, fills) else {
            return proof;
        };
        // An irreducible plan says itself that nothing fits.
        if plan.status != PlanStatus::Irreducible {
            let list = Dialect::named(&plan.dialect).map_or("", Dialect::list_key);
            let others = self.budgets.iter().enumerate();
            let others = others.filter(|(at, _)| at != planned_by);
            let judged = others.filter_map(|(_, other)| other.check(&applied).ok());
            let overflowing = judged.filter(|judged| judged.verdict == Verdict::Overflows);
            proof
                .violations
                .extend(overflowing.map(|judged| Violation::overflow(&judged, list)));
            proof.ok = proof.violations.is_empty();
        }
        proof
    }

    /// What `plan`, made for the model at `index`, comes to for each model.
    fn fitted(
        &self,
        request: &Value,
        judged: &ChainJudgement,
        plan: CompactionPlan,
        index: usize,
    ) -> Result<ChainPlan> {
        let applied = match (self.budgets.get(index), plan.status) {
            (Some(budget), PlanStatus::Planned) => {
                budget.apply(request, &plan, &Fills::default())?
            }
            _ => request.clone(),
        };
        let conversation = normalize(&applied)?;
        let mut each = Vec::with_capacity(self.budgets.len());
        for (at, (budget, before)) in self.budgets.iter().zip(&judged.each).enumerate() {
            let after = budget.check(&applied)?;
            each.push(ChainFit {
                model: budget.model().name.clone(),
                before: Size::of(&before.projection),
                after: Size::of(&after.projection),
                available: after.available,
                fits: after.verdict != Verdict::Overflows,
                thinking_lost: match at {
                    0 => 0,
                    _ => signed_thoughts(&conversation, |text| budget.count_tokens(text)),
                },
            });
        }
        Ok(ChainPlan {
            plan,
            planned_by: index,
            each,
        })
    }
}

/// Tokens of the thoughts that a model has signed, which no other model reads.
pub(crate) fn signed_thoughts(conversation: &Conversation, count: impl Fn(&str) -> u32) -> u32 {
    let parts = conversation
        .messages
        .iter()
        .flat_map(|message| &message.parts);
    let signed = parts.filter_map(|part| match part {
        Part::Reasoning(thought) if thought.sealed > 0 => Some(count(&thought.text)),
        _ => None,
    });
    signed.fold(0, u32::saturating_add)
}

/// Most times that the release mark is lowered.
const SHRINKS: i32 = 4;
/// By how much each time.
const SHRINK: f64 = 0.85;

/// A plan for every model of a [`Chain`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChainPlan {
    /// The plan.
    pub plan: CompactionPlan,
    /// The model that it was made for, by its place in the chain; that budget applies it.
    pub planned_by: usize,
    /// What it comes to for each model, in order.
    pub each: Vec<ChainFit>,
}

/// What a plan comes to for one model of a [`Chain`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChainFit {
    /// The model.
    pub model: String,
    /// The request as it is.
    pub before: Size,
    /// The request that applying the plan gives, with the digest in place of a summary.
    pub after: Size,
    /// The largest prompt that fits.
    pub available: u32,
    /// Whether `after` does.
    pub fits: bool,
    /// Tokens of signed thoughts that another model than the first does not read (AN6): they are sent, and dropped there.
    pub thinking_lost: u32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn model(name: &str, window: u32) -> ModelOptions {
        ModelOptions {
            max_context_tokens: Some(window),
            max_output_tokens: Some(10),
            ..ModelOptions::for_model(name)
        }
    }

    fn history() -> Value {
        let mut messages = vec![json!({ "role": "user", "content": "Find it." })];
        for turn in 0..30 {
            let id = format!("call_{turn}");
            messages.push(json!({ "role": "assistant", "content": null, "tool_calls": [{
                "id": id, "type": "function", "function": { "name": "read", "arguments": format!("{{\"n\":{turn}}}") },
            }] }));
            messages.push(json!({
                "role": "tool", "tool_call_id": id, "content": format!("línea {turn} дом {turn} ").repeat(40),
            }));
        }
        json!({ "messages": messages })
    }

    #[test]
    fn a_plan_for_a_chain_fits_every_model() {
        let chain = Chain::new(&[
            model("gpt-4o", 8_000),
            model("gpt-4", 7_000),
            model("gpt-4o-mini", 6_000),
        ])
        .unwrap();
        let request = history();
        let found = chain.plan(&request, &Policy::default()).unwrap();
        assert_eq!(found.plan.status, PlanStatus::Planned);
        assert!(found.each.iter().all(|fit| fit.fits), "{:?}", found.each);
        assert!(
            found
                .each
                .iter()
                .any(|fit| fit.before.upper_bound > fit.available)
        );
        let budget = &chain.budgets()[found.planned_by];
        assert!(chain.verify(&request, &found, &Fills::default()).ok);
        let applied = budget
            .apply(&request, &found.plan, &Fills::default())
            .unwrap();
        assert_ne!(
            chain.check(&applied).unwrap().governing().verdict,
            Verdict::Overflows
        );
    }

    #[test]
    fn a_plan_for_one_model_is_verified_for_all() {
        let chain = Chain::new(&[model("gpt-4o", 8_000), model("gpt-4", 2_000)]).unwrap();
        let request = history();
        let alone = Chain::new(&[model("gpt-4o", 5_000)]).unwrap();
        let found = alone.plan(&request, &Policy::default()).unwrap();
        assert_eq!(found.plan.status, PlanStatus::Planned);
        assert!(alone.verify(&request, &found, &Fills::default()).ok);
        let proof = chain.verify(&request, &found, &Fills::default());
        let told: Vec<_> = proof
            .violations
            .iter()
            .map(|v| (v.invariant.as_str(), v.path.as_str()))
            .collect();
        assert_eq!((proof.ok, told), (false, vec![("C7", "messages")]));
        assert!(proof.violations[0].message.contains("gpt-4, "));
        let elsewhere = ChainPlan {
            planned_by: 7,
            ..found
        };
        assert!(!chain.verify(&request, &elsewhere, &Fills::default()).ok);
    }

    #[test]
    fn what_no_plan_can_do_is_told_by_model() {
        let chain = Chain::new(&[model("gpt-4o", 8_000), model("gpt-4o-mini", 30)]).unwrap();
        let request =
            json!({ "messages": [{ "role": "user", "content": "one two three ".repeat(50) }] });
        let found = chain.plan(&request, &Policy::default()).unwrap();
        assert_eq!(found.plan.status, PlanStatus::Irreducible);
        let fits: Vec<bool> = found.each.iter().map(|fit| fit.fits).collect();
        assert_eq!(fits, [true, false]);
    }

    #[test]
    fn thoughts_are_lost_on_a_switch() {
        let chain = Chain::new(&[model("gpt-4o", 8_000), model("gpt-4", 8_000)]).unwrap();
        let request = json!({ "max_tokens": 10, "system": "s", "messages": [
            { "role": "user", "content": "?" },
            { "role": "assistant", "content": [
                { "type": "thinking", "thinking": "one two three", "signature": "c2ln" },
                { "type": "text", "text": "Yes." },
            ] },
            { "role": "user", "content": "Why?" },
        ] });
        let found = chain.plan(&request, &Policy::default()).unwrap();
        let lost: Vec<u32> = found.each.iter().map(|fit| fit.thinking_lost).collect();
        assert_eq!(lost, [0, 3]);
    }
}
