//! ChatML as Qwen's models have it.

use super::frame::{Called, Form, Frame, PLAIN, Piece, Thoughts, Tools, just, tools};
use super::ollama;
use crate::json::{COMPACT, SPACED};
use crate::models::{Framing, Host, Model};

/// The frame of a Qwen model on a host; `thinks`: the request asks for thoughts.
pub(super) fn frame(model: &Model, host: Host, thinks: bool) -> &'static Frame {
    let row = model.row.as_str();
    let later = ["3.5", "3.6", "3.7", "3.8"];
    match host {
        _ if model.framing == Framing::Qwen25 && row.contains("vl") => {
            const {
                &Frame {
                    default_system: just(11),
                    ..QWEN_25
                }
            }
        }
        Host::Ollama if model.framing == Framing::Qwen25 => {
            const {
                &Frame {
                    tools: ollama_tools(Piece::KnownBefore),
                    between: "\n\n",
                    turn: OLLAMA.turn,
                    call: OLLAMA.call,
                    ..QWEN_25
                }
            }
        }
        _ if model.framing == Framing::Qwen25 => &QWEN_25,
        // Later generations: the answer starts with an open think tag, and tools have a longer preamble.
        _ if later.iter().any(|own| row.contains(own)) => {
            const {
                &Frame {
                    once: [3, 5, 7],
                    tools: Tools {
                        once: [147, 193, 204],
                        ..QWEN_3.tools
                    },
                    ..QWEN_3
                }
            }
        }
        // GPUStack's own engine, until its second version went over to vLLM.
        Host::LlamaCpp if model.is_before("2026-02-01") => &LLAMA_BOX,
        Host::LlamaCpp => {
            const {
                &Frame {
                    assistant: [5, 5, 7],
                    call: [-16, 11, 40],
                    thoughts: Thoughts::PerhapsInLoop(4),
                    between: "\n",
                    ..QWEN_3
                }
            }
        }
        Host::Ollama => ollama(model),
        // An empty block of thoughts stands before the answer, unless thoughts are asked for.
        Host::Bedrock if !thinks => {
            const {
                &Frame {
                    once: [3, 7, 7],
                    ..QWEN_3
                }
            }
        }
        _ if row.contains("coder") => {
            const {
                &Frame {
                    tools: tools([80, 214, 240], Form::Tool, SPACED),
                    ..QWEN_3
                }
            }
        }
        Host::Openrouter => {
            const {
                &Frame {
                    once: [1, 4, 7],
                    tools: tools([70, 86, 130], Form::Tool, SPACED),
                    ..QWEN_3
                }
            }
        }
        _ => &QWEN_3,
    }
}

/// Since October 2025 models that can think are asked to, by ` /think` after the last question; declarations have the form
/// of the server's time.
fn ollama(model: &Model) -> &'static Frame {
    match () {
        () if model.is_before("2025-10-01") => {
            const {
                &Frame {
                    once: just(3),
                    tools: ollama_tools(Piece::KnownBefore),
                    ..OLLAMA
                }
            }
        }
        () if model.is_before(ollama::EMPTY_FIELDS) => {
            const {
                &Frame {
                    tools: ollama_tools(Piece::KnownBefore),
                    ..OLLAMA
                }
            }
        }
        () if model.is_before(ollama::ORDERED) => {
            const {
                &Frame {
                    tools: ollama_tools(Piece::KnownSorted),
                    ..OLLAMA
                }
            }
        }
        () if model.row.contains("coder") => {
            const {
                &Frame {
                    once: [3, 3, 7],
                    ..OLLAMA
                }
            }
        }
        () => &OLLAMA,
    }
}

const CALL: &[Piece] = &[
    Piece::Text("\n{\"name\": \""),
    Piece::Name,
    Piece::Text("\", \"arguments\": "),
    Piece::Arguments,
    Piece::Text("}\n"),
];

/// ChatML with a preamble for tools; thoughts are dropped except in a turn with calls.
const QWEN_3: Frame = Frame {
    once: just(3),
    system: just(5),
    user: just(5),
    assistant: just(5),
    turn: just(5),
    call: [4, 11, 30],
    called: Called::As(CALL),
    tools: listed(tools([70, 75, 150], Form::Tool, SPACED)),
    thoughts: Thoughts::InLoop(4),
    trims: true,
    ..PLAIN
};

const QWEN_25: Frame = Frame {
    default_system: just(21),
    thoughts: Thoughts::Kept(0),
    ..QWEN_3
};

/// Declarations on lines between `<tools>` and `</tools>`, the ends of which can join the line feeds.
const fn listed(tools: Tools) -> Tools {
    Tools {
        default_system: 5,
        list: Some([">\n", "\n", "\n</"]),
        ..tools
    }
}

/// llama-box: five of six requests; older builds show the template's own 105.
const LLAMA_BOX: Frame = Frame {
    assistant: [5, 5, 7],
    // Eight less than the template, on six calls.
    call: [-16, 3, 40],
    thoughts: Thoughts::InText,
    tools: Tools {
        default_system: 11,
        ..tools([86, 136, 150], Form::Tool, COMPACT)
    },
    ..QWEN_3
};

/// Ollama's own template. It joins the texts of a message by blank lines, and so the results of parallel calls.
const OLLAMA: Frame = Frame {
    once: [3, 5, 7],
    assistant: [5, 5, 7],
    turn: just(17),
    call: [-18, -2, 22],
    thoughts: Thoughts::InLoop(4),
    between: "\n\n",
    tools: ollama_tools(Piece::Printed),
    ..QWEN_3
};

/// Declarations as Ollama's structures.
const fn ollama_tools(function: Piece) -> Tools {
    const OPEN: Piece = Piece::Text("{\"type\": \"function\", \"function\": ");
    const CLOSE: Piece = Piece::Text("}");
    let pieces: &[Piece] = match function {
        Piece::KnownBefore => &[OPEN, Piece::KnownBefore, CLOSE],
        Piece::KnownSorted => &[OPEN, Piece::KnownSorted, CLOSE],
        _ => &[OPEN, Piece::Printed, CLOSE],
    };
    listed(tools([66, 75, 104], Form::Pieces(pieces), COMPACT))
}
