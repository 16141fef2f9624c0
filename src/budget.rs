//! The line in one place: the stages composed for one model.

use std::sync::Arc;

use serde_json::Value;

use crate::apply::{Fills, apply, list_in_body};
use crate::conversation::Dialect;
use crate::count::{Counted, count};
use crate::judge::{JudgeOptions, Judgement, judge};
use crate::models::{Model, ModelOptions, resolve};
use crate::normalize::normalize_as;
use crate::plan::{CompactionPlan, Policy, plan, plannable};
use crate::project::project;
use crate::verify::{Verification, verify};
use token_headroom_encoding::Encoding;
use token_headroom_encoding::Result;

/// A model, its encoding and the room its answer needs.
///
/// Every method is a composition of the crate's stages and keeps no state, so one budget serves any
/// number of threads and requests.
///
/// ```
/// use serde_json::json;
/// use token_headroom::{ModelOptions, TokenBudget, Verdict};
///
/// let budget = TokenBudget::new(&ModelOptions::for_model("gpt-4o"))?;
/// let judged = budget.check(&json!({
///     "messages": [{ "role": "user", "content": "hello world" }]
/// }))?;
/// assert_eq!(judged.projection.tokens, 9);
/// assert_eq!(judged.verdict, Verdict::Fits);
/// # Ok::<(), token_headroom::Error>(())
/// ```
#[derive(Clone)]
pub struct TokenBudget {
    model: Model,
    encoding: Encoding,
    options: JudgeOptions,
    dialect: Option<Dialect>,
}

impl TokenBudget {
    /// A budget for the model that `options` describe, with an embedded encoding.
    ///
    /// # Errors
    /// [`UnknownModel`](crate::Code::UnknownModel) and [`UnknownEncoding`](crate::Code::UnknownEncoding).
    pub fn new(options: &ModelOptions) -> Result<Self> {
        let model = resolve(options)?;
        let encoding = Encoding::named(&model.encoding)?;
        Ok(Self::with_encoding(model, encoding))
    }

    /// A budget for a resolved model and an encoding loaded by the caller: the one that [`Model::encoding`] names. For a model whose own
    /// encoding is not bundled, name that one before resolving, so that counts are known to be exact:
    ///
    /// ```
    /// use token_headroom::{ModelOptions, resolve};
    ///
    /// let mut options = ModelOptions::for_model("llama-3.3-70b-instruct");
    /// options.encoding = Some("llama3".to_owned());
    /// assert_eq!(resolve(&options)?.encoding, "llama3");
    /// # Ok::<(), token_headroom::Error>(())
    /// ```
    #[must_use]
    pub fn with_encoding(model: Model, encoding: Encoding) -> Self {
        Self {
            model,
            encoding,
            options: JudgeOptions::default(),
            dialect: None,
        }
    }

    /// The same budget with other judging options.
    #[must_use]
    pub fn judged_by(mut self, options: JudgeOptions) -> Self {
        self.options = options;
        self
    }

    /// The same budget for requests that are written in `dialect`, which is recognised otherwise.
    #[must_use]
    pub fn written_in(mut self, dialect: Dialect) -> Self {
        self.dialect = Some(dialect);
        self
    }

    /// The model the numbers are for.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Tokens of a text on its own.
    #[must_use]
    pub fn count_tokens(&self, text: &str) -> u32 {
        self.encoding.count(text)
    }

    /// Normalises, counts, projects and judges `request`.
    ///
    /// # Errors
    /// Those of [`normalize_as`].
    pub fn check(&self, request: &Value) -> Result<Judgement> {
        let counted = self.counted(request)?;
        Ok(self.judged(&counted))
    }

    /// Plans how to make `request` fit.
    ///
    /// # Errors
    /// Those of [`normalize_as`], and [`UnsupportedDialect`](crate::Code::UnsupportedDialect) for what has no list of messages: a bare
    /// prompt, a request for Cohere's first API, a saved state of AutoGen.
    pub fn plan(&self, request: &Value, policy: &Policy) -> Result<CompactionPlan> {
        let counted = self.counted(request)?;
        plannable(counted.conversation.dialect)?;
        if let Value::Object(fields) = request {
            list_in_body(fields)?;
        }
        let judgement = self.judged(&counted);
        Ok(plan(
            &counted,
            &judgement,
            &self.model,
            policy,
            &self.encoding,
        ))
    }

    /// Applies `plan` to `request`.
    ///
    /// # Errors
    /// Those of [`apply`].
    pub fn apply(&self, request: &Value, plan: &CompactionPlan, fills: &Fills) -> Result<Value> {
        apply(request, plan, fills, &self.encoding)
    }

    /// Checks `plan` against `request` from scratch, and what is left as [`check`](Self::check) does.
    #[must_use]
    pub fn verify(&self, request: &Value, plan: &CompactionPlan, fills: &Fills) -> Verification {
        let (model, encoding) = (&self.model, &self.encoding);
        verify(request, plan, fills, model, self.options, encoding)
    }

    fn counted(&self, request: &Value) -> Result<Counted> {
        Ok(count(
            Arc::new(normalize_as(self.dialect, request)?),
            &self.encoding,
        ))
    }

    fn judged(&self, counted: &Counted) -> Judgement {
        let projection = project(counted, &self.model, &self.encoding);
        judge(
            projection,
            &self.model,
            counted.conversation.output_cap,
            self.options,
        )
    }
}
