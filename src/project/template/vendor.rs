//! Constants of providers that publish no template. All are fitted to recorded usage; ranges cover every record.

use super::frame::{
    Form, Frame, PLAIN, Range, Schema, Thoughts, Tools, compact_schema, just, tools,
};
use crate::conversation::Dialect;
use crate::json::{COMPACT, SPACED};
use crate::models::{Framing, Host};

/// The frame of a provider's model.
pub(super) fn frame(framing: Framing, host: Host, dialect: Dialect) -> &'static Frame {
    match framing {
        Framing::Grok2 => &GROK_2,
        Framing::Grok3 => {
            const {
                &Frame {
                    once: [3, 6, 8],
                    user: [0, 1, 5],
                    assistant: [0, 1, 5],
                    ..GROK_2
                }
            }
        }
        // Azure puts none of xAI's own text before the conversation: 31 of 31 requests.
        Framing::Grok4 if host != Host::Maker => {
            const {
                &Frame {
                    once: just(0),
                    default_system: just(0),
                    hidden: 0,
                    system: [-1, 0, 0],
                    user: [0, 0, 5],
                    assistant: [0, 6, 7],
                    ..GROK_4
                }
            }
        }
        Framing::Grok4 => &GROK_4,
        Framing::Grok43 if dialect == Dialect::OpenaiResponses => {
            const {
                &Frame {
                    once: [191, 192, 193],
                    hidden: 190,
                    tools: tools([22, 29, 36], Form::Function, SPACED),
                    ..GROK_43
                }
            }
        }
        Framing::Grok43 => &GROK_43,
        // The endpoint in OpenAI's form reports what is billed: bare texts.
        Framing::CommandA | Framing::CommandAPlus | Framing::Command
            if dialect == Dialect::OpenaiChat || host == Host::Bedrock =>
        {
            const {
                &Frame {
                    once: [-1, 0, 3],
                    ..PLAIN
                }
            }
        }
        Framing::CommandA => &COMMAND_A,
        Framing::CommandAPlus => &COMMAND_A_PLUS,
        Framing::Command => &COMMAND,
        Framing::Nova1 => &NOVA_1,
        Framing::Nova2 => &NOVA_2,
        Framing::Titan => {
            const {
                &Frame {
                    once: [0, 0, 3],
                    user: [0, 0, 2],
                    ..PLAIN
                }
            }
        }
        // Bare texts on 15 of 15 requests; the ranges are what o200k is off by.
        _ => {
            const {
                &Frame {
                    once: [-5, 0, 6],
                    ..PLAIN
                }
            }
        }
    }
}

/// Parallel calls share what stands around the turn.
const GROK_2: Frame = Frame {
    once: [1, 2, 3],
    system: [0, 5, 6],
    user: [4, 5, 6],
    assistant: [3, 4, 6],
    turn: [0, 4, 6],
    call: [16, 22, 28],
    argument: 11.0,
    tools: Tools {
        default_system: 5,
        required: [0, 16, 20],
        ..tools([30, 47, 58], Form::Tool, SPACED)
    },
    schema: compact_schema([0, 40, 80]),
    ..PLAIN
};

/// Grok 4 fast and 4.1 fast, without reasoning: 54 requests.
const GROK_4: Frame = Frame {
    once: [160, 161, 163],
    // Instructions take the place of a token.
    default_system: just(1),
    user: [5, 6, 7],
    assistant: [4, 5, 6],
    turn: [5, 7, 12],
    call: [12, 15, 20],
    argument: 6.5,
    tools: Tools {
        each: -10,
        required: [0, 1, 4],
        ..tools([149, 154, 158], Form::Tool, COMPACT)
    },
    object: [0, 9, 12],
    schema: compact_schema([36, 40, 44]),
    hidden: 160,
    ..PLAIN
};

/// Grok 4.3 through Chat Completions: 24 requests.
const GROK_43: Frame = Frame {
    once: [125, 126, 128],
    system: [0, 2, 3],
    user: [4, 4, 5],
    assistant: [3, 4, 5],
    turn: [0, 2, 4],
    call: [5, 6, 8],
    tools: tools([42, 45, 49], Form::Function, SPACED),
    thoughts: Thoughts::PerhapsBrought,
    schema: compact_schema([14, 18, 24]),
    hidden: 124,
    ..PLAIN
};

const fn command_schema(once: Range, style: crate::json::Style) -> Option<Schema> {
    Some(Schema {
        once,
        style,
        whole: true,
    })
}

/// Command A of March 2025 and Command R7B: a preamble, and another with tools.
const COMMAND_A: Frame = Frame {
    once: [490, 491, 502],
    system: [0, 34, 35],
    user: just(4),
    assistant: just(4),
    turn: [15, 23, 32],
    call: [50, 57, 63],
    tools: Tools {
        required: just(18),
        ..tools([872, 877, 880], Form::Tool, SPACED)
    },
    schema: command_schema([50, 52, 54], SPACED),
    hidden: 490,
    ..PLAIN
};

/// Command A+ of May 2026.
const COMMAND_A_PLUS: Frame = Frame {
    once: [20, 21, 22],
    system: [3, 4, 6],
    user: [3, 4, 5],
    assistant: [4, 5, 6],
    turn: [2, 5, 8],
    call: [58, 65, 70],
    tools: Tools {
        parameter: 7,
        ..tools([165, 168, 176], Form::Tool, COMPACT)
    },
    schema: command_schema([14, 17, 20], SPACED),
    hidden: 20,
    ..PLAIN
};

/// Older Command models: recorded 51 to 69 once, 200 on Command R of August 2024.
const COMMAND: Frame = Frame {
    once: [42, 58, 68],
    user: [0, 4, 8],
    assistant: [0, 4, 8],
    tools: tools([600, 740, 900], Form::Tool, SPACED),
    schema: command_schema([0, 52, 80], SPACED),
    hidden: 42,
    ..PLAIN
};

/// Bare texts; tools bring a preamble, and a forced one another 400 on Lite.
const NOVA_1: Frame = Frame {
    call: [24, 29, 36],
    argument: 1.0,
    tools: Tools {
        each: -24,
        required: [0, 0, 410],
        ..tools([340, 360, 370], Form::ToolSpec, SPACED)
    },
    ..PLAIN
};

const NOVA_2: Frame = Frame {
    once: [43, 45, 47],
    default_system: just(1),
    assistant: [0, 2, 4],
    turn: [0, 0, 2],
    call: [20, 42, 56],
    argument: 3.0,
    tools: Tools {
        parameters: 10,
        ..tools([796, 803, 806], Form::ToolSpec, SPACED)
    },
    thoughts: Thoughts::Dropped,
    hidden: 44,
    ..PLAIN
};
