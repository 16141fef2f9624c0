//! Random histories in every dialect with random policies, and everything that comes of planning them.
#![allow(dead_code)] // Each test file uses a part.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::Value;
use token_headroom::{
    CachePolicy, CategoryShares, CompactionPlan, Conversation, Counted, Dialect, Fills, Group,
    JudgeOptions, Message, Model, ModelOptions, Part, Policy, Projection, Role, Share, StepKind,
    ThinkingPolicy, When, apply, count, judge, normalize_as, plan, project, resolve,
};

use crate::neutral::{FORMS, History, history, written};
use crate::planning::Words;

/// A request, what plans it, and everything that comes of it.
pub struct Case {
    pub form: &'static str,
    pub dialect: Dialect,
    pub request: Value,
    pub policy: Policy,
    pub model: Model,
    pub before: Conversation,
    pub plan: CompactionPlan,
    pub applied: Value,
    pub after: Conversation,
}

pub type Drawn = (usize, History, Policy, f64);

pub fn model(name: &str, limit: u32) -> Model {
    resolve(&ModelOptions {
        model: Some(name.to_owned()),
        max_context_tokens: Some(limit),
        ..ModelOptions::default()
    })
    .expect("a model of the catalogue")
}

pub fn read(dialect: Dialect, request: &Value) -> Conversation {
    normalize_as(Some(dialect), request).expect("a valid request")
}

pub fn counted(dialect: Dialect, request: &Value) -> Counted {
    count(Arc::new(read(dialect, request)), &Words)
}

pub fn projected(dialect: Dialect, request: &Value, model: &Model) -> Projection {
    project(&counted(dialect, request), model, &Words)
}

pub fn planned(
    dialect: Dialect,
    request: &Value,
    model: &Model,
    policy: &Policy,
) -> CompactionPlan {
    let counted = counted(dialect, request);
    let options = JudgeOptions {
        headroom: Some(0),
        tight_at: 0.9,
    };
    let judgement = judge(
        project(&counted, model, &Words),
        model,
        counted.conversation.output_cap,
        options,
    );
    plan(&counted, &judgement, model, policy, &Words)
}

pub fn applied(request: &Value, plan: &CompactionPlan) -> Value {
    apply(request, plan, &Fills::default(), &Words).expect("a plan of this request")
}

impl Case {
    pub fn of((form, history, policy, share): &Drawn) -> Self {
        let (form, dialect, name) = FORMS[*form];
        let dialect = Dialect::named(dialect).expect("a dialect");
        let mut request = written(history, form);
        if form == "anthropic_binding" && history.system.is_some() {
            request["thinking"]["block_binding"]["prefix_mismatch_behavior"] = "drop_block".into();
        }
        let size = projected(dialect, &request, &model(name, 1_000_000)).upper_bound;
        let model = model(name, ((f64::from(size) * share) as u32).max(1));
        let plan = planned(dialect, &request, &model, policy);
        let applied = applied(&request, &plan);
        Self {
            form,
            dialect,
            policy: policy.clone(),
            before: read(dialect, &request),
            after: read(dialect, &applied),
            request,
            model,
            plan,
            applied,
        }
    }

    /// The plan for the result, with the same messages pinned.
    pub fn again(&self) -> CompactionPlan {
        let (pairs, _) = self.pairs();
        let is_pinned = |index: &usize| self.policy.pinned.contains(index);
        let olds = pairs.iter().filter(|(index, _, _)| is_pinned(index));
        let news = olds.filter_map(|(_, _, new)| {
            let mut after = self.after.messages.iter();
            after.position(|message| std::ptr::eq(&**message, *new))
        });
        let policy = Policy {
            pinned: news.collect(),
            ..self.policy.clone()
        };
        planned(self.dialect, &self.applied, &self.model, &policy)
    }

    /// Messages that go: to a summary, without a trace, or as they were nothing but thoughts.
    pub fn gone(&self) -> BTreeSet<usize> {
        let thought = |part: &Part| matches!(part, Part::Reasoning(_));
        let mut gone = self.removed();
        for step in &self.plan.steps {
            if let StepKind::DropReasoning { messages, .. } = &step.kind {
                gone.extend(messages.iter().copied().filter(|&index| {
                    let parts = &self.before.messages[index].parts;
                    !parts.is_empty() && parts.iter().all(thought)
                }));
            }
        }
        gone
    }

    /// Whether calls wait for their results at the end.
    pub fn waits(&self) -> bool {
        let last = self.groups().last().expect("a group").messages.clone();
        let last = &self.before.messages[last];
        calls(last).count() > results(last).count()
    }

    /// Messages that go with their groups.
    pub fn removed(&self) -> BTreeSet<usize> {
        let lists = self.plan.steps.iter().filter_map(|step| match &step.kind {
            StepKind::Summarise { messages, .. }
            | StepKind::Drop { messages, .. }
            | StepKind::Remove { messages, .. } => Some(messages),
            _ => None,
        });
        lists.flatten().copied().collect()
    }

    /// Messages with a changed result or a text that was cut: for each the parts.
    pub fn changed(&self) -> BTreeMap<usize, BTreeSet<usize>> {
        let mut changed: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for step in &self.plan.steps {
            if let StepKind::Mask { message, part, .. }
            | StepKind::Cut { message, part, .. }
            | StepKind::CutText { message, part, .. } = &step.kind
            {
                changed.entry(*message).or_default().insert(*part);
            }
        }
        changed
    }

    pub fn thoughtless(&self) -> BTreeSet<usize> {
        let lists = self.plan.steps.iter().filter_map(|step| match &step.kind {
            StepKind::DropReasoning { messages, .. } => Some(messages),
            _ => None,
        });
        lists.flatten().copied().collect()
    }

    /// Where the note stands: the first message that it stands for.
    pub fn noted(&self) -> Option<usize> {
        self.plan.steps.iter().find_map(|step| match &step.kind {
            StepKind::Summarise { messages, .. } | StepKind::Drop { messages, .. } => {
                messages.first().copied()
            }
            _ => None,
        })
    }

    /// For every message that stays its old and its new self, in order; and the messages of the note.
    pub fn pairs(&self) -> (Vec<(usize, &Message, &Message)>, Vec<&Message>) {
        let gone = self.gone();
        let kept: Vec<usize> = (0..self.before.messages.len())
            .filter(|index| !gone.contains(index))
            .collect();
        let extra = self.after.messages.len() - kept.len();
        let mut pairs = Vec::new();
        let mut notes = Vec::new();
        let mut left = self.after.messages.iter();
        let mut note = self.noted();
        for index in kept {
            if note.is_some_and(|first| first < index) {
                note = None;
                notes.extend(left.by_ref().take(extra));
            }
            let now = left.next().expect("a kept message");
            pairs.push((index, &*self.before.messages[index], &**now));
        }
        if note.is_some() {
            notes.extend(left.by_ref().take(extra));
        }
        (
            pairs,
            notes
                .into_iter()
                .map(|note: &Arc<Message>| &**note)
                .collect(),
        )
    }

    pub fn groups(&self) -> Vec<Group> {
        self.before.groups()
    }

    /// Groups before the last ones.
    pub fn tail(&self) -> usize {
        // The last resort keeps only the very last.
        let keep_last = if self.policy.cut_tail {
            1
        } else {
            self.policy.keep_last.max(1)
        };
        self.groups().len().saturating_sub(keep_last)
    }
}

pub fn share() -> impl Strategy<Value = Option<Share>> {
    prop_oneof![
        2 => Just(None),
        1 => (0.0..0.8, prop_oneof![Just(0_u32), 1_u32..400]).prop_map(|(share, floor)| Some(Share { share, floor })),
    ]
}

pub fn categories() -> impl Strategy<Value = CategoryShares> {
    let reserve = prop_oneof![
        2 => Just(None),
        1 => (0.0..0.3, 0_u32..100).prop_map(|(share, floor)| Some(Share { share, floor })),
    ];
    let some = (share(), share(), share(), share(), reserve).prop_map(
        |(system, task, tool_results, conversation, reserve)| CategoryShares {
            system,
            task,
            tool_results,
            conversation,
            media: None,
            reserve,
        },
    );
    prop_oneof![2 => Just(CategoryShares::default()), 1 => some]
}

pub fn cache() -> impl Strategy<Value = CachePolicy> {
    (
        prop_oneof![Just(0_u32), Just(1), Just(10), Just(100)],
        any::<bool>(),
        prop_oneof![Just((None, None)), Just((Some(0.1), Some(1.25)))],
    )
        .prop_map(|(horizon, broken, (read, write))| CachePolicy {
            horizon,
            broken,
            read,
            write,
            ..CachePolicy::default()
        })
}

pub fn policy() -> impl Strategy<Value = Policy> {
    (
        (
            prop_oneof![3 => Just(When::Overflow), 1 => Just(When::Pays)],
            prop_oneof![3 => Just(0.8), 1 => 0.0..=1.0],
            0_usize..6,
            prop_oneof![3 => Just(Vec::new()), 1 => prop::collection::vec(0_usize..20, 1..4)],
            prop_oneof![4 => Just(Vec::new()), 1 => Just(vec!["read_file".to_owned()])],
            any::<bool>(),
        ),
        prop::array::uniform6(prop::bool::weighted(0.8)),
        prop_oneof![Just(0_u32), Just(40), Just(200), Just(1024)],
        cache(),
        categories(),
        prop_oneof![
            3 => Just(ThinkingPolicy::Strip),
            1 => Just(ThinkingPolicy::DropBlock),
            1 => Just(ThinkingPolicy::AppendOnly),
            1 => Just(ThinkingPolicy::Server),
        ],
    )
        .prop_map(
            |(
                (when, release, keep_last, pinned, keep_tools, cut_user_text),
                may,
                summary_tokens,
                cache,
                categories,
                thinking,
            )| Policy {
                when,
                release,
                keep_last,
                pinned,
                keep_tools,
                mask: may[0],
                cut: may[1],
                cut_tail: may[2],
                cut_user_text,
                summarise: may[3],
                drop: may[4],
                drop_reasoning: may[5],
                summary_tokens,
                cache,
                categories,
                thinking,
                ..Policy::default()
            },
        )
}

pub fn drawn(turns: Range<usize>) -> impl Strategy<Value = Drawn> {
    let longest = prop_oneof![Just(60_usize), Just(400), Just(900)];
    let history = longest.prop_flat_map(move |longest| history(turns.clone(), longest, 3));
    (0..FORMS.len(), history, policy(), 0.02..1.1)
}

/// Calls of `messages` with their ids.
pub fn calls(messages: &[Arc<Message>]) -> impl Iterator<Item = &str> {
    messages
        .iter()
        .flat_map(|message| message.calls())
        .map(|call| call.id.as_str())
}

pub fn results(messages: &[Arc<Message>]) -> impl Iterator<Item = &str> {
    messages
        .iter()
        .flat_map(|message| &message.parts)
        .filter_map(|part| match part {
            Part::ToolResult { call_id, .. } => Some(call_id.as_str()),
            _ => None,
        })
}

pub fn is_request(message: &Message) -> bool {
    let says = |part: &Part| !matches!(part, Part::ToolResult { .. });
    message.role == Role::User && message.parts.iter().any(says)
}
