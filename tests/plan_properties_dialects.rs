//! The invariants of a plan over random histories in every dialect, and over every kind of policy.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)] // A failed expectation is a failed test.

#[path = "planning/neutral.rs"]
mod neutral;
mod planning;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;
use std::sync::Arc;

use neutral::{FORMS, History, Turn, cases, history, words, written};
use planning::{Words, told};
use proptest::prelude::*;
use serde_json::Value;
use token_headroom::{
    CachePolicy, CategoryShares, CompactionPlan, Conversation, CountText, Counted, Dialect, Fills,
    Group, JudgeOptions, Message, Model, ModelOptions, Part, PlanStatus, Policy, Projection, Role,
    Share, StepKind, ThinkingPolicy, When, apply, count, judge, normalize_as, originals_of, plan,
    project, resolve, undo, validate_as, verify,
};

/// A request, what plans it, and everything that comes of it.
struct Case {
    form: &'static str,
    dialect: Dialect,
    request: Value,
    policy: Policy,
    model: Model,
    before: Conversation,
    plan: CompactionPlan,
    applied: Value,
    after: Conversation,
}

type Drawn = (usize, History, Policy, f64);

fn model(name: &str, limit: u32) -> Model {
    resolve(&ModelOptions {
        model: Some(name.to_owned()),
        max_context_tokens: Some(limit),
        ..ModelOptions::default()
    })
    .expect("a model of the catalogue")
}

fn read(dialect: Dialect, request: &Value) -> Conversation {
    normalize_as(Some(dialect), request).expect("a valid request")
}

fn counted(dialect: Dialect, request: &Value) -> Counted {
    count(Arc::new(read(dialect, request)), &Words)
}

fn projected(dialect: Dialect, request: &Value, model: &Model) -> Projection {
    project(&counted(dialect, request), model, &Words)
}

fn planned(dialect: Dialect, request: &Value, model: &Model, policy: &Policy) -> CompactionPlan {
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

fn applied(request: &Value, plan: &CompactionPlan) -> Value {
    apply(request, plan, &Fills::default(), &Words).expect("a plan of this request")
}

impl Case {
    fn of((form, history, policy, share): &Drawn) -> Self {
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
    fn again(&self) -> CompactionPlan {
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
    fn gone(&self) -> BTreeSet<usize> {
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
    fn waits(&self) -> bool {
        let last = self.groups().last().expect("a group").messages.clone();
        let last = &self.before.messages[last];
        calls(last).count() > results(last).count()
    }

    /// The request with 64 tokens in place of each longer text of the user's that may be cut.
    fn with_short_texts(&self) -> Value {
        fn say(value: &mut Value, texts: &BTreeSet<&str>) {
            match value {
                Value::String(text) if texts.contains(text.as_str()) => *text = "short ".repeat(64),
                Value::Array(items) => items.iter_mut().for_each(|item| say(item, texts)),
                Value::Object(fields) => fields.values_mut().for_each(|value| say(value, texts)),
                _ => {}
            }
        }
        let mut request = self.request.clone();
        let key = self.dialect.list_key();
        let list = match request.is_array() {
            true => &mut request,
            false => &mut request[key],
        };
        let list = list.as_array_mut().expect("a list");
        for (index, (raw, message)) in list.iter_mut().zip(&self.before.messages).enumerate() {
            let texts = message.parts.iter().filter_map(|part| match part {
                Part::Text { text, .. } if Words.count_text(text) > 64 => Some(text.as_str()),
                _ => None,
            });
            if message.role == Role::User && !self.policy.pinned.contains(&index) {
                say(raw, &texts.collect());
            }
        }
        request
    }

    /// Messages that go with their groups.
    fn removed(&self) -> BTreeSet<usize> {
        let lists = self.plan.steps.iter().filter_map(|step| match &step.kind {
            StepKind::Summarise { messages, .. }
            | StepKind::Drop { messages, .. }
            | StepKind::Remove { messages, .. } => Some(messages),
            _ => None,
        });
        lists.flatten().copied().collect()
    }

    /// Messages with a changed result or a text that was cut: for each the parts.
    fn changed(&self) -> BTreeMap<usize, BTreeSet<usize>> {
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

    fn thoughtless(&self) -> BTreeSet<usize> {
        let lists = self.plan.steps.iter().filter_map(|step| match &step.kind {
            StepKind::DropReasoning { messages, .. } => Some(messages),
            _ => None,
        });
        lists.flatten().copied().collect()
    }

    /// Where the note stands: the first message that it stands for.
    fn noted(&self) -> Option<usize> {
        self.plan.steps.iter().find_map(|step| match &step.kind {
            StepKind::Summarise { messages, .. } | StepKind::Drop { messages, .. } => {
                messages.first().copied()
            }
            _ => None,
        })
    }

    /// For every message that stays its old and its new self, in order; and the messages of the note.
    fn pairs(&self) -> (Vec<(usize, &Message, &Message)>, Vec<&Message>) {
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

    fn groups(&self) -> Vec<Group> {
        self.before.groups()
    }

    /// Groups before the last ones.
    fn tail(&self) -> usize {
        // The last resort keeps only the very last.
        let keep_last = if self.policy.cut_tail {
            1
        } else {
            self.policy.keep_last.max(1)
        };
        self.groups().len().saturating_sub(keep_last)
    }
}

fn share() -> impl Strategy<Value = Option<Share>> {
    prop_oneof![
        2 => Just(None),
        1 => (0.0..0.8, prop_oneof![Just(0_u32), 1_u32..400]).prop_map(|(share, floor)| Some(Share { share, floor })),
    ]
}

fn categories() -> impl Strategy<Value = CategoryShares> {
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

fn cache() -> impl Strategy<Value = CachePolicy> {
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

fn policy() -> impl Strategy<Value = Policy> {
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

fn drawn(turns: Range<usize>) -> impl Strategy<Value = Drawn> {
    let longest = prop_oneof![Just(60_usize), Just(400), Just(900)];
    let history = longest.prop_flat_map(move |longest| history(turns.clone(), longest, 3));
    (0..FORMS.len(), history, policy(), 0.02..1.1)
}

/// Calls of `messages` with their ids.
fn calls(messages: &[Arc<Message>]) -> impl Iterator<Item = &str> {
    messages
        .iter()
        .flat_map(|message| message.calls())
        .map(|call| call.id.as_str())
}

fn results(messages: &[Arc<Message>]) -> impl Iterator<Item = &str> {
    messages
        .iter()
        .flat_map(|message| &message.parts)
        .filter_map(|part| match part {
            Part::ToolResult { call_id, .. } => Some(call_id.as_str()),
            _ => None,
        })
}

fn is_request(message: &Message) -> bool {
    let says = |part: &Part| !matches!(part, Part::ToolResult { .. });
    message.role == Role::User && message.parts.iter().any(says)
}

proptest! {
    #![proptest_config(cases(384))]

    #[test]
    fn a_plan_is_unneeded_planned_or_irreducible_for_a_reason(drawn in drawn(1..12)) {
        let case = Case::of(&drawn);
        let size = projected(case.dialect, &case.request, &case.model);
        let fits = size.upper_bound <= case.plan.available;
        match case.plan.status {
            PlanStatus::Unneeded => {
                prop_assert!(fits);
                prop_assert_eq!(&case.applied, &case.request);
                prop_assert!(case.plan.steps.is_empty());
            }
            PlanStatus::Planned => {
                prop_assert!(!case.plan.steps.is_empty());
                prop_assert!(case.applied != case.request);
            }
            PlanStatus::Irreducible => {
                let floor = case.plan.floor.expect("a floor");
                let parts = [floor.system, floor.tools, floor.first_user, floor.pinned, floor.tail, floor.framing, floor.middle, floor.reserve];
                prop_assert_eq!(parts.iter().sum::<u32>(), floor.total);
                prop_assert!(floor.total > case.plan.available);
                prop_assert!(floor.total <= size.upper_bound + floor.reserve);
                prop_assert_eq!(&case.applied, &case.request);
            }
        }
    }

    #[test]
    fn what_was_valid_is_valid_afterwards(drawn in drawn(1..12)) {
        let case = Case::of(&drawn);
        let before = validate_as(Some(case.dialect), &case.request);
        prop_assume!(before.ok);
        let after = validate_as(Some(case.dialect), &case.applied);
        prop_assert!(after.ok, "{} {:?}", case.form, after.violations);
    }

    #[test]
    fn verify_finds_nothing_in_a_plan_of_our_own(drawn in drawn(1..12)) {
        let case = Case::of(&drawn);
        let verification = verify(&case.request, &case.plan, &Fills::default(), &case.model, &Words);
        prop_assert!(verification.ok, "{}: {}", case.form, told(&verification));
    }

    #[test]
    fn c1_every_result_follows_its_call_and_only_the_last_calls_wait(drawn in drawn(1..12)) {
        let case = Case::of(&drawn);
        let groups = case.after.groups();
        for (at, group) in groups.iter().enumerate() {
            let messages = &case.after.messages[group.messages.clone()];
            let (made, answered): (Vec<&str>, Vec<&str>) = (calls(messages).collect(), results(messages).collect());
            if at + 1 < groups.len() || !answered.is_empty() {
                prop_assert_eq!(&made, &answered, "{}", case.form);
            }
        }
    }

    #[test]
    fn c2_the_messages_of_a_group_go_together(drawn in drawn(1..12)) {
        let case = Case::of(&drawn);
        let removed = case.removed();
        for group in case.groups() {
            let gone = group.messages.clone().filter(|index| removed.contains(index)).count();
            prop_assert!(gone == 0 || gone == group.messages.len(), "{}", case.form);
        }
    }

    #[test]
    fn c3_ids_are_unique(drawn in drawn(1..12)) {
        let case = Case::of(&drawn);
        let mut seen = HashSet::new();
        for id in calls(&case.after.messages).filter(|id| !id.is_empty()) {
            prop_assert!(seen.insert(id), "{} twice", id);
        }
    }

    #[test]
    fn c4_kept_messages_keep_their_order_and_c6_what_no_step_names_is_equal(drawn in drawn(1..12)) {
        let case = Case::of(&drawn);
        let (changed, thoughtless) = (case.changed(), case.thoughtless());
        let (pairs, notes) = case.pairs();
        for (index, old, new) in &pairs {
            if !changed.contains_key(index) && !thoughtless.contains(index) {
                prop_assert_eq!(&old.raw, &new.raw, "{} message {}", case.form, index);
            } else {
                prop_assert_ne!(&old.raw, &new.raw, "{} message {}", case.form, index);
            }
        }
        prop_assert_eq!(pairs.len() + notes.len(), case.after.messages.len());
        prop_assert!(notes.len() <= 2 && (notes.is_empty() == case.noted().is_none()));
        let role = |message: &&Message| matches!(message.role, Role::Assistant | Role::User);
        prop_assert!(notes.iter().all(role));
    }

    #[test]
    fn c5_nothing_is_left_empty(drawn in drawn(1..12)) {
        let case = Case::of(&drawn);
        prop_assert!(!case.after.messages.is_empty());
        for (index, old, new) in case.pairs().0 {
            prop_assert!(!new.parts.is_empty() || old.parts.is_empty(), "{} message {}", case.form, index);
        }
        for step in &case.plan.steps {
            match &step.kind {
                StepKind::Mask { placeholder, .. } => prop_assert!(!placeholder.is_empty()),
                StepKind::Cut { notice, .. } | StepKind::CutText { notice, .. } => prop_assert!(!notice.is_empty()),
                StepKind::Summarise { digest, messages, .. } | StepKind::Drop { digest, messages, .. } => {
                    prop_assert!(!digest.is_empty() && !messages.is_empty());
                }
                StepKind::DropReasoning { messages, .. } | StepKind::Remove { messages, .. } => {
                    prop_assert!(!messages.is_empty());
                }
            }
        }
    }

    #[test]
    fn c6_what_must_stay_is_not_touched(drawn in drawn(1..12)) {
        let case = Case::of(&drawn);
        let (removed, changed) = (case.removed(), case.changed());
        let all = &case.before.messages;
        let groups = case.groups();
        let mut kept: BTreeSet<usize> = case.policy.pinned.iter().copied().collect();
        kept.extend(all.iter().position(|m| is_request(m)));
        kept.extend(all.iter().rposition(|m| is_request(m)));
        kept.extend((0..all.len()).filter(|&index| matches!(all[index].role, Role::System | Role::Developer)));
        let first = groups.get(case.tail()).map_or(all.len(), |group| group.messages.start);
        let last = groups.last().expect("a group").messages.clone();
        let waits = calls(&all[last.clone()]).count() > results(&all[last.clone()]).count();
        for index in 0..all.len() {
            let results_of = |index: usize| changed.get(&index).map_or(0, |parts| {
                let is_result = |part: &&usize| matches!(all[index].parts[**part], Part::ToolResult { .. });
                parts.iter().filter(is_result).count()
            });
            prop_assert!(!(kept.contains(&index) || index >= first) || !removed.contains(&index), "{} message {} removed", case.form, index);
            let may_cut = case.policy.cut_tail && !(waits && last.contains(&index));
            // A request beside results in one message stays although the results may go.
            let whole = kept.contains(&index)
                && (case.policy.pinned.contains(&index) || results(&all[index..=index]).next().is_none());
            prop_assert!(!(whole || (index >= first && !may_cut)) || results_of(index) == 0, "{} message {} changed", case.form, index);
        }
        for step in &case.plan.steps {
            match &step.kind {
                StepKind::Mask { message, tool, .. } => {
                    prop_assert!(*message < first, "{}", case.form);
                    prop_assert!(!case.policy.keep_tools.contains(tool));
                    prop_assert!(case.policy.mask);
                }
                StepKind::Cut { tool, .. } => {
                    prop_assert!(!case.policy.keep_tools.contains(tool));
                    prop_assert!(case.policy.cut);
                }
                StepKind::CutText { message, .. } => {
                    prop_assert!(case.policy.cut_user_text);
                    prop_assert!(!case.policy.pinned.contains(message), "{} message {} cut", case.form, message);
                    prop_assert_eq!(all[*message].role, Role::User);
                }
                _ => {}
            }
        }
        prop_assert!(case.policy.summarise || case.policy.drop || case.noted().is_none());
        // What is said beside results stays as it was, but for what is cut.
        for (index, old, new) in case.pairs().0 {
            let said = |message: &Message| -> Vec<Part> {
                let silent = |(at, part): &(usize, &Part)| {
                    !matches!(part, Part::ToolResult { .. } | Part::Reasoning(_))
                        && !changed.get(&index).is_some_and(|parts| parts.contains(at))
                };
                message.parts.iter().enumerate().filter(silent).map(|(_, part)| part.clone()).collect()
            };
            prop_assert_eq!(said(old), said(new));
        }
    }

    #[test]
    fn c7_a_planned_request_fits_and_after_is_its_fresh_projection(drawn in drawn(1..12)) {
        let case = Case::of(&drawn);
        let fresh = projected(case.dialect, &case.applied, &case.model);
        let plan = &case.plan;
        prop_assert_eq!(plan.after.tokens, fresh.tokens, "{}", case.form);
        prop_assert_eq!(plan.after.lower_bound, fresh.lower_bound);
        if plan.summary.is_none() {
            prop_assert_eq!(plan.after.upper_bound, fresh.upper_bound);
        }
        prop_assert!(plan.after.upper_bound >= fresh.upper_bound);
        if plan.status == PlanStatus::Planned {
            prop_assert!(plan.after.upper_bound <= plan.available);
            prop_assert_eq!(plan.released, plan.after.upper_bound <= plan.target);
            if let Some(reserve) = case.policy.categories.reserve {
                let kept = ((f64::from(plan.available) * reserve.share) as u32).max(reserve.floor);
                prop_assert!(plan.after.upper_bound + kept <= plan.available);
            }
        }
    }

    #[test]
    fn c8_no_step_grows_the_request_and_each_tells_the_exact_size(drawn in drawn(1..9)) {
        let case = Case::of(&drawn);
        let mut part = CompactionPlan { steps: Vec::new(), ..case.plan.clone() };
        let mut now = case.plan.before.tokens;
        for step in &case.plan.steps {
            prop_assert_eq!(step.tokens_before, now);
            part.steps.push(step.clone());
            let so_far = applied(&case.request, &part);
            now = projected(case.dialect, &so_far, &case.model).tokens;
            prop_assert_eq!(step.tokens_after, now, "{} {:?}", case.form, step.kind);
            if let StepKind::Mask { .. } | StepKind::Cut { .. } | StepKind::CutText { .. } = step.kind {
                prop_assert!(step.tokens_after <= step.tokens_before, "{} {:?}", case.form, step);
            }
        }
        prop_assert_eq!(now, case.plan.after.tokens);
        prop_assert!(case.plan.after.tokens <= case.plan.before.tokens);
    }

    #[test]
    fn undo_gives_back_the_request(drawn in drawn(1..9)) {
        let case = Case::of(&drawn);
        let stored = originals_of(&case.request, &case.plan).expect("a plan of this request");
        let undone = undo(&case.applied, &case.plan, &stored);
        prop_assert_eq!(undone, Ok(case.request), "{}", case.form);
    }

    #[test]
    fn never_irreducible_where_short_texts_of_the_users_would_do(drawn in drawn(1..9), share in 0.02..0.6) {
        let (form, history, policy, _) = drawn;
        // The floor of a category protects results that are in the last groups no longer when only the very last is kept.
        let categories = CategoryShares::default();
        let policy = Policy { cut_user_text: true, when: When::Overflow, categories, ..policy };
        let case = Case::of(&(form, history, policy, share));
        // Nothing may be touched behind calls that wait, nor at all where the API is to compact.
        prop_assume!(case.policy.thinking == ThinkingPolicy::Strip && !case.waits());
        let shorter = case.with_short_texts();
        let policy = Policy { cut_user_text: false, ..case.policy.clone() };
        let plan = planned(case.dialect, &shorter, &case.model, &policy);
        prop_assert!(
            plan.status == PlanStatus::Irreducible || case.plan.status != PlanStatus::Irreducible,
            "{}: {:?} {:?}", case.form, plan.after, case.plan.floor
        );
    }

    #[test]
    fn c9_planning_the_result_again_is_unneeded(drawn in drawn(1..12)) {
        let case = Case::of(&drawn);
        if case.plan.status == PlanStatus::Planned {
            let again = case.again();
            prop_assert_eq!(again.status, PlanStatus::Unneeded, "{} {:?} {:?}", case.form, again.objective, again.steps);
        }
    }

    #[test]
    fn c10_originals_are_those_of_the_request(drawn in drawn(1..12)) {
        let case = Case::of(&drawn);
        for step in &case.plan.steps {
            match &step.kind {
                StepKind::DropReasoning { messages, originals } | StepKind::Remove { messages, originals }
                | StepKind::Summarise { messages, originals, .. } | StepKind::Drop { messages, originals, .. } => {
                    prop_assert_eq!(messages.len(), originals.len());
                    prop_assert!(messages.is_sorted());
                    // Equal messages have equal hashes, and only those.
                    for (a, one) in messages.iter().zip(originals) {
                        for (b, other) in messages.iter().zip(originals) {
                            let same = case.before.messages[*a].raw == case.before.messages[*b].raw;
                            prop_assert_eq!(same, one == other);
                        }
                    }
                }
                StepKind::Mask { original, .. } | StepKind::Cut { original, .. } | StepKind::CutText { original, .. } => {
                    prop_assert_eq!(original.len(), 64);
                }
            }
        }
    }

    #[test]
    fn what_pays_is_planned_and_only_that(drawn in drawn(1..12), share in 1.0..3.0) {
        let (form, history, policy, _) = drawn;
        let policy = Policy { when: When::Pays, categories: CategoryShares::default(), ..policy };
        let case = Case::of(&(form, history, policy, share));
        prop_assert_ne!(case.plan.status, PlanStatus::Irreducible);
        if case.plan.status == PlanStatus::Planned {
            let objective = case.plan.objective.expect("an objective");
            prop_assert!(objective.loss + objective.rewrite < objective.saved, "{} {:?}", case.form, objective);
            prop_assert_eq!(case.again().status, PlanStatus::Unneeded, "{} {:?} {:?}", case.form, case.plan.steps, case.again().steps);
        }
    }

    #[test]
    fn thoughts_of_models_that_bind_them_are_never_left_behind_an_edit(drawn in drawn(1..12)) {
        let (_, history, policy, share) = drawn;
        let form = FORMS.iter().position(|(form, _, _)| *form == "anthropic_binding").expect("the form");
        let case = Case::of(&(form, history, policy, share));
        let thinks = |message: &Message| message.parts.iter().any(|part| matches!(part, Part::Reasoning(_)));
        let edits = case.changed().keys().next().copied();
        match case.policy.thinking {
            ThinkingPolicy::Server if case.plan.status != PlanStatus::Unneeded && case.policy.when == When::Overflow => {
                prop_assert_eq!(case.plan.status, PlanStatus::Irreducible);
                prop_assert!(!case.plan.notes.is_empty());
            }
            ThinkingPolicy::AppendOnly => prop_assert_eq!(edits, None),
            ThinkingPolicy::Strip => {
                let first = case.gone().first().copied().into_iter().chain(edits).min();
                if let Some(first) = first {
                    let behind = case.pairs().0.into_iter().filter(|(index, _, _)| *index > first);
                    for (index, _, new) in behind {
                        prop_assert!(!thinks(new), "message {}", index);
                    }
                }
            }
            _ => {}
        }
        let verification = verify(&case.request, &case.plan, &Fills::default(), &case.model, &Words);
        prop_assert!(verification.ok, "{:?}: {}", case.policy.thinking, told(&verification));
    }

    #[test]
    fn the_same_input_gives_a_byte_equal_plan(drawn in drawn(1..12)) {
        let case = Case::of(&drawn);
        let json = |plan: &CompactionPlan| serde_json::to_string(plan).expect("JSON");
        let twice = planned(case.dialect, &case.request, &case.model, &case.policy);
        prop_assert_eq!(json(&case.plan), json(&twice));
        let back: CompactionPlan = serde_json::from_str(&json(&case.plan)).expect("a plan");
        prop_assert_eq!(back, case.plan);
    }

    #[test]
    fn the_upper_bound_holds_for_every_summary_that_is_accepted(drawn in drawn(4..12), share in 0.01..1.2) {
        let case = Case::of(&drawn);
        if let Some(slot) = &case.plan.summary {
            let words = (f64::from(slot.max_tokens) * share) as usize;
            let fills = Fills { summary: Some("word\n".repeat(words.div_ceil(2)).trim_end().to_owned()) };
            match apply(&case.request, &case.plan, &fills, &Words) {
                Ok(filled) => {
                    let fresh = projected(case.dialect, &filled, &case.model);
                    prop_assert!(fresh.upper_bound <= case.plan.after.upper_bound, "{}", case.form);
                    let verification = verify(&case.request, &case.plan, &fills, &case.model, &Words);
                    prop_assert!(verification.ok, "{}: {}", case.form, told(&verification));
                }
                Err(error) => prop_assert_eq!(error.code, token_headroom::Code::InvalidFill),
            }
        }
    }

    #[test]
    fn nothing_panics_at_any_policy(
        drawn in drawn(1..8),
        release in any::<f64>(),
        keep_last in any::<usize>(),
        pinned in prop::collection::vec(any::<usize>(), 0..3),
        summary_tokens in any::<u32>(),
        numbers in prop::array::uniform4(any::<f64>()),
        limit in any::<u32>(),
    ) {
        let (form, history, policy, _) = drawn;
        let (form, dialect, name) = FORMS[form];
        let dialect = Dialect::named(dialect).expect("a dialect");
        let request = written(&history, form);
        let [share, read, write, idle] = numbers;
        let mut policy = Policy { release, keep_last, pinned, summary_tokens, ..policy };
        policy.categories.tool_results = Some(Share { share, floor: limit });
        policy.cache.read = Some(read);
        policy.cache.write = Some(write);
        policy.cache.idle_seconds = Some(idle);
        let model = model(name, limit.max(1));
        let plan = planned(dialect, &request, &model, &policy);
        let verification = verify(&request, &plan, &Fills::default(), &model, &Words);
        prop_assert!(verification.ok, "{form}: {}", told(&verification));
    }
}

#[test]
fn the_histories_are_valid_and_their_plans_of_every_kind() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut kinds: BTreeMap<&str, [usize; 10]> = BTreeMap::new();
    for round in 0..180 {
        let (_, mut history, policy, _) = drawn(6..12)
            .new_tree(&mut runner)
            .expect("a case")
            .current();
        let policy = Policy {
            when: When::Overflow,
            thinking: ThinkingPolicy::Strip,
            ..policy
        };
        if round % 5 == 0 {
            history.turns[0] = Turn::User(words(3, 1_200));
        }
        for at in 0..FORMS.len() {
            let case = Case::of(&(
                at,
                history.clone(),
                policy.clone(),
                f64::from(round % 10 + 1) / 11.0,
            ));
            let seen = kinds.entry(case.form).or_default();
            let valid = validate_as(Some(case.dialect), &case.request);
            seen[0] += usize::from(!valid.ok);
            if !valid.ok && seen[0] == 1 {
                println!("{} {:?}", case.form, valid.violations[0]);
            }
            seen[1] += usize::from(case.plan.status == PlanStatus::Planned);
            seen[2] += usize::from(case.plan.status == PlanStatus::Irreducible);
            for step in &case.plan.steps {
                seen[match step.kind {
                    StepKind::Mask { .. } => 3,
                    StepKind::Cut { .. } => 4,
                    StepKind::DropReasoning { .. } => 5,
                    StepKind::Remove { .. } => 6,
                    StepKind::Summarise { .. } => 7,
                    StepKind::Drop { .. } => 8,
                    StepKind::CutText { .. } => 9,
                }] += 1;
            }
        }
    }
    println!(
        "form: invalid, planned, irreducible, masks, cuts, thoughts, removals, summaries, drops, texts"
    );
    for (form, seen) in &kinds {
        println!("{form}: {seen:?}");
        assert!(
            [1, 2, 3, 4, 7, 8, 9].iter().all(|&at| seen[at] > 0),
            "{form}: {seen:?}"
        );
    }
}
