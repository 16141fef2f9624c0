//! The model and the limits that a call names.

use serde_json::Value;
use token_headroom_encoding::{Encoding, Result};

use super::arguments::unreadable;
use crate::conversation::Dialect;
use crate::count::Counted;
use crate::judge::{JudgeOptions, Judgement};
use crate::memo::Memo;
use crate::models::Model;
use crate::options;
use crate::project::Projection;
use crate::session::Wire;
use crate::signals::Calibration;

/// What a request is judged by.
pub(super) struct Context {
    pub model: Model,
    pub judge: JudgeOptions,
    dialect: Option<Dialect>,
}

impl Context {
    /// Of the options of a call.
    pub fn of(options: &Value) -> Result<Self> {
        let (model, judge) = options::budget_options(options)?;
        let model = crate::models::resolve(&model)?;
        judge.check(&model.limit)?;
        let dialect = options::dialect(options)?;
        Ok(Self {
            model,
            judge,
            dialect,
        })
    }

    /// A request, in the dialect that the options name, if any.
    pub fn wire(&self, wire: Value) -> Result<Wire> {
        let wire = Wire::read(wire).ok_or_else(|| unreadable("a request that is none"))?;
        Ok(Wire {
            dialect: wire.dialect.or(self.dialect),
            ..wire
        })
    }

    /// Projects and judges a request, in the light of what was learned, if anything.
    pub fn judge(
        &self,
        counted: &Counted,
        memo: &Memo<Encoding>,
        learned: Option<Calibration>,
    ) -> Judgement {
        let projection = crate::project::project(counted, &self.model, memo);
        let projection = match learned {
            Some(learned) => learned.apply(projection, counted),
            None => projection,
        };
        self.judged(projection, counted)
    }

    /// Judges a projection.
    pub fn judged(&self, projection: Projection, counted: &Counted) -> Judgement {
        let cap = counted.conversation.output_cap;
        crate::judge::judge(projection, &self.model, cap, self.judge)
    }
}
