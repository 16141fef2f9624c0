import type { RequestBody, Role } from "./types.js";

/** What may be done to a history, and what must stay. */
export interface Policy {
  /** Where a plan lands, as a share of what is available. Default 0.8. */
  readonly release?: number | undefined;
  /** Groups at the end that are kept; the last one always is. Only `cutTail` may touch their results. Default 4. */
  readonly keepLast?: number | undefined;
  /** Messages, by index, that are never touched. */
  readonly pinned?: readonly number[] | undefined;
  /** Tools whose results are never touched. */
  readonly keepTools?: readonly string[] | undefined;
  /** Whether old tool results may be replaced by a placeholder. Default true. */
  readonly mask?: boolean | undefined;
  /** Whether long tool results may be cut to head and tail. Default true. */
  readonly cut?: boolean | undefined;
  /** Whether results in the last groups may be cut as well when nothing else makes the request fit. Default true. */
  readonly cutTail?: boolean | undefined;
  /** Whether the middle may be replaced by a summary. Default true. */
  readonly summarise?: boolean | undefined;
  /** Most tokens that a summary may take. Default 1024. */
  readonly summaryTokens?: number | undefined;
}

/** A request's projected size. */
export interface Size {
  readonly tokens: number;
  readonly lowerBound: number;
  readonly upperBound: number;
}

/** What every step says, whatever it does. */
export interface StepBase {
  /** Why this may go. */
  readonly reason: string;
  /** Tokens of the whole request before this step, and after it, re-counted. */
  readonly tokensBefore: number;
  readonly tokensAfter: number;
  /** What the model no longer sees. */
  readonly lost: string;
  /** How to get it back. */
  readonly recover: string;
}

/** A tool result's content is replaced by a placeholder. */
export interface MaskStep extends StepBase {
  readonly kind: "mask";
  readonly message: number;
  readonly callId: string;
  readonly tool: string;
  readonly placeholder: string;
  /** SHA-256 of the original message. */
  readonly original: string;
}

/** A tool result keeps its first `head` and last `tail` bytes of UTF-8, with a notice between. */
export interface CutStep extends StepBase {
  readonly kind: "cut";
  readonly message: number;
  readonly callId: string;
  readonly tool: string;
  readonly head: number;
  readonly tail: number;
  readonly notice: string;
  /** SHA-256 of the original message. */
  readonly original: string;
}

/** Whole groups are replaced by one summary message at the place of the first. */
export interface SummariseStep extends StepBase {
  readonly kind: "summarise";
  readonly messages: readonly number[];
  /** What stands there unless a summary is filled in. */
  readonly digest: string;
  /** SHA-256 of each message, in the same order. */
  readonly originals: readonly string[];
}

/** One change. */
export type Step = MaskStep | CutStep | SummariseStep;

/** A summary that somebody has to write. */
export interface SummarySlot {
  /** Most tokens that the text may take; a longer one is refused. */
  readonly maxTokens: number;
  /** A request that asks for the summary, in the dialect of the history. */
  readonly request: SummaryRequest;
  /** Projected tokens of `request`. */
  readonly requestTokens: number;
}

/** The request that asks for a summary. */
export interface SummaryRequest extends RequestBody {
  readonly messages: readonly { readonly role: Role; readonly content: string }[];
  readonly [field: string]: unknown;
}

/** Where the tokens are that no step may touch. */
export interface Floor {
  readonly system: number;
  readonly tools: number;
  readonly firstUser: number;
  readonly pinned: number;
  readonly tail: number;
  readonly framing: number;
  readonly middle: number;
  readonly total: number;
}

/** What every plan says. Plans are plain JSON, deterministic, and can be stored. */
export interface PlanBase {
  readonly version: number;
  readonly model: string;
  /** SHA-256 of the request planned for, and of the request that applying without fills gives. */
  readonly input: string;
  readonly output: string;
  /** The largest prompt that fits. */
  readonly available: number;
  /** Where the plan lands, or below. */
  readonly target: number;
  /** Whether it does; a plan that cannot reach the target still fits. */
  readonly released: boolean;
  readonly before: Size;
  readonly after: Size;
  readonly steps: readonly Step[];
  /** The summary to be written, when a step needs one. */
  readonly summary?: SummarySlot;
  /** The invariants that were checked, by name. */
  readonly invariants: readonly string[];
}

/** The outcome of planning. */
export type CompactionPlan =
  | (PlanBase & { readonly status: "unneeded" })
  | (PlanBase & { readonly status: "planned" })
  | (PlanBase & { readonly status: "irreducible"; readonly floor: Floor });

/** What the caller supplies to a plan. */
export interface Fills {
  /** The summary that was asked for. Absent: the plan's deterministic digest stands in. */
  readonly summary?: string | undefined;
}

/** A named invariant that does not hold. */
export interface Violation {
  readonly invariant: string;
  readonly path: string;
  readonly message: string;
}

/** The outcome of verifying. */
export interface Verification {
  readonly ok: boolean;
  /** Tokens of the applied request, counted afresh. */
  readonly tokens: number;
  readonly upperBound: number;
  readonly violations: readonly Violation[];
  /** What the request already broke before the plan; not held against it. */
  readonly inherited: readonly Violation[];
}
