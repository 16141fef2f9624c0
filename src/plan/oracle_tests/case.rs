//! A request with its plan, and the search that made it.

use std::sync::Arc;

use serde_json::Value;

use super::draws::Drawn;
use super::neutral::{FORMS, written};
use super::words::Words;
use super::*;
use crate::apply::Fills;
use crate::count::count;
use crate::judge::{JudgeOptions, judge};
use crate::models::{ModelOptions, resolve};
use crate::normalize::normalize_as;
use crate::project::{Pieces, project};

#[derive(Clone)]
pub(super) struct Case {
    pub request: Value,
    pub counted: Counted,
    pub judgement: Judgement,
    pub model: Model,
    pub policy: Policy,
    pub plan: CompactionPlan,
}

impl Case {
    pub(super) fn of((form, history, policy, share): &Drawn) -> Self {
        let (form, dialect, name) = FORMS[*form];
        let request: Value = written(history, form);
        let conversation = normalize_as(Dialect::named(dialect), &request).unwrap();
        let counted = count(Arc::new(conversation), &Words);
        let model = |limit: u32| {
            resolve(&ModelOptions {
                model: Some(name.to_owned()),
                max_context_tokens: Some(limit),
                ..ModelOptions::default()
            })
            .unwrap()
        };
        let size = project(&counted, &model(1_000_000), &Words).upper_bound;
        let model = model(((f64::from(size) * share) as u32).max(1));
        let options = JudgeOptions {
            headroom: Some(0),
            tight_at: 0.9,
        };
        let projection = project(&counted, &model, &Words);
        let judgement = judge(projection, &model, None, options);
        let plan = plan(&counted, &judgement, &model, policy, &Words);
        Self {
            request,
            counted,
            judgement,
            model,
            policy: policy.clone(),
            plan,
        }
    }

    /// What a plan leaves categories above their allowances.
    pub(super) fn excess(&self, plan: &CompactionPlan) -> u32 {
        let rows = self.plan.categories.iter();
        let shares = &self.policy.categories;
        let bound = [
            shares.system,
            shares.task,
            shares.tool_results,
            shares.conversation,
            shares.media,
        ];
        let applied = crate::apply::apply(&self.request, plan, &Fills::default(), &Words);
        let dialect = self.counted.conversation.dialect;
        let after = normalize_as(Some(dialect), &applied.unwrap()).unwrap();
        let after = count(Arc::new(after), &Words);
        let by = project(&after, &self.model, &Words).by_category;
        let task = rows.clone().nth(1).map_or(0, |task| task.after);
        let said = by.user + by.assistant + by.tool_calls - task;
        let after = [0, 0, by.tool_results, said, by.media];
        let over = rows.zip(bound).zip(after);
        let over = over.filter(|((_, share), _)| share.is_some());
        over.map(|((row, _), after)| after.saturating_sub(row.allowance))
            .sum()
    }

    /// What a look at the search for this case says.
    pub(super) fn searched<T>(&self, look: impl FnOnce(Search<'_>) -> T) -> T {
        let memory = Memory::new(&Words);
        let pieces = Pieces::of(&self.counted);
        let draft = Draft::new(&self.counted, &pieces, &self.model, &memory);
        let strips = Thoughts::of(&draft, &self.policy).strips();
        let ground = Ground::new(&self.counted, &self.model, &self.policy, strips);
        let before = &self.judgement.projection;
        look(Search::new(
            &draft,
            &ground,
            &self.policy,
            before,
            self.plan.target,
        ))
    }
}
