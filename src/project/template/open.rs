//! Templates of open models as hosts apply them. Each template is the publisher's own, checked against recorded usage.

use super::frame::{Called, Form, Frame, PLAIN, Piece, Thoughts, Tools, just, tools};
use super::{deepseek, qwen};
use crate::json::{COMPACT, SPACED};
use crate::models::{Framing, Host, Model};

/// The frame of an open model on a host; `thinks`: the request asks for thoughts.
pub(super) fn frame(model: &Model, host: Host, thinks: bool) -> &'static Frame {
    let row = model.row.as_str();
    match model.framing {
        Framing::DeepseekV3 | Framing::DeepseekV31 | Framing::DeepseekV4 => {
            deepseek::frame(model, host)
        }
        Framing::Qwen25 | Framing::Qwen3 => qwen::frame(model, host, thinks),
        Framing::Llama3 => match host {
            Host::Bedrock => {
                const {
                    &Frame {
                        once: [5, 9, 10],
                        ..LLAMA_3
                    }
                }
            }
            Host::Ollama => {
                const {
                    &Frame {
                        once: [0, 5, 7],
                        trims: false,
                        between: "\n\n",
                        ..LLAMA_3
                    }
                }
            }
            _ => &LLAMA_3,
        },
        Framing::Llama31 => llama_31(host, row),
        Framing::Llama4 => llama_4(model, host),
        Framing::Glm4 => &GLM_4,
        Framing::Glm5 => {
            const {
                &Frame {
                    once: [9, 10, 14],
                    tools: tools([55, 75, 160], Form::Tool, SPACED),
                    ..GLM_4
                }
            }
        }
        Framing::Kimi => &KIMI,
        Framing::Minimax => &MINIMAX,
        _ => &GENERIC,
    }
}

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
fn llama_31(host: Host, row: &str) -> &'static Frame {
    match host {
        Host::Snowflake => {
            const {
                &Frame {
                    once: [5, 6, 6],
                    ..LLAMA_3
                }
            }
        }
        Host::Ollama if row.contains("3.1") => {
            const {
                &Frame {
                    once: [0, 5, 7],
                    ..OLLAMA_31
                }
            }
        }
        Host::Ollama => &OLLAMA_31,
        Host::Bedrock => {
            const {
                &Frame {
                    once: [5, 29, 30],
                    ..LLAMA_31
                }
            }
        }
        // A schema is shown there, at length.
        Host::Huggingface => {
            const {
                &Frame {
                    schema: super::frame::compact_schema([-20, 30, 160]),
                    ..LLAMA_31
                }
            }
        }
        _ => &LLAMA_31,
    }
}

const LLAMA_31: Frame = Frame {
    once: just(30),
    system: just(0),
    ..LLAMA_3
};

const OLLAMA_31: Frame = Frame {
    once: just(20),
    trims: false,
    between: "\n\n",
    ..LLAMA_31
};

/// Groq puts a long text before the functions, each on a line: 661, and 13 where one must be called; 141 before Scout and
/// Maverick were brought together. Eight of eight requests of 2026, two of two of April 2025. Through Hugging Face it was
/// 531 and 559.
fn llama_4(model: &Model, host: Host) -> &'static Frame {
    match host {
        Host::Groq if model.is_before("2026-01-01") => const { &llama_4_with(141) },
        Host::Groq => const { &llama_4_with(661) },
        _ => const { &llama_4_with(530) },
    }
}

const fn llama_4_with(preamble: i16) -> Frame {
    Frame {
        once: [4, 5, 12],
        call: [0, 42, 50],
        tools: Tools {
            required: [0, 13, 40],
            list: Some(["", "\n", ""]),
            ..tools([60, preamble, 670], Form::Function, COMPACT)
        },
        ..LLAMA_3
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

/// The published template: three tokens and the role around each message, think tags in each answer; declarations and
/// arguments as SGLang hands them over. 31 requests on Azure.
const KIMI: Frame = Frame {
    once: just(4),
    system: just(4),
    user: just(4),
    assistant: just(6),
    turn: [6, 8, 10],
    call: [9, 11, 14],
    called: Called::Identified,
    tools: Tools {
        list: Some(["[", ",", "]"]),
        ..tools([-8, 6, 8], Form::Pieces(&[Piece::Strict]), COMPACT)
    },
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
