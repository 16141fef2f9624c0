//! What rank files do not hold, for the families that publish them: the split pattern, the normaliser, special tokens.
//!
//! Never guessed from the number of tokens: files of Llama 3, Qwen and GLM look alike, and split numbers differently.

use super::{LoadOptions, special};
use crate::error::{Code, Error, Result};
use crate::normal::Normalizer;
use crate::pack::Literal;
use crate::pieces::{Behavior, Pattern, SplitRule};

/// The families of rank files that [`LoadOptions::preset`] can name.
pub const PRESETS: [&str; 14] = [
    "o200k_base",
    "o200k_harmony",
    "cl100k_base",
    "phi-4",
    "p50k_base",
    "r50k_base",
    "llama3",
    "llama4",
    "qwen2",
    "qwen2.5",
    "qwen3",
    "kimi-k2",
    "glm-4",
    "grok-2",
];

/// What a family's rank files leave out.
pub(super) struct Preset {
    pub pattern: Pattern,
    pub normalizer: Normalizer,
    /// How many tokens such a file has, where it is known.
    pub tokens: Option<u32>,
    pub special_tokens: Vec<Literal>,
}

/// The preset of `options`, or what they say instead of one.
pub(super) fn of(options: &LoadOptions) -> Result<Preset> {
    if let Some(expression) = &options.pattern {
        let rule = SplitRule::Regex {
            pattern: expression,
            behavior: Behavior::Isolated,
            invert: false,
        };
        let pattern = Pattern::of_rules(&[rule]).ok_or_else(|| {
            Error::new(
                Code::UnsupportedTokenizer,
                "pattern",
                format!("the split pattern {expression:?} is not known"),
            )
            .with_hint(format!(
                "give the expression exactly as the model's publisher writes it, or a preset: {PRESETS:?}"
            ))
        })?;
        return Ok(Preset {
            pattern,
            normalizer: Normalizer::None,
            tokens: None,
            special_tokens: Vec::new(),
        });
    }
    let name = options.preset.as_deref().unwrap_or_default();
    let known = known(name);
    known.ok_or_else(|| {
        let message = if name.is_empty() {
            "a rank file holds tokens only: how texts are split, and the special tokens, must be given".to_owned()
        } else {
            format!("the preset {name:?} is not known")
        };
        Error::new(Code::InvalidOption, "preset", message)
            .with_hint(format!("give a preset out of {PRESETS:?}, or a pattern"))
    })
}

fn known(name: &str) -> Option<Preset> {
    use Pattern::{Cl100k, Gpt2, Kimi, Llama3, O200k, Qwen2};
    let (pattern, tokens, special_tokens) = match name {
        "o200k_base" => (
            O200k,
            199_998,
            ids(&[("<|endoftext|>", 199_999), ("<|endofprompt|>", 200_018)]),
        ),
        "o200k_harmony" => (O200k, 199_998, harmony()),
        "cl100k_base" => (
            Cl100k,
            100_256,
            ids(&[
                ("<|endoftext|>", 100_257),
                ("<|fim_prefix|>", 100_258),
                ("<|fim_middle|>", 100_259),
                ("<|fim_suffix|>", 100_260),
                ("<|endofprompt|>", 100_276),
            ]),
        ),
        "phi-4" => (Cl100k, 100_256, phi4()),
        "p50k_base" => (Gpt2, 50_280, ids(&[("<|endoftext|>", 50_256)])),
        "r50k_base" => (Gpt2, 50_256, ids(&[("<|endoftext|>", 50_256)])),
        "llama3" => (Llama3, 128_000, llama3()),
        "llama4" => (O200k, 200_000, llama4()),
        "qwen2" | "qwen2.5" => (Qwen2, 151_643, qwen(false)),
        "qwen3" => (Qwen2, 151_643, qwen(true)),
        "kimi-k2" => (Kimi, 163_584, kimi()),
        "glm-4" => (Llama3, 151_329, glm4()),
        "grok-2" => (Qwen2, 131_072, Vec::new()),
        _ => return None,
    };
    // The bare rank file of Qwen has no normaliser, but the models' own tokenizer.json has.
    let normalizer = match name {
        "qwen2" | "qwen2.5" | "qwen3" => Normalizer::Nfc,
        _ => Normalizer::None,
    };
    Some(Preset {
        pattern,
        normalizer,
        tokens: (name != "grok-2").then_some(tokens),
        special_tokens,
    })
}

fn ids(tokens: &[(&str, u32)]) -> Vec<Literal> {
    tokens.iter().map(|&(text, id)| special(text, id)).collect()
}

fn count(texts: impl IntoIterator<Item = String>, first: u32) -> Vec<Literal> {
    texts
        .into_iter()
        .zip(first..)
        .map(|(text, id)| special(&text, id))
        .collect()
}

/// tiktoken, `openai_public.py`.
pub(super) fn harmony() -> Vec<Literal> {
    let mut tokens = ids(&[
        ("<|startoftext|>", 199_998),
        ("<|endoftext|>", 199_999),
        ("<|reserved_200000|>", 200_000),
        ("<|reserved_200001|>", 200_001),
        ("<|return|>", 200_002),
        ("<|constrain|>", 200_003),
        ("<|reserved_200004|>", 200_004),
        ("<|channel|>", 200_005),
        ("<|start|>", 200_006),
        ("<|end|>", 200_007),
        ("<|message|>", 200_008),
        ("<|reserved_200009|>", 200_009),
        ("<|reserved_200010|>", 200_010),
        ("<|reserved_200011|>", 200_011),
        ("<|call|>", 200_012),
        ("<|endofprompt|>", 200_018),
    ]);
    // 200018 has two names.
    tokens.extend((200_013..201_088).map(|id| special(&format!("<|reserved_{id}|>"), id)));
    tokens
}

/// `tokenizer.json` of Phi-4, but for its placeholders. They take the whitespace around them along.
fn phi4() -> Vec<Literal> {
    let mut tokens = ids(&[
        ("<|endoftext|>", 100_257),
        ("<|fim_prefix|>", 100_258),
        ("<|fim_middle|>", 100_259),
        ("<|fim_suffix|>", 100_260),
        ("<|im_start|>", 100_264),
        ("<|im_end|>", 100_265),
        ("<|im_sep|>", 100_266),
        ("<|endofprompt|>", 100_276),
    ]);
    for token in &mut tokens {
        token.strip_left = true;
        token.strip_right = true;
    }
    tokens
}

/// llama-models, `llama3/tokenizer.py`.
fn llama3() -> Vec<Literal> {
    let named = [
        "<|begin_of_text|>",
        "<|end_of_text|>",
        "<|reserved_special_token_0|>",
        "<|reserved_special_token_1|>",
        "<|finetune_right_pad_id|>",
        "<|step_id|>",
        "<|start_header_id|>",
        "<|end_header_id|>",
        "<|eom_id|>",
        "<|eot_id|>",
        "<|python_tag|>",
        "<|image|>",
    ];
    let rest = (2..246).map(|i| format!("<|reserved_special_token_{i}|>"));
    count(named.map(str::to_owned).into_iter().chain(rest), 128_000)
}

/// llama-models, `llama4/tokenizer.py`.
fn llama4() -> Vec<Literal> {
    let post_train = |i: u32| format!("<|text_post_train_reserved_special_token_{i}|>");
    let vision = |i: u32| format!("<|vision_reserved_special_token_{i}|>");
    let reasoning = |i: u32| format!("<|reasoning_reserved_special_token_{i}|>");
    let named = |names: &[&str]| -> Vec<String> { names.iter().map(|&n| n.to_owned()).collect() };
    let mut texts = named(&[
        "<|begin_of_text|>",
        "<|end_of_text|>",
        "<|fim_prefix|>",
        "<|fim_middle|>",
        "<|fim_suffix|>",
        "<|header_start|>",
        "<|header_end|>",
        "<|eom|>",
        "<|eot|>",
        "<|step|>",
    ]);
    texts.extend((0..6).map(post_train));
    texts.extend(named(&[
        "<|python_start|>",
        "<|python_end|>",
        "<|finetune_right_pad|>",
    ]));
    texts.extend((8..69).map(post_train));
    texts.extend(named(&["<|image_start|>", "<|image_end|>"]));
    texts.extend((0..2).map(vision));
    texts.extend(named(&["<|tile_x_separator|>", "<|tile_y_separator|>"]));
    texts.extend((2..6).map(vision));
    texts.push("<|image|>".to_owned());
    texts.push(vision(6));
    texts.push("<|patch|>".to_owned());
    texts.extend((7..1048).map(vision));
    texts.extend((0..8).map(reasoning));
    texts.extend(named(&[
        "<|reasoning_thinking_start|>",
        "<|reasoning_thinking_end|>",
    ]));
    let rest = 2048_u32.saturating_sub(texts.len() as u32);
    texts.extend((0..rest).map(|i| format!("<|reserved_special_token_{i}|>")));
    count(texts, 200_000)
}

/// `tokenizer.json` of Qwen 2.5, to which Qwen 3 adds four.
fn qwen(third: bool) -> Vec<Literal> {
    let control = [
        "<|endoftext|>",
        "<|im_start|>",
        "<|im_end|>",
        "<|object_ref_start|>",
        "<|object_ref_end|>",
        "<|box_start|>",
        "<|box_end|>",
        "<|quad_start|>",
        "<|quad_end|>",
        "<|vision_start|>",
        "<|vision_end|>",
        "<|vision_pad|>",
        "<|image_pad|>",
        "<|video_pad|>",
    ];
    // Not special: matched in any text.
    let plain = [
        "<tool_call>",
        "</tool_call>",
        "<|fim_prefix|>",
        "<|fim_middle|>",
        "<|fim_suffix|>",
        "<|fim_pad|>",
        "<|repo_name|>",
        "<|file_sep|>",
        "<tool_response>",
        "</tool_response>",
        "<think>",
        "</think>",
    ];
    let plain = if third { &plain[..] } else { &plain[..8] };
    let texts = control.iter().chain(plain).map(|&text| text.to_owned());
    let mut tokens = count(texts, 151_643);
    for token in tokens.iter_mut().skip(control.len()) {
        token.special = false;
    }
    tokens
}

/// `tokenizer_config.json` of Kimi K2; the ids between are reserved.
fn kimi() -> Vec<Literal> {
    ids(&[
        ("[BOS]", 163_584),
        ("[EOS]", 163_585),
        ("<|im_end|>", 163_586),
        ("<|im_user|>", 163_587),
        ("<|im_assistant|>", 163_588),
        ("<|start_header_id|>", 163_590),
        ("<|end_header_id|>", 163_591),
        ("[EOT]", 163_593),
        ("<|im_system|>", 163_594),
        ("<|tool_calls_section_begin|>", 163_595),
        ("<|tool_calls_section_end|>", 163_596),
        ("<|tool_call_begin|>", 163_597),
        ("<|tool_call_argument_begin|>", 163_598),
        ("<|tool_call_end|>", 163_599),
        ("<|im_middle|>", 163_601),
        ("[UNK]", 163_838),
        ("[PAD]", 163_839),
    ])
}

/// `tokenizer.json` of GLM-4.
fn glm4() -> Vec<Literal> {
    let texts = [
        "<|endoftext|>",
        "[MASK]",
        "[gMASK]",
        "[sMASK]",
        "<sop>",
        "<eop>",
        "<|system|>",
        "<|user|>",
        "<|assistant|>",
        "<|observation|>",
        "<|begin_of_image|>",
        "<|end_of_image|>",
        "<|begin_of_video|>",
        "<|end_of_video|>",
    ];
    count(texts.map(str::to_owned), 151_329)
}
