//! Messages in pieces that are counted apart.
//!
//! A plan projects many variants of one request, in which most messages are the same. What a message costs depends on its own
//! round of calls and results and on what the rounds before leave open, which is little: a piece that comes again after the
//! same is not laid out again. Whatever a family cannot tell of a piece by itself makes it lay out the whole.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

use super::Projection;
use super::costs::Cost;
use super::estimate::Estimate;
use super::laid::{Laid, Spoken};
use super::view::{View, listed};
use crate::conversation::Role;
use crate::count::{Counted, CountedMessage, Shape};
use crate::plan::worth::{Spread, mix};

/// What a piece costs.
#[derive(Clone, Debug, Default)]
pub(super) struct Piece {
    /// One entry for each message.
    pub(super) costs: Vec<Cost>,
    /// What it leaves open for the next one, in the family's terms.
    pub(super) open: u8,
    /// What it adds to what belongs to no message.
    pub(super) framing: Estimate,
}

/// Where a piece stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place {
    /// What the piece before leaves open; `None` at the start.
    pub(super) open: Option<u8>,
    /// The last message in which the user says something, among those of the piece, or behind all of them; `None` before it.
    pub(super) said: Option<usize>,
    /// Whether it is the last one.
    pub(super) is_last: bool,
}

impl Place {
    /// That of all messages as one piece.
    pub(super) fn whole(view: &View<'_>) -> Self {
        Self {
            open: None,
            said: last_said(view.shapes),
            is_last: true,
        }
    }
}

fn last_said(shapes: &[Shape]) -> Option<usize> {
    shapes.iter().rposition(|shape| shape.is_request)
}

/// What is known of a request and of its variants so far.
pub(crate) struct Pieces<'a> {
    messages: Vec<&'a CountedMessage>,
    shapes: Vec<Shape>,
    /// What the request takes as it is, once it was asked for.
    pub(super) projection: OnceCell<Projection>,
    /// `None` inside where the family does not lay out such requests in pieces.
    whole: OnceCell<Option<Whole>>,
    /// Other pieces, by the addresses of their messages, which they keep. In boxes: a table that grows moves what it holds.
    known: RefCell<HashMap<u64, Box<Known>, Spread>>,
}

/// The pieces of the request as it is.
struct Whole {
    /// Tokens of each message.
    each: Vec<i64>,
    /// By the first message, the number of the piece that starts there, plus one.
    starts: Vec<u32>,
    pieces: Vec<Own>,
}

/// A piece of the request.
struct Own {
    /// Its messages.
    length: usize,
    place: Place,
    spoken: Spoken,
    open: u8,
    framing: Estimate,
}

/// A piece that is none of the request's own.
struct Known {
    messages: Vec<Pick>,
    place: Place,
    laid: Laid,
    open: u8,
    framing: Estimate,
}

/// A message of a variant.
#[derive(Clone)]
pub(crate) enum Pick {
    /// One of the request, by its position.
    Kept(usize),
    /// Another one.
    New(Arc<CountedMessage>),
}

impl Pick {
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Kept(one), Self::Kept(other)) => one == other,
            (Self::New(one), Self::New(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }

    fn number(&self) -> u64 {
        match self {
            Self::Kept(index) => *index as u64,
            Self::New(message) => Arc::as_ptr(message) as usize as u64 | 1 << 63,
        }
    }
}

/// The messages of a request that stay, and those that stand in place of the others.
pub(super) struct Variant<'p> {
    pub(super) picks: &'p [Pick],
    pub(super) pieces: &'p Pieces<'p>,
}

impl<'a> Pieces<'a> {
    /// Of the request `counted`.
    pub(crate) fn of(counted: &'a Counted) -> Self {
        let (messages, shapes) = listed(counted);
        Self {
            messages,
            shapes,
            projection: OnceCell::new(),
            whole: OnceCell::new(),
            known: RefCell::default(),
        }
    }

    /// The messages of a variant, and their shapes.
    pub(super) fn listed<'p>(&'p self, picks: &'p [Pick]) -> (Vec<&'p CountedMessage>, Vec<Shape>) {
        let mut messages = Vec::with_capacity(picks.len());
        let mut shapes = Vec::with_capacity(picks.len());
        for pick in picks {
            match pick {
                Pick::Kept(index) => {
                    messages.extend(self.messages.get(*index).copied());
                    shapes.extend(self.shapes.get(*index).copied());
                }
                Pick::New(message) => {
                    messages.push(message);
                    shapes.push(message.shape);
                }
            }
        }
        (messages, shapes)
    }

    /// The pieces of the request itself.
    fn whole(
        &self,
        view: &View<'_>,
        lay: &dyn Fn(&View<'_>, Place) -> Option<Piece>,
    ) -> Option<Whole> {
        let mut whole = Whole {
            each: Vec::with_capacity(self.messages.len()),
            starts: vec![0; self.messages.len()],
            pieces: Vec::new(),
        };
        let said = last_said(&self.shapes);
        let mut open = None;
        let mut at = 0;
        while let Some(rest) = self.shapes.get(at..).filter(|rest| !rest.is_empty()) {
            let length = length(rest);
            let place = place(open, said, at..at + length, self.shapes.len());
            let own = View {
                messages: self.messages.get(at..at + length)?,
                shapes: rest.get(..length)?,
                ..*view
            };
            let piece = lay(&own, place)?;
            let laid = Laid::of(own.shapes, &piece.costs);
            whole.pieces.push(Own {
                length,
                place,
                spoken: laid.spoken,
                open: piece.open,
                framing: piece.framing,
            });
            *whole.starts.get_mut(at)? = u32::try_from(whole.pieces.len()).ok()?;
            whole.each.extend(laid.each);
            open = Some(piece.open);
            at += length;
        }
        Some(whole)
    }
}

impl Variant<'_> {
    /// The messages of the variant that `view` shows, laid out by `lay` piece by piece, and what belongs to none of them; `None`
    /// where it cannot tell of a piece.
    pub(super) fn laid_out(
        &self,
        view: &View<'_>,
        lay: impl Fn(&View<'_>, Place) -> Option<Piece>,
    ) -> Option<(Laid, Estimate)> {
        let whole = self
            .pieces
            .whole
            .get_or_init(|| self.pieces.whole(view, &lay));
        let whole = whole.as_ref()?;
        let mut known = self.pieces.known.borrow_mut();
        let (shapes, picks) = (view.shapes, self.picks);
        let said = last_said(shapes);
        let mut sum = Laid {
            each: Vec::with_capacity(shapes.len()),
            ..Laid::default()
        };
        let mut sum_of_framing = Estimate::default();
        let mut open = None;
        let mut at = 0;
        while at < picks.len() {
            if let Some((first, own)) = self.unchanged(whole, shapes, (open, said), at) {
                at += own.length;
                sum.each
                    .extend_from_slice(whole.each.get(first..first + own.length)?);
                sum.spoken += &own.spoken;
                sum_of_framing += own.framing;
                open = Some(own.open);
                continue;
            }
            let length = length(shapes.get(at..)?);
            let own = picks.get(at..at + length)?;
            let place = place(open, said, at..at + length, picks.len());
            let key = key(own, place);
            let is_same = |known: &&Known| {
                let mut pairs = known.messages.iter().zip(own);
                known.place == place
                    && known.messages.len() == own.len()
                    && pairs.all(|(one, other)| one.is(other))
            };
            if known.get(&key).map(AsRef::as_ref).filter(is_same).is_none() {
                let piece = View {
                    messages: view.messages.get(at..at + length)?,
                    shapes: shapes.get(at..at + length)?,
                    ..*view
                };
                let laid = lay(&piece, place)?;
                let laid = Known {
                    messages: own.to_vec(),
                    place,
                    laid: Laid::of(piece.shapes, &laid.costs),
                    open: laid.open,
                    framing: laid.framing,
                };
                known.insert(key, Box::new(laid));
            }
            let piece = known.get(&key)?;
            sum.each.extend_from_slice(&piece.laid.each);
            sum.spoken += &piece.laid.spoken;
            sum_of_framing += piece.framing;
            open = Some(piece.open);
            at += length;
        }
        Some((sum, sum_of_framing))
    }

    /// The piece that starts at `at`, if it is one of the request's own in the same place, with its first message there.
    fn unchanged<'w>(
        &self,
        whole: &'w Whole,
        shapes: &[Shape],
        (open, said): (Option<u8>, Option<usize>),
        at: usize,
    ) -> Option<(usize, &'w Own)> {
        let Pick::Kept(first) = *self.picks.get(at)? else {
            return None;
        };
        let number = whole.starts.get(first)?.checked_sub(1)?;
        let known = whole.pieces.get(number as usize)?;
        let length = known.length;
        let own = self.picks.get(at..at + length)?.iter().zip(first..);
        let mut own = own.map(|(pick, index)| matches!(pick, Pick::Kept(kept) if *kept == index));
        let is_whole = own.all(|is_kept| is_kept);
        let ends = match shapes.get(at + length - 1..=at + length) {
            Some([before, behind]) => is_border(*before, *behind),
            _ => true,
        };
        let place = place(open, said, at..at + length, shapes.len());
        (is_whole && ends && place == known.place).then_some((first, known))
    }
}

fn place(
    open: Option<u8>,
    said: Option<usize>,
    messages: std::ops::Range<usize>,
    count: usize,
) -> Place {
    let said = said.and_then(|said| said.checked_sub(messages.start));
    Place {
        open,
        said: said.map(|said| said.min(messages.len())),
        is_last: messages.end == count,
    }
}

/// Messages up to the first that opens a round behind the results of another.
fn length(shapes: &[Shape]) -> usize {
    let borders = shapes.windows(2).position(|pair| match pair {
        [before, behind] => is_border(*before, *behind),
        _ => false,
    });
    borders.map_or(shapes.len(), |at| at + 1)
}

fn is_border(before: Shape, behind: Shape) -> bool {
    before.ends_in_result
        && matches!(before.role, Role::Tool | Role::Function | Role::User)
        && behind.role == Role::Assistant
        && !behind.is_result
}

fn key(messages: &[Pick], place: Place) -> u64 {
    let place = u64::from(place.open.map_or(0, |open| open + 1))
        | u64::from(place.is_last) << 8
        | place.said.map_or(0, |said| said as u64 + 1) << 16;
    let picks = messages.iter();
    picks.fold(place, |key, pick| mix(key ^ pick.number()))
}
