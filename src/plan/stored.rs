//! A plan read back from JSON, as it was stored.

mod fields;
#[cfg(test)]
mod tests;

use serde_json::Value;

use super::{
    CategoryUse, Cause, CompactionPlan, Floor, Objective, PlanStatus, Size, Step, StepKind,
    SummaryRequest, SummarySlot,
};

use fields::{Fields, Read, index, number, text, tokens};

/// The plan that `value` is. Keys that a plan does not have are ignored.
///
/// # Errors
/// The place of the first value that is missing, or is not what a plan has there.
pub(crate) fn read(value: &Value) -> Read<CompactionPlan> {
    let fields = Fields::of(value, "")?;
    let steps = fields.list("steps", |place, value| step(&Fields::of(value, place)?))?;
    Ok(CompactionPlan {
        version: fields.tokens("version")?,
        status: match fields.text("status")?.as_str() {
            "unneeded" => PlanStatus::Unneeded,
            "planned" => PlanStatus::Planned,
            "irreducible" => PlanStatus::Irreducible,
            _ => return Err(fields.place("status")),
        },
        model: fields.text("model")?,
        dialect: fields.text("dialect")?,
        input: fields.text("input")?,
        output: fields.text("output")?,
        available: fields.tokens("available")?,
        target: fields.tokens("target")?,
        released: fields.truth("released")?,
        before: size(&fields, "before")?,
        after: size(&fields, "after")?,
        steps,
        summary: fields.optional("summary", summary)?,
        floor: fields.optional("floor", floor)?,
        objective: fields.optional("objective", objective)?,
        categories: fields.optional_list("categories", category)?,
        regrets: fields.tokens("regrets")?,
        thinking_lost: fields.tokens("thinkingLost")?,
        notes: fields.optional_list("notes", text)?,
        invariants: fields.list("invariants", text)?,
    })
}

fn size(fields: &Fields<'_>, key: &str) -> Read<Size> {
    let fields = Fields::of(fields.get(key)?, &fields.place(key))?;
    Ok(Size {
        tokens: fields.tokens("tokens")?,
        lower_bound: fields.tokens("lowerBound")?,
        upper_bound: fields.tokens("upperBound")?,
    })
}

fn floor(place: &str, value: &Value) -> Read<Floor> {
    let fields = Fields::of(value, place)?;
    Ok(Floor {
        system: fields.tokens("system")?,
        tools: fields.tokens("tools")?,
        first_user: fields.tokens("firstUser")?,
        pinned: fields.tokens("pinned")?,
        tail: fields.tokens("tail")?,
        framing: fields.tokens("framing")?,
        middle: fields.tokens("middle")?,
        reserve: fields.tokens("reserve")?,
        total: fields.tokens("total")?,
    })
}

fn summary(place: &str, value: &Value) -> Read<SummarySlot> {
    let fields = Fields::of(value, place)?;
    Ok(SummarySlot {
        max_tokens: fields.tokens("maxTokens")?,
        requests: fields.list("requests", |place, value| {
            let fields = Fields::of(value, place)?;
            Ok(SummaryRequest {
                max_tokens: fields.tokens("maxTokens")?,
                request: fields.get("request")?.clone(),
                tokens: fields.tokens("tokens")?,
            })
        })?,
    })
}

fn objective(place: &str, value: &Value) -> Read<Objective> {
    let fields = Fields::of(value, place)?;
    Ok(Objective {
        loss: fields.number("loss")?,
        rewrite: fields.number("rewrite")?,
        saved: fields.number("saved")?,
        shed: fields
            .get("shed")?
            .as_i64()
            .ok_or_else(|| fields.place("shed"))?,
        net: fields.number("net")?,
        net_usd: fields.optional("netUsd", number)?,
        break_even: fields.optional("breakEven", number)?,
        bound: fields.optional("bound", number)?,
        gap: fields.optional("gap", number)?,
        warm: fields.truth("warm")?,
    })
}

fn category(place: &str, value: &Value) -> Read<CategoryUse> {
    let fields = Fields::of(value, place)?;
    Ok(CategoryUse {
        category: fields.text("category")?,
        before: fields.tokens("before")?,
        allowance: fields.tokens("allowance")?,
        floor: fields.optional("floor", tokens)?.unwrap_or(0),
        after: fields.tokens("after")?,
    })
}

fn step(fields: &Fields<'_>) -> Read<Step> {
    Ok(Step {
        kind: kind(fields)?,
        reason: fields.text("reason")?,
        tokens_before: fields.tokens("tokensBefore")?,
        tokens_after: fields.tokens("tokensAfter")?,
        lost: fields.text("lost")?,
        recover: fields.text("recover")?,
    })
}

fn kind(fields: &Fields<'_>) -> Read<StepKind> {
    let messages = || fields.list("messages", index);
    let originals = || fields.list("originals", text);
    Ok(match fields.text("kind")?.as_str() {
        "mask" => StepKind::Mask {
            message: fields.index("message")?,
            part: fields.index("part")?,
            call_id: fields.text("callId")?,
            tool: fields.text("tool")?,
            cause: match fields.text("cause")?.as_str() {
                "duplicate" => Cause::Duplicate,
                "superseded" => Cause::Superseded,
                "stale" => Cause::Stale,
                "near_duplicate" => Cause::NearDuplicate,
                "old" => Cause::Old,
                _ => return Err(fields.place("cause")),
            },
            later: fields.optional("later", index)?,
            placeholder: fields.text("placeholder")?,
            original: fields.text("original")?,
        },
        "cut" => StepKind::Cut {
            message: fields.index("message")?,
            part: fields.index("part")?,
            call_id: fields.text("callId")?,
            tool: fields.text("tool")?,
            head: fields.index("head")?,
            tail: fields.index("tail")?,
            notice: fields.text("notice")?,
            original: fields.text("original")?,
        },
        "cut_text" => StepKind::CutText {
            message: fields.index("message")?,
            part: fields.index("part")?,
            head: fields.index("head")?,
            tail: fields.index("tail")?,
            notice: fields.text("notice")?,
            original: fields.text("original")?,
        },
        "drop_reasoning" => StepKind::DropReasoning {
            messages: messages()?,
            originals: originals()?,
        },
        "remove" => StepKind::Remove {
            messages: messages()?,
            originals: originals()?,
        },
        "summarise" => StepKind::Summarise {
            messages: messages()?,
            digest: fields.text("digest")?,
            originals: originals()?,
        },
        "drop" => StepKind::Drop {
            messages: messages()?,
            digest: fields.text("digest")?,
            originals: originals()?,
        },
        _ => return Err(fields.place("kind")),
    })
}
