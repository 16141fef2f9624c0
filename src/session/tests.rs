use super::*;
use serde_json::json;
use std::cell::Cell;

/// Counts bytes, and how often it was asked.
#[derive(Default)]
struct Bytes {
    asked: Cell<usize>,
}

impl CountText for Bytes {
    fn count_text(&self, text: &str) -> u32 {
        self.asked.set(self.asked.get() + 1);
        text.len() as u32
    }
}

fn said(text: &str) -> Value {
    json!({ "role": "user", "content": text })
}

fn wire(messages: &[u64], fresh: &[(u64, Value)]) -> Wire {
    Wire {
        dialect: None,
        list: Some("messages".to_owned()),
        rest: json!({ "model": "gpt-4o" }),
        messages: messages.into(),
        fresh: fresh.into(),
    }
}

fn contents(counted: &Counted) -> Vec<u32> {
    counted
        .messages
        .iter()
        .map(|message| message.content)
        .collect()
}

#[test]
fn a_message_is_counted_once() {
    let (mut session, counter) = (Session::with_capacity(1 << 20), Bytes::default());
    let first = wire(&[1, 2], &[(1, said("one")), (2, said("three"))]);
    assert_eq!(
        contents(&session.recall(0, first, &counter).unwrap()),
        [3, 5]
    );
    let asked = counter.asked.get();
    let again = session.recall(0, wire(&[1, 2], &[]), &counter).unwrap();
    assert_eq!(contents(&again), [3, 5]);
    assert_eq!((session.counted(), counter.asked.get()), (2, asked));
    let grown = session
        .recall(0, wire(&[1, 2, 3], &[(3, said("seven"))]), &counter)
        .unwrap();
    assert_eq!(contents(&grown), [3, 5, 5]);
    assert_eq!(session.counted(), 3);
}

#[test]
fn a_recalled_conversation_equals_one_normalised_at_once() {
    let (mut session, counter) = (Session::with_capacity(1 << 20), Bytes::default());
    let tool = json!([{ "type": "function", "function": { "name": "f" } }]);
    let messages = [
        said("one"),
        json!({ "role": "assistant", "content": "two", "name": "x" }),
    ];
    let sent = Wire {
        dialect: None,
        list: Some("messages".to_owned()),
        rest: json!({ "model": "gpt-4o", "tools": tool, "max_tokens": 7 }),
        messages: vec![8, 9],
        fresh: vec![(8, messages[0].clone()), (9, messages[1].clone())],
    };
    let recalled = session.recall(0, sent, &counter).unwrap();
    let whole = json!({ "model": "gpt-4o", "messages": messages, "tools": tool, "max_tokens": 7 });
    assert_eq!(*recalled.conversation, crate::normalize(&whole).unwrap());
}

#[test]
fn messages_without_a_list_are_found_in_the_body() {
    let (mut session, counter) = (Session::with_capacity(1 << 20), Bytes::default());
    let sent = |rest: Value| Wire {
        dialect: None,
        list: None,
        rest,
        messages: Vec::new(),
        fresh: Vec::new(),
    };
    let state = json!({ "llm_context": { "messages": [
        { "type": "UserMessage", "source": "user", "content": "three" },
    ] } });
    let counted = session.recall(0, sent(state.clone()), &counter).unwrap();
    assert_eq!(contents(&counted), [5]);
    assert_eq!(*counted.conversation, crate::normalize(&state).unwrap());
    // A list that the binding left in the body is read there.
    let body = json!({ "messages": [said("one"), said("three")] });
    let counted = session.recall(0, sent(body), &counter).unwrap();
    assert_eq!(contents(&counted), [3, 5]);
    let error = session.recall(0, sent(json!({})), &counter).unwrap_err();
    assert_eq!(
        (error.code, error.path.as_str()),
        (Code::MissingField, "messages")
    );
}

#[test]
fn a_message_is_read_again_when_a_later_one_tells_its_dialect() {
    let (mut session, counter) = (Session::with_capacity(1 << 20), Bytes::default());
    let first = Wire {
        rest: json!({}),
        ..wire(&[1], &[(1, said("one"))])
    };
    let read = session.recall(0, first, &counter).unwrap();
    assert_eq!(read.conversation.dialect, Dialect::OpenaiChat);
    let call = json!({ "role": "assistant", "content": [
        { "type": "tool-call", "toolCallId": "c", "toolName": "f", "input": {} },
    ] });
    let grown = Wire {
        rest: json!({}),
        ..wire(&[1, 1, 2], &[(2, call)])
    };
    let read = session.recall(0, grown, &counter).unwrap();
    let dialects = read.messages.iter().map(|message| message.message.dialect);
    assert_eq!(dialects.collect::<Vec<_>>(), [Dialect::AiSdk; 3]);
    // Once for both places.
    assert_eq!(session.counted(), 3);
    assert!(Arc::ptr_eq(&read.messages[0], &read.messages[1]));
}

#[test]
fn fresh_messages_come_in_any_order_and_a_handle_may_come_twice() {
    let (mut session, counter) = (Session::with_capacity(1 << 20), Bytes::default());
    let fresh = [(7, said("seven")), (3, said("ten")), (5, said("four"))];
    let counted = session.recall(0, wire(&[3, 5, 3, 7], &fresh), &counter);
    assert_eq!(contents(&counted.unwrap()), [3, 4, 3, 5]);
    assert_eq!(session.counted(), 3);
    // What is sent again takes the place of what was held.
    let again = wire(&[7, 3, 7, 5], &[(7, said("eleven"))]);
    assert_eq!(
        contents(&session.recall(0, again, &counter).unwrap()),
        [6, 3, 6, 4]
    );
    let counted = session.recall(0, wire(&[7], &[]), &counter).unwrap();
    assert_eq!(contents(&counted), [6]);
    let twins = [(9, said("one")), (8, said("four")), (9, said("three"))];
    let counted = session.recall(0, wire(&[9, 8], &twins), &counter).unwrap();
    assert_eq!(contents(&counted), [5, 4]);
}

#[test]
fn encodings_are_kept_apart() {
    let (mut session, counter) = (Session::with_capacity(1 << 20), Bytes::default());
    session
        .recall(0, wire(&[1], &[(1, said("one"))]), &counter)
        .unwrap();
    let error = session.recall(1, wire(&[1], &[]), &counter).unwrap_err();
    assert_eq!(error.code, Code::Stale);
}

#[test]
fn an_unknown_handle_is_stale_before_anything_is_counted() {
    let (mut session, counter) = (Session::with_capacity(1 << 20), Bytes::default());
    let error = session
        .recall(0, wire(&[1, 2], &[(1, said("one"))]), &counter)
        .unwrap_err();
    assert_eq!(
        (error.code, error.path.as_str()),
        (Code::Stale, "messages[1]")
    );
    assert_eq!((session.counted(), counter.asked.get()), (0, 0));
}

#[test]
fn an_error_names_the_place_in_the_request_not_the_handle() {
    let (mut session, counter) = (Session::with_capacity(1 << 20), Bytes::default());
    let bad = json!({ "role": "wizard", "content": "x" });
    let sent = wire(&[40, 41], &[(40, said("one")), (41, bad)]);
    let error = session.recall(0, sent, &counter).unwrap_err();
    assert!(error.path.starts_with("messages[1]"), "{error}");
}

#[test]
fn what_was_not_used_for_longest_goes_first() {
    let (mut session, counter) = (Session::with_capacity(5_000), Bytes::default());
    let long = "x".repeat(900);
    for handle in 1..=2 {
        session
            .recall(0, wire(&[handle], &[(handle, said(&long))]), &counter)
            .unwrap();
    }
    session.recall(0, wire(&[1], &[]), &counter).unwrap();
    session
        .recall(0, wire(&[1, 3], &[(3, said(&long))]), &counter)
        .unwrap();
    assert!(session.held <= session.capacity);
    session.recall(0, wire(&[1, 3], &[]), &counter).unwrap();
    let error = session.recall(0, wire(&[2], &[]), &counter).unwrap_err();
    assert_eq!(error.code, Code::Stale);
}

#[test]
fn what_a_refused_request_named_outlives_nothing() {
    let (mut session, counter) = (Session::with_capacity(9_500), Bytes::default());
    for (handle, length) in [(1, 3_000), (2, 900)] {
        let fresh = [(handle, said(&"x".repeat(length)))];
        session
            .recall(0, wire(&[handle], &fresh), &counter)
            .unwrap();
    }
    let error = session.recall(0, wire(&[1, 99], &[]), &counter);
    assert_eq!(error.unwrap_err().code, Code::Stale);
    session
        .recall(0, wire(&[3], &[(3, said(&"x".repeat(900)))]), &counter)
        .unwrap();
    session.recall(0, wire(&[2], &[]), &counter).unwrap();
    let error = session.recall(0, wire(&[1], &[]), &counter).unwrap_err();
    assert_eq!(error.code, Code::Stale);
}

#[test]
fn requests_that_cannot_be_read_do_not_fill_the_store() {
    let (mut session, counter) = (Session::with_capacity(10_000), Bytes::default());
    let bad = json!({ "role": "wizard", "content": "x" });
    for handle in (0..100).step_by(2) {
        let fresh = [(handle, said(&"x".repeat(900))), (handle + 1, bad.clone())];
        let sent = wire(&[handle, handle + 1], &fresh);
        assert!(session.recall(0, sent, &counter).is_err());
        assert!(session.held <= session.capacity, "{} bytes", session.held);
    }
}

#[test]
fn a_request_larger_than_the_store_is_still_counted() {
    let (mut session, counter) = (Session::with_capacity(10), Bytes::default());
    let fresh: Vec<_> = (0..20).map(|handle| (handle, said("some text"))).collect();
    let handles: Vec<_> = (0..20).collect();
    let counted = session.recall(0, wire(&handles, &fresh), &counter).unwrap();
    assert_eq!(contents(&counted), [9; 20]);
    session.recall(0, wire(&handles, &[]), &counter).unwrap();
    session
        .recall(0, wire(&[99], &[(99, said("next"))]), &counter)
        .unwrap();
    assert_eq!(session.messages.len(), 1);
}
