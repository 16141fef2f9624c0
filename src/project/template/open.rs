//! Templates of open models as hosts apply them. Each template is the publisher's own, checked against recorded usage.

use super::frame::{Form, Frame, PLAIN, Thoughts, Tools, just, tools};
use crate::json::{COMPACT, SPACED};
use crate::models::{Framing, Host};

/// The frame of an open model on a host; `row` tells generations of a family apart.
pub(super) fn frame(framing: Framing, host: Host, row: &str) -> Frame {
    match framing {
        // There the name means a distillation of Qwen.
        Framing::DeepseekV3 if host == Host::Ollama => Frame {
            once: [-8, 2, 110],
            ..DEEPSEEK_V3
        },
        Framing::DeepseekV3 => DEEPSEEK_V3,
        Framing::DeepseekV31 => DEEPSEEK_V31,
        Framing::DeepseekV4 => DEEPSEEK_V4,
        Framing::Llama3 => match host {
            Host::Bedrock => Frame {
                once: [5, 9, 10],
                ..LLAMA_3
            },
            Host::Ollama => Frame {
                once: [0, 5, 7],
                trims: false,
                ..LLAMA_3
            },
            _ => LLAMA_3,
        },
        Framing::Llama31 => llama_31(host, row),
        Framing::Llama4 => llama_4(host, row),
        Framing::Qwen25 => Frame {
            default_system: just(if row.contains("vl") { 11 } else { 21 }),
            tools: if host == Host::Ollama {
                tools([74, 84, 95], Form::Known, COMPACT)
            } else {
                QWEN_3.tools
            },
            thoughts: Thoughts::Kept(0),
            ..QWEN_3
        },
        Framing::Qwen3 => qwen_3(host, row),
        Framing::Glm4 => GLM_4,
        Framing::Glm5 => Frame {
            once: [9, 10, 14],
            tools: tools([55, 75, 160], Form::Tool, SPACED),
            ..GLM_4
        },
        Framing::Kimi => KIMI,
        Framing::Minimax => MINIMAX,
        _ => GENERIC,
    }
}

/// DeepSeek V3 and R1: 3 for one user message on seven hosts. Tools cost 37 to 140 beside their JSON, by no rule that was found.
const DEEPSEEK_V3: Frame = Frame {
    once: [2, 2, 5],
    user: just(1),
    assistant: [2, 2, 3],
    call: [0, 40, 80],
    tools: tools([36, 60, 145], Form::Function, SPACED),
    ..PLAIN
};

/// V3.1 and V3.2, also what `deepseek-chat` meant before: 3 or 4 for one user message.
const DEEPSEEK_V31: Frame = Frame {
    once: [2, 3, 4],
    user: just(1),
    assistant: [2, 3, 4],
    call: [5, 40, 44],
    argument: 12.0,
    tools: Tools {
        required: [-20, 0, 8],
        none_removes: true,
        ..tools([36, 246, 250], Form::Function, SPACED)
    },
    object: [0, 20, 24],
    ..PLAIN
};

/// V4: thoughts are kept with their calls.
const DEEPSEEK_V4: Frame = Frame {
    once: just(3),
    user: just(1),
    assistant: just(3),
    turn: [14, 18, 20],
    call: [16, 18, 24],
    argument: 12.0,
    tools: Tools {
        required: [-20, 7, 40],
        none_removes: true,
        ..tools([218, 221, 230], Form::Function, SPACED)
    },
    thoughts: Thoughts::WithCalls(0),
    object: [0, 20, 24],
    ..PLAIN
};

/// Begin of text, headers and end of turn: the published template.
const LLAMA_3: Frame = Frame {
    once: just(5),
    system: just(5),
    user: just(5),
    assistant: just(5),
    call: [0, 20, 50],
    tools: tools([20, 83, 300], Form::Tool, SPACED),
    trims: true,
    ..PLAIN
};

/// The block with the dates stands before every conversation; instructions are written into it. 24 of 25 requests on eleven
/// hosts; Ollama leaves the dates out, and Snowflake the block.
fn llama_31(host: Host, row: &str) -> Frame {
    let dated = Frame {
        once: just(30),
        system: just(0),
        ..LLAMA_3
    };
    match host {
        Host::Snowflake => Frame {
            once: [5, 6, 6],
            ..LLAMA_3
        },
        Host::Ollama if row.contains("3.1") => Frame {
            once: [0, 5, 7],
            trims: false,
            ..dated
        },
        Host::Ollama => Frame {
            once: just(20),
            trims: false,
            ..dated
        },
        Host::Bedrock => Frame {
            once: [5, 29, 30],
            ..dated
        },
        // A schema is shown there, at length.
        Host::Huggingface => Frame {
            schema: super::frame::compact_schema([-20, 30, 160]),
            ..dated
        },
        _ => dated,
    }
}

/// Recorded with tools only: 130 for Scout and 690 for Maverick on Groq, 550 to 660 where a call is required.
fn llama_4(host: Host, row: &str) -> Frame {
    let likely = if row.contains("maverick") { 643 } else { 123 };
    Frame {
        once: [4, 5, 12],
        tools: Tools {
            required: [0, if host == Host::Huggingface { 400 } else { 500 }, 540],
            ..tools(
                [60, if host == Host::Groq { likely } else { 123 }, 660],
                Form::Tool,
                SPACED,
            )
        },
        ..LLAMA_3
    }
}

/// ChatML with a preamble for tools; thoughts are dropped except in a turn with calls.
const QWEN_3: Frame = Frame {
    once: just(3),
    system: just(5),
    user: just(5),
    assistant: just(5),
    turn: just(5),
    call: [4, 11, 30],
    call_json: true,
    tools: Tools {
        default_system: 5,
        each: 1,
        ..tools([70, 86, 150], Form::Tool, SPACED)
    },
    thoughts: Thoughts::InLoop(4),
    trims: true,
    ..PLAIN
};

fn qwen_3(host: Host, row: &str) -> Frame {
    let open_think = ["3.5", "3.6", "3.7", "3.8"]
        .iter()
        .any(|own| row.contains(own));
    match host {
        // Later generations: the answer starts with an open think tag, and tools have a longer preamble.
        _ if open_think => Frame {
            once: [3, 5, 7],
            tools: Tools {
                once: [150, 196, 204],
                ..QWEN_3.tools
            },
            ..QWEN_3
        },
        // llama.cpp: five of six requests; older builds show the template's own 105.
        Host::LlamaCpp => Frame {
            assistant: [5, 5, 7],
            // Eight less than the template, on six calls.
            call: [-16, 3, 40],
            thoughts: Thoughts::InText,
            tools: Tools {
                default_system: 11,
                ..tools([86, 136, 150], Form::Tool, COMPACT)
            },
            ..QWEN_3
        },
        // Ollama drops fields of a schema that it does not know.
        Host::Ollama => Frame {
            assistant: [5, 5, 7],
            call: [-8, 11, 22],
            tools: Tools {
                default_system: 0,
                parameters: 7,
                ..tools([70, 82, 86], Form::Known, COMPACT)
            },
            ..QWEN_3
        },
        // An empty block of thoughts stands before the answer.
        Host::Bedrock => Frame {
            once: [3, 7, 7],
            ..QWEN_3
        },
        _ if row.contains("coder") => Frame {
            tools: tools([80, 225, 240], Form::Tool, SPACED),
            ..QWEN_3
        },
        Host::Openrouter => Frame {
            once: [1, 4, 7],
            tools: tools([70, 86, 130], Form::Tool, SPACED),
            ..QWEN_3
        },
        _ => QWEN_3,
    }
}

/// Two tokens at the start, one for each role; 4.5 to 4.7 open a line after it. z.ai keeps thoughts.
const GLM_4: Frame = Frame {
    once: [3, 3, 8],
    system: [1, 1, 2],
    user: [1, 2, 2],
    assistant: [1, 1, 2],
    call: [0, 20, 60],
    tools: tools([60, 110, 170], Form::Tool, SPACED),
    thoughts: Thoughts::Kept(0),
    ..PLAIN
};

/// The published template: three tokens and the role around each message, think tags in each answer. 34 requests on Azure.
const KIMI: Frame = Frame {
    once: just(4),
    system: just(4),
    user: just(4),
    assistant: just(6),
    turn: [6, 8, 10],
    call: [20, 22, 26],
    tools: tools([-4, 4, 8], Form::Tool, COMPACT),
    thoughts: Thoughts::InLoop(0),
    ..PLAIN
};

/// One recorded request: 41 for a user message, with the default instructions.
const MINIMAX: Frame = Frame {
    once: [4, 10, 20],
    default_system: [10, 26, 40],
    system: [3, 5, 7],
    user: [3, 5, 7],
    assistant: [3, 5, 7],
    thoughts: Thoughts::Kept(2),
    ..PLAIN
};

/// A model of which nothing is known: ChatML, and room for the preambles that others have. Recorded preambles of
/// models without rows: 0 to 80 without tools; with tools the median is 140 and Llama 4's 690 the worst of an open model.
const GENERIC: Frame = Frame {
    once: [0, 3, 60],
    system: [0, 5, 8],
    user: [0, 5, 8],
    assistant: [0, 5, 8],
    call: [0, 20, 80],
    tools: tools([0, 130, 700], Form::Tool, SPACED),
    thoughts: Thoughts::Kept(0),
    schema: super::frame::compact_schema([-2000, 0, 100]),
    ..PLAIN
};
