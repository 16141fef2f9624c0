//! What holds for every conversation.

use proptest::prelude::*;

use super::*;

/// Tools, arguments and texts that meet each other often.
fn turns() -> impl Strategy<Value = Vec<Vec<(usize, usize, usize)>>> {
    prop::collection::vec(
        prop::collection::vec((0..6_usize, 0..4_usize, 0..6_usize), 1..4),
        0..12,
    )
}

proptest! {
    #[test]
    fn later_is_later_and_duplicates_say_the_same(turns in turns(), dialect in 0..3_usize) {
        let texts: Vec<String> = (0..6).map(text).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let tools = ["Read", "Edit", "bash", "str_replace_editor", "grep", "status"];
        let turns: Vec<Vec<Step<'_>>> = turns
            .iter()
            .map(|turn| {
                let step = |&(tool, argument, text): &(usize, usize, usize)| {
                    let path = ["/a", "/b", "c", "/d/e"][argument];
                    let command = ["cat /a", "sed -i s/x/y/ /b", "cd /d && cat e", "view"][argument];
                    (tools[tool], json!({ "path": path, "command": command }), texts[text])
                };
                turn.iter().map(step).collect()
            })
            .collect();
        let conversation = conversation(DIALECTS[dialect], &turns, "Done with /a.");
        let groups = conversation.groups();
        let counted = counted(&conversation);
        let exchange = Exchange::of(&counted, &groups);
        let found = valued(&conversation, &Policy::default());
        prop_assert_eq!(&found, &valued(&conversation, &Policy::default()));
        for (worth, answer) in found.results.iter().zip(&exchange.answers) {
            prop_assert!(worth.need > 0.0 && worth.need <= 1.0);
            prop_assert_eq!(worth.later.is_some(), worth.cause != Cause::Old);
            let Some(later) = worth.later else { continue };
            prop_assert!(later >= groups[worth.group].messages.end);
            if worth.cause == Cause::Duplicate {
                let mut others = exchange.answers.iter();
                let found = others.any(|other| other.place.message == later && other.text() == answer.text());
                prop_assert!(found);
            }
        }
    }

    #[test]
    fn no_text_panics(
        steps in prop::collection::vec((".{0,20}", ".{0,80}", "\\PC{0,300}"), 0..6),
        similarity in prop::num::f64::ANY,
    ) {
        let turns: Vec<Vec<Step<'_>>> = steps
            .iter()
            .map(|(tool, arguments, text)| vec![(tool.as_str(), json!({ "command": arguments, "path": arguments }), text.as_str())])
            .collect();
        let policy = Policy { similarity, ..Policy::default() };
        for dialect in [Dialect::OpenaiChat, Dialect::Anthropic] {
            let found = valued(&conversation(dialect, &turns, "Done."), &policy);
            prop_assert!(found.results.iter().all(|worth| worth.need > 0.0 && worth.need <= 1.0));
        }
    }
}
