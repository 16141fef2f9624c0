//! What the core remembers between calls: counts by text, and messages.

use std::cell::RefCell;

use token_headroom_encoding::wasm::encoding;
use token_headroom_encoding::{Encoding, Result};

use crate::count::Counted;
use crate::memo::Memo;
use crate::session::{Session, Wire};

/// Messages of about a hundred full windows of the usual size; beyond, a browser tab would notice.
const SESSION_BYTES: usize = 64 << 20;
/// Tool declarations of every agent in a process, with room for joint texts, and for the transcript of a history of 20,000
/// rounds that is to be summarised (10 MB).
const MEMO_BYTES: usize = 12 << 20;

/// See the module.
pub(super) struct State {
    /// By the number of the encoding.
    pub memos: Vec<Memo<Encoding>>,
    /// The messages.
    pub session: Session,
}

thread_local! {
    /// Of this instance.
    pub(super) static STATE: RefCell<State> = RefCell::new(State {
        memos: Vec::new(),
        session: Session::with_capacity(SESSION_BYTES),
    });
}

impl State {
    /// A request, counted in an encoding, and what counts more of its texts.
    pub fn recall(&mut self, number: usize, wire: Wire) -> Result<(&Memo<Encoding>, Counted)> {
        let known = encoding(number)?;
        while self.memos.len() < number {
            let earlier = encoding(self.memos.len())?;
            self.memos.push(Memo::new(earlier, MEMO_BYTES));
        }
        if self.memos.len() == number {
            self.memos.push(Memo::new(known, MEMO_BYTES));
        }
        let memo = &self.memos[number];
        let counted = self.session.recall(number, wire, memo)?;
        Ok((memo, counted))
    }
}
