//! What the provider will report: texts, framing, tools and media together.

mod attachments;
mod claude;
mod costs;
mod estimate;
mod gemini;
mod laid;
mod mistral;
mod openai;
mod pieces;
mod projection;
mod shares;
mod sums;
mod template;
mod view;

use crate::conversation::{Conversation, Dialect, Message, Part, Role, Warning};
use crate::count::{CountText, Counted};
use crate::fingerprint;
use crate::models::{Family, Model, ModelOptions, StandIn, Uncertainty, resolve};
use costs::Costs;
use estimate::Estimate;
use laid::Laid;
use pieces::Variant;
pub(crate) use pieces::{Pick, Pieces};
pub use projection::{Basis, Bounds, Categories, MessageTokens, Projection, Start, UncertainPart};
pub(crate) use shares::shares;
use sums::{Sums, whole};
use view::{View, listed};

/// Projects a counted conversation for `model`.
#[must_use]
pub fn project(counted: &Counted, model: &Model, counter: &dyn CountText) -> Projection {
    let (messages, shapes) = listed(counted);
    let view = View {
        conversation: &counted.conversation,
        messages: &messages,
        shapes: &shapes,
    };
    let is_bare = template::is_bare(&counted.conversation, model);
    let costs = costs(counted, &view, model, counter);
    let list = counted.conversation.dialect.list_key();
    let messages = costs.messages.iter().enumerate();
    let mut uncertain: Vec<UncertainPart> = messages
        .filter_map(|(index, cost)| in_doubt(cost.total(), || format!("{list}[{index}]")))
        .collect();
    let projection = summed(&view, model, costs.laid(&shapes), is_bare);
    uncertain.extend(projection.uncertain);
    Projection {
        fingerprint: fingerprint::of(counted, counted.messages.len()).unwrap_or_default(),
        uncertain,
        ..projection
    }
}

fn costs(counted: &Counted, view: &View<'_>, model: &Model, counter: &dyn CountText) -> Costs {
    match model.framing.family() {
        _ if template::is_bare(&counted.conversation, model) => {
            template::bare(counted, model, counter)
        }
        Family::Openai => openai::costs(view, model, counter),
        Family::Claude => claude::costs(view, model, counter),
        Family::Gemini => gemini::costs(counted, model, counter),
        Family::Mistral => mistral::costs(counted, model, counter),
        Family::Template => template::costs(counted, model, counter),
    }
}

/// What one message takes, by what it is spent on.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spent {
    /// What users and assistants say, and calls.
    pub said: u32,
    /// What tools answered.
    pub results: u32,
    pub media: u32,
}

impl Spent {
    pub(crate) fn plus(self, other: &Self) -> Self {
        Self {
            said: self.said.saturating_add(other.said),
            results: self.results.saturating_add(other.results),
            media: self.media.saturating_add(other.media),
        }
    }
}

/// What each message takes. Instructions take nothing of these.
pub(crate) fn spent(counted: &Counted, model: &Model, counter: &dyn CountText) -> Vec<Spent> {
    let (messages, shapes) = listed(counted);
    let view = View {
        conversation: &counted.conversation,
        messages: &messages,
        shapes: &shapes,
    };
    let costs = costs(counted, &view, model, counter).messages.into_iter();
    let costs = shapes.iter().zip(costs);
    let spent = costs.map(|(shape, cost)| {
        let (said, answered) = match shape.role {
            Role::System | Role::Developer => (0, 0),
            Role::User | Role::Assistant => (cost.text.tokens, 0),
            Role::Tool | Role::Function => (0, cost.text.tokens),
        };
        Spent {
            said: whole(said + cost.calls.tokens),
            results: whole(answered + cost.results.tokens),
            media: whole(cost.media.tokens),
        }
    });
    spent.collect()
}

/// The same of a request whose variants are to be projected as well: what is laid out for it is kept in its `pieces`. Without a name,
/// and without doubts and warnings about single messages.
pub(crate) fn project_in_pieces(
    counted: &Counted,
    pieces: &Pieces<'_>,
    model: &Model,
    counter: &dyn CountText,
) -> Projection {
    let found = || {
        let all: Vec<Pick> = (0..counted.messages.len()).map(Pick::Kept).collect();
        project_variant(&counted.conversation, pieces, &all, model, counter)
            .unwrap_or_else(|| project(counted, model, counter))
    };
    pieces.projection.get_or_init(found).clone()
}

/// The part at `path`, if its count is not certain.
fn in_doubt(count: Estimate, path: impl FnOnce() -> String) -> Option<UncertainPart> {
    (!count.is_exact()).then(|| UncertainPart {
        path: path(),
        tokens: whole(count.tokens),
        lower_bound: whole(count.lower.min(count.tokens)),
        upper_bound: whole(count.upper.max(count.tokens)),
    })
}

/// The same of a variant of a request: of its messages those in `picks`. Without a name, and without doubts and warnings about
/// single messages. `None` where the family does not lay out requests like this one in pieces.
pub(crate) fn project_variant(
    conversation: &Conversation,
    pieces: &Pieces<'_>,
    picks: &[Pick],
    model: &Model,
    counter: &dyn CountText,
) -> Option<Projection> {
    let (messages, shapes) = pieces.listed(picks);
    let view = View {
        conversation,
        messages: &messages,
        shapes: &shapes,
    };
    let variant = Variant { picks, pieces };
    let costs = match model.framing.family() {
        _ if template::is_bare(conversation, model) => None,
        Family::Openai => openai::costs_in_pieces(&view, &variant, model, counter),
        Family::Claude => claude::costs_in_pieces(&view, &variant, model, counter),
        _ => None,
    };
    Some(summed(&view, model, costs?, false))
}

/// Whether `message`, if it is the only answer to the only call of its turn, takes the tokens of its text and of a frame that
/// does not depend on the text. Where that takes more than a glance to tell, it does not.
pub(crate) fn is_framed_apart(message: &Message, model: &Model) -> bool {
    let [Part::ToolResult { parts, .. }] = message.parts.as_slice() else {
        return false;
    };
    let is_text = |part: &Part| matches!(part, Part::Text { .. });
    matches!(message.dialect, Dialect::OpenaiChat | Dialect::Anthropic)
        && parts.iter().all(is_text)
        && match model.framing.family() {
            Family::Openai => true,
            Family::Claude => claude::is_framed_apart(parts),
            _ => false,
        }
}

fn summed(view: &View<'_>, model: &Model, costs: Costs<Laid>, is_bare: bool) -> Projection {
    let conversation = view.conversation;
    let mut sums = Sums {
        spoken: costs.messages.spoken,
        instructions: costs.instructions,
        tools: costs.tools,
        format: costs.format,
        framing: costs.framing,
    };
    let each = costs.messages.each;
    let mut warnings = conversation.warnings.clone();
    warnings.extend(costs.warnings);
    warnings.extend(mismatch(conversation.model.as_deref(), model));
    if let Some(stand_in) = &model.stand_in {
        warnings.push(assumed_encoding(model, stand_in));
        let own = sums.total().tokens - costs.hidden;
        let share = |share: f64| (own.max(0) as f64 * share).ceil() as i64;
        sums.framing = sums
            .framing
            .widened(share(stand_in.below), share(stand_in.above));
    }
    // A bare prompt has no frame to be in doubt about.
    if let Some(uncertainty) = model.uncertainty.filter(|_| !is_bare) {
        warnings.push(assumed(model));
        let messages = i64::try_from(each.len()).unwrap_or(i64::MAX / 4);
        let total = sums.total();
        sums.framing += doubt(uncertainty, total, messages);
    }
    let total = sums.total();
    let parts = [
        ("instructions", costs.instructions),
        ("tools", sums.tools),
        ("format", sums.format),
        ("framing", sums.framing),
    ];
    let uncertain = parts.into_iter();
    let uncertain = uncertain.filter_map(|(path, count)| in_doubt(count, || path.to_owned()));
    Projection {
        model: model.name.clone(),
        encoding: model.encoding.clone(),
        tokens: whole(total.tokens),
        lower_bound: whole(total.lower.min(total.tokens)),
        upper_bound: whole(total.upper.max(total.tokens)),
        basis: if total.is_exact() {
            Basis::Exact
        } else {
            Basis::Estimated
        },
        counted: None,
        starts_from: None,
        fingerprint: String::new(),
        by_category: sums.categories(),
        instructions: whole(costs.instructions.tokens),
        messages: view
            .shapes
            .iter()
            .zip(each)
            .enumerate()
            .map(|(index, (shape, tokens))| MessageTokens {
                index,
                role: shape.role,
                tokens: whole(tokens),
            })
            .collect(),
        uncertain: uncertain.collect(),
        warnings,
    }
}

/// Says that the request names another model than the numbers are for.
fn mismatch(asked: Option<&str>, model: &Model) -> Option<Warning> {
    let asked = asked.filter(|asked| *asked != model.name)?;
    let same = resolve(&ModelOptions::for_model(asked)).is_ok_and(|found| found.row == model.row);
    (!same).then(|| Warning {
        code: "model_mismatch".to_owned(),
        path: "model".to_owned(),
        message: format!(
            "the request names {asked:?}, the numbers are for {}: the options decide",
            model.name
        ),
    })
}

/// Says that the numbers rest on an assumption about the model.
fn assumed(model: &Model) -> Warning {
    let message = if model.assumed {
        format!(
            "nothing is known of {} but its name: it is estimated in {} against a window of {} tokens; describe it with `like`, or with `encoding` and `maxContextTokens`",
            model.name, model.encoding, model.limit.window
        )
    } else {
        format!(
            "the rules for {} are not settled by recorded usage; the bounds allow for that",
            model.row
        )
    };
    Warning {
        code: "assumed_model".to_owned(),
        path: "model".to_owned(),
        message,
    }
}

/// Says that another vocabulary stands in for the model's own.
fn assumed_encoding(model: &Model, stand_in: &StandIn) -> Warning {
    Warning {
        code: "assumed_encoding".to_owned(),
        path: "model".to_owned(),
        message: format!(
            "the vocabulary {} is counted with {}; the bounds allow for that, and the option `encoding` ends the doubt",
            stand_in.vocabulary, model.encoding
        ),
    }
}

/// What the catalogue leaves open about a model, on top of `total`.
fn doubt(uncertainty: Uncertainty, total: Estimate, messages: i64) -> Estimate {
    let share = |tokens: i64| (tokens as f64 * uncertainty.share).ceil() as i64;
    let [least, likely, most] = uncertainty.hidden.map(i64::from);
    Estimate::between(
        least - share(total.lower),
        likely,
        most + share(total.upper) + i64::from(uncertainty.per_message) * messages,
    )
}
