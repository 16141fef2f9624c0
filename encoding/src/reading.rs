//! How an encoding reads a text before it is split: literals come out, the rest is normalised.

use std::borrow::Cow;
use std::ops::ControlFlow;

use crate::literals::{Found, Literals};
use crate::normal::Normalizer;
use crate::pack::{Literal, PrefixSpace, Variant};
use crate::pieces::Pattern;
#[cfg(any(test, all(feature = "wasm", target_arch = "wasm32")))]
use crate::pieces::seam;

/// A variant of a pack, prepared.
pub(crate) struct Reading {
    /// The encoding's name.
    pub name: String,
    /// How the rest is split.
    pub pattern: Pattern,
    normalizer: Normalizer,
    prefix_space: Option<PrefixSpace>,
    /// All literals, looked for or not.
    literals: Vec<Literal>,
    /// Those that are looked for in the text as it came.
    early: Option<Literals>,
    /// Those that are looked for in the normalised text.
    late: Option<Literals>,
    /// Whether there are places where a text may be cut in two that are read as the whole is.
    #[cfg(any(test, all(feature = "wasm", target_arch = "wasm32")))]
    has_seams: bool,
}

/// What a text consists of.
pub(crate) enum Part<'a> {
    /// One token.
    Literal(&'a Literal),
    /// Text to be split and merged.
    Text(&'a str),
}

impl Reading {
    /// Looks for all literals that are not special.
    pub fn new(variant: Variant) -> Self {
        Self::looking_for(variant, |literal| !literal.special)
    }

    fn looking_for(variant: Variant, wanted: impl Fn(&Literal) -> bool) -> Self {
        // Looks for the form's tables, so that an encoding is not known before they are.
        let _ = variant.normalizer.apply("");
        let (early, late): (Vec<Literal>, Vec<Literal>) = variant
            .literals
            .iter()
            .filter(|literal| wanted(literal))
            .cloned()
            .partition(|literal| !literal.normalized);
        // These are normalised as texts are.
        let spaced = variant
            .prefix_space
            .is_some_and(|prefix| prefix.is_normal());
        let normal = |literal: Literal| Literal {
            text: normalized(variant.normalizer, spaced, &literal.text).into_owned(),
            ..literal
        };
        let (early, late) = (
            Literals::new(early),
            Literals::new(late.into_iter().map(normal).collect()),
        );
        Self {
            #[cfg(any(test, all(feature = "wasm", target_arch = "wasm32")))]
            has_seams: variant.prefix_space.is_none()
                && !matches!(variant.normalizer, Normalizer::Nfkc | Normalizer::Spaces)
                && [&early, &late]
                    .into_iter()
                    .flatten()
                    .all(Literals::leave_seams),
            early,
            late,
            name: variant.name,
            pattern: variant.pattern,
            normalizer: variant.normalizer,
            prefix_space: variant.prefix_space,
            literals: variant.literals,
        }
    }

    /// The same, with the special tokens looked for that are `allowed`.
    pub fn with_special(&self, allowed: impl Fn(&str) -> bool) -> Self {
        let variant = Variant {
            name: self.name.clone(),
            pattern: self.pattern,
            normalizer: self.normalizer,
            prefix_space: self.prefix_space,
            literals: self.literals.clone(),
        };
        Self::looking_for(variant, |literal| {
            !literal.special || allowed(&literal.text)
        })
    }

    /// The literals, looked for or not.
    pub fn literals(&self) -> &[Literal] {
        &self.literals
    }

    /// Whether a text gets a space before it.
    pub fn puts_space(&self) -> bool {
        self.prefix_space.is_some()
    }

    /// Whether texts are always taken as they come.
    #[inline]
    pub fn is_plain(&self) -> bool {
        self.early.is_none()
            && self.late.is_none()
            && self.normalizer == Normalizer::None
            && self.prefix_space.is_none()
    }

    /// The last place of `bytes`, the start of a text, where the text may be cut in two that are read as the whole is, or 0;
    /// `None` if none is known in any text.
    #[cfg(any(test, all(feature = "wasm", target_arch = "wasm32")))]
    pub fn last_seam(&self, bytes: &[u8]) -> Option<usize> {
        if !self.has_seams {
            return None;
        }
        let is_changed = self.normalizer != Normalizer::None;
        Some(seam::last(self.pattern, is_changed, bytes).unwrap_or(0))
    }

    /// Whether `text` is one [`Part::Text`], as it came.
    pub fn leaves(&self, text: &str) -> bool {
        let absent = |literals: &Option<Literals>| match literals {
            Some(literals) => literals.is_absent(text),
            None => true,
        };
        self.prefix_space.is_none()
            && absent(&self.early)
            && absent(&self.late)
            && matches!(self.normalizer.apply(text), Cow::Borrowed(_))
    }

    /// Hands the parts of `text` to `take`, until it breaks.
    pub fn parts<B>(
        &self,
        text: &str,
        mut take: impl FnMut(Part<'_>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let mut done = 0;
        for found in self.early.iter().flat_map(|literals| literals.find(text)) {
            self.late_parts(between(text, done, &found), done == 0, &mut take)?;
            take(Part::Literal(found.literal))?;
            done = found.place.end;
        }
        self.late_parts(&text[done..], done == 0, &mut take)
    }

    fn late_parts<B>(
        &self,
        text: &str,
        first: bool,
        take: &mut impl FnMut(Part<'_>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        if text.is_empty() {
            return ControlFlow::Continue(());
        }
        // SentencePiece and normalisers put their space there first; what cuts words does so when literals are out.
        let prefix = self.prefix_space.filter(|prefix| first || prefix.each);
        let spaced = prefix.is_some_and(|prefix| !prefix.is_late());
        let text = normalized(self.normalizer, spaced, text);
        let prefix = prefix.filter(PrefixSpace::is_late);
        let mut done = 0;
        for found in self.late.iter().flat_map(|literals| literals.find(&text)) {
            late_text(between(&text, done, &found), done == 0, prefix, take)?;
            take(Part::Literal(found.literal))?;
            done = found.place.end;
        }
        late_text(&text[done..], done == 0, prefix, take)
    }
}

/// `text` in its normal form, with a space before it or without.
fn normalized(normalizer: Normalizer, spaced: bool, text: &str) -> Cow<'_, str> {
    match spaced {
        true => Cow::Owned(normalizer.apply(&format!(" {text}")).into_owned()),
        false => normalizer.apply(text),
    }
}

/// What is before a literal, from `done` on: nothing where the literal before took it along.
fn between<'a>(text: &'a str, done: usize, found: &Found<'_>) -> &'a str {
    text.get(done..found.place.start).unwrap_or_default()
}

/// Hands on a text between literals, with the space that it gets.
fn late_text<B>(
    text: &str,
    first: bool,
    prefix: Option<PrefixSpace>,
    take: &mut impl FnMut(Part<'_>) -> ControlFlow<B>,
) -> ControlFlow<B> {
    match prefix.filter(|prefix| (first || prefix.each) && !prefix.unless.holds(text)) {
        _ if text.is_empty() => ControlFlow::Continue(()),
        Some(_) => take(Part::Text(&format!(" {text}"))),
        None => take(Part::Text(text)),
    }
}
