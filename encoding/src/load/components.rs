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
    /// The normaliser does that, so that literals that are looked for in normalised text have [`META`] where they have spaces.
    pub normalizes_spaces: bool,
    /// The space that is put before the text.
    pub prefix: Option<Prefix>,
    /// Bytes are spelled in GPT-2's alphabet.
    pub byte_level: bool,
    /// A normaliser does that, and where it stands: what follows would see the spelling, not the text.
    pub spells_bytes: Option<String>,
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
        if *normalizer != Node::Null {
            each(
                normalizer,
                "normalizer",
                "normalizers",
                &mut |node, path| pipeline.normalize(node, path),
            )?;
        }
        pipeline.normalizes_spaces = pipeline.meta;
        if let Some(path) = &pipeline.spells_bytes
            && *pre_tokenizer != Node::Null
        {
            return Err(unsupported(
                path,
                "a normaliser ByteLevel before a pre-tokeniser",
            ));
        }
        if *pre_tokenizer != Node::Null {
            each(
                pre_tokenizer,
                "pre_tokenizer",
                "pretokenizers",
                &mut |node, path| pipeline.pre_tokenize(node, path),
            )?;
        }
        Ok(pipeline)
    }

    fn normalize(&mut self, node: &Node, path: String) -> Result<()> {
        let kind = node.get("type").text().unwrap_or_default();
        if self.spells_bytes.is_some() {
            return Err(unsupported(path, format!("{kind} after ByteLevel")));
        }
        match kind {
            "ByteLevel" => {
                self.byte_level = true;
                self.spells_bytes = Some(path);
            }
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
                self.put(Prefix::Normalizer, path)?;
            }
            "MetaspaceNormalizer" => {
                if node.flag(&path, "drop_whitespace", Some(false))? {
                    return Err(unsupported(
                        format!("{path}.drop_whitespace"),
                        "whitespace is dropped",
                    ));
                }
                self.metaspace(node, &path, "prepend")?;
            }
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
        // What old files say instead; where both are there they agree.
        let puts = node.flag(path, "add_prefix_space", Some(true))?;
        self.meta = true;
        match node.get(key) {
            Node::Null if !puts => Ok(()),
            Node::Text(scheme) if scheme == "never" => Ok(()),
            Node::Text(scheme) if scheme == "first" && puts => {
                self.put(Prefix::Metaspace { each: false }, path)
            }
            Node::Text(scheme) if scheme == "always" && puts => {
                self.put(Prefix::Metaspace { each: true }, path)
            }
            Node::Null => self.put(Prefix::Metaspace { each: true }, path),
            _ => Err(node.unexpected(
                path,
                key,
                r#""always", "first" or "never", as add_prefix_space says"#,
            )),
        }
    }

    /// A second space would depend on the first.
    fn put(&mut self, prefix: Prefix, path: impl Into<String>) -> Result<()> {
        match self.prefix.replace(prefix) {
            None => Ok(()),
            Some(_) => Err(unsupported(path, "a second space before the text")),
        }
    }

    fn pre_tokenize(&mut self, node: &Node, path: String) -> Result<()> {
        let kind = node.get("type").text().unwrap_or_default();
        let kind = match kind {
            "Split" => match self.split(node, &path)? {
                Some(rule) => rule,
                None => return Ok(()),
            },
            "Digits" => RuleKind::Digits {
                individual: node.flag(&path, "individual_digits", None)?,
            },
            "ByteLevel" => {
                if node.flag(&path, "add_prefix_space", None)? {
                    if !self.rules.is_empty() || self.prefix.is_some() {
                        return Err(unsupported(
                            format!("{path}.add_prefix_space"),
                            "a ByteLevel that puts a space before every piece",
                        ));
                    }
                    self.prefix = Some(Prefix::ByteLevel);
                }
                // Of no effect on ids.
                node.flag(&path, "trim_offsets", Some(true))?;
                self.byte_level = true;
                RuleKind::ByteLevel {
                    use_regex: node.flag(&path, "use_regex", Some(true))?,
                }
            }
            "Metaspace" => {
                self.metaspace(node, &path, "prepend_scheme")?;
                if node.flag(&path, "split", Some(true))? {
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
        let invert = node.flag(path, "invert", None)?;
        let behavior = match node.get("behavior").text().unwrap_or_default() {
            "Isolated" => Behavior::Isolated,
            "Removed" => Behavior::Removed,
            "Contiguous" => Behavior::Contiguous,
            "MergedWithPrevious" => Behavior::MergedWithPrevious,
            "MergedWithNext" => Behavior::MergedWithNext,
            _ => return Err(node.unexpected(path, "behavior", "a known one")),
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
        Err(error)
    }

    /// Whether a literal that is looked for in normalised text is normalised as texts are. Version 2.0 writes it with the space before it.
    pub fn normalizes_alike(&self, is_new: bool) -> bool {
        match self.normalizes_spaces {
            true => self.normalizer.is_none() && !(is_new && self.prefix.is_some()),
            false => self.prefix != Some(Prefix::Normalizer),
        }
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
    if node.get("type").text() != Some("Sequence") {
        return take(node, path.to_owned());
    }
    let Node::List(list) = node.get(children) else {
        return Err(node.unexpected(path, children, "a list"));
    };
    for (index, child) in list.iter().enumerate() {
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
