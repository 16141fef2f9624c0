//! The messages that are projected: those of a counted request, or of a variant of it.

use crate::conversation::Conversation;
use crate::count::{Counted, CountedMessage, Shape};

/// What is projected. The conversation tells what stands beside the messages; its own may be others.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) conversation: &'a Conversation,
    pub(super) messages: &'a [&'a CountedMessage],
    /// The shape of each message, beside each other: a walk over a long history need not look up every message.
    pub(super) shapes: &'a [Shape],
}

/// What [`View`] borrows of a counted request.
pub(super) fn listed(counted: &Counted) -> (Vec<&CountedMessage>, Vec<Shape>) {
    let messages: Vec<&CountedMessage> = counted.messages.iter().map(AsRef::as_ref).collect();
    let shapes = messages.iter().map(|message| message.shape).collect();
    (messages, shapes)
}
