//! What the provider will report: texts, framing, tools and media together.

mod attachments;
mod declarations;
mod estimate;
mod namespace;
mod openai_chat;
mod rules;
mod schema;
mod shares;

use serde::Serialize;

use crate::conversation::{Role, Warning};
use crate::count::{CountText, Counted};
use crate::models::{Model, ModelOptions, Uncertainty, resolve};
use estimate::Estimate;
use rules::Rules;
pub(crate) use shares::shares;

/// How a number was obtained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Public tokenizer and framing fitted to recorded counts.
    Exact,
    /// Partly estimated; the truth lies between the bounds.
    Estimated,
    /// Corrected by reported usage.
    Calibrated,
    /// Counted by the caller's own counter.
    Supplied,
}

/// What a request takes before it is sent, in tokens.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Projection {
    /// The model the numbers are for.
    pub model: String,
    /// The encoding that was counted with.
    pub encoding: String,
    /// The most likely count.
    pub tokens: u32,
    /// The provider will not report less.
    pub lower_bound: u32,
    /// The provider will not report more.
    pub upper_bound: u32,
    /// How `tokens` was obtained.
    pub basis: Basis,
    /// Where the tokens are; the sum is `tokens`.
    pub by_category: Categories,
    /// Each message with its framing. Together with `tools`, `format` and `framing` of `by_category` they sum to `tokens`.
    pub messages: Vec<MessageTokens>,
    /// What cannot be known.
    pub warnings: Vec<Warning>,
}

/// Tokens by what they are spent on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Categories {
    /// System and developer messages.
    pub system: u32,
    /// Function declarations and tool choice.
    pub tools: u32,
    /// User messages, text only.
    pub user: u32,
    /// Assistant messages, text only.
    pub assistant: u32,
    /// Calls that the assistant made.
    pub tool_calls: u32,
    /// What tools answered.
    pub tool_results: u32,
    /// Images, audio and files.
    pub media: u32,
    /// The response format.
    pub format: u32,
    /// Reply priming and other text that belongs to no message.
    pub framing: u32,
}

/// One message's share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageTokens {
    /// Position in the request.
    pub index: usize,
    /// Who speaks.
    pub role: Role,
    /// Tokens with framing. A parallel turn's joint cost is split over its messages.
    pub tokens: u32,
}

/// Projects a counted conversation for `model`.
#[must_use]
pub fn project(counted: &Counted, model: &Model, counter: &dyn CountText) -> Projection {
    let conversation = &counted.conversation;
    let rules = Rules::of(model.framing);
    let costs = openai_chat::messages(counted, &rules, model.image, counter);
    let mut sums = Sums {
        tools: declarations::tools(conversation, &rules, counter),
        format: declarations::format(counted, &rules, counter),
        framing: Estimate::exact(rules.prime),
        ..Sums::default()
    };
    for (message, cost) in conversation.messages.iter().zip(&costs) {
        let text = match message.role {
            Role::System | Role::Developer => &mut sums.system,
            Role::User => &mut sums.user,
            Role::Assistant => &mut sums.assistant,
            Role::Tool | Role::Function => &mut sums.tool_results,
        };
        *text += cost.text;
        sums.tool_calls += cost.calls;
        sums.media += cost.media;
    }
    let mut warnings = conversation.warnings.clone();
    warnings.extend(mismatch(conversation.model.as_deref(), model));
    if let Some(uncertainty) = model.uncertainty {
        warnings.push(assumed(model));
        let messages = i64::try_from(costs.len()).unwrap_or(i64::MAX / 4);
        let total = sums.total();
        sums.framing += doubt(uncertainty, total, messages);
    }
    let total = sums.total();
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
        by_category: sums.categories(),
        messages: conversation
            .messages
            .iter()
            .zip(&costs)
            .enumerate()
            .map(|(index, (message, cost))| MessageTokens {
                index,
                role: message.role,
                tokens: whole(cost.total().tokens),
            })
            .collect(),
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
    Warning {
        code: "assumed_model".to_owned(),
        path: "model".to_owned(),
        message: format!(
            "the rules for {} are not settled by recorded usage; the bounds allow for that",
            model.row
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

/// [`Categories`] while they are being added up.
#[derive(Default)]
struct Sums {
    system: Estimate,
    tools: Estimate,
    user: Estimate,
    assistant: Estimate,
    tool_calls: Estimate,
    tool_results: Estimate,
    media: Estimate,
    format: Estimate,
    framing: Estimate,
}

impl Sums {
    fn total(&self) -> Estimate {
        [
            self.system,
            self.tools,
            self.user,
            self.assistant,
            self.tool_calls,
            self.tool_results,
            self.media,
            self.format,
            self.framing,
        ]
        .into_iter()
        .sum()
    }

    fn categories(&self) -> Categories {
        Categories {
            system: whole(self.system.tokens),
            tools: whole(self.tools.tokens),
            user: whole(self.user.tokens),
            assistant: whole(self.assistant.tokens),
            tool_calls: whole(self.tool_calls.tokens),
            tool_results: whole(self.tool_results.tokens),
            media: whole(self.media.tokens),
            format: whole(self.format.tokens),
            framing: whole(self.framing.tokens),
        }
    }
}

/// A sum as it is reported. Only a lower bound can be negative.
fn whole(tokens: i64) -> u32 {
    u32::try_from(tokens.max(0)).unwrap_or(u32::MAX)
}
