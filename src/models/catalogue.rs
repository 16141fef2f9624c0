//! The catalogue: a JSON file for each provider, with sources and dates; a row is read once.
//!
//! A file that is damaged loses rows rather than the process: a test reads every row of every file.
//!
//! A file has `provider`, `source`, `date`, tables `images` and `doubts` that rows refer to by name, and `models`, one row a line that starts
//! with its names:
//!
//! | field | |
//! |---|---|
//! | `names` | the model's name and its other names, in lower case; spellings that [`names`](super::names) reads need no entry |
//! | `framing`, `encoding` | how it is counted |
//! | `kind`, `context`, `input`, `output` | its [`Limit`]: the window, the largest prompt and answer where they are less |
//! | `image`, `doubt` | keys of the file's tables |
//! | `price` | `[input, output]` or an object, see [`Price::read`] |
//! | `retires` | the day on which its maker stops serving it |
//! | `was` | what the name meant before: `[day, name]`, the model of that name until that day, the earliest first |
//! | `note` | what else is to be known; not read here |
//! | `provider`, `source`, `date` | where they differ from the file's |

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use super::names::folded;
use super::{Framing, ImageRule, Price, StandIn, Uncertainty};
use crate::json;
use crate::judge::{Limit, LimitKind};

/// The files, in the order in which names are looked up.
const FILES: [&str; 15] = [
    include_str!("data/openai.json"),
    include_str!("data/anthropic.json"),
    include_str!("data/google.json"),
    include_str!("data/mistral.json"),
    include_str!("data/deepseek.json"),
    include_str!("data/xai.json"),
    include_str!("data/cohere.json"),
    include_str!("data/amazon.json"),
    include_str!("data/meta.json"),
    include_str!("data/qwen.json"),
    include_str!("data/zai.json"),
    include_str!("data/moonshot.json"),
    include_str!("data/minimax.json"),
    include_str!("data/perplexity.json"),
    include_str!("data/others.json"),
];

/// A row of the catalogue.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    /// Whose model it is.
    pub(crate) provider: String,
    /// The model's name, then other names of the same model.
    pub(crate) names: Vec<String>,
    pub(crate) encoding: String,
    pub(crate) framing: Framing,
    pub(crate) image: ImageRule,
    pub(crate) limit: Limit,
    pub(crate) price: Option<Price>,
    pub(crate) stand_in: Option<StandIn>,
    pub(crate) uncertainty: Option<Uncertainty>,
    /// The day on which it is no longer served.
    pub(crate) retires: Option<String>,
    /// What the name meant before: a day, and the model until then.
    was: Vec<(String, String)>,
    /// Where the figures come from, and when they were looked up.
    pub(crate) source: String,
    pub(crate) date: String,
}

impl Row {
    /// The name under which the row is known.
    pub(crate) fn name(&self) -> &str {
        self.names.first().map_or("", String::as_str)
    }

    /// The row of the model that the name meant on `day`.
    pub(crate) fn on(&'static self, day: Option<&str>) -> &'static Self {
        let then = |(until, _): &&(String, String)| day.is_some_and(|day| day < until.as_str());
        let meant = self.was.iter().find(then);
        meant.and_then(|(_, name)| named(name)).unwrap_or(self)
    }
}

/// A file before its rows: what it says of all of them, read with the first.
struct File {
    head: &'static str,
    read: OnceLock<Value>,
}

impl File {
    fn read(&self) -> &Value {
        let whole = || json::parsed(&format!("{}{MODELS}]}}", self.head)).unwrap_or_default();
        self.read.get_or_init(whole)
    }
}

/// A line of a file. A process asks for few models, and reading all rows takes longer than all else that comes before a first count:
/// so each is read when it is asked for.
struct Line {
    file: Arc<File>,
    text: &'static str,
    read: OnceLock<Option<Row>>,
}

/// What stands before the rows, and before the names of a row.
const MODELS: &str = "\"models\": [";
const NAMES: &str = "    {\"names\": [\"";

impl Line {
    fn row(&self) -> Option<&Row> {
        let read = || {
            let row = json::parsed(self.text.trim().trim_end_matches(','))?;
            row_of(&row, self.file.read())
        };
        self.read.get_or_init(read).as_ref()
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        let names = self.text.strip_prefix(NAMES).unwrap_or_default();
        let names = names.split_once("\"]").unwrap_or_default().0;
        names.split("\", \"")
    }
}

fn lines() -> &'static [Line] {
    static LINES: OnceLock<Vec<Line>> = OnceLock::new();
    LINES.get_or_init(|| FILES.iter().flat_map(|text| lines_of(text)).collect())
}

/// The rows of one file.
fn lines_of(text: &'static str) -> impl Iterator<Item = Line> {
    let (head, rows) = text.split_once(MODELS).unwrap_or_default();
    let file = Arc::new(File {
        head,
        read: OnceLock::new(),
    });
    let rows = rows.lines().filter(|line| line.starts_with(NAMES));
    rows.map(move |text| Line {
        file: file.clone(),
        text,
        read: OnceLock::new(),
    })
}

/// Every row. Names are unique over all rows.
pub(crate) fn rows() -> impl Iterator<Item = &'static Row> {
    lines().iter().filter_map(Line::row)
}

/// The row of which this is a name, in any spelling of points and hyphens.
pub(crate) fn named(name: &str) -> Option<&'static Row> {
    static INDEX: OnceLock<HashMap<String, &'static Line>> = OnceLock::new();
    let index = INDEX.get_or_init(|| {
        let names = |line: &'static Line| line.names().map(move |name| (folded(name), line));
        lines().iter().flat_map(names).collect()
    });
    index.get(&folded(name))?.row()
}

/// A row; `None` where it lacks what every row must have.
fn row_of(row: &Value, file: &Value) -> Option<Row> {
    let names = row["names"].as_array()?.iter();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    // What a row says itself goes before what its file says of all.
    let own = |key: &str| text(&row[key]).or_else(|| text(&file[key]));
    Some(Row {
        provider: own("provider")?,
        names: names.filter_map(Value::as_str).map(str::to_owned).collect(),
        encoding: row["encoding"].as_str()?.to_owned(),
        framing: Framing::named(row["framing"].as_str()?)?,
        image: match row["image"].as_str() {
            Some(name) => image(&file["images"][name])?,
            None => ImageRule::Unknown,
        },
        limit: Limit {
            kind: LimitKind::named(row["kind"].as_str()?)?,
            window: whole(&row["context"])?,
            max_input: whole(&row["input"]),
            max_output: whole(&row["output"]),
        },
        stand_in: match row["vocabulary"].as_str() {
            Some(name) => Some(stand_in(name, &file["standIns"][name])?),
            None => None,
        },
        price: match row.get("price") {
            Some(price) => Some(Price::read(price)?),
            None => None,
        },
        uncertainty: match row["doubt"].as_str() {
            Some(name) => Some(doubt(&file["doubts"][name])?),
            None => None,
        },
        retires: text(&row["retires"]),
        was: (row["was"].as_array().into_iter().flatten())
            .filter_map(|one| Some((text(&one[0])?, text(&one[1])?)))
            .collect(),
        source: own("source")?,
        date: own("date")?,
    })
}

fn whole(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|number| u32::try_from(number).ok())
}

fn doubt(value: &Value) -> Option<Uncertainty> {
    let hidden = |index: usize| whole(&value["hidden"][index]);
    Some(Uncertainty {
        share: value["share"].as_f64()?,
        hidden: [hidden(0)?, hidden(1)?, hidden(2)?],
        per_message: whole(&value["perMessage"])?,
    })
}

fn stand_in(name: &str, value: &Value) -> Option<StandIn> {
    Some(StandIn {
        vocabulary: name.to_owned(),
        below: value["below"].as_f64()?,
        above: value["above"].as_f64()?,
    })
}

fn image(value: &Value) -> Option<ImageRule> {
    if let Some(tiles) = value.get("tiles") {
        return Some(ImageRule::Tiles {
            base: whole(&tiles[0])?,
            tile: whole(&tiles[1])?,
        });
    }
    if let Some(patch) = whole(&value["patch"]) {
        return Some(ImageRule::Grid {
            patch,
            each: whole(&value["each"])?,
            extra: whole(&value["extra"])?,
            max_side: whole(&value["maxSide"])?,
            budget: whole(&value["budget"])?,
        });
    }
    if let Some(tokens) = value.get("fixed") {
        return whole(tokens).map(|tokens| ImageRule::Fixed { tokens });
    }
    if let Some(tokens) = value.get("crops") {
        return whole(tokens).map(|tokens| ImageRule::Crops { tokens });
    }
    if let Some(budgets) = value.get("grid") {
        let budget = |index: usize| whole(&budgets[index]);
        return Some(ImageRule::Budget {
            budgets: [budget(0)?, budget(1)?, budget(2)?, budget(3)?],
        });
    }
    if let Some(likely) = value.get("likely") {
        return Some(ImageRule::Likely([
            whole(&likely[0])?,
            whole(&likely[1])?,
            whole(&likely[2])?,
        ]));
    }
    if let Some(cell) = value.get("cell") {
        return Some(ImageRule::Cells {
            cell: whole(cell).filter(|cell| *cell > 0)?,
            side: whole(&value["side"])?,
            row: whole(&value["row"])?,
            extra: whole(&value["extra"])?,
            least: whole(&value["least"]).unwrap_or(0),
            nearest: value["nearest"].as_bool().unwrap_or(false),
        });
    }
    Some(ImageRule::Patches {
        multiplier: value["patches"].as_f64()?,
        budget: whole(&value["budget"])?,
        max_side: whole(&value["maxSide"])?,
        extra: whole(&value["extra"])?,
        original: match &value["original"] {
            Value::String(_) => Some(u32::MAX),
            other => whole(other),
        },
        auto_is_original: value["autoIsOriginal"].as_bool().unwrap_or(false),
    })
}

#[cfg(test)]
mod tests;
