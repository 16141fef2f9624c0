//! The core's exports to JavaScript, beside those of the tokenizer.
//!
//! Requests cross as JSON text, [as bytes do](token_headroom_encoding::wasm::boundary): each export takes the number of staged
//! bytes, which hold its arguments as one array, and gives the length of its answer. Everything that JSON cannot hold
//! has been read or refused by the package before.

mod arguments;
mod context;
mod described;
mod state;
mod texts;

use serde::Serialize;
use serde_json::Value;
use token_headroom_encoding::Error;
use token_headroom_encoding::wasm::boundary::{give, number};
use token_headroom_encoding::wasm::work;

use self::arguments::{answer, read_policy, reserve, taken, unreadable, written};
use self::context::Context;
use self::described::described;
use self::state::STATE;
use self::texts::{Place, Texts};
use crate::conversation::Conversation;
use crate::count::CountText;
use crate::json;
use crate::memo::Memo;
use crate::options;
use crate::plan::{CompactionPlan, plan_in_pieces};
use crate::project::{Pieces, project_in_pieces};
use crate::signals::{Calibration, Expected, Report, UsageComparison};
use crate::verify::{Terms, Verification, verify_by};

/// Memory that planning takes for each message, about.
const PLANNING: usize = 2_048;

/// Projects and judges a request, in the light of what [`record`] has learned, if anything: `[options, wire, learned]`.
#[unsafe(no_mangle)]
pub extern "C" fn project(encoding: usize, bytes: usize) -> f64 {
    answer(bytes, |state, [options, wire, learned]| {
        let context = Context::of(&options)?;
        let learned = arguments::learned(&learned)?;
        let (memo, counted) = state.recall(encoding, context.wire(wire)?)?;
        Ok(context.judge(&counted, memo, learned))
    })
}

/// Plans the reduction of a request: `[options, wire, policy]` becomes `{ plan, texts }` and, [behind it](texts), the texts.
#[unsafe(no_mangle)]
pub extern "C" fn plan(encoding: usize, bytes: usize) -> f64 {
    number(|| {
        let [options, wire, policy] = taken(bytes)?;
        let context = Context::of(&options)?;
        let policy = read_policy(policy)?;
        let mut plan = STATE.with_borrow_mut(|state| {
            let (memo, counted) = state.recall(encoding, context.wire(wire)?)?;
            crate::plan::plannable(counted.conversation.dialect)?;
            reserve(counted.messages.len().saturating_mul(PLANNING));
            // What is laid out for the judgement serves the plan.
            let (pieces, model) = (Pieces::of(&counted), &context.model);
            let projection = project_in_pieces(&counted, &pieces, model, memo);
            let judgement = context.judged(projection, &counted);
            let plan = plan_in_pieces(&counted, &pieces, &judgement, model, &policy, memo);
            Ok::<_, Error>(plan)
        })?;
        let mut texts = Texts::default();
        let requests = plan.summary.iter_mut().flat_map(|slot| &mut slot.requests);
        for (at, summary) in requests.enumerate() {
            let path = [
                "summary".into(),
                "requests".into(),
                at.into(),
                "request".into(),
            ];
            texts.take(&mut summary.request, &path);
        }
        let planned = Planned {
            plan,
            texts: texts.places(),
        };
        let json = written(&planned)?;
        let length = json.len();
        give(texts.behind(json).into_bytes());
        Ok(length as f64)
    })
}

/// Refuses a policy that is none: `[policy]`.
#[unsafe(no_mangle)]
pub extern "C" fn policy(bytes: usize) -> f64 {
    answer(bytes, |_, [policy]| {
        read_policy(policy)?;
        Ok(Value::Null)
    })
}

/// Brings what the first half looks for in the second; called when that has been started.
#[unsafe(no_mangle)]
pub extern "C" fn late_start() {
    token_headroom_encoding::late::fill();
    crate::media::fill();
}

/// The messages of the request after a plan: `[options, wire, plan, fills]`.
#[unsafe(no_mangle)]
pub extern "C" fn edits(encoding: usize, bytes: usize) -> f64 {
    answer(bytes, |state, [options, wire, plan, fills]| {
        let context = Context::of(&options)?;
        let (plan, fills) = (options::stored_plan(plan)?, options::fills(&fills)?);
        let (memo, counted) = state.recall(encoding, context.wire(wire)?)?;
        crate::apply::edits(&counted.conversation, &plan, &fills, memo)
    })
}

/// Checks a plan independently of how it was made, in the light of what [`record`] has learned, if anything:
/// `[options, wire, plan, fills, learned]`.
#[unsafe(no_mangle)]
pub extern "C" fn verify(encoding: usize, bytes: usize) -> f64 {
    answer(bytes, |state, [options, wire, plan, fills, learned]| {
        let context = Context::of(&options)?;
        let (plan, learned) = (options::stored_plan(plan)?, arguments::learned(&learned)?);
        // Whatever is wrong with a fill is told, as with one that does not fit its slot.
        let fills = match options::fills(&fills) {
            Ok(fills) => fills,
            Err(error) => return Ok(Verification::refused(error)),
        };
        let (memo, counted) = state.recall(encoding, context.wire(wire)?)?;
        let request = body(&counted.conversation);
        let terms = Terms {
            model: &context.model,
            options: context.judge,
            learned: learned.as_ref(),
        };
        Ok(verify_by(&request, &plan, &fills, terms, memo))
    })
}

/// Where the messages of the request before a plan come from: `[options, wire, plan, originals]`, the wire of the applied request.
#[unsafe(no_mangle)]
pub extern "C" fn undo(encoding: usize, bytes: usize) -> f64 {
    answer(bytes, |state, [options, wire, plan, originals]| {
        let context = Context::of(&options)?;
        let plan = options::stored_plan(plan)?;
        let (_, counted) = state.recall(encoding, context.wire(wire)?)?;
        let originals = match originals {
            Value::Array(originals) => originals,
            _ => return Err(unreadable("originals that are no array")),
        };
        crate::undo::origins(&counted.conversation, &plan, &originals)
    })
}

/// Tokens of the signed thoughts in a request, which no other model reads: `[options, wire]`.
#[unsafe(no_mangle)]
pub extern "C" fn thoughts(encoding: usize, bytes: usize) -> f64 {
    answer(bytes, |state, [options, wire]| {
        let context = Context::of(&options)?;
        let (memo, counted) = state.recall(encoding, context.wire(wire)?)?;
        Ok(crate::chain::signed_thoughts(
            &counted.conversation,
            |text| memo.count_text(text),
        ))
    })
}

/// What is known of the model that the options describe: `[options]`.
#[unsafe(no_mangle)]
pub extern "C" fn model(bytes: usize) -> f64 {
    answer(bytes, |_, [options]| {
        Ok(described(&Context::of(&options)?.model))
    })
}

/// Every model of the catalogue: `[]`.
#[unsafe(no_mangle)]
pub extern "C" fn models(bytes: usize) -> f64 {
    answer(bytes, |_, []| {
        Ok(crate::models::catalogue()
            .iter()
            .map(described)
            .collect::<Vec<_>>())
    })
}

/// Learns from the usage that a provider reported for a judged request: `[learned, judgement, usage]` becomes
/// `{ state, ...comparison }`.
#[unsafe(no_mangle)]
pub extern "C" fn record(bytes: usize) -> f64 {
    answer(bytes, |_, [learned, judgement, usage]| {
        let learned = arguments::learned(&learned)?;
        let expected = Expected::read(&judgement)?;
        let report = Report::read(&usage)?;
        let mut state = learned.unwrap_or_default();
        let comparison = state.record(expected, &report);
        Ok(Recorded { state, comparison })
    })
}

/// What was done since the start: `[]` becomes `{ texts, bytes, messages }`, of which texts and bytes went through a tokenizer.
#[unsafe(no_mangle)]
pub extern "C" fn counters(bytes: usize) -> f64 {
    answer(bytes, |state, []| {
        let directly = work();
        let (texts, bytes) = state
            .memos
            .iter()
            .map(Memo::work)
            .fold((directly.texts, directly.bytes), |sum, work| {
                (sum.0 + work.0, sum.1 + work.1)
            });
        Ok(json::object(vec![
            ("texts", texts.into()),
            ("bytes", bytes.into()),
            ("messages", state.session.counted().into()),
        ]))
    })
}

/// Checks a transcript by itself: `[options, request]`.
#[unsafe(no_mangle)]
pub extern "C" fn validate(bytes: usize) -> f64 {
    answer(bytes, |_, [options, request]| {
        let dialect = options::dialect(&options)?;
        Ok(crate::verify::validate_as(dialect, &request))
    })
}

/// Makes a transcript valid: `[options, request]` becomes `{ edits, changes, violations }`.
#[unsafe(no_mangle)]
pub extern "C" fn repair(bytes: usize) -> f64 {
    answer(bytes, |_, [options, request]| {
        let dialect = options::dialect(&options)?;
        Ok(crate::repair::repaired(dialect, &request))
    })
}

/// What [`plan`] gives.
#[derive(Serialize)]
struct Planned<'a> {
    /// Without its long texts.
    plan: CompactionPlan,
    /// Those that follow.
    texts: &'a [Place],
}

/// What [`record`] gives.
#[derive(Serialize)]
struct Recorded {
    state: Calibration,
    #[serde(flatten)]
    comparison: UsageComparison,
}

/// The request that a conversation was read from.
fn body(conversation: &Conversation) -> Value {
    let messages = conversation
        .messages
        .iter()
        .map(|message| message.raw.clone())
        .collect();
    let mut body = conversation.rest.clone();
    if let Value::Object(fields) = &mut body {
        let list = conversation.dialect.list_key();
        fields.insert(list.to_owned(), Value::Array(messages));
    }
    body
}
