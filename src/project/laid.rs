//! What messages take together: each of them, and all of them by category.

use std::ops::AddAssign;

use super::costs::{Cost, Costs};
use super::estimate::Estimate;
use crate::conversation::Role;
use crate::count::Shape;

/// What messages take by category.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spoken {
    pub(super) system: Estimate,
    pub(super) user: Estimate,
    pub(super) assistant: Estimate,
    pub(super) tool_calls: Estimate,
    pub(super) tool_results: Estimate,
    pub(super) media: Estimate,
}

impl Spoken {
    fn add(&mut self, role: Role, cost: &Cost) {
        let text = match role {
            Role::System | Role::Developer => &mut self.system,
            Role::User => &mut self.user,
            Role::Assistant => &mut self.assistant,
            Role::Tool | Role::Function => &mut self.tool_results,
        };
        *text += cost.text;
        self.tool_calls += cost.calls;
        self.tool_results += cost.results;
        self.media += cost.media;
    }

    pub(super) fn total(&self) -> Estimate {
        let Self {
            system,
            user,
            assistant,
            tool_calls,
            tool_results,
            media,
        } = *self;
        system + user + assistant + tool_calls + tool_results + media
    }
}

impl AddAssign<&Self> for Spoken {
    fn add_assign(&mut self, other: &Self) {
        self.system += other.system;
        self.user += other.user;
        self.assistant += other.assistant;
        self.tool_calls += other.tool_calls;
        self.tool_results += other.tool_results;
        self.media += other.media;
    }
}

/// What messages take, in a fifth of the memory that their costs fill: a plan projects a long history again and again.
#[derive(Clone, Debug, Default)]
pub(super) struct Laid {
    /// Likely tokens of each.
    pub(super) each: Vec<i64>,
    /// All together.
    pub(super) spoken: Spoken,
}

impl Laid {
    /// Of messages with these shapes and costs.
    pub(super) fn of(shapes: &[Shape], costs: &[Cost]) -> Self {
        let mut laid = Self {
            each: Vec::with_capacity(costs.len()),
            ..Self::default()
        };
        for (shape, cost) in shapes.iter().zip(costs) {
            laid.spoken.add(shape.role, cost);
            laid.each.push(cost.total().tokens);
        }
        laid
    }
}

/// The messages that are being projected, one by one or taken together.
pub(super) trait Messages {
    /// Adds to the text of a system message.
    fn add_system(&mut self, index: usize, cost: Estimate);
    /// What all of them take.
    fn total(&self) -> Estimate;
}

impl Messages for Vec<Cost> {
    fn add_system(&mut self, index: usize, cost: Estimate) {
        if let Some(own) = self.get_mut(index) {
            own.text += cost;
        }
    }

    fn total(&self) -> Estimate {
        self.iter().map(Cost::total).sum()
    }
}

impl Messages for Laid {
    fn add_system(&mut self, index: usize, cost: Estimate) {
        if let Some(own) = self.each.get_mut(index) {
            *own += cost.tokens;
            self.spoken.system += cost;
        }
    }

    fn total(&self) -> Estimate {
        self.spoken.total()
    }
}

impl Costs {
    /// The same, with the messages together.
    pub(super) fn laid(self, shapes: &[Shape]) -> Costs<Laid> {
        Costs {
            messages: Laid::of(shapes, &self.messages),
            instructions: self.instructions,
            tools: self.tools,
            format: self.format,
            framing: self.framing,
            hidden: self.hidden,
            warnings: self.warnings,
        }
    }
}
