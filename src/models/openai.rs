//! OpenAI models.
//!
//! Windows, caps and prices: the vendor's model pages and litellm 1.109.1, cross-checked, 2026-11-20.
//! Encodings: tiktoken 0.14.0 `model.py`. Framing classes and image multipliers: fitted to recorded
//! provider usage; image rules otherwise from the vendor's images and vision guide.

use super::{Framing, ImageRule, Price, Uncertainty};
use crate::judge::{Limit, LimitKind};

/// A row of the catalogue.
pub(super) struct Row {
    /// The model's name, then other names of the same model.
    pub(super) names: &'static [&'static str],
    pub(super) encoding: &'static str,
    pub(super) framing: Framing,
    pub(super) image: ImageRule,
    pub(super) limit: Limit,
    pub(super) price: Option<Price>,
    pub(super) uncertainty: Option<Uncertainty>,
}

const O200K: &str = "o200k_base";
const CL100K: &str = "cl100k_base";

const fn shared(window: u32, max_output: u32) -> Limit {
    Limit {
        kind: LimitKind::Shared,
        window,
        max_input: None,
        max_output: Some(max_output),
    }
}

const fn split(window: u32, max_input: u32, max_output: u32) -> Limit {
    Limit {
        kind: LimitKind::Split,
        window,
        max_input: Some(max_input),
        max_output: Some(max_output),
    }
}

/// "Maximum input tokens: 272,000" and the error at 289,650 tokens name the cap of these.
const SPLIT_400K: Limit = split(400_000, 272_000, 128_000);
/// "Maximum input tokens: 922,000". Above 272,000 the whole request costs twice the input price.
const SPLIT_1050K: Limit = split(1_050_000, 922_000, 128_000);

const fn usd(input: f64, output: f64) -> Option<Price> {
    Some(Price { input, output })
}

const NO_IMAGES: ImageRule = ImageRule::Unknown;
const TILES_4O: ImageRule = tiles(85, 170);
/// Billed at 33 times the tokens of gpt-4o; recorded usage shows the inflated count.
const TILES_4O_MINI: ImageRule = tiles(2833, 5667);
const TILES_5: ImageRule = tiles(70, 140);
const TILES_O: ImageRule = tiles(75, 150);

const fn tiles(base: u32, tile: u32) -> ImageRule {
    ImageRule::Tiles { base, tile }
}

/// Longest side before patches are counted, where the guide names one.
const SIDE: u32 = 2048;
/// Longest side that the API takes at all.
const ANY_SIDE: u32 = 65_535;

const fn patches(multiplier: f64, budget: u32, extra: u32) -> ImageRule {
    ImageRule::Patches {
        multiplier,
        budget,
        max_side: SIDE,
        extra,
        original: None,
        auto_is_original: false,
    }
}

/// The rule since gpt-5.4: 2,500 patches at `high`, and `original` with a budget of its own.
const fn patches_original(max_side: u32, original: u32, auto_is_original: bool) -> ImageRule {
    ImageRule::Patches {
        multiplier: 1.2,
        budget: 2_500,
        max_side,
        extra: 2,
        original: Some(original),
        auto_is_original,
    }
}

/// A model of a recorded family of which there is no record itself.
const UNRECORDED: Option<Uncertainty> = Some(Uncertainty {
    share: 0.02,
    hidden: [0, 0, 24],
    per_message: 1,
});
/// The encoding is assumed: every peer does, but no public package maps these names.
const ASSUMED_ENCODING: Option<Uncertainty> = Some(Uncertainty {
    share: 0.1,
    hidden: [0, 0, 100],
    per_message: 2,
});
/// Hosts put system text of their own before the conversation: recorded 60 to 64 on four hosts, some 20 more
/// with tools, and 119 with a schema.
const OPEN_WEIGHTS: Option<Uncertainty> = Some(Uncertainty {
    share: 0.05,
    hidden: [40, 62, 160],
    per_message: 2,
});
/// Recorded +25 to +51 over seven requests: hidden text that is not constant.
const HIDDEN_PREVIEW: Option<Uncertainty> = Some(Uncertainty {
    share: 0.0,
    hidden: [24, 39, 60],
    per_message: 0,
});
/// Recorded +0 to +8.
const HIDDEN_MINI: Option<Uncertainty> = Some(Uncertainty {
    share: 0.0,
    hidden: [0, 4, 10],
    per_message: 0,
});
/// Recorded +0 and +1 for one message, +4 for four.
const EARLIEST: Option<Uncertainty> = Some(Uncertainty {
    share: 0.0,
    hidden: [0, 0, 0],
    per_message: 1,
});

const fn row(
    names: &'static [&'static str],
    framing: Framing,
    image: ImageRule,
    limit: Limit,
    price: Option<Price>,
) -> Row {
    let encoding = match framing {
        Framing::OpenaiOld => CL100K,
        _ => O200K,
    };
    Row {
        names,
        encoding,
        framing,
        image,
        limit,
        price,
        uncertainty: None,
    }
}

impl Row {
    const fn encoded(mut self, encoding: &'static str) -> Self {
        self.encoding = encoding;
        self
    }

    const fn uncertain(mut self, uncertainty: Option<Uncertainty>) -> Self {
        self.uncertainty = uncertainty;
        self
    }
}

use Framing::{
    OpenaiChat as Chat, OpenaiGpt5 as Gpt5, OpenaiOld as Old, OpenaiReasoning as Reasoning,
    OpenaiSearch as Search,
};

/// Every row. Names are unique over all rows.
#[rustfmt::skip] // One row per line.
pub(super) static ROWS: &[Row] = &[
    // gpt-6: windows and image rule from the model pages of 2026-10; `auto` is `original`, without a budget.
    row(&["gpt-6-astra"], Gpt5, patches_original(ANY_SIDE, u32::MAX, true), SPLIT_1050K, usd(10.0, 50.0)).uncertain(ASSUMED_ENCODING),
    row(&["gpt-6-sol"], Gpt5, patches_original(ANY_SIDE, u32::MAX, true), SPLIT_1050K, usd(2.0, 10.0)).uncertain(ASSUMED_ENCODING),
    row(&["gpt-6-luna"], Gpt5, patches_original(ANY_SIDE, u32::MAX, true), SPLIT_1050K, usd(0.1, 0.5)).uncertain(ASSUMED_ENCODING),
    row(&["gpt-6.1-sol"], Gpt5, patches_original(ANY_SIDE, u32::MAX, true), SPLIT_1050K, usd(2.0, 10.0)).uncertain(ASSUMED_ENCODING),
    row(&["gpt-6.1-terra"], Gpt5, patches_original(ANY_SIDE, u32::MAX, true), SPLIT_1050K, usd(1.0, 5.0)).uncertain(ASSUMED_ENCODING),
    // gpt-5.6 and 5.5.
    row(&["gpt-5.6-sol"], Gpt5, patches_original(SIDE, u32::MAX, true), SPLIT_1050K, usd(4.0, 20.0)),
    row(&["gpt-5.6-terra"], Gpt5, patches_original(SIDE, u32::MAX, true), SPLIT_1050K, usd(2.0, 12.0)),
    row(&["gpt-5.6-luna"], Gpt5, patches_original(SIDE, u32::MAX, true), SPLIT_1050K, usd(0.2, 1.2)),
    row(&["gpt-5.6-cyber"], Gpt5, patches_original(SIDE, u32::MAX, true), SPLIT_400K, usd(12.5, 75.0)).uncertain(UNRECORDED),
    row(&["gpt-5.5"], Gpt5, patches_original(SIDE, 10_000, true), SPLIT_1050K, usd(5.0, 30.0)),
    row(&["gpt-5.5-pro"], Gpt5, patches_original(SIDE, 10_000, true), SPLIT_1050K, usd(30.0, 180.0)).uncertain(UNRECORDED),
    // gpt-5.4.
    row(&["gpt-5.4"], Gpt5, patches_original(SIDE, 10_000, false), SPLIT_1050K, usd(2.5, 15.0)),
    row(&["gpt-5.4-pro"], Gpt5, patches_original(SIDE, 10_000, false), SPLIT_1050K, usd(30.0, 180.0)).uncertain(UNRECORDED),
    row(&["gpt-5.4-mini"], Gpt5, patches(1.2, 2_500, 2), SPLIT_400K, usd(0.75, 4.5)),
    row(&["gpt-5.4-nano"], Gpt5, patches(1.2, 2_500, 2), SPLIT_400K, usd(0.2, 1.25)),
    // gpt-5 to 5.3. The guide once gave 5.2 a budget of 1,536 patches, later 6,144: the larger is used.
    row(&["gpt-5.3-codex"], Gpt5, patches(1.2, 6_144, 2), SPLIT_400K, usd(1.75, 14.0)).uncertain(UNRECORDED),
    row(&["gpt-5.3-chat-latest", "gpt-5.3-chat"], Gpt5, patches(1.2, 6_144, 2), shared(128_000, 16_384), usd(1.75, 14.0)).uncertain(UNRECORDED),
    row(&["gpt-5.2"], Gpt5, patches(1.2, 6_144, 2), SPLIT_400K, usd(1.75, 14.0)),
    row(&["gpt-5.2-chat-latest", "gpt-5.2-chat"], Gpt5, patches(1.2, 6_144, 2), shared(128_000, 16_384), usd(1.75, 14.0)).uncertain(UNRECORDED),
    row(&["gpt-5.2-codex"], Gpt5, patches(1.2, 6_144, 2), SPLIT_400K, usd(1.75, 14.0)).uncertain(UNRECORDED),
    row(&["gpt-5.2-pro"], Gpt5, patches(1.2, 6_144, 2), SPLIT_400K, None).uncertain(UNRECORDED),
    row(&["gpt-5.1"], Gpt5, TILES_5, SPLIT_400K, usd(1.25, 10.0)).uncertain(UNRECORDED),
    row(&["gpt-5.1-chat-latest", "gpt-5.1-chat"], Gpt5, TILES_5, shared(128_000, 16_384), usd(1.25, 10.0)).uncertain(UNRECORDED),
    row(&["gpt-5.1-codex", "gpt-5.1-codex-max"], Gpt5, patches(1.2, 6_144, 2), SPLIT_400K, usd(1.25, 10.0)).uncertain(UNRECORDED),
    row(&["gpt-5.1-codex-mini"], Gpt5, patches(1.2, 6_144, 2), SPLIT_400K, usd(0.25, 2.0)).uncertain(UNRECORDED),
    row(&["gpt-5"], Gpt5, TILES_5, SPLIT_400K, usd(1.25, 10.0)),
    row(&["gpt-5-chat-latest", "gpt-5-chat"], Gpt5, TILES_5, shared(128_000, 16_384), usd(1.25, 10.0)).uncertain(UNRECORDED),
    row(&["gpt-5-codex"], Gpt5, TILES_5, SPLIT_400K, usd(1.25, 10.0)).uncertain(UNRECORDED),
    row(&["gpt-5-mini"], Gpt5, patches(1.2, 1_536, 2), SPLIT_400K, usd(0.25, 2.0)),
    row(&["gpt-5-nano"], Gpt5, patches(1.5, 1_536, 1), SPLIT_400K, usd(0.05, 0.4)),
    row(&["gpt-5-pro"], Gpt5, TILES_5, SPLIT_400K, usd(15.0, 120.0)).uncertain(UNRECORDED),
    // gpt-4.5, 4.1 and 4o.
    row(&["gpt-4.5-preview"], Chat, TILES_4O, shared(128_000, 16_384), usd(75.0, 150.0)),
    row(&["gpt-4.1"], Chat, TILES_4O, shared(1_047_576, 32_768), usd(2.0, 8.0)),
    row(&["gpt-4.1-mini"], Chat, patches(1.62, 1_536, 0), shared(1_047_576, 32_768), usd(0.4, 1.6)),
    row(&["gpt-4.1-nano"], Chat, patches(2.46, 1_536, 1), shared(1_047_576, 32_768), usd(0.1, 0.4)),
    row(&["gpt-4o"], Chat, TILES_4O, shared(128_000, 16_384), usd(2.5, 10.0)),
    row(&["chatgpt-4o-latest"], Chat, TILES_4O, shared(128_000, 16_384), usd(5.0, 15.0)).uncertain(UNRECORDED),
    row(&["gpt-4o-mini"], Chat, TILES_4O_MINI, shared(128_000, 16_384), usd(0.15, 0.6)),
    row(&["gpt-4o-audio-preview"], Chat, NO_IMAGES, shared(128_000, 16_384), usd(2.5, 10.0)),
    row(&["gpt-4o-mini-audio-preview"], Chat, NO_IMAGES, shared(128_000, 16_384), usd(0.15, 0.6)),
    row(&["gpt-audio", "gpt-audio-1.5"], Chat, NO_IMAGES, shared(128_000, 16_384), usd(2.5, 10.0)).uncertain(UNRECORDED),
    row(&["gpt-audio-mini"], Chat, NO_IMAGES, shared(128_000, 16_384), usd(0.6, 2.4)),
    row(&["gpt-4o-search-preview"], Search, NO_IMAGES, shared(128_000, 16_384), usd(2.5, 10.0)),
    row(&["gpt-4o-mini-search-preview"], Search, NO_IMAGES, shared(128_000, 16_384), usd(0.15, 0.6)),
    // o-series.
    row(&["o1"], Reasoning, TILES_O, shared(200_000, 100_000), usd(15.0, 60.0)),
    row(&["o1-pro"], Reasoning, TILES_O, shared(200_000, 100_000), usd(150.0, 600.0)).uncertain(UNRECORDED),
    row(&["o1-preview"], Reasoning, NO_IMAGES, shared(128_000, 32_768), usd(15.0, 60.0)).uncertain(HIDDEN_PREVIEW),
    row(&["o1-mini"], Reasoning, NO_IMAGES, shared(128_000, 65_536), usd(1.1, 4.4)).uncertain(HIDDEN_MINI),
    row(&["o3"], Reasoning, TILES_O, shared(200_000, 100_000), usd(2.0, 8.0)),
    row(&["o3-pro"], Reasoning, TILES_O, shared(200_000, 100_000), usd(20.0, 80.0)).uncertain(UNRECORDED),
    row(&["o3-mini"], Reasoning, NO_IMAGES, shared(200_000, 100_000), usd(1.1, 4.4)),
    row(&["o4-mini"], Reasoning, patches(1.72, 1_536, 1), shared(200_000, 100_000), usd(1.1, 4.4)),
    // gpt-4. The undated name has meant -0613 since June 2023.
    row(&["gpt-4-turbo", "gpt-4-turbo-preview", "gpt-4-0125-preview", "gpt-4-1106-preview"], Chat, TILES_4O, shared(128_000, 4_096), usd(10.0, 30.0)).encoded(CL100K),
    row(&["gpt-4-vision-preview", "gpt-4-1106-vision-preview"], Chat, TILES_4O, shared(128_000, 4_096), usd(10.0, 30.0)).encoded(CL100K),
    row(&["gpt-4", "gpt-4-0613", "gpt-4-0314"], Old, NO_IMAGES, shared(8_192, 8_192), usd(30.0, 60.0)),
    row(&["gpt-4-32k", "gpt-4-32k-0613", "gpt-4-32k-0314"], Old, NO_IMAGES, shared(32_768, 32_768), usd(60.0, 120.0)),
    // gpt-3.5. The undated name means -0125; on Azure, where dots are not allowed in names, it meant -0613.
    row(&["gpt-3.5-turbo", "gpt-3.5-turbo-0125", "gpt-35-turbo-0125", "gpt-3.5-turbo-1106", "gpt-35-turbo-1106"], Chat, NO_IMAGES, shared(16_385, 4_096), usd(0.5, 1.5)).encoded(CL100K),
    row(&["gpt-3.5-turbo-16k", "gpt-3.5-turbo-16k-0613", "gpt-35-turbo-16k"], Old, NO_IMAGES, shared(16_385, 4_096), usd(3.0, 4.0)),
    row(&["gpt-3.5-turbo-0613", "gpt-35-turbo-0613"], Old, NO_IMAGES, shared(4_096, 4_096), usd(1.5, 2.0)),
    row(&["gpt-3.5-turbo-0301", "gpt-35-turbo", "gpt-35-turbo-0301"], Old, NO_IMAGES, shared(4_096, 4_096), usd(1.5, 2.0)).uncertain(EARLIEST),
    // Open weights: the merges are those of o200k, the framing is the host's. The cap on output is too: 65,536 and 32,768 are served.
    row(&["gpt-oss-120b", "gpt-oss:120b"], Chat, NO_IMAGES, shared(131_072, 65_536), usd(0.15, 0.6)).uncertain(OPEN_WEIGHTS),
    row(&["gpt-oss-20b", "gpt-oss:20b"], Chat, NO_IMAGES, shared(131_072, 65_536), usd(0.15, 0.6)).uncertain(OPEN_WEIGHTS),
];
