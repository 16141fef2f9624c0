//! A request that may be answered by any of several models.
//!
//! Fallbacks are taken when the first model fails, with the history as it is then: the history must fit each of them.

use serde::Serialize;
use serde_json::Value;

use crate::budget::TokenBudget;
use crate::judge::{JudgeOptions, Judgement};
use crate::models::ModelOptions;
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
}
