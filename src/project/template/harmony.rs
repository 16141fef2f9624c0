//! gpt-oss: the harmony format of openai-harmony 0.0.8, checked against recorded usage of six hosts.

use super::media;
use super::ollama;
use super::thoughts::{self, kept};
use crate::conversation::{ResponseFormat, Role};
use crate::count::{self, CountText, Counted, CountedMessage};
use crate::json;
use crate::models::{Host, Model};
use crate::project::costs::{Cost, Costs};
use crate::project::estimate::Estimate;
use crate::project::openai::{Namespace, Style, namespace};

/// The system message with model, knowledge cutoff, date, effort and channels.
const SYSTEM: i64 = 61;
/// What it says besides where there are functions: calls go to the commentary channel. Ollama ends it a token earlier.
const CALLS_GO: i64 = 15;
/// Start, role, begin and end of a message.
const MESSAGE: i64 = 4;
/// The channel of an answer.
const CHANNEL: i64 = 2;
/// Start of the answer.
const ANSWER: i64 = 2;

/// What each part of the request costs.
pub(super) fn costs(
    counted: &Counted,
    host: Host,
    model: &Model,
    counter: &dyn CountText,
) -> Costs {
    let conversation = &counted.conversation;
    let last_user = counted
        .messages
        .iter()
        .rposition(|message| message.message.role == Role::User);
    let mut developer = String::new();
    if let Some(instructions) = &conversation.instructions {
        developer.push_str(&count::segments(instructions).concat());
    }
    let messages = counted.messages.iter().enumerate().map(|(index, message)| {
        let in_loop = last_user.is_none_or(|last| index > last);
        let mut cost = message_cost(message, in_loop, host, counter);
        cost.media = media::attachments(message, model, counter);
        cost
    });
    let mut costs = Costs {
        messages: messages.collect(),
        ..Costs::default()
    };
    let has_system = !developer.is_empty()
        || counted
            .messages
            .iter()
            .any(|message| is_system(message.message.role));
    if conversation.instructions.is_some() {
        costs.instructions = Estimate::exact(i64::from(counter.count_text(&developer)));
    }
    // Groq adds four tokens to the system message.
    let groq = i64::from(host == Host::Groq) * 4;
    let is_ollama = host == Host::Ollama;
    costs.framing = Estimate::exact(SYSTEM + ANSWER + groq);
    costs.framing = match host {
        // Recorded one below to two above, and once four above.
        Host::Ollama => costs.framing.widened(1, 2),
        Host::Openrouter => costs.framing.widened(1, 4),
        _ => costs.framing,
    };
    costs.hidden = SYSTEM;
    let has_functions = conversation.tools.iter().any(|tool| tool.is_function());
    if has_system && is_ollama {
        // After the functions, and the blank line before them is there without any.
        let own: String = (conversation.instructions.iter())
            .chain(counted.messages.iter().map(|message| &message.message))
            .filter(|message| is_system(message.role))
            .map(|message| count::segments(message).concat())
            .collect();
        let title = count(counter, &format!("\n\n# Instructions\n\n{own}")) - count(counter, &own);
        costs.framing += Estimate::exact(MESSAGE + title);
    } else if has_system {
        // `# Instructions`, a blank line, and one after it, in a developer message.
        costs.framing += Estimate::exact(MESSAGE + count(counter, "# Instructions\n\n") + 1);
    }
    if has_functions {
        costs.tools = functions(counted, has_system, host, counter);
    }
    for tool in conversation.tools.iter().filter(|tool| !tool.is_function()) {
        let tokens = count(counter, &json::compact(&tool.raw));
        costs.tools += Estimate::between(0_i64, tokens, 2 * tokens + 8_000);
    }
    costs.format = format(&conversation.response_format, host, counter);
    costs
}

fn count(counter: &dyn CountText, text: &str) -> i64 {
    i64::from(counter.count_text(text))
}

fn is_system(role: Role) -> bool {
    matches!(role, Role::System | Role::Developer)
}

fn message_cost(
    counted: &CountedMessage,
    in_loop: bool,
    host: Host,
    counter: &dyn CountText,
) -> Cost {
    let message = &counted.message;
    // Thoughts that a client left in the text beside calls are taken out; those in an answer are not. One record each.
    let text = match host {
        Host::Ollama => ollama::joined(message),
        _ => count::segments(message).concat(),
    };
    let shown = match message.role {
        Role::Assistant if !counted.calls.is_empty() => thoughts::without(&text),
        _ => &text,
    };
    let said = if shown.len() == text.len() && host != Host::Ollama {
        i64::from(counted.content)
    } else {
        count(counter, shown)
    };
    let content = Estimate::exact(said);
    let opaque = i64::from(counted.opaque);
    let unknown = Estimate::between(0_i64, opaque, 2 * opaque);
    let thought = if in_loop {
        kept(message, MESSAGE + CHANNEL, counter)
    } else {
        Estimate::default()
    };
    let text = match message.role {
        // In the developer message, whose frame is counted once.
        Role::System | Role::Developer => content,
        Role::User => content + Estimate::exact(MESSAGE),
        Role::Assistant if counted.calls.is_empty() => content + Estimate::exact(MESSAGE + CHANNEL),
        // Text beside calls is a comment of its own.
        Role::Assistant if said > 0 => content + Estimate::exact(MESSAGE + CHANNEL),
        Role::Assistant => Estimate::default(),
        // The author is the function, the recipient the assistant.
        Role::Tool | Role::Function => content + Estimate::exact(MESSAGE + CHANNEL + 2),
    };
    // Recorded on eleven requests: two more than the format's own on Ollama, two fewer on Groq, and in 2025 six.
    let around_call = match host {
        Host::Ollama => 4,
        Host::Groq => 0,
        _ => 2,
    };
    let calls = counted.calls.iter().map(|call| {
        // The author of the result repeats the recipient of the call.
        let names = 2 * i64::from(call.recipient);
        let own = names + i64::from(call.arguments) + MESSAGE + CHANNEL + around_call;
        Estimate::exact(own).widened(14, 6)
    });
    Cost {
        text: text + unknown + thought,
        calls: calls.sum(),
        ..Cost::default()
    }
}

/// The functions as a namespace in the developer message.
fn functions(counted: &Counted, has_system: bool, host: Host, counter: &dyn CountText) -> Estimate {
    let tools = counted.conversation.tools.iter();
    let rendered: Namespace = match host {
        Host::Ollama => ollama::namespace(tools),
        _ => namespace(tools, Style::Current),
    };
    let text = format!("# Tools\n\n## functions\n\n{}", rendered.text);
    let frame = if has_system { 0 } else { MESSAGE };
    let doubt =
        |texts: &[String]| -> i64 { texts.iter().map(|text| count(counter, text) + 3).sum() };
    let ollama = i64::from(host == Host::Ollama);
    let cost = Estimate::exact(count(counter, &text) + frame + CALLS_GO - ollama);
    let below = match host {
        Host::Groq => 20,
        // Fields of a schema that it does not know are dropped.
        Host::Ollama => 14,
        _ => 6,
    };
    cost.widened(
        below + doubt(&rendered.perhaps_less),
        4 + doubt(&rendered.perhaps_more) + doubt(&rendered.limits),
    )
}

/// A schema is shown in the developer message; recorded on Groq.
fn format(format: &ResponseFormat, host: Host, counter: &dyn CountText) -> Estimate {
    match (format, host) {
        (ResponseFormat::JsonSchema { schema, .. }, Host::Groq) => {
            let tokens = count(counter, &json::compact(schema));
            Estimate::between(tokens / 2, tokens + 66, tokens + 90)
        }
        (ResponseFormat::JsonSchema { schema, .. }, _) => {
            let tokens = count(counter, &json::compact(schema));
            Estimate::between(0_i64, 0_i64, tokens + 60)
        }
        _ => Estimate::default(),
    }
}
