import type { CompactionPlan, Projection } from "./types.js";

/** Stable kinds of {@link TokenHeadroomError}; match on these, not on messages. */
export type ErrorCode =
  | "invalid_type"
  | "invalid_value"
  | "missing_field"
  | "unknown_role"
  | "unknown_model"
  | "unknown_encoding"
  | "unknown_price"
  | "corrupt_pack"
  | "no_ids"
  | "unsupported_tokenizer"
  | "unsupported_dialect"
  | "invalid_option"
  | "plan_mismatch"
  | "invalid_fill"
  | "cyclic"
  | "bigint"
  | "unreadable"
  | "too_deep"
  | "not_initialized"
  | "unsupported_runtime"
  | "malformed_body"
  | "encoded_body"
  | "body_too_large"
  | "upstream_unreachable"
  | "checkpoint_missing"
  | "checkpoint_corrupt"
  | "checkpoint_version"
  | "context_overflow"
  | "loop_detected"
  | "budget_exceeded"
  | "internal"
  | (string & {});

/** Where an error is, what helps, and what caused it. */
export interface ErrorDetails {
  /** Stable name of the kind of error. */
  readonly code: ErrorCode;
  /** The place, from the argument's root. Default: the root itself. */
  readonly path?: string | undefined;
  /** What can be done about it. Default: nothing is said. */
  readonly hint?: string | undefined;
  /** What was caught, where this error tells of another one. */
  readonly cause?: unknown;
}

/** Every error that this package throws on purpose. */
export class TokenHeadroomError extends Error {
  /** Stable name of the kind of error. */
  readonly code: ErrorCode;
  /** The place, from the argument's root: `messages[3].content[0].text`. Empty for the root. */
  readonly path: string;
  /** What can be done about it. May be empty. */
  readonly hint: string;

  constructor(message: string, details: ErrorDetails) {
    const { code, hint = "" } = details;
    const path = shortened(details.path ?? "");
    const said = shortened(message);
    const located = path === "" ? said : `${path}: ${said}`;
    super(hint === "" ? located : `${located}; ${hint}`, "cause" in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.path = path;
    this.hint = hint;
    brand(this, "TokenHeadroomError");
  }

  /** Whether `value` is an error of this package, from whichever copy of it (ESM and CJS can be loaded side by side). */
  static is(value: unknown): value is TokenHeadroomError {
    return isBranded(value, "TokenHeadroomError");
  }
}

/** What a {@link ContextOverflowError} reports. */
export interface Overflow {
  /** What the request takes, and what there is room for. */
  readonly projection: Projection;
  /** Makes the plan when it is asked for. */
  readonly plan: () => CompactionPlan;
  /** The field that holds the messages. Default `messages`. */
  readonly path?: string | undefined;
  /** What helps. Default: to shorten the history, or to apply the plan. */
  readonly hint?: string | undefined;
  /** The token of a checkpoint of the history. */
  readonly checkpoint?: string | undefined;
  /** Why there is none although one was to be made. */
  readonly checkpointError?: unknown;
  /** What the model said last. */
  readonly partial?: string | undefined;
  /** What was caught, where this error tells of another one. */
  readonly cause?: unknown;
}

/** The request would not fit. Thrown before anything is sent; the caller's history is as it was. */
export class ContextOverflowError extends TokenHeadroomError {
  /** The upper bound of the prompt's tokens: the number that was compared. */
  readonly projectedTokens: number;
  /** The model's context window. */
  readonly maxContextTokens: number;
  /** Tokens kept free for the answer. */
  readonly headroom: number;
  /** The largest prompt that fits. */
  readonly available: number;
  /** `projectedTokens - available`. */
  readonly overBy: number;
  /** The whole projection. */
  readonly projection: Projection;
  /** Where the guard has written down the history, if it was told to: a token for `restore` of `token-headroom/checkpoint`. */
  readonly checkpoint: string | undefined;
  /** What the store of checkpoints failed with while the history was to be written down; then there is no `checkpoint`. */
  readonly checkpointError: unknown;
  /** What the model said last, if the guard keeps checkpoints: what there is of an answer. */
  readonly partial: string | undefined;
  readonly #plan: () => CompactionPlan;

  constructor(overflow: Overflow) {
    const { projection } = overflow;
    const { upperBound, limit, headroom, available, overBy } = projection;
    super(
      `the prompt takes ${atMost(projection)}${upperBound} tokens, ${overBy} more than the ${available} that ${projection.model} ` +
        `leaves free (window ${limit.window}, headroom ${headroom})`,
      {
        code: "context_overflow",
        path: overflow.path ?? "messages",
        hint: overflow.hint ?? "nothing was sent: shorten the history, or apply error.plan(), and call again",
        ...("cause" in overflow ? { cause: overflow.cause } : {}),
      },
    );
    this.projectedTokens = upperBound;
    this.maxContextTokens = limit.window;
    this.headroom = headroom;
    this.available = available;
    this.overBy = overBy;
    this.projection = projection;
    this.checkpoint = overflow.checkpoint;
    this.checkpointError = overflow.checkpointError;
    this.partial = overflow.partial;
    this.#plan = overflow.plan;
    brand(this, "ContextOverflowError");
  }

  /** The cheapest valid way to make the request fit, or the reason why there is none. */
  plan(): CompactionPlan {
    return this.#plan();
  }

  static override is(value: unknown): value is ContextOverflowError {
    return isBranded(value, "ContextOverflowError");
  }
}

/** What a {@link LoopDetectedError} reports. */
export interface Loop {
  /** One cycle, readable: `search({"q":"x"}) -> read({"id":1})`. */
  readonly pattern: string;
  /** How often the cycle stands at the end of the history. */
  readonly repeats: number;
  /** Turns in one cycle. */
  readonly period: number;
}

/** The history ends in a cycle of identical tool calls with identical results. Thrown before anything is sent. */
export class LoopDetectedError extends TokenHeadroomError {
  /** One cycle, readable: `search({"q":"x"}) -> read({"id":1})`. */
  readonly pattern: string;
  /** How often the cycle stands at the end of the history. */
  readonly repeats: number;
  /** Turns in one cycle. */
  readonly period: number;

  constructor({ pattern, repeats, period }: Loop) {
    super(`the last ${repeats * period} turns repeat ${pattern} ${repeats} times with the same results`, {
      code: "loop_detected",
      path: "messages",
      hint: "nothing was sent: change the task, the tools or the history before calling again",
    });
    this.pattern = pattern;
    this.repeats = repeats;
    this.period = period;
    brand(this, "LoopDetectedError");
  }

  static override is(value: unknown): value is LoopDetectedError {
    return isBranded(value, "LoopDetectedError");
  }
}

/** What a {@link BudgetExceededError} reports, in US dollars. */
export interface Spend {
  /** Spent so far, calls under way included. */
  readonly spent: number;
  /** What the next call is projected to cost. */
  readonly next: number;
  /** The cap. */
  readonly cap: number;
}

/** The next call would exceed the money cap. Thrown before anything is sent. */
export class BudgetExceededError extends TokenHeadroomError {
  /** Spent so far in US dollars, calls under way included. */
  readonly spent: number;
  /** What the next call is projected to cost, in US dollars. */
  readonly next: number;
  /** The cap in US dollars. */
  readonly cap: number;

  constructor({ spent, next, cap }: Spend) {
    super(`the next call costs about $${next.toFixed(4)}; $${spent.toFixed(4)} of $${cap.toFixed(4)} is spent`, {
      code: "budget_exceeded",
      hint: "nothing was sent: raise budget.maxUsd or stop",
    });
    this.spent = spent;
    this.next = next;
    this.cap = cap;
    brand(this, "BudgetExceededError");
  }

  static override is(value: unknown): value is BudgetExceededError {
    return isBranded(value, "BudgetExceededError");
  }
}

type Brand = "TokenHeadroomError" | "ContextOverflowError" | "LoopDetectedError" | "BudgetExceededError";

// A message may quote what was found, and a path a key: both can be of any length, and end up in logs.
const LONGEST = 1_000;

function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST / 2)} ... ${text.slice(-LONGEST / 4)}`;
}

// `name` is set here and not on the prototype, so that minified builds print the real one.
function brand(error: Error, name: Brand): void {
  const fixed = { enumerable: false, configurable: true, writable: true };
  Object.defineProperty(error, "name", { ...fixed, value: name });
  Object.defineProperty(error, Symbol.for(`token-headroom.${name}`), { ...fixed, value: true });
}

function isBranded(value: unknown, name: Brand): boolean {
  try {
    return typeof value === "object" && value !== null && Symbol.for(`token-headroom.${name}`) in value;
  } catch {
    // A proxy that says nothing.
    return false;
  }
}

function atMost(projection: Projection): string {
  return projection.lowerBound === projection.upperBound ? "" : "up to ";
}
