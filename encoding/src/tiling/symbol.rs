//! The symbols that pieces are made of: the bytes of UTF-8, and markers, which are bytes that UTF-8 does not use.

/// A word starts.
pub(super) const BEGIN: u8 = 0xF8;
/// A word ends.
pub(super) const END: u8 = 0xF9;
/// The next word starts with a capital.
pub(super) const SHIFT: u8 = 0xFA;
/// The next word is in capitals.
pub(super) const CAPS: u8 = 0xFB;
/// Before the first bytes of a character, where these are one token for characters that no piece has.
pub(super) const PREFIX: u8 = 0xFC;

/// Symbols of the character or marker that starts with `first`.
#[inline]
pub(super) fn width(first: u8) -> usize {
    match first {
        0xC0..0xE0 => 2,
        0xE0..0xF0 => 3,
        0xF0..0xF8 => 4,
        _ => 1,
    }
}
