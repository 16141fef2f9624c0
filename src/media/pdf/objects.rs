//! The objects of a PDF: what stands before their streams, and the streams that may hold text, unpacked
//! (ISO 32000-1, 7.3.10 and 7.5.7).

use std::borrow::Cow;
use std::collections::HashMap;

use super::super::inflate::inflate;
use super::tokens::{Token, Tokens};
use super::{ascii, find, has};

/// Bytes of one stream that are looked at.
const STREAM: usize = 1 << 20;
/// Bytes of all streams.
const STREAMS: usize = 16 << 20;
/// Bytes of a dictionary that are searched for a key.
const DICTIONARY: usize = 64 << 10;

/// Objects that are looked at.
const OBJECTS: usize = 1 << 17;

/// An object; its number is 0 where none is stated.
pub(super) struct Object<'a> {
    pub(super) number: u32,
    pub(super) dictionary: Cow<'a, [u8]>,
    pub(super) stream: Option<Vec<u8>>,
}

/// All objects in the order of the file, and where each number is.
#[derive(Default)]
pub(super) struct Objects<'a> {
    pub(super) all: Vec<Object<'a>>,
    places: HashMap<u32, usize>,
}

impl<'a> Objects<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Self {
        let mut objects = Self::default();
        let (mut at, mut total) = (0, 0);
        while let Some(word) = find(bytes, b"stream", at) {
            let Some(end) = find(bytes, b"endstream", word) else {
                break;
            };
            let mut start = word + 6;
            while matches!(bytes.get(start), Some(b'\r' | b'\n')) && start < word + 8 {
                start += 1;
            }
            let (number, dictionary) = objects.plain(bytes.get(at..word).unwrap_or_default());
            let packed = bytes.get(start..end).unwrap_or_default();
            at = end + 9;
            let stream = unpacked(dictionary, packed);
            total += stream.as_ref().map_or(0, Vec::len);
            if let Some(stream) = &stream
                && has(dictionary, b"/ObjStm")
            {
                objects.packed(dictionary, stream);
            }
            objects.add(number, dictionary.into(), stream);
            if total > STREAMS {
                return objects;
            }
        }
        let (number, dictionary) = objects.plain(bytes.get(at..).unwrap_or_default());
        objects.add(number, dictionary.into(), None);
        objects
    }

    /// The dictionary of an object, or as much of it as is looked at.
    pub(super) fn dictionary(&self, number: u32) -> &[u8] {
        let object = self
            .places
            .get(&number)
            .and_then(|place| self.all.get(*place));
        let dictionary = object.map_or(&[][..], |object| &object.dictionary);
        dictionary.get(..DICTIONARY).unwrap_or(dictionary)
    }

    /// The dictionaries that hold: of objects that a file has twice, the later one's.
    pub(super) fn current(&self) -> impl Iterator<Item = &[u8]> {
        let holds = |(place, object): &(usize, &Object<'_>)| {
            object.number == 0 || self.places.get(&object.number) == Some(place)
        };
        let all = self.all.iter().enumerate().filter(holds);
        all.map(|(_, object)| &*object.dictionary)
    }

    /// The stream of an object.
    pub(super) fn stream(&self, number: u32) -> Option<&[u8]> {
        self.all.get(*self.places.get(&number)?)?.stream.as_deref()
    }

    /// What a key of a dictionary stands for: what follows it, there or in the object that it names.
    pub(super) fn value<'b>(&'b self, dictionary: &'b [u8], key: &[u8]) -> Option<&'b [u8]> {
        let value = after(dictionary, key)?;
        Some(reference(value).map_or(value, |number| self.dictionary(number)))
    }

    fn add(&mut self, number: u32, dictionary: Cow<'a, [u8]>, stream: Option<Vec<u8>>) {
        if self.all.len() >= OBJECTS {
            return;
        }
        if number > 0 {
            // Files are changed by appending: the last one holds.
            self.places.insert(number, self.all.len());
        }
        self.all.push(Object {
            number,
            dictionary,
            stream,
        });
    }

    /// Adds the objects of a piece of the file that has no streams but the last one, and gives that.
    fn plain(&mut self, piece: &'a [u8]) -> (u32, &'a [u8]) {
        let (mut number, mut start) = (0, 0);
        while let Some(word) = find(piece, b" obj", start) {
            if number > 0 {
                let dictionary = piece.get(start..word).unwrap_or_default();
                self.add(number, dictionary.into(), None);
            }
            number = stated_number(piece.get(..word).unwrap_or_default());
            start = word + 4;
        }
        (number, piece.get(start..).unwrap_or_default())
    }

    /// Adds the objects that a stream of objects holds.
    fn packed(&mut self, dictionary: &[u8], stream: &[u8]) {
        let number = |key: &[u8]| after(dictionary, key).map_or(0, digits) as usize;
        let (count, first) = (number(b"/N"), number(b"/First"));
        let head = stream.get(..first).unwrap_or_default();
        let numbers: Vec<usize> = Tokens::of(head)
            .map_while(|token| match token {
                Token::Number(number) => Some(number as usize),
                _ => None,
            })
            .take(count.saturating_mul(2))
            .collect();
        // The pieces of a sound stream do not overlap.
        let mut room = stream.len();
        for (place, pair) in numbers.chunks_exact(2).enumerate() {
            let [number, start] = pair else { continue };
            let next = numbers.get(2 * place + 3);
            let end = next.map_or(stream.len(), |next| first.saturating_add(*next));
            let dictionary = stream.get(first.saturating_add(*start)..end);
            let dictionary = dictionary.unwrap_or_default();
            let Some(left) = room.checked_sub(dictionary.len()) else {
                return;
            };
            room = left;
            let number = u32::try_from(*number).unwrap_or(0);
            self.add(number, dictionary.to_vec().into(), None);
        }
    }
}

/// The number in `... 12 0`, the start of an object.
fn stated_number(before: &[u8]) -> u32 {
    let mut words = before
        .rsplit(|byte| !byte.is_ascii_digit())
        .filter(|digits| !digits.is_empty());
    words.nth(1).map_or(0, digits)
}

/// The number that `value` starts with; 0 without one.
pub(super) fn digits(value: &[u8]) -> u32 {
    let digits = value.trim_ascii_start().iter().take(9);
    digits
        .take_while(|digit| digit.is_ascii_digit())
        .fold(0, |number, digit| number * 10 + u32::from(digit - b'0'))
}

/// A stream that may hold text: neither a picture nor the program of a font.
fn unpacked(dictionary: &[u8], packed: &[u8]) -> Option<Vec<u8>> {
    if has(dictionary, b"/Image") || has(dictionary, b"/Length1") {
        return None;
    }
    if !has(dictionary, b"/Filter") {
        return Some(packed.get(..STREAM).unwrap_or(packed).to_vec());
    }
    // One byte in base 85 can stand for four.
    let text = packed.get(..STREAM).unwrap_or(packed);
    let is_flate = has(dictionary, b"Flate");
    if has(dictionary, b"/ASCII85Decode") {
        let bytes = ascii::decoded(text);
        return Some(if is_flate {
            inflate(&bytes, STREAM)
        } else {
            bytes
        });
    }
    is_flate.then(|| inflate(packed, STREAM))
}

/// What follows a key in a dictionary.
pub(super) fn after<'a>(dictionary: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    let dictionary = dictionary.get(..DICTIONARY).unwrap_or(dictionary);
    let mut at = 0;
    loop {
        at = find(dictionary, key, at)? + key.len();
        let rest = dictionary.get(at..)?;
        if !rest.first()?.is_ascii_alphanumeric() {
            return Some(rest);
        }
    }
}

/// The object that `value` names before it says anything else.
pub(super) fn reference(value: &[u8]) -> Option<u32> {
    let (words, number) = references(value).next()?;
    (words == 0).then_some(number)
}

/// The objects that `value` names, and how many words precede each.
pub(super) fn references(value: &[u8]) -> impl Iterator<Item = (usize, u32)> {
    let mut before = [0.0; 2];
    Tokens::of(value)
        .enumerate()
        .filter_map(move |(place, token)| match token {
            Token::Number(number) => {
                before = [before[1], number];
                None
            }
            Token::Word(b"R") => Some((place.saturating_sub(2), before[0] as u32)),
            _ => None,
        })
}
