//! Who speaks when: AN2, and BR1 and BR3 of Bedrock Converse.

use crate::conversation::{Dialect, Role};
use crate::verify::entries::{Kind, Place};
use crate::verify::transcript::{Fault, Transcript};

/// AN2, BR1: the user speaks first. A compaction may stand there instead, and a bare text of the assistant is taken, as
/// recorded requests show; a call or a thought shows that what it answers was cut off.
pub(super) fn first_speaker(transcript: &Transcript<'_>, faults: &mut Vec<Fault>) {
    let Some((index, first)) = transcript
        .sent()
        .find(|(_, seen)| seen.role != Role::System)
    else {
        return;
    };
    let is_torn = first.entries.iter().any(|entry| entry.kind != Kind::Other);
    let is_compaction = first.entries.first().is_some_and(|entry| {
        entry
            .value
            .get("type")
            .is_some_and(|kind| kind == "compaction")
    });
    if first.role == Role::Assistant && is_torn && !is_compaction {
        let name = match transcript.dialect {
            Dialect::Anthropic => "AN2",
            _ => "BR1",
        };
        let text =
            "found a message of the assistant at the start, expected one of the user".to_owned();
        let hint = "start with what the user asked; remove the assistant's turns before it";
        faults.push(Fault::at(name, index, Place::WHOLE, text, hint));
    }
}

/// BR1: the assistant does not speak twice in a row. The documentation asks for strict alternation; recorded requests show
/// that messages of the user that follow each other are taken.
pub(super) fn alternate(transcript: &Transcript<'_>, faults: &mut Vec<Fault>) {
    let mut before = None;
    for (index, seen) in transcript.sent() {
        let twice = before.replace(seen.role) == Some(Role::Assistant);
        if twice && seen.role == Role::Assistant {
            let text =
                "found a second message of the assistant, expected user and assistant to alternate"
                    .to_owned();
            let hint = "join the blocks of messages of the assistant that follow each other";
            faults.push(Fault::at("BR1", index, Place::WHOLE, text, hint));
        }
    }
}

/// BR3: calls and results need `toolConfig`.
pub(super) fn tools_declared(transcript: &Transcript<'_>, faults: &mut Vec<Fault>) {
    let is_body = transcript
        .rest
        .as_object()
        .is_some_and(|rest| !rest.is_empty());
    if !is_body
        || transcript
            .rest
            .get("toolConfig")
            .is_some_and(|config| !config.is_null())
    {
        return;
    }
    let first = transcript
        .entries()
        .find(|(_, _, entry)| matches!(entry.kind, Kind::Call | Kind::Result));
    if let Some((index, _, entry)) = first {
        let text = "found a call or a result without toolConfig, expected the tools to be declared"
            .to_owned();
        let hint = "add toolConfig with the tools that the transcript names";
        faults.push(Fault::at("BR3", index, entry.place, text, hint));
    }
}
