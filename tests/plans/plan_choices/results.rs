//! Which results go first, and what stands in their place.

use serde_json::json;
use token_headroom::{Policy, StepKind};

use super::no_cut;
use crate::planning::{agent, applied, frugal, messages, planned, step_kinds, tokens};

#[test]
fn few_large_results_go_before_many_small_ones() {
    let request = agent(&[20, 20, 500, 20, 20, 20, 20, 20, 20]);
    let policy = Policy {
        release: 1.0,
        ..no_cut()
    };
    let plan = planned(&request, tokens(&request) - 60, &policy);
    assert_eq!(step_kinds(&plan), [("mask", vec![7])]);
}

#[test]
fn of_equal_results_the_older_go_first() {
    let request = agent(&[100; 10]);
    let plan = planned(
        &request,
        tokens(&request) - 100,
        &Policy {
            release: 1.0,
            ..no_cut()
        },
    );
    assert_eq!(
        step_kinds(&plan),
        [("mask", vec![3]), ("mask", vec![5])][..plan.steps.len()]
    );
}

#[test]
fn a_call_that_was_made_again_goes_first_and_says_so() {
    let mut request = agent(&[100, 100, 80, 100, 10, 10, 80, 10, 10, 10, 10]);
    // The third and the seventh turn read the same file.
    let same = json!("{\"path\":\"src/same.rs\"}");
    for message in [6, 14] {
        request["messages"][message]["tool_calls"][0]["function"]["arguments"] = same.clone();
    }
    let plan = planned(
        &request,
        tokens(&request) - 30,
        &Policy {
            release: 1.0,
            ..no_cut()
        },
    );
    assert_eq!(step_kinds(&plan), [("mask", vec![7])]);
    assert!(
        plan.steps[0].reason.contains("messages[15]"),
        "{:?}",
        plan.steps[0]
    );
}

#[test]
fn the_placeholder_names_the_tool_its_size_and_the_way_back() {
    let request = agent(&[1234, 5, 5, 5, 5]);
    let plan = planned(&request, 500, &no_cut());
    let applied = applied(&request, &plan);
    assert_eq!(
        messages(&applied)[3]["content"],
        "[result of read_file removed: 1,234 tokens; call the tool again to see it]"
    );
    assert!(plan.steps[0].lost.contains("1,234"));
    assert!(plan.steps[0].recover.contains("messages[3]"));
}

#[test]
fn a_result_that_repeats_no_id_is_named_as_it_is() {
    let mut request = agent(&[400; 8]);
    let list = request["messages"].as_array_mut().expect("messages");
    for message in list.iter_mut().filter(|message| message["role"] == "tool") {
        let fields = message.as_object_mut().expect("a message");
        fields.remove("tool_call_id").expect("an id");
    }
    let plan = planned(&request, tokens(&request) / 2, &no_cut());
    assert!(
        step_kinds(&plan).iter().any(|(kind, _)| *kind == "mask"),
        "{:?}",
        step_kinds(&plan)
    );
    for step in &plan.steps {
        if let StepKind::Mask { call_id, .. } = &step.kind {
            assert_eq!(call_id, "");
        }
    }
    assert!(tokens(&applied(&request, &plan)) <= plan.target);
}

#[test]
fn the_last_result_to_go_keeps_head_and_tail_where_there_is_room() {
    let mut request = agent(&[50, 10, 10, 10, 10, 10]);
    let lines: String = (0..400)
        .map(|n| format!("line {n} of the file\n"))
        .collect();
    request["messages"][3]["content"] = lines.clone().into();
    let plan = planned(&request, 1500, &frugal());
    assert_eq!(step_kinds(&plan), [("cut", vec![3])]);
    assert!(plan.after.upper_bound <= plan.target);
    // Close to the mark: no more is cut than has to be.
    assert!(
        plan.after.upper_bound >= plan.target - plan.target / 16,
        "{:?}",
        plan.after
    );
    let applied = applied(&request, &plan);
    let text = messages(&applied)[3]["content"].as_str().expect("text");
    assert!(text.starts_with("line 0 of the file\n") && text.ends_with("line 399 of the file\n"));
    let StepKind::Cut {
        head, tail, notice, ..
    } = &plan.steps[0].kind
    else {
        unreachable!()
    };
    assert!(lines[..*head].ends_with('\n') && lines[..lines.len() - tail].ends_with('\n'));
    assert!(
        notice.contains("of 8,290 bytes of read_file's result"),
        "{notice}"
    );
}

#[test]
fn without_masks_long_results_are_cut() {
    let request = agent(&[2000, 30, 1000, 1000, 10, 10, 10, 10]);
    let policy = Policy {
        mask: false,
        summarise: false,
        drop: false,
        ..frugal()
    };
    let plan = planned(&request, 2000, &policy);
    assert!(plan.released);
    let cut = step_kinds(&plan);
    assert!(
        cut.len() > 1 && cut.iter().all(|(kind, _)| *kind == "cut"),
        "{cut:?}"
    );
    assert!(
        plan.after.upper_bound >= plan.target - plan.target / 8,
        "{:?}",
        plan.after
    );
}
