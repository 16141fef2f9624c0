//! Messages as turns: which of them get a header, which merge, and what stands in each.

mod rounds;
mod text;

use std::borrow::Cow;
use std::collections::HashMap;

use super::answers::Answer;
use super::rules::{Layout, Rules};
use super::system::is_system;
use super::{Request, documents, images, server_tools, thinking};
use crate::conversation::{Message, Part, Reasoning, Role, ToolCall, ToolChoice};
use crate::count::CountedMessage;
use crate::models::ImageRule;
use crate::project::attachments::attachment;
use crate::project::costs::Cost;
use crate::project::estimate::Estimate;
use crate::project::pieces::{Piece, Place};
use crate::project::view::View;

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speaker {
    User = 1,
    Assistant,
    System,
}

impl Speaker {
    /// By its number; 0 is nobody.
    fn numbered(number: u8) -> Option<Self> {
        [Self::User, Self::Assistant, Self::System]
            .into_iter()
            .find(|speaker| *speaker as u8 == number)
    }
}

/// What a text stands after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    Header,
    Answers,
    /// Something else of the same turn.
    Other,
}

/// Text that is tokenised as one string, and the messages that it comes from, each with its bytes.
struct Run<'a> {
    text: Cow<'a, str>,
    from: Vec<(usize, u32)>,
    after: After,
}

struct Writer<'r, 'a> {
    request: &'r Request<'r>,
    rules: &'r Rules,
    /// What is laid out. Messages are known by their positions here.
    messages: &'a [&'a CountedMessage],
    costs: Vec<Cost>,
    speaker: Option<Speaker>,
    run: Run<'a>,
    /// Calls that make one element, until something else comes, each with the message that it is in.
    calls: Vec<(usize, &'a ToolCall)>,
    /// What stands before them.
    before_calls: i64,
    /// Answers of the round, until something else comes.
    answers: Vec<Answer<'a>>,
    /// Whether answers are the last thing in a turn of the assistant that goes on.
    in_loop: bool,
    /// Names of the calls that may be answered, by id, and the calls that are not among them yet: few answers ask.
    names: HashMap<&'a str, &'a str>,
    made: Vec<&'a ToolCall>,
    /// Whether an answer asked for a call that is not among them.
    has_asked_in_vain: bool,
    /// The message whose picture opened the turn, until text follows it.
    picture: Option<usize>,
    /// Whether the turn holds anything yet.
    is_empty: bool,
    /// Whether the turn holds answers.
    follows_answers: bool,
    /// The last message in which the user says something.
    last_said: Option<usize>,
}

/// Lays out every message but those of the system prompt, which cost nothing here; the framing is the turn that the model is
/// to write. `None` where that takes what other pieces hold.
///
/// A piece that is not the last ends with results, and the assistant goes on behind them. Nothing is open there but whose
/// turn it is.
pub(super) fn messages(request: &Request<'_>, piece: &View<'_>, place: Place) -> Option<Piece> {
    let mut writer = Writer {
        request,
        rules: request.rules,
        messages: piece.messages,
        costs: vec![Cost::default(); piece.messages.len()],
        speaker: place.open.and_then(Speaker::numbered),
        run: Run {
            text: Cow::Borrowed(""),
            from: Vec::new(),
            after: After::Header,
        },
        calls: Vec::new(),
        before_calls: 0,
        answers: Vec::new(),
        in_loop: false,
        names: HashMap::new(),
        made: Vec::new(),
        has_asked_in_vain: false,
        picture: None,
        is_empty: true,
        follows_answers: false,
        last_said: place.said,
    };
    if place.open.is_some() {
        writer.is_empty = false;
        writer.follows_answers = true;
        writer.stand_behind_answers();
    }
    let mut opening = None;
    for (index, counted) in piece.messages.iter().enumerate() {
        let message = &counted.message;
        if is_system(message) {
            continue;
        }
        if message.role == Role::Assistant && writer.speaker.is_none() {
            opening = Some(opened_by_assistant(request.rules));
        }
        writer.message(index, message);
    }
    let leaves_more = !place.is_last && (writer.answers.is_empty() || writer.picture.is_some());
    if leaves_more {
        return None;
    }
    let mut framing = opening.unwrap_or_default();
    if place.is_last {
        framing += writer.finish();
    } else {
        writer.settle_answers();
    }
    // Only now have the last answers asked for their calls.
    let takes_others = opening.is_some() || writer.has_asked_in_vain;
    if place.open.is_some() && takes_others {
        return None;
    }
    Some(Piece {
        open: writer.speaker.map_or(0, |speaker| speaker as u8),
        costs: writer.costs,
        framing,
    })
}

/// A hidden turn of the user before a conversation that the assistant opens: recorded twice, as 12, on 4.5.
fn opened_by_assistant(rules: &Rules) -> Estimate {
    match rules.layout {
        Layout::Looped => Estimate::exact(rules.header + 9),
        Layout::Alternating => Estimate::between(0_i64, rules.header + 9, rules.header + 14),
    }
}

impl<'a> Writer<'_, 'a> {
    fn message(&mut self, index: usize, message: &'a Message) {
        match message.role {
            Role::Assistant => self.assistant(index, message),
            Role::System | Role::Developer => self.said(index, message, Speaker::System),
            Role::User | Role::Tool | Role::Function => self.said(index, message, Speaker::User),
        }
    }

    /// A message of the user, of tools or of the application.
    fn said(&mut self, index: usize, message: &'a Message, speaker: Speaker) {
        let mut has_begun = false;
        for part in &message.parts {
            if let Part::ToolResult {
                call_id,
                name,
                parts,
                is_error,
            } = part
            {
                let alone = message.parts.len() == 1;
                let counted = self.messages.get(index).copied();
                self.answer(Answer {
                    index,
                    whole: counted.filter(|_| alone),
                    name: name.as_deref(),
                    call_id,
                    parts,
                    is_error: *is_error,
                    stands_alone: matches!(message.role, Role::Tool | Role::Function),
                });
                continue;
            }
            if !has_begun {
                self.take_turn(index, speaker);
                has_begun = true;
            }
            self.part(index, part);
        }
        if message.parts.is_empty() {
            self.take_turn(index, speaker);
        }
    }

    fn assistant(&mut self, index: usize, message: &'a Message) {
        self.settle_answers();
        if !self.in_loop {
            self.take_turn(index, Speaker::Assistant);
        } else {
            self.run.after = After::Answers;
            self.in_loop = false;
        }
        for thought in thinking::sent_back(message) {
            self.thought(index, &thought, message);
        }
        let mut has_text = false;
        for part in &message.parts {
            match part {
                Part::ToolCall(call) => self.call(index, call, has_text),
                Part::Reasoning(thought) => self.thought(index, thought, message),
                other => {
                    has_text |= matches!(other, Part::Text { text, .. } if !text.is_empty());
                    self.part(index, other);
                }
            }
        }
    }

    /// The turn is `speaker`'s from here on.
    fn take_turn(&mut self, index: usize, speaker: Speaker) {
        self.settle_answers();
        if self.speaker != Some(speaker) || self.rules.join > 0 {
            self.settle_calls();
        }
        if self.speaker == Some(speaker) && !self.in_loop {
            // Messages of one speaker are one turn; later models put a line feed between them.
            if self.rules.join > 0 {
                self.flush();
                self.add_text(index, Estimate::exact(self.rules.join));
                self.run.after = After::Other;
            }
            return;
        }
        let mut header = self.rules.header;
        if self.in_loop {
            // The blank line after the answers is the turn's own; the assistant's turn, which was not opened again, ends.
            header -= 1;
        }
        self.end_turn();
        self.add_text(index, Estimate::exact(header));
        self.in_loop = false;
        self.speaker = Some(speaker);
        self.run.after = After::Header;
        self.is_empty = true;
        self.follows_answers = false;
    }

    /// A part of the turn.
    fn part(&mut self, index: usize, part: &'a Part) {
        match part {
            Part::Text { text, .. } => self.text(index, text),
            Part::Image(image) => {
                let picture = images::image(*image, self.request);
                self.attached(index, picture, true);
            }
            Part::File(file) => {
                let cost = documents::document(file, self.request);
                self.attached(index, cost, false);
            }
            Part::Opaque(value) => {
                let cost = server_tools::block(value, self.request);
                self.settle_calls();
                self.flush();
                self.add_text(index, cost);
                self.run.after = After::Other;
                self.is_empty = false;
            }
            other => {
                if let Some(cost) = attachment(other, ImageRule::Unknown) {
                    self.attached(index, cost, false);
                }
            }
        }
    }

    /// A picture or a document.
    fn attached(&mut self, index: usize, cost: Estimate, is_picture: bool) {
        self.settle_calls();
        self.flush();
        let cost = match (self.rules.layout, self.follows_answers) {
            // Recorded once: three more for a picture beside an answer.
            (Layout::Alternating, true) => cost.widened(0, 10),
            _ => cost,
        };
        if let Some(own) = self.costs.get_mut(index) {
            own.media += cost;
        }
        if is_picture && self.is_empty {
            self.picture = Some(index);
        }
        self.is_empty = false;
        self.run.after = After::Other;
    }

    fn thought(&mut self, index: usize, thought: &Reasoning, message: &Message) {
        let is_current = self.last_said.is_none_or(|last| last < index);
        let has_text = message
            .parts
            .iter()
            .any(|part| matches!(part, Part::Text { text, .. } if !text.is_empty()));
        let cost = thinking::thought(thought, is_current, has_text, self.request);
        if cost != Estimate::default() {
            self.settle_calls();
            self.flush();
            self.add_text(index, cost);
            self.is_empty = false;
            self.run.after = After::Other;
        }
    }

    fn end_turn(&mut self) {
        self.flush();
        self.picture = None;
    }

    /// Ends the last turn, and gives what the one costs that the model is to write.
    fn finish(&mut self) -> Estimate {
        self.settle_calls();
        self.settle_answers();
        self.end_turn();
        let is_any = self.request.has_tools
            && self.request.counted.conversation.tool_choice == ToolChoice::Required;
        if self.in_loop {
            return Estimate::exact(-i64::from(self.rules.is_three() || is_any));
        }
        match self.speaker {
            // The assistant's last message is the open turn.
            Some(Speaker::Assistant) => Estimate::default(),
            _ => Estimate::exact(self.rules.header),
        }
    }
}
