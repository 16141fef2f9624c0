//! The fonts that a page names: what their codes stand for, and how wide they are (ISO 32000-1, 9.6 to 9.10).

use std::collections::HashMap;
use std::rc::Rc;

use super::map::{Map, number};
use super::objects::{Objects, after, reference, references};
use super::ranges::Ranges;
use super::tokens::{Token, Tokens};

/// Bytes that are searched for fonts, of all pages together.
const SEARCHED: usize = 8 << 20;
/// Nodes above a page from which it can have its fonts.
const PARENTS: usize = 8;

/// A font.
#[derive(Default)]
pub(super) struct Font {
    map: Map,
    /// Bytes of a code.
    bytes: usize,
    is_macintosh: bool,
    /// Widths of codes in thousandths of the font's size.
    widths: Ranges<Vec<f32>>,
    /// The width of other codes; `None` where the font states no widths.
    other_width: Option<f32>,
}

/// All fonts by the number of their object, and those that each page names.
pub(super) struct Fonts<'o> {
    objects: &'o Objects<'o>,
    known: HashMap<u32, Rc<Font>>,
    /// Stands in for fonts that are not found: the maps of all.
    any: Rc<Font>,
    searched: usize,
}

/// Fonts by the names that a page gives them.
pub(super) type Names = HashMap<Vec<u8>, Rc<Font>>;

impl<'o> Fonts<'o> {
    pub(super) fn of(objects: &'o Objects<'o>) -> Self {
        let mut map = Map::default();
        for object in &objects.all {
            if let Some(stream) = object
                .stream
                .as_deref()
                .filter(|stream| super::has(stream, b"beginbf"))
            {
                map.add(stream);
            }
        }
        let any = Font {
            bytes: map.digits.div_ceil(2).max(1),
            map,
            ..Font::default()
        };
        Self {
            objects,
            known: HashMap::new(),
            any: Rc::new(any),
            searched: 0,
        }
    }

    /// A font that stands in for any.
    pub(super) fn any(&self) -> Rc<Font> {
        Rc::clone(&self.any)
    }

    /// The fonts that the resources of a page, or of a form, name; a page may have them from the nodes above it.
    pub(super) fn named(&mut self, owner: &'o [u8]) -> Names {
        let mut names = Names::new();
        let mut owner = Some(owner);
        for _ in 0..PARENTS {
            let Some(dictionary) = owner else { break };
            if let Some(resources) = self.value(dictionary, b"/Resources") {
                if let Some(fonts) = self.value(resources, b"/Font") {
                    self.add(fonts, &mut names);
                }
                break;
            }
            owner = self.value(dictionary, b"/Parent");
        }
        names
    }

    /// Adds `/Name 5 0 R ...`.
    fn add(&mut self, fonts: &'o [u8], names: &mut Names) {
        let mut name: &[u8] = b"";
        let mut numbers = [0.0; 2];
        for token in Tokens::of(fonts) {
            match token {
                Token::Word(b"<<") => {}
                Token::Word(b"R") => {
                    names.insert(name.to_vec(), self.font(numbers[0] as u32));
                }
                Token::Word(word) if word.starts_with(b"/") => name = word,
                Token::Number(number) => numbers = [numbers[1], number],
                _ => break,
            }
        }
    }

    fn font(&mut self, object: u32) -> Rc<Font> {
        if let Some(font) = self.known.get(&object) {
            return Rc::clone(font);
        }
        let dictionary = self.objects.dictionary(object);
        let font = if dictionary.is_empty() || self.searched > SEARCHED {
            self.any()
        } else {
            Rc::new(self.read(dictionary))
        };
        self.known.insert(object, Rc::clone(&font));
        font
    }

    fn read(&mut self, dictionary: &'o [u8]) -> Font {
        let mut font = Font {
            bytes: 1,
            is_macintosh: super::has(dictionary, b"/MacRomanEncoding"),
            ..Font::default()
        };
        let map = after(dictionary, b"/ToUnicode").and_then(reference);
        if let Some(stream) = map.and_then(|map| self.objects.stream(map)) {
            self.searched += stream.len();
            font.map.add(stream);
            font.bytes = font.map.digits.div_ceil(2).max(1);
        }
        if !super::has(dictionary, b"/Type0") {
            let first = first_number(after(dictionary, b"/FirstChar"));
            if let (Some(first), Some(list)) = (first, self.value(dictionary, b"/Widths")) {
                font.measure(first, list);
            }
            return font;
        }
        font.bytes = font.bytes.max(2);
        let descendants = self.value(dictionary, b"/DescendantFonts");
        let descendant = descendants.and_then(|fonts| references(fonts).next());
        if let Some((_, descendant)) = descendant {
            let descendant = self.objects.dictionary(descendant);
            let other = first_number(after(descendant, b"/DW"));
            font.other_width = Some(other.map_or(1_000.0, |width| width as f32));
            if let Some(list) = self.value(descendant, b"/W") {
                font.measure_wide(list);
            }
        }
        font
    }

    /// What a key of a dictionary stands for, while not too much was searched.
    fn value(&mut self, dictionary: &'o [u8], key: &[u8]) -> Option<&'o [u8]> {
        self.searched += dictionary.len();
        if self.searched > SEARCHED {
            return None;
        }
        let value = self.objects.value(dictionary, key)?;
        self.searched += value.len();
        Some(value)
    }
}

impl Font {
    /// Writes what the codes of a string stand for, and gives their width in thousandths of the size.
    pub(super) fn write(&self, codes: &[u8], out: &mut String) -> f64 {
        let mut width = 0.0;
        for code in codes.chunks(self.bytes) {
            let code = code
                .iter()
                .fold(0, |code, byte| (code << 8) | u32::from(*byte));
            width += f64::from(self.width(code));
            if self.map.write(code, out) {
                continue;
            }
            match (self.bytes, u8::try_from(code)) {
                (1, Ok(byte)) => self.write_byte(byte, out),
                // Unknown; a character all the same.
                _ => out.push('x'),
            }
        }
        width
    }

    /// Whether widths are known.
    pub(super) fn is_measured(&self) -> bool {
        self.other_width.is_some()
    }

    /// A code of the one-byte encodings: ASCII, with marks and ligatures beyond it.
    fn write_byte(&self, byte: u8, out: &mut String) {
        let text = match (self.is_macintosh, byte) {
            (true, 0xa5) | (false, 0x95) => "•",
            (true, 0xd0) | (false, 0x96) => "–",
            (true, 0xd1) | (false, 0x97) => "—",
            (true, 0xd2) | (false, 0x93) => "“",
            (true, 0xd3) | (false, 0x94) => "”",
            (true, 0xd4) | (false, 0x91) => "‘",
            (true, 0xd5) | (false, 0x92) => "’",
            (true, 0xde) => "fi",
            (true, 0xdf) => "fl",
            // The places of ligatures in the fonts of TeX.
            (_, 0x0b | 0x1b) => "ff",
            (_, 0x0c | 0x1c) => "fi",
            (_, 0x0d | 0x1d) => "fl",
            (_, 0x0e | 0x1e) => "ffi",
            (_, 0x0f | 0x1f) => "ffl",
            _ => return out.push(char::from(byte)),
        };
        out.push_str(text);
    }

    fn width(&self, code: u32) -> f32 {
        let stated = self.widths.get(code).and_then(|(offset, widths)| {
            // One width for all codes of a range, or one for each.
            widths
                .get(offset as usize)
                .or_else(|| widths.first().filter(|_| widths.len() == 1))
        });
        stated.copied().or(self.other_width).unwrap_or(500.0)
    }

    /// Reads `/Widths`, the widths of codes from the first one on.
    fn measure(&mut self, first: f64, list: &[u8]) {
        let numbers = Tokens::of(list).skip(1).map_while(|token| match token {
            Token::Number(number) => Some(number as f32),
            _ => None,
        });
        let widths: Vec<f32> = numbers.collect();
        let last = (first as u32).saturating_add(u32::try_from(widths.len()).unwrap_or(0));
        self.widths.add(first as u32, last, widths);
        self.other_width = Some(500.0);
    }

    /// Reads `/W`: `code [width ...]` and `first last width`.
    fn measure_wide(&mut self, list: &[u8]) {
        let mut held: Vec<f32> = Vec::new();
        let mut first = None;
        for token in Tokens::of(list).skip(1) {
            match token {
                Token::Number(number) => held.push(number as f32),
                Token::Word(b"[") => first = held.drain(..).next_back(),
                Token::Word(b"]") => {
                    let Some(first) = first.take() else { break };
                    let length = u32::try_from(held.len()).unwrap_or(0);
                    let last = (first as u32).saturating_add(length);
                    self.widths
                        .add(first as u32, last, std::mem::take(&mut held));
                }
                _ => break,
            }
            if first.is_none()
                && let [from, to, width] = held.as_slice()
            {
                self.widths.add(*from as u32, *to as u32, vec![*width]);
                held.clear();
            }
        }
        self.widths.sort();
    }
}

/// Bytes of a hexadecimal string.
pub(super) fn bytes_of(digits: &[u8]) -> Vec<u8> {
    digits.chunks(2).map(|pair| number(pair) as u8).collect()
}

/// The number that a value starts with.
fn first_number(value: Option<&[u8]>) -> Option<f64> {
    match Tokens::of(value?).next()? {
        Token::Number(number) => Some(number),
        _ => None,
    }
}
