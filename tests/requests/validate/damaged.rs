//! Valid transcripts that were damaged at random, and values that are no transcripts: a repair holds, and nothing panics.

use proptest::prelude::*;
use serde_json::{Value, json};
use token_headroom::{Dialect, repair_as, validate_as};

use super::legal::valid;
use super::{AI_SDK, CHAT, CLAUDE, CONVERSE, GEMINI, LANGCHAIN, RESPONSES, list, with_list};

/// Deletes, doubles or swaps messages.
fn damaged(request: &Value, damage: &[(u8, usize, usize)]) -> Value {
    let mut messages = list(request).clone();
    for &(kind, a, b) in damage {
        let count = messages.len();
        let (a, b) = (a % count, b % count);
        match kind % 3 {
            0 if count > 1 => {
                messages.remove(a);
            }
            1 => messages.insert(b, messages[a].clone()),
            _ => messages.swap(a, b),
        }
    }
    with_list(request, messages)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn random_damage_is_repaired_and_a_repair_of_a_repair_changes_nothing(
        which in 0_usize..11,
        damage in prop::collection::vec((0_u8..3, 0_usize..64, 0_usize..64), 1..6),
    ) {
        let (dialect, request) = valid().swap_remove(which);
        let request = damaged(&request, &damage);
        let repaired = repair_as(Some(dialect), &request);
        // What names who asks, or what the model signed, cannot be made up; a start without anything that was asked neither.
        let asked = list(&request).iter().any(|message| {
            let said = message.get("parts").or(message.get("content"));
            let is_results = said.and_then(Value::as_array).is_some_and(|parts| {
                parts.iter().all(|part| ["functionResponse", "toolResult", "tool_use_id", "call_id", "cachePoint"].iter().any(|key| part.get(*key).is_some()))
            });
            let role = message.get("role").or(message.get("type")).and_then(Value::as_str);
            matches!(role, Some("user" | "human" | "UserMessage")) && !is_results
        });
        for violation in &repaired.violations {
            let excused = !asked || violation.invariant == "G4";
            prop_assert!(excused, "{violation:?} in {} from {request}", repaired.request);
        }
        let again = repair_as(Some(dialect), &repaired.request);
        prop_assert_eq!(&again.changes, &[], "{} from {}", repaired.request, request);
        prop_assert_eq!(&again.request, &repaired.request);
        prop_assert_eq!(repaired.changes.is_empty(), repaired.request == request);
    }

    #[test]
    fn hostile_values_never_panic(request in hostile(), which in 0_usize..12) {
        let dialects = [
            None, Some(CHAT), Some(RESPONSES), Some(CLAUDE), Some(GEMINI), Some(AI_SDK), Some(LANGCHAIN), Some(CONVERSE),
            Some(Dialect::Cohere), Some(Dialect::Ollama), Some(Dialect::Autogen), Some(Dialect::Completions),
        ];
        let dialect = dialects[which];
        let validation = validate_as(dialect, &request);
        prop_assert_eq!(validation.ok, validation.violations.is_empty());
        let repaired = repair_as(dialect, &request);
        let again = repair_as(dialect.or(validation.dialect), &repaired.request);
        prop_assert_eq!(again.changes, &[], "{} from {}", repaired.request, request);
    }
}

/// JSON made of the words that requests are made of.
fn hostile() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "",
        "1",
        "2",
        "f",
        "user",
        "assistant",
        "model",
        "tool",
        "system",
        "ai",
        "human",
        "tool_use",
        "tool_result",
        "thinking",
        "reasoning",
        "function_call",
        "function_call_output",
        "tool-call",
        "tool-result",
        "compaction",
        "text",
        "remove",
        "__remove_all__",
        "ToolCallRequestEvent",
        "ToolCallExecutionEvent",
        "tool-approval-request",
        "server_tool_use",
    ]);
    let key = prop::sample::select(vec![
        "role",
        "type",
        "content",
        "parts",
        "id",
        "name",
        "tool_calls",
        "tool_call_id",
        "call_id",
        "tool_use_id",
        "toolUse",
        "toolResult",
        "toolUseId",
        "functionCall",
        "functionResponse",
        "function",
        "arguments",
        "args",
        "kwargs",
        "data",
        "toolCallId",
        "toolName",
        "input",
        "output",
        "text",
        "thinking",
        "signature",
        "summary",
        "thoughtSignature",
        "invalid_tool_calls",
        "additional_kwargs",
        "function_call",
        "tool_responses",
        "approvalId",
        "providerOptions",
    ]);
    let leaf = prop_oneof![
        4 => word.prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<i32>().prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(4, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..6).prop_map(|fields| fields
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect()),
        ]
    });
    let list = prop::collection::vec(value.clone(), 0..8);
    prop_oneof![
        2 => (prop::sample::select(vec!["messages", "contents", "input", "prompt"]), list)
            .prop_map(|(key, list)| json!({ key: list })),
        1 => value,
    ]
}
