//! The boundary: the only file that knows JavaScript exists.
//!
//! Free functions over one state, so that nothing has to be freed. Text for counting is staged in linear memory;
//! requests cross as plain values. A failure is thrown as a plain object `{ code, path, message, hint }`.
//!
//! Nothing here calls back into JavaScript while the state is borrowed, except to read plain values that the
//! package has copied, which have no getters; so the state cannot be entered twice.

use std::cell::RefCell;
use std::sync::Once;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::conversation::Conversation;
use crate::count::Counted;
use crate::encoding::{Encoding, Keep};
use crate::error::{Code, Error, Result};
use crate::judge::{JudgeOptions, Judgement};
use crate::memo::Memo;
use crate::models::Model;
use crate::options;
use crate::session::{Session, Wire};
use crate::signals::{Calibration, UsageComparison, prompt_tokens};

/// Messages of about a hundred full windows of the usual size; beyond, a browser tab would notice.
const SESSION_BYTES: usize = 64 << 20;
/// Tool declarations of every agent in a process, with room for joint texts.
const MEMO_BYTES: usize = 8 << 20;
/// What is kept of the staging buffer when it is given back.
const STAGING_BYTES: usize = 1 << 20;

struct State {
    encodings: Vec<Memo<Encoding>>,
    session: Session,
    staging: Vec<u8>,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::new(State {
        encodings: Vec::new(),
        session: Session::with_capacity(SESSION_BYTES),
        staging: Vec::new(),
    });
}

type Thrown<T> = std::result::Result<T, JsValue>;

/// Loads a vocabulary pack and gives its number; the same number for a name that is loaded already.
#[wasm_bindgen]
pub fn encoding_register(pack: &[u8]) -> Thrown<usize> {
    enter(|state| {
        let encoding = Encoding::from_pack(pack)?;
        let encodings = &mut state.encodings;
        let known = encodings
            .iter()
            .position(|memo| memo.counter().name() == encoding.name());
        Ok(known.unwrap_or_else(|| {
            encodings.push(Memo::new(encoding, MEMO_BYTES));
            encodings.len() - 1
        }))
    })
}

/// The address of a staging buffer of at least `bytes` bytes; valid until the next call.
#[wasm_bindgen]
pub fn text_reserve(bytes: usize) -> Thrown<*mut u8> {
    enter(|state| {
        if state.staging.len() < bytes {
            state.staging.resize(bytes, 0);
        }
        Ok(state.staging.as_mut_ptr())
    })
}

/// Gives a large staging buffer back.
#[wasm_bindgen]
pub fn text_release() -> Thrown<()> {
    enter(|state| {
        state.staging.truncate(STAGING_BYTES);
        state.staging.shrink_to_fit();
        Ok(())
    })
}

/// Tokens of the first `bytes` staged bytes.
#[wasm_bindgen]
pub fn text_count(encoding: usize, bytes: usize) -> Thrown<u32> {
    enter(|state| state.staged(encoding, bytes, |encoding, text| encoding.count(text)))
}

/// Tokens of the first `bytes` staged bytes, or nothing as soon as they exceed `limit`.
#[wasm_bindgen]
pub fn text_count_up_to(encoding: usize, bytes: usize, limit: u32) -> Thrown<Option<u32>> {
    enter(|state| {
        state.staged(encoding, bytes, |encoding, text| {
            encoding.count_up_to(text, limit)
        })
    })
}

/// What of the first `bytes` staged bytes takes at most `limit` tokens, in UTF-16 code units.
#[wasm_bindgen]
pub fn text_truncate(encoding: usize, bytes: usize, limit: u32, keep: &str) -> Thrown<JsValue> {
    let cut = enter(|state| {
        let keep = match keep {
            "head" => Keep::Head,
            "tail" => Keep::Tail,
            "both" => Keep::Both,
            _ => {
                let message = format!("found {keep:?}, expected \"head\", \"tail\" or \"both\"");
                return Err(Error::new(Code::InvalidOption, "keep", message));
            }
        };
        state.staged(encoding, bytes, |encoding, text| {
            let kept = encoding.truncate(text, limit, keep);
            let head = utf16_length(text.get(..kept.head));
            let tail = head + utf16_length(text.get(kept.head..kept.tail));
            json!({ "head": head, "tail": tail, "tokens": kept.tokens })
        })
    })?;
    give(&cut)
}

/// Projects and judges a request, in the light of what `record` has learned, if anything.
#[wasm_bindgen]
pub fn project(
    encoding: usize,
    options: JsValue,
    wire: JsValue,
    learned: JsValue,
) -> Thrown<JsValue> {
    let (options, wire, learned) = (take(options)?, take(wire)?, take(learned)?);
    give(&enter(|state| {
        let context = Context::of(&options)?;
        let (memo, counted) = state.recall(encoding, wire)?;
        Ok(context.judge(&counted, memo, learned))
    })?)
}

/// Plans the reduction of a request.
#[wasm_bindgen]
pub fn plan(encoding: usize, options: JsValue, wire: JsValue, policy: JsValue) -> Thrown<JsValue> {
    let (options, wire, policy) = (take(options)?, take(wire)?, take(policy)?);
    give(&enter(|state| {
        let context = Context::of(&options)?;
        let policy = options::policy(policy)?;
        let (memo, counted) = state.recall(encoding, wire)?;
        let judgement = context.judge(&counted, memo, None);
        Ok(crate::plan::plan(
            &counted,
            &judgement,
            &context.model,
            &policy,
            memo,
        ))
    })?)
}

/// The messages of the request after a plan.
#[wasm_bindgen]
pub fn edits(
    encoding: usize,
    options: JsValue,
    wire: JsValue,
    plan: JsValue,
    fills: JsValue,
) -> Thrown<JsValue> {
    let (options, wire) = (take(options)?, take(wire)?);
    let (plan, fills) = (take(plan)?, take(fills)?);
    give(&enter(|state| {
        Context::of(&options)?;
        let (plan, fills) = (options::stored_plan(plan)?, options::fills(&fills)?);
        let (memo, counted) = state.recall(encoding, wire)?;
        crate::apply::edits(&counted.conversation, &plan, &fills, memo)
    })?)
}

/// Checks a plan independently of how it was made.
#[wasm_bindgen]
pub fn verify(
    encoding: usize,
    options: JsValue,
    wire: JsValue,
    plan: JsValue,
    fills: JsValue,
) -> Thrown<JsValue> {
    let (options, wire) = (take(options)?, take(wire)?);
    let (plan, fills) = (take(plan)?, take(fills)?);
    give(&enter(|state| {
        let context = Context::of(&options)?;
        let (plan, fills) = (options::stored_plan(plan)?, options::fills(&fills)?);
        let (memo, counted) = state.recall(encoding, wire)?;
        let request = body(&counted.conversation);
        Ok(crate::verify::verify(
            &request,
            &plan,
            &fills,
            &context.model,
            memo,
        ))
    })?)
}

/// What is known of the model that the options describe.
#[wasm_bindgen]
pub fn model(options: JsValue) -> Thrown<JsValue> {
    let options = take(options)?;
    give(&enter(|_| Ok(described(&Context::of(&options)?.model)))?)
}

/// Every model of the catalogue.
#[wasm_bindgen]
pub fn models() -> Thrown<JsValue> {
    give(&enter(|_| {
        Ok(crate::models::catalogue()
            .iter()
            .map(described)
            .collect::<Vec<_>>())
    })?)
}

/// Learns from the usage that a provider reported for a judged request: `{ state, ...comparison }`.
#[wasm_bindgen]
pub fn record(learned: JsValue, judgement: JsValue, usage: JsValue) -> Thrown<JsValue> {
    let learned: Option<Calibration> = take(learned)?;
    let (judgement, usage): (Judgement, Value) = (take(judgement)?, take(usage)?);
    give(&enter(|_| {
        let reported = prompt_tokens(&usage).ok_or_else(|| {
            let message = "found no number of prompt tokens, expected one";
            Error::new(Code::InvalidValue, "usage.prompt_tokens", message)
                .with_hint("pass the `usage` object of the answer as it is")
        })?;
        let mut state = learned.unwrap_or_default();
        let comparison = state.record(&judgement, reported);
        Ok(Recorded { state, comparison })
    })?)
}

/// What was done since the start: `{ texts, bytes, messages }`, of which texts and bytes went through a tokenizer.
#[wasm_bindgen]
pub fn counters() -> Thrown<JsValue> {
    give(&enter(|state| {
        let (texts, bytes) = state
            .encodings
            .iter()
            .map(Memo::work)
            .fold((0, 0), |sum, work| (sum.0 + work.0, sum.1 + work.1));
        Ok(json!({ "texts": texts, "bytes": bytes, "messages": state.session.counted() }))
    })?)
}

impl State {
    fn staged<T>(
        &self,
        encoding: usize,
        bytes: usize,
        count: impl FnOnce(&Encoding, &str) -> T,
    ) -> Result<T> {
        let memo = loaded(&self.encodings, encoding)?;
        let text = self.staging.get(..bytes);
        let text = text.and_then(|bytes| std::str::from_utf8(bytes).ok());
        let text = text.ok_or_else(|| {
            let message = "found bytes that are not UTF-8, expected text";
            Error::new(Code::InvalidValue, "", message)
        })?;
        memo.note(bytes);
        Ok(count(memo.counter(), text))
    }

    fn recall(&mut self, encoding: usize, wire: Wire) -> Result<(&Memo<Encoding>, Counted)> {
        let memo = loaded(&self.encodings, encoding)?;
        let counted = self.session.recall(encoding, wire, memo)?;
        Ok((memo, counted))
    }
}

fn loaded(encodings: &[Memo<Encoding>], number: usize) -> Result<&Memo<Encoding>> {
    encodings.get(number).ok_or_else(|| {
        let message = format!("found the encoding number {number}, expected one that is loaded");
        Error::new(Code::UnknownEncoding, "", message).with_hint("load its vocabulary first")
    })
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
}

impl Context {
    fn of(options: &Value) -> Result<Self> {
        let (model, judge) = options::budget_options(options)?;
        let model = crate::models::resolve(&model)?;
        Ok(Self { model, judge })
    }

    fn judge(
        &self,
        counted: &Counted,
        memo: &Memo<Encoding>,
        learned: Option<Calibration>,
    ) -> Judgement {
        let projection = crate::project::project(counted, &self.model, memo);
        let projection = match learned {
            Some(learned) => learned.apply(projection),
            None => projection,
        };
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
        fields.insert("messages".to_owned(), Value::Array(messages));
    }
    body
}

fn described(model: &Model) -> Value {
    let mut described = json!({
        "name": model.name,
        "row": model.row,
        "encoding": model.encoding,
        "framing": model.framing,
        "limit": model.limit,
        "defaultHeadroom": model.default_headroom,
    });
    if let Some(price) = model.price {
        described["price"] = json!(price);
    }
    described
}

fn utf16_length(text: Option<&str>) -> usize {
    text.map_or(0, |text| text.encode_utf16().count())
}

/// Runs `call` on the state; an error becomes what is thrown.
fn enter<T>(call: impl FnOnce(&mut State) -> Result<T>) -> Thrown<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        // A panic ends the instance: its message goes to the console, and the next call gets a fresh instance.
        std::panic::set_hook(Box::new(|info| {
            console_error_panic_hook::hook(info);
            wasm_bindgen::handler::schedule_reinit();
        }));
    });
    STATE.with_borrow_mut(call).map_err(|error| thrown(&error))
}

fn take<T: DeserializeOwned>(value: JsValue) -> Thrown<T> {
    serde_wasm_bindgen::from_value(value).map_err(|error| {
        let message = format!("found a value that cannot be read: {error}");
        thrown(&Error::new(Code::InvalidType, "", message).with_hint("pass plain JSON values"))
    })
}

fn give(value: &impl Serialize) -> Thrown<JsValue> {
    // Nulls inside a caller's messages must survive; what is absent in our own values is skipped when serialised.
    Ok(value.serialize(&Serializer::json_compatible())?)
}

fn thrown(error: &Error) -> JsValue {
    give(error).unwrap_or_else(|failure| failure)
}
