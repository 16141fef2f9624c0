//! Bare prompts: Completions counts the texts, and nothing around them.

use crate::conversation::{Conversation, Dialect};
use crate::count::{CountText, Counted, CountedMessage};
use crate::models::{Family, Framing, Host, Model};
use crate::project::costs::{Cost, Costs};
use crate::project::estimate::Estimate;

use serde_json::Value;

/// Whether the prompt goes to the model as it is. Models that take only chats are asked in their own frame, and so are
/// those of Ollama, unless it is told not to.
pub(in crate::project) fn is_bare(conversation: &Conversation, model: &Model) -> bool {
    if conversation.dialect != Dialect::Completions {
        return false;
    }
    let rest = |key: &str| conversation.rest.get(key).filter(|value| !value.is_null());
    let is_raw = rest("raw") == Some(&Value::Bool(true));
    let of_ollama = ["options", "keep_alive", "raw", "template", "context"];
    let ollama = match model.host {
        Some(host) => host == Host::Ollama,
        None => of_ollama.iter().any(|key| rest(key).is_some()),
    };
    let takes_text = model.framing == Framing::OpenaiText
        || matches!(model.framing.family(), Family::Template | Family::Mistral);
    takes_text && (is_raw || !ollama)
}

/// The texts of every prompt, and of what stands after it.
pub(in crate::project) fn costs(
    counted: &Counted,
    model: &Model,
    counter: &dyn CountText,
) -> Costs {
    let conversation = &counted.conversation;
    let suffix = conversation.rest.get("suffix").and_then(Value::as_str);
    // Open models may get a start token.
    let start = match model.framing.family() {
        Family::Openai => Estimate::default(),
        Family::Mistral => Estimate::exact(1_i64),
        _ => Estimate::between(0_i64, 0_i64, 1_i64),
    };
    let framing = suffix.map_or(start, |suffix| {
        start + Estimate::exact(i64::from(counter.count_text(suffix))).widened(0, 4)
    });
    Costs {
        messages: counted
            .messages
            .iter()
            .map(|message| Cost {
                text: Estimate::exact(tokens(message)),
                ..Cost::default()
            })
            .collect(),
        framing,
        ..Costs::default()
    }
}

/// A token id is a token.
fn tokens(counted: &CountedMessage) -> i64 {
    match &counted.message.raw {
        Value::Array(ids) => i64::try_from(ids.len()).unwrap_or(i64::MAX / 4),
        Value::Number(_) => 1,
        _ => i64::from(counted.content),
    }
}
