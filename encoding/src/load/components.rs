//! Normalisers and pre-tokenisers of a `tokenizer.json`, of version 1.0 and 2.0, as what this engine does instead.

use super::node::Node;
use super::unsupported;
use crate::error::Result;
use crate::normal::Normalizer;
use crate::pieces::{Behavior, Pattern, SplitRule};

/// What SentencePiece writes for a space.
pub(super) const META: &str = "\u{2581}";

/// What happens to a text before it is merged.
#[derive(Default)]
pub(super) struct Pipeline {
    /// The normal form.
    pub normalizer: Option<Normalizer>,
    /// Spaces become [`META`].
    pub meta: bool,
    /// The space that is put before the text.
    pub prefix: Option<Prefix>,
    /// Bytes are spelled in GPT-2's alphabet.
    pub byte_level: bool,
    /// Each [`META`] starts a piece.
    pub cuts_at_meta: Option<String>,
    rules: Vec<Rule>,
}

/// A space before the text, and who puts it there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Prefix {
    /// The normaliser, which does the same to the literals that are looked for in normalised text.
    Normalizer,
    /// A Metaspace, unless there is one: before the text, or before each part of it.
    Metaspace { each: bool },
    /// A ByteLevel, unless there is one.
    ByteLevel,
}

/// A cut, and where it stands in the file.
struct Rule {
    path: String,
    kind: RuleKind,
}

enum RuleKind {
    Regex {
        pattern: String,
        behavior: Behavior,
        invert: bool,
    },
    Digits {
        individual: bool,
    },
    ByteLevel {
        use_regex: bool,
    },
}

impl Pipeline {
    /// Reads both components.
    pub fn read(normalizer: &Node, pre_tokenizer: &Node, byte_level: bool) -> Result<Self> {
        let mut pipeline = Self {
            byte_level,
            ..Self::default()
        };
        each(
            normalizer,
            "normalizer",
            "normalizers",
            &mut |node, path| pipeline.normalize(node, path),
        )?;
        each(
            pre_tokenizer,
            "pre_tokenizer",
            "pretokenizers",
            &mut |node, path| pipeline.pre_tokenize(node, path),
        )?;
        Ok(pipeline)
    }

    fn normalize(&mut self, node: &Node, path: String) -> Result<()> {
        let kind = node.get("type").text().unwrap_or_default();
        match kind {
            "NFC" | "NFKC" => {
                if self.normalizer.is_some() || self.meta || self.prefix.is_some() {
                    return Err(unsupported(
                        path,
                        format!("{kind} after another normaliser"),
                    ));
                }
                self.normalizer = Some(if kind == "NFC" {
                    Normalizer::Nfc
                } else {
                    Normalizer::Nfkc
                });
            }
            "Replace" => {
                let from = node.get("pattern").get("String").text();
                if from != Some(" ") || node.get("content").text() != Some(META) {
                    return Err(unsupported(
                        path,
                        "a Replace of anything but a space by U+2581",
                    ));
                }
                self.meta = true;
            }
            "Prepend" => {
                let prepend = node.get("prepend").text();
                if prepend != Some(META) && (self.meta || prepend != Some(" ")) {
                    return Err(unsupported(path, "a Prepend of anything but a space"));
                }
                self.prefix = Some(Prefix::Normalizer);
            }
            "MetaspaceNormalizer" => {
                if node.get("drop_whitespace").bool() == Some(true) {
                    return Err(unsupported(
                        format!("{path}.drop_whitespace"),
                        "whitespace is dropped",
                    ));
                }
                self.metaspace(node, &path, "prepend")?;
            }
            "ByteLevel" => self.byte_level = true,
            _ => return Err(unsupported(path, format!("the normaliser {kind:?}"))),
        }
        Ok(())
    }

    fn metaspace(&mut self, node: &Node, path: &str, key: &str) -> Result<()> {
        if node.get("replacement").text() != Some(META) {
            return Err(unsupported(
                format!("{path}.replacement"),
                "a Metaspace of another symbol than U+2581",
            ));
        }
        let old = node.get("add_prefix_space").bool();
        let scheme = match node.get(key) {
            Node::Bool(true) => Some("always"),
            Node::Bool(false) => Some("never"),
            node => node.text(),
        };
        self.prefix = match (scheme, old) {
            (Some("never"), _) | (None, Some(false)) => None,
            (Some("first"), _) => Some(Prefix::Metaspace { each: false }),
            (Some("always") | None, _) => Some(Prefix::Metaspace { each: true }),
            (Some(other), _) => {
                return Err(unsupported(
                    format!("{path}.{key}"),
                    format!("the scheme {other:?}"),
                ));
            }
        };
        self.meta = true;
        Ok(())
    }

    fn pre_tokenize(&mut self, node: &Node, path: String) -> Result<()> {
        let kind = node.get("type").text().unwrap_or_default();
        let kind = match kind {
            "Split" => match self.split(node, &path)? {
                Some(rule) => rule,
                None => return Ok(()),
            },
            "Digits" => RuleKind::Digits {
                individual: node.get("individual_digits").bool() == Some(true),
            },
            "ByteLevel" => {
                if node.get("add_prefix_space").bool() == Some(true) {
                    if !self.rules.is_empty() || self.prefix.is_some() {
                        return Err(unsupported(
                            format!("{path}.add_prefix_space"),
                            "a ByteLevel that puts a space before every piece",
                        ));
                    }
                    self.prefix = Some(Prefix::ByteLevel);
                }
                self.byte_level = true;
                RuleKind::ByteLevel {
                    use_regex: node.get("use_regex").bool() != Some(false),
                }
            }
            "Metaspace" => {
                self.metaspace(node, &path, "prepend_scheme")?;
                if node.get("split").bool() != Some(false) {
                    self.cuts_at_meta = Some(format!("{path}.split"));
                }
                return Ok(());
            }
            _ => return Err(unsupported(path, format!("the pre-tokeniser {kind:?}"))),
        };
        self.rules.push(Rule { path, kind });
        Ok(())
    }

    /// The rule of a `Split`; `None` when it never cuts, or only before [`META`].
    fn split(&mut self, node: &Node, path: &str) -> Result<Option<RuleKind>> {
        let invert = node.get("invert").bool() == Some(true);
        let behavior = node.get("behavior").text().unwrap_or("Isolated");
        let behavior = match behavior {
            "Isolated" => Behavior::Isolated,
            "Removed" => Behavior::Removed,
            "Contiguous" => Behavior::Contiguous,
            "MergedWithPrevious" => Behavior::MergedWithPrevious,
            "MergedWithNext" => Behavior::MergedWithNext,
            other => {
                return Err(unsupported(
                    format!("{path}.behavior"),
                    format!("the behaviour {other:?}"),
                ));
            }
        };
        if let Some(pattern) = node.get("pattern").get("Regex").text() {
            return Ok(Some(RuleKind::Regex {
                pattern: pattern.to_owned(),
                behavior,
                invert,
            }));
        }
        match node.get("pattern").get("String").text() {
            // Every space has been replaced before.
            Some(" ") if self.meta && !invert => Ok(None),
            Some(META) if self.meta && !invert && behavior == Behavior::MergedWithNext => {
                self.cuts_at_meta = Some(path.to_owned());
                Ok(None)
            }
            Some(text) => Err(unsupported(
                format!("{path}.pattern.String"),
                format!("a split at {}", shown(text)),
            )),
            None => Err(unsupported(
                format!("{path}.pattern"),
                "a Split without a pattern",
            )),
        }
    }

    /// How a byte-level tokenizer splits.
    pub fn pattern(&self) -> Result<Pattern> {
        let mut rules: Vec<SplitRule<'_>> =
            self.rules.iter().map(|rule| rule.kind.known()).collect();
        // Version 2.0 has no ByteLevel; it spells out what that cuts.
        if let [
            digits @ SplitRule::Digits { .. },
            split @ SplitRule::Regex { .. },
        ] = rules[..]
            && Pattern::of_rules(&[split])
                == Pattern::of_rules(&[SplitRule::ByteLevel { use_regex: true }])
        {
            rules = vec![digits, SplitRule::ByteLevel { use_regex: true }];
        }
        if rules.is_empty() {
            rules.push(SplitRule::ByteLevel { use_regex: false });
        }
        if let Some(pattern) = Pattern::of_rules(&rules) {
            return Ok(pattern);
        }
        let mut expressions = self.rules.iter().filter_map(|rule| match &rule.kind {
            RuleKind::Regex { pattern, .. } => Some((rule, pattern)),
            _ => None,
        });
        let error = match (expressions.next(), expressions.next()) {
            (Some((rule, expression)), None) => unsupported(
                format!("{}.pattern.Regex", rule.path),
                format!("the split pattern {} is not known here", shown(expression)),
            ),
            _ => unsupported("pre_tokenizer", "this list of splits is not known"),
        };
        Err(error.with_hint(
            "compare it with the model's original file; if it is the same, this model's split is not supported yet",
        ))
    }

    /// The first cut that is not part of [`cuts_at_meta`](Self::cuts_at_meta).
    pub fn first_rule(&self) -> Option<&str> {
        self.rules.first().map(|rule| rule.path.as_str())
    }
}

impl RuleKind {
    fn known(&self) -> SplitRule<'_> {
        match self {
            Self::Regex {
                pattern,
                behavior,
                invert,
            } => SplitRule::Regex {
                pattern,
                behavior: *behavior,
                invert: *invert,
            },
            Self::Digits { individual } => SplitRule::Digits {
                individual: *individual,
            },
            Self::ByteLevel { use_regex } => SplitRule::ByteLevel {
                use_regex: *use_regex,
            },
        }
    }
}

/// Hands each component to `take`, those of a `Sequence` in turn. The JSON parser has limited the depth.
fn each(
    node: &Node,
    path: &str,
    children: &str,
    take: &mut impl FnMut(&Node, String) -> Result<()>,
) -> Result<()> {
    if *node == Node::Null {
        return Ok(());
    }
    if node.get("type").text() != Some("Sequence") {
        return take(node, path.to_owned());
    }
    for (index, child) in node.get(children).list().iter().enumerate() {
        each(
            child,
            &format!("{path}.{children}[{index}]"),
            children,
            take,
        )?;
    }
    Ok(())
}

/// The start of a text, quoted.
fn shown(text: &str) -> String {
    const MOST: usize = 200;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{:?}...", &text[..end]),
        None => format!("{text:?}"),
    }
}
