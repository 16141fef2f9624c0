//! What an offer does.

use std::ops::Deref;

use super::Act;

/// Changes to one group; nearly always one at most, which takes no memory of its own.
#[derive(Clone, Debug)]
pub(in crate::plan) enum Acts {
    Few(Option<Act>),
    Many(Vec<Act>),
}

impl Acts {
    pub const NONE: Self = Self::Few(None);

    pub fn one(act: Act) -> Self {
        Self::Few(Some(act))
    }

    /// These and then `others`.
    pub fn with(&self, others: &[Act]) -> Self {
        match (self.as_slice(), others) {
            ([], [only]) | ([only], []) => Self::one(*only),
            ([], []) => Self::NONE,
            (own, others) => Self::Many([own, others].concat()),
        }
    }

    pub fn as_slice(&self) -> &[Act] {
        match self {
            Self::Few(act) => act.as_slice(),
            Self::Many(acts) => acts,
        }
    }
}

impl Deref for Acts {
    type Target = [Act];

    fn deref(&self) -> &[Act] {
        self.as_slice()
    }
}

impl<'a> IntoIterator for &'a Acts {
    type Item = &'a Act;
    type IntoIter = std::slice::Iter<'a, Act>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl PartialEq for Acts {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}
