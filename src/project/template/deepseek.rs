//! DeepSeek's templates.

use super::frame::{Called, Form, Frame, PLAIN, Piece, Thoughts, Tools, just, tools};
use crate::json::SPACED;
use crate::models::{Framing, Host, Model};

/// The frame of a DeepSeek model on a host. R1's template opens the thoughts, with two tokens; Hugging Face and Fireworks
/// applied it from before that: six records.
pub(super) fn frame(model: &Model, host: Host) -> &'static Frame {
    let row = model.row.as_str();
    let opens = row.contains("r1") && !row.contains("distill");
    match model.framing {
        // There the name means a distillation of Qwen.
        Framing::DeepseekV3 if host == Host::Ollama => {
            const {
                &Frame {
                    once: [-8, 1, 110],
                    ..V3
                }
            }
        }
        Framing::DeepseekV3 if host == Host::Maker && opens => {
            const {
                &Frame {
                    once: [1, 3, 4],
                    ..V3
                }
            }
        }
        Framing::DeepseekV3 if host == Host::Maker => &V3,
        Framing::DeepseekV3 if opens && ![Host::Huggingface, Host::Fireworks].contains(&host) => {
            const {
                &Frame {
                    once: [1, 3, 4],
                    ..ELSEWHERE
                }
            }
        }
        Framing::DeepseekV3 => &ELSEWHERE,
        Framing::DeepseekV31 if row.contains("3.1") => &V31,
        Framing::DeepseekV31 => &V32,
        // The names that meant each generation in turn.
        _ if row == "deepseek-chat" || row == "deepseek-reasoner" => {
            const {
                &Frame {
                    once: [2, 3, 4],
                    tools: Tools {
                        once: [0, 221, 262],
                        ..V4.tools
                    },
                    ..V4
                }
            }
        }
        _ => &V4,
    }
}

/// Other hosts write declarations in their own ways, by no rule that was found: six records.
const ELSEWHERE: Frame = Frame {
    once: [1, 1, 4],
    tools: Tools {
        once: [-30, 0, 110],
        ..V3.tools
    },
    ..V3
};

/// As V2.5's model card writes a function.
const FENCED: &[Piece] = &[
    Piece::Text("- `"),
    Piece::Name,
    Piece::Text("`:\n```json\n"),
    Piece::Indented,
    Piece::Text("\n```"),
];

/// V2.5 to V3-0324 and R1: a start token, and one around each side of a turn. Calls are fenced JSON. Of the maker's API, of
/// July and August 2025, five of five requests with tools.
const V3: Frame = Frame {
    once: just(1),
    user: just(2),
    assistant: [1, 1, 2],
    turn: just(5),
    call: [0, 6, 80],
    called: Called::As(&[
        Piece::Name,
        Piece::Text("\n```json\n"),
        Piece::Arguments,
        Piece::Text("\n```"),
    ]),
    tools: Tools {
        default_system: 6,
        list: Some(["", "\n\n", ""]),
        ..tools([13, 13, 14], Form::Pieces(FENCED), SPACED)
    },
    ..PLAIN
};

/// As V3.1's model card writes a function.
const HEADED: &[Piece] = &[
    Piece::Text("### "),
    Piece::Name,
    Piece::Text("\nDescription: "),
    Piece::Description,
    Piece::Text("\n\nParameters: "),
    Piece::Parameters,
    Piece::Text("\n\n"),
];

/// V3.1: an empty thought before each answer, declarations under headings. Of the maker's API, of August to October 2025, six
/// of seven requests with tools, one of them forced.
const V31: Frame = Frame {
    once: [1, 1, 2],
    user: just(3),
    assistant: [0, 1, 2],
    turn: just(3),
    call: [5, 5, 44],
    tools: Tools {
        required: [0, 0, 4],
        none_removes: true,
        list: Some(["", "", ""]),
        ..tools([98, 100, 250], Form::Pieces(HEADED), SPACED)
    },
    object: [0, 20, 24],
    ..PLAIN
};

/// V3.2: calls between tags of DSML, declarations as JSON in a long preamble.
const V32: Frame = Frame {
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
const V4: Frame = Frame {
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
