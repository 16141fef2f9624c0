//! Claude models: framing fitted to recorded usage of the Messages API and of hosts that pass requests on to it.
//!
//! Text is counted with the public reconstruction of the vocabularies (`ctok` 1.3.0, PyPI); everything around it was fitted to
//! recorded usage. Hosts add nothing of their own: Bedrock, Vertex, OpenRouter, Databricks, Snowflake and Heroku report
//! what the same request costs at Anthropic, so the rules read the neutral conversation whatever dialect it came in.

mod answers;
mod calls;
mod documents;
mod format;
mod images;
mod layout;
mod opening;
mod rules;
mod server_tools;
mod system;
mod thinking;
mod tools;

use std::cell::OnceCell;

use super::costs::Costs;
use super::estimate::Estimate;
use super::laid::{Laid, Messages};
use super::pieces::{Place, Variant};
use super::view::View;
use crate::conversation::{Thinking, Warning};
use crate::count::CountText;
use crate::models::{Host, Model};
pub(super) use answers::is_framed_apart;
use rules::Rules;

/// What each part of the request costs.
pub(super) fn costs(counted: &View<'_>, model: &Model, counter: &dyn CountText) -> Costs {
    let rules = Rules::of(model.framing);
    let request = Request::of(counted, model, &rules, counter);
    let laid_out = layout::messages(&request, counted, Place::whole(counted));
    let laid_out = laid_out.unwrap_or_default();
    Costs {
        warnings: warnings(&request),
        ..with_messages(laid_out.costs, laid_out.framing, &request)
    }
}

/// The same, without warnings; `None` where the pieces depend on each other.
pub(super) fn costs_in_pieces(
    counted: &View<'_>,
    variant: &Variant<'_>,
    model: &Model,
    counter: &dyn CountText,
) -> Option<Costs<Laid>> {
    let rules = Rules::of(model.framing);
    let request = Request::of(counted, model, &rules, counter);
    let (messages, framing) = variant.laid_out(counted, |piece, place| {
        layout::messages(&request, piece, place)
    })?;
    Some(with_messages(messages, framing, &request))
}

fn with_messages<M: Messages + Default>(
    mut messages: M,
    framing: Estimate,
    request: &Request<'_>,
) -> Costs<M> {
    let instructions = system::system(request, &mut messages);
    Costs {
        messages,
        instructions,
        tools: tools::tools(request),
        format: format::format(request),
        framing: Estimate::exact(request.rules.start)
            + framing
            + thinking::switch(request)
            + server_tools::context_management(request.counted.conversation),
        ..Costs::default()
    }
}

/// What the rules ask again and again.
struct Request<'a> {
    counted: &'a View<'a>,
    model: &'a Model,
    rules: &'a Rules,
    counter: &'a dyn CountText,
    host: Host,
    thinks: Thinking,
    has_tools: bool,
    has_system: bool,
    /// What stands around a single answer; counted once.
    around_answer: OnceCell<i64>,
}

impl<'a> Request<'a> {
    fn of(
        counted: &'a View<'a>,
        model: &'a Model,
        rules: &'a Rules,
        counter: &'a dyn CountText,
    ) -> Self {
        let conversation = &counted.conversation;
        Self {
            counted,
            model,
            rules,
            counter,
            host: model.host.unwrap_or(Host::of_dialect(conversation.dialect)),
            thinks: thinking::asked(conversation),
            has_tools: !conversation.tools.is_empty(),
            has_system: system::has_text(counted),
            around_answer: OnceCell::new(),
        }
    }

    /// Tokens of `text` in running text.
    fn count(&self, text: &str) -> i64 {
        i64::from(self.counter.count_text(text))
    }
}

fn warnings(request: &Request<'_>) -> Vec<Warning> {
    let mut warnings = server_tools::warnings(request.counted.conversation);
    warnings.extend(thinking::warning(request));
    warnings
}
