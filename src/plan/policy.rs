//! What may be done to a history, what must stay, and what is worth what.

use std::collections::BTreeMap;

/// What may be done to a history, and what must stay.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// When something is done.
    pub when: When,
    /// The release mark as a share of what is available: a plan lands at or below it, so that the next turn does not overflow again.
    pub release: f64,
    /// Groups at the end that are kept as long as anything else makes the request fit; the last one always is. A plan that takes
    /// any of them, or cuts their results, says how many in its notes. Without `cut_tail` all of them always are kept.
    pub keep_last: usize,
    /// Messages, by index, that are never touched. An index without a message pins nothing, which the plan notes.
    pub pinned: Vec<usize>,
    /// Tools whose results are never touched. Of names that the request does not have, here and below, the plan has a note.
    pub keep_tools: Vec<String>,
    /// Whether tool results may be replaced by a placeholder.
    pub mask: bool,
    /// Whether long tool results may be cut to head and tail.
    pub cut: bool,
    /// Whether, when nothing else makes the request fit, the last groups may be touched as well: their results cut, and all but
    /// the very last treated as older ones.
    pub cut_tail: bool,
    /// Whether, when nothing else makes the request fit, long texts of the user's may lose their middle: the first and the last
    /// request too, pinned messages never.
    pub cut_user_text: bool,
    /// Whether thoughts of earlier turns may go, where the API allows it.
    pub drop_reasoning: bool,
    /// Whether the middle may be replaced by a summary.
    pub summarise: bool,
    /// Most tokens that a summary may take; a shorter one is asked for where that is worth more.
    pub summary_tokens: u32,
    /// Window of the model that writes the summary, in tokens; `None`: that of the model planned for.
    pub summariser_tokens: Option<u32>,
    /// Whether the oldest groups may go without a summary, leaving a note of what they were. Where summaries may be written, a note
    /// takes the place of one that has no room, whose request has none in the summariser's window, or for which so much more would have
    /// to go that it is not worth it. Without it nothing goes under a note: where no summary has room, a plan finds another way or is
    /// irreducible, and says so.
    pub drop: bool,
    /// Jaccard similarity from which a later result counts as a near-duplicate; above 1 none does.
    pub similarity: f64,
    /// How likely a result is to be needed again, 0 to 1, by the id of its call; the caller knows better than any rule.
    pub values: BTreeMap<String, f64>,
    /// The same by the name of the tool.
    pub tool_values: BTreeMap<String, f64>,
    /// What the provider's cache holds and costs.
    pub cache: CachePolicy,
    /// Shares of the room for each category.
    pub categories: CategoryShares,
    /// What happens to signed thoughts that an edit would invalidate.
    pub thinking: ThinkingPolicy,
}

/// When a plan does something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// When the request does not fit.
    #[default]
    Overflow,
    /// Whenever it pays: what was evicted saves more over the horizon than it is expected to be missed.
    Pays,
}

/// The provider's prompt cache, as far as the caller knows it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CachePolicy {
    /// Calls, this one included, over which money is counted.
    pub horizon: u32,
    /// Seconds since the last call, if known; beyond `ttl_seconds` the cache is cold.
    pub idle_seconds: Option<f64>,
    /// Life of a cache entry in seconds. Default 300, the shortest that a vendor documents.
    pub ttl_seconds: f64,
    /// Whether something else broke the prefix since the last call: another model, other tools, a resumed run.
    pub broken: bool,
    /// Price of reading a cached token, relative to plain input; `None`: from the model's list price.
    pub read: Option<f64>,
    /// Price of writing a token to the cache, relative to plain input; `None`: from the model's list price.
    pub write: Option<f64>,
}

/// Shares of what is available, by category, each with a floor. A share of `None` takes part without a bound.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CategoryShares {
    /// System and developer messages, instructions and tool declarations.
    pub system: Option<Share>,
    /// The first user request.
    pub task: Option<Share>,
    /// What tools answered.
    pub tool_results: Option<Share>,
    /// Everything else that is said.
    pub conversation: Option<Share>,
    /// Images, recordings and files.
    pub media: Option<Share>,
    /// Kept free.
    pub reserve: Option<Share>,
}

/// A category's share of the room.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Share {
    /// Share of what is available, 0 to 1.
    pub share: f64,
    /// Tokens of the category, the newest, that no plan takes, even where nothing else would make the request fit.
    pub floor: u32,
}

/// What happens to signed thoughts behind an edit, on models that bind each of them to everything before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ThinkingPolicy {
    /// They go with the edit.
    #[default]
    Strip,
    /// They stay, and the request tells the API to drop those that no longer match (`thinking.block_binding`).
    DropBlock,
    /// Nothing is edited until a whole rewrite: the oldest groups give way to a summary, and the thoughts that stay go.
    AppendOnly,
    /// Nothing is edited: the API itself is to write the summary, and the plan says so.
    Server,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            when: When::Overflow,
            release: 0.8,
            keep_last: 4,
            pinned: Vec::new(),
            keep_tools: Vec::new(),
            mask: true,
            cut: true,
            cut_tail: true,
            cut_user_text: false,
            drop_reasoning: true,
            summarise: true,
            summary_tokens: 1024,
            summariser_tokens: None,
            drop: true,
            similarity: 0.9,
            values: BTreeMap::new(),
            tool_values: BTreeMap::new(),
            cache: CachePolicy::default(),
            categories: CategoryShares::default(),
            thinking: ThinkingPolicy::Strip,
        }
    }
}

impl Default for CachePolicy {
    fn default() -> Self {
        Self {
            horizon: 10,
            idle_seconds: None,
            ttl_seconds: 300.0,
            broken: false,
            read: None,
            write: None,
        }
    }
}
