//! Small requests against brute force over the same operations: the planner never gives up too early.

use crate::planning::cases::cases;
use crate::planning::{Words, histories, messages, model, planned, projected, tokens};
use proptest::prelude::*;
use serde_json::{Value, json};
use token_headroom::{CountText, PlanStatus, Policy, StepKind};

/// Groups of `messages`: a message and the tool messages after it.
fn groups(messages: &[Value]) -> Vec<std::ops::Range<usize>> {
    let mut groups: Vec<std::ops::Range<usize>> = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        match groups.last_mut() {
            Some(last)
                if message["role"] == "tool" && messages[last.start]["tool_calls"].is_array() =>
            {
                last.end = index + 1;
            }
            _ => groups.push(index..index + 1),
        }
    }
    groups
}

/// What the brute force may do to a group.
struct Choices {
    group: std::ops::Range<usize>,
    removable: bool,
    maskable: Vec<usize>,
}

/// The smallest upper bound over every subset of removals and, in the groups that stay, of masks.
fn least(request: &Value, policy: &Policy) -> u32 {
    let all = messages(request);
    let groups = groups(all);
    let user = |message: &Value| message["role"] == "user";
    let held: Vec<usize> = all
        .iter()
        .position(user)
        .into_iter()
        .chain(all.iter().rposition(user))
        .chain(policy.pinned.iter().copied())
        .collect();
    let tail = groups.len() - policy.keep_last.max(1).min(groups.len());
    let kept_tool = |index: usize| {
        policy
            .keep_tools
            .iter()
            .any(|kept| kept == tool(all, index))
    };
    let choices: Vec<Choices> = groups[..tail]
        .iter()
        .filter(|group| {
            let role = &all[group.start]["role"];
            role != "system" && role != "developer"
        })
        .map(|group| Choices {
            removable: policy.summarise
                && !group.clone().any(|index| {
                    held.contains(&index) || (all[index]["role"] == "tool" && kept_tool(index))
                }),
            maskable: group
                .clone()
                .filter(|&index| {
                    policy.mask
                        && !is_masked(all, index)
                        && is_shorter(all, index)
                        && !is_masked(all, index)
                        && all[index]["role"] == "tool"
                        && !held.contains(&index)
                        && !kept_tool(index)
                })
                .collect(),
            group: group.clone(),
        })
        .collect();
    let bits: usize = choices
        .iter()
        .map(|c| usize::from(c.removable) + c.maskable.len())
        .sum();
    let model = model(1_000_000);
    let mut best = u32::MAX;
    for set in 0_u64..1 << bits {
        let mut bit = 0;
        let mut next = || {
            bit += 1;
            set >> (bit - 1) & 1 == 1
        };
        let mut new: Vec<Option<Value>> = all.iter().cloned().map(Some).collect();
        let mut removed = Vec::new();
        for choice in &choices {
            let gone = choice.removable && next();
            for &index in &choice.maskable {
                if next() {
                    let mut message = all[index].clone();
                    let text = placeholder(all, index);
                    message["content"] = match message["content"].is_array() {
                        true => json!([{ "type": "text", "text": text }]),
                        false => json!(text),
                    };
                    new[index] = Some(message);
                }
            }
            if gone {
                removed.extend(choice.group.clone());
            }
        }
        for &index in &removed {
            new[index] = None;
        }
        if let Some(&first) = removed.first() {
            let digest = format!("[{} earlier messages were removed.]", removed.len());
            new[first] = Some(json!({ "role": "assistant", "content": digest }));
        }
        let left: Vec<Value> = new.into_iter().flatten().collect();
        let mut smaller = request.clone();
        smaller["messages"] = left.into();
        best = best.min(projected(&smaller, &model, &Words).upper_bound);
    }
    best
}

/// Tokens of the text of the result at `index`.
fn text_tokens(all: &[Value], index: usize) -> u32 {
    let content = &all[index]["content"];
    let parts = content.as_array().into_iter().flatten();
    let joined: String = parts.filter_map(|part| part["text"].as_str()).collect();
    Words.count_text(content.as_str().unwrap_or(&joined))
}

/// Whether a placeholder takes less than the result at `index` (C8).
fn is_shorter(all: &[Value], index: usize) -> bool {
    let parts = all[index]["content"].as_array().into_iter().flatten();
    let media = parts.filter(|part| part["type"] != "text").count() > 0;
    media || Words.count_text(&placeholder(all, index)) < text_tokens(all, index)
}

/// What a planner writes in place of the result at `index`.
fn placeholder(all: &[Value], index: usize) -> String {
    let tokens = text_tokens(all, index);
    let (thousands, rest) = (tokens / 1000, tokens % 1000);
    let tokens = if thousands > 0 {
        format!("{thousands},{rest:03}")
    } else {
        rest.to_string()
    };
    let tool = tool(all, index);
    format!("[result of {tool} removed: {tokens} tokens; call the tool again to see it]")
}

/// The tool that the result at `index` comes from.
fn tool(all: &[Value], index: usize) -> &str {
    let calls = all
        .iter()
        .filter_map(|message| message["tool_calls"].as_array());
    let call = calls
        .flatten()
        .find(|call| call["id"] == all[index]["tool_call_id"]);
    call.and_then(|call| call["function"]["name"].as_str())
        .unwrap_or_default()
}

/// Whether the result at `index` says no more than a placeholder: it is not to be touched again.
fn is_masked(all: &[Value], index: usize) -> bool {
    let content = &all[index]["content"];
    let one = content.as_array().is_none_or(|parts| parts.len() == 1);
    let text = content
        .as_str()
        .or(content[0]["text"].as_str())
        .unwrap_or_default();
    one && text.starts_with("[result of ") && !text.contains('\n')
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn never_irreducible_where_brute_force_finds_a_legal_plan(
        request in histories::request(7),
        policy in histories::policy().prop_map(|policy| Policy { keep_last: policy.keep_last % 2, ..policy }),
    ) {
        let results = messages(&request).iter().filter(|message| message["role"] == "tool").count();
        prop_assume!(results <= 7);
        // The brute force does not cut: a planner that may cut can only do better.
        // The placeholder of a result with a picture states an estimate, whose digits may be more.
        let is_shown = |message: &&Value| message["role"] == "tool" && message["content"].to_string().contains("image_url");
        let pictures = messages(&request).iter().filter(is_shown).count() as u32;
        let limit = least(&request, &policy) + 3 * pictures;
        if limit < tokens(&request) {
            let plan = planned(&request, limit, &policy);
            prop_assert_eq!(plan.status, PlanStatus::Planned, "limit {}, floor {:?}", limit, plan.floor);
        }
    }

    #[test]
    fn irreducible_means_that_brute_force_finds_nothing_either(
        request in histories::request(7),
        policy in histories::policy().prop_map(|policy| Policy { keep_last: policy.keep_last % 2, ..policy }),
        share in 0.05..1.0,
    ) {
        let results = messages(&request).iter().filter(|message| message["role"] == "tool").count();
        prop_assume!(results <= 7);
        let limit = f64::ceil(f64::from(tokens(&request)) * share) as u32;
        let plan = planned(&request, limit, &policy);
        if plan.status == PlanStatus::Irreducible {
            let least = least(&request, &policy);
            prop_assert!(least > limit, "brute force: {}", least);
        }
    }
}

#[test]
fn the_random_cases_reach_every_outcome_and_every_step() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut seen = [0; 8];
    for round in 0..150 {
        let request = histories::request(14)
            .new_tree(&mut runner)
            .expect("a request")
            .current();
        let policy = histories::policy()
            .new_tree(&mut runner)
            .expect("a policy")
            .current();
        let limit = tokens(&request) * (round % 10 + 1) / 11;
        let plan = planned(&request, limit, &policy);
        seen[match plan.status {
            PlanStatus::Unneeded => 0,
            PlanStatus::Planned if plan.released => 1,
            PlanStatus::Planned => 2,
            PlanStatus::Irreducible => 3,
        }] += 1;
        seen[4] += usize::from(plan.summary.is_some());
        for step in &plan.steps {
            seen[match step.kind {
                StepKind::Mask { .. } => 5,
                StepKind::Cut { .. } => 6,
                StepKind::Summarise { .. } | StepKind::Drop { .. } => 7,
                StepKind::Remove { .. }
                | StepKind::DropReasoning { .. }
                | StepKind::CutText { .. } => continue,
            }] += 1;
        }
    }
    // Unneeded has a share of its own in the properties, whose limits go beyond the request's size.
    assert!(seen[1..].iter().all(|&count| count >= 5), "{seen:?}");
}
