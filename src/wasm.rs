//! The core's exports to JavaScript, beside those of the tokenizer.
//!
//! Requests cross as JSON text, [as bytes do](token_headroom_encoding::wasm::boundary): each export takes the number of staged
//! bytes, which hold its arguments as one array, and gives the length of its answer. Everything that JSON cannot hold
//! has been read or refused by the package before.

mod texts;

use std::cell::RefCell;

use serde::Serialize;
use serde_json::Value;
use token_headroom_encoding::wasm::boundary::{give, number, with_staged_text};
use token_headroom_encoding::wasm::{encoding, work};
use token_headroom_encoding::{Code, Encoding, Error, Result};

use crate::conversation::{Conversation, Dialect};
use crate::count::{CountText, Counted};
use crate::json;
use crate::judge::{JudgeOptions, Judgement};
use crate::memo::Memo;
use crate::models::Model;
use crate::options;
use crate::plan::{CompactionPlan, Policy, plan_in_pieces};
use crate::project::{Pieces, Projection, project_in_pieces};
use crate::session::{Session, Wire};
use crate::signals::{Calibration, Expected, Report, UsageComparison};
use crate::verify::{Terms, Verification, verify_by};
use texts::{Place, Texts};

/// Messages of about a hundred full windows of the usual size; beyond, a browser tab would notice.
const SESSION_BYTES: usize = 64 << 20;
/// Tool declarations of every agent in a process, with room for joint texts, and for the transcript of a history of 20,000
/// rounds that is to be summarised (10 MB).
const MEMO_BYTES: usize = 12 << 20;

struct State {
    /// By the number of the encoding.
    memos: Vec<Memo<Encoding>>,
    session: Session,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::new(State {
        memos: Vec::new(),
        session: Session::with_capacity(SESSION_BYTES),
    });
}

/// Projects and judges a request, in the light of what [`record`] has learned, if anything: `[options, wire, learned]`.
#[unsafe(no_mangle)]
pub extern "C" fn project(encoding: usize, bytes: usize) -> f64 {
    answer(bytes, |state, [options, wire, learned]| {
        let context = Context::of(&options)?;
        let learned = self::learned(&learned)?;
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
        let (plan, learned) = (options::stored_plan(plan)?, self::learned(&learned)?);
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
        let learned = self::learned(&learned)?;
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

impl State {
    fn recall(&mut self, number: usize, wire: Wire) -> Result<(&Memo<Encoding>, Counted)> {
        let known = encoding(number)?;
        while self.memos.len() < number {
            let earlier = encoding(self.memos.len())?;
            self.memos.push(Memo::new(earlier, MEMO_BYTES));
        }
        if self.memos.len() == number {
            self.memos.push(Memo::new(known, MEMO_BYTES));
        }
        let memo = &self.memos[number];
        let counted = self.session.recall(number, wire, memo)?;
        Ok((memo, counted))
    }
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

/// What a request is judged by.
struct Context {
    model: Model,
    judge: JudgeOptions,
    dialect: Option<Dialect>,
}

impl Context {
    fn of(options: &Value) -> Result<Self> {
        let (model, judge) = options::budget_options(options)?;
        let model = crate::models::resolve(&model)?;
        judge.check(&model.limit)?;
        let dialect = options::dialect(options)?;
        Ok(Self {
            model,
            judge,
            dialect,
        })
    }

    /// A request, in the dialect that the options name, if any.
    fn wire(&self, wire: Value) -> Result<Wire> {
        let wire = Wire::read(wire).ok_or_else(|| unreadable("a request that is none"))?;
        Ok(Wire {
            dialect: wire.dialect.or(self.dialect),
            ..wire
        })
    }

    fn judge(
        &self,
        counted: &Counted,
        memo: &Memo<Encoding>,
        learned: Option<Calibration>,
    ) -> Judgement {
        let projection = crate::project::project(counted, &self.model, memo);
        let projection = match learned {
            Some(learned) => learned.apply(projection, counted),
            None => projection,
        };
        self.judged(projection, counted)
    }

    fn judged(&self, projection: Projection, counted: &Counted) -> Judgement {
        let cap = counted.conversation.output_cap;
        crate::judge::judge(projection, &self.model, cap, self.judge)
    }
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

fn described(model: &Model) -> Value {
    let mut described = vec![
        ("name", model.name.as_str().into()),
        ("row", value(&model.row)),
        ("encoding", model.encoding.as_str().into()),
        ("framing", model.framing.name().into()),
        ("limit", value(&model.limit)),
        ("defaultHeadroom", value(&model.default_headroom)),
    ];
    if let Some(price) = &model.price {
        described.push(("price", value(price)));
    }
    if let Some(host) = model.host {
        described.push(("host", value(&host)));
    }
    if model.assumed {
        described.push(("assumed", true.into()));
    }
    for (key, text) in [
        ("retires", model.retires.as_deref().unwrap_or_default()),
        ("source", &model.source),
        ("date", &model.date),
    ] {
        if !text.is_empty() {
            described.push((key, text.into()));
        }
    }
    if !model.overrides.is_empty() {
        described.push(("overrides", value(&model.overrides)));
    }
    json::object(described)
}

/// `typed` as it is written.
fn value<T: Serialize + ?Sized>(typed: &T) -> Value {
    let written = json::to_json(typed).unwrap_or_default();
    json::parsed(&written).unwrap_or_default()
}

/// Runs `call` on the state and the `N` arguments among the first `bytes` staged bytes; its result becomes the answer.
fn answer<const N: usize, T: Serialize>(
    bytes: usize,
    call: impl FnOnce(&mut State, [Value; N]) -> Result<T>,
) -> f64 {
    number(|| {
        let arguments = taken(bytes)?;
        let value = STATE.with_borrow_mut(|state| call(state, arguments))?;
        Ok(give(written(&value)?.into_bytes()))
    })
}

/// The `N` arguments among the first `bytes` staged bytes.
fn taken<const N: usize>(bytes: usize) -> Result<[Value; N]> {
    reserve(bytes.saturating_mul(GROWTH));
    <[Value; N]>::try_from(arguments(bytes)?).map_err(|given| {
        let message = format!("found {} arguments, expected {N}", given.len());
        Error::new(Code::InvalidType, "", message)
    })
}

fn written<T: Serialize>(value: &T) -> Result<String> {
    json::to_json(value).map_err(|error| unreadable(&error.to_string()))
}

/// Memory that a request takes for each of its bytes, about: as text, as values, as parts and as what is counted.
const GROWTH: usize = 6;
/// Memory that planning takes for each message, about.
const PLANNING: usize = 2_048;
/// Less is not worth asking for ahead.
const LITTLE: usize = 1 << 20;

/// Asks for memory at once: the allocator asks page by page, which costs a runtime up to a millisecond each time. What is
/// given back stays with the allocator. More than there may be is not asked for.
fn reserve(bytes: usize) {
    if bytes >= LITTLE {
        // Where memory is short it is asked for when it is needed, page by page.
        let mut memory = Vec::<u8>::new();
        let _ = memory.try_reserve_exact(bytes.min(1 << 29));
        // An allocation that nobody looks at would be left out.
        std::hint::black_box(&memory);
    }
}

/// Without a limit on nesting: the package has refused what nests too deeply for a stack.
fn arguments(bytes: usize) -> Result<Vec<Value>> {
    match with_staged_text(bytes, json::parse)? {
        Ok(Value::Array(arguments)) => Ok(arguments),
        Ok(_) => Err(unreadable("arguments that are no array")),
        Err(malformed) => Err(unreadable(&format!(
            "found no {} at byte {}",
            malformed.expected, malformed.at
        ))),
    }
}

fn read_policy(policy: Value) -> Result<Policy> {
    options::policy(Some(policy).filter(|policy| !policy.is_null()))
}

fn learned(value: &Value) -> Result<Option<Calibration>> {
    if value.is_null() {
        return Ok(None);
    }
    Calibration::read(value).map(Some)
}

fn unreadable(what: &str) -> Error {
    let message = format!("found a value that cannot be read: {what}");
    Error::new(Code::InvalidType, "", message).with_hint("pass plain JSON values")
}
