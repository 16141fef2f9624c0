//! The constants of Claude's framing, fitted to recorded usage for each generation of models.

use crate::models::Framing;

/// How turns are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Calls, their results and what is said after them are one turn of the assistant: Claude 3 to 4.6.
    Looped,
    /// Results are a turn of their own: Opus 4.8 and later.
    Alternating,
}

/// Constants of a generation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) framing: Framing,
    pub(super) layout: Layout,
    /// Before the first turn.
    pub(super) start: i64,
    /// Before each turn.
    pub(super) header: i64,
    /// Between two messages that make one turn.
    pub(super) join: i64,
    /// The hidden prompt about tools.
    pub(super) tools: ToolPrompt,
    /// A thinking switch that is on: tokens, and one more with a system prompt or tools.
    pub(super) thinking: i64,
}

/// Tokens of the hidden prompt about tools, by the choice among them.
#[derive(Clone, Copy, Debug)]
pub(super) struct ToolPrompt {
    /// `auto` and `none`.
    pub(super) auto: i64,
    /// `any`.
    pub(super) any: i64,
    /// `tool`, without the tool's name.
    pub(super) tool: i64,
    /// What `disable_parallel_tool_use` adds to `auto`.
    pub(super) one_at_a_time: i64,
    /// How far `any` and `tool` may be off where no record shows them.
    pub(super) doubt: i64,
}

const fn prompt(auto: i64, any: i64, one_at_a_time: i64, doubt: i64) -> ToolPrompt {
    ToolPrompt {
        auto,
        any,
        // A forced tool costs two more than `any`, and its name: recorded on seven models.
        tool: any + 2,
        one_at_a_time,
        doubt,
    }
}

impl Rules {
    /// The tables of the vendor's page "Tool use overview" agree with the recorded usage except where noted.
    pub(super) fn of(framing: Framing) -> Self {
        let looped = Self {
            framing,
            layout: Layout::Looped,
            start: 1,
            header: 3,
            join: 0,
            tools: prompt(264, 355, 0, 0),
            thinking: 28,
        };
        let alternating = Self {
            layout: Layout::Alternating,
            start: 2,
            header: 2,
            join: 1,
            thinking: 0,
            ..looped
        };
        let tools = match framing {
            Framing::Claude2 => prompt(264, 355, 0, 300),
            Framing::Claude3Haiku => prompt(264, 355, 0, 0),
            Framing::Claude3Sonnet => prompt(159, 250, 0, 0),
            // Recorded 533 before and 530 after the first result; `any` is the vendor's.
            Framing::Claude3Opus => prompt(533, 296, 0, 4),
            // `any` is the later model's.
            Framing::Claude35Sonnet0620 => prompt(294, 295, 0, 60),
            Framing::Claude35Sonnet | Framing::Claude37Sonnet => prompt(313, 314, 0, 0),
            Framing::Claude35Haiku => prompt(264, 355, 2, 0),
            Framing::Claude4 => prompt(313, 315, -25, 0),
            Framing::Claude45 => prompt(496, 588, -208, 0),
            Framing::Claude46 => prompt(497, 589, 0, 0),
            // Both the vendor's; no record.
            Framing::Claude47 => prompt(675, 804, 0, 10),
            Framing::Claude48 => prompt(290, 410, 0, 10),
            Framing::ClaudeOpus5 => prompt(286, 406, 0, 10),
            // The vendor's page says 354.
            Framing::ClaudeSonnet5 => prompt(355, 475, 0, 0),
            _ => prompt(291, 411, 0, 64),
        };
        match framing {
            Framing::Claude45 => Self {
                tools,
                thinking: 29,
                ..looped
            },
            Framing::Claude47 => Self {
                tools,
                header: 5,
                join: 1,
                thinking: 0,
                ..looped
            },
            Framing::Claude48
            | Framing::ClaudeOpus5
            | Framing::ClaudeSonnet5
            | Framing::ClaudeFable5 => Self {
                tools,
                ..alternating
            },
            _ => Self { tools, ..looped },
        }
    }

    /// Claude 3, 3.5 and 3.7.
    pub(super) fn is_three(&self) -> bool {
        matches!(
            self.framing,
            Framing::Claude2
                | Framing::Claude3Haiku
                | Framing::Claude3Sonnet
                | Framing::Claude3Opus
                | Framing::Claude35Sonnet0620
                | Framing::Claude35Sonnet
                | Framing::Claude35Haiku
                | Framing::Claude37Sonnet
        )
    }

    /// 4.6 and later: instructions after a blank line, tools without escapes, earlier thoughts kept.
    pub(super) fn is_late(&self) -> bool {
        !self.is_three() && !matches!(self.framing, Framing::Claude4 | Framing::Claude45)
    }

    /// Whether role headers end in the mark of a word's beginning: all before Opus 4.8.
    pub(super) fn has_marked_headers(&self) -> bool {
        self.layout == Layout::Looped
    }
}
