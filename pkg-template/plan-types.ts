import type { Dialect } from "./request-types.js";

/** A request's projected size, in tokens. */
export interface Size {
  /** Most likely count. */
  readonly tokens: number;
  /** Not less than this. */
  readonly lowerBound: number;
  /** Not more than this. */
  readonly upperBound: number;
}

/** What every step says, whatever it does. */
export interface StepBase {
  /** Why this may go. */
  readonly reason: string;
  /** Tokens of the whole request before this step. */
  readonly tokensBefore: number;
  /**
   * Tokens of the whole request after it, re-counted. Where more than 256 results of one turn change, what all of them free is
   * counted, and shared out among their steps.
   */
  readonly tokensAfter: number;
  /** What the model no longer sees. */
  readonly lost: string;
  /** How to get it back. */
  readonly recover: string;
}

/**
 * Why a result may go: a later one says the same, the same call was made again later, what was read has been changed since, a
 * later one says nearly the same, or the turns since then have used it.
 */
export type Cause = "duplicate" | "superseded" | "stale" | "near_duplicate" | "old";

/** A step that changes one tool result in place. */
export interface ResultStep extends StepBase {
  /** The result's message, by index. */
  readonly message: number;
  /** Which part of the message the result is. */
  readonly part: number;
  /** The call it answers, as the result repeats its id; empty where it repeats none. */
  readonly callId: string;
  /** The tool that was called. */
  readonly tool: string;
  /** SHA-256 of the original message. */
  readonly original: string;
}

/** A tool result's content is replaced by a placeholder. */
export interface MaskStep extends ResultStep {
  readonly kind: "mask";
  readonly cause: Cause;
  /** The message that says the same, or that changed what was read. */
  readonly later?: number;
  /** What stands there instead. */
  readonly placeholder: string;
}

/** A tool result keeps its start and its end, with a notice between. */
export interface CutStep extends ResultStep {
  readonly kind: "cut";
  /** Bytes of UTF-8 kept from the start. */
  readonly head: number;
  /** Bytes of UTF-8 kept from the end. */
  readonly tail: number;
  /** What stands between them. */
  readonly notice: string;
}

/** A text of the user's keeps its start and its end, with a notice between. Only where the policy says `cutUserText`. */
export interface CutTextStep extends StepBase {
  readonly kind: "cut_text";
  /** The message, by index. */
  readonly message: number;
  /** Which part of the message the text is. */
  readonly part: number;
  /** Bytes of UTF-8 kept from the start. */
  readonly head: number;
  /** Bytes of UTF-8 kept from the end. */
  readonly tail: number;
  /** What stands between them. */
  readonly notice: string;
  /** SHA-256 of the original message. */
  readonly original: string;
}

/** A step over several messages. */
export interface MessagesStep extends StepBase {
  /** The messages, by index. */
  readonly messages: readonly number[];
  /** SHA-256 of each message, in the same order. */
  readonly originals: readonly string[];
}

/** The thoughts in some messages go; a message of nothing but thoughts goes as a whole. */
export interface DropReasoningStep extends MessagesStep {
  readonly kind: "drop_reasoning";
}

/** Calls that were made again later, and messages before a compaction by the provider, go without a trace. */
export interface RemoveStep extends MessagesStep {
  readonly kind: "remove";
}

/** Whole groups are replaced by one summary message at the place of the first. */
export interface SummariseStep extends MessagesStep {
  readonly kind: "summarise";
  /** What stands there unless a summary is filled in. */
  readonly digest: string;
}

/** Whole groups are replaced by a note of what they were; no summary is asked for. */
export interface DropStep extends MessagesStep {
  readonly kind: "drop";
  /** What stands there. */
  readonly digest: string;
}

/** One change. */
export type Step = MaskStep | CutStep | CutTextStep | DropReasoningStep | RemoveStep | SummariseStep | DropStep;

/** A summary that somebody has to write. */
export interface SummarySlot {
  /** Most tokens that the whole text may take; a longer one is refused. */
  readonly maxTokens: number;
  /**
   * The requests that ask for it: one, or one for each piece of a history that the summariser cannot read at once. The answers, each
   * on a line of its own, are the summary.
   */
  readonly requests: readonly SummaryRequest[];
}

/** A request for a summary, or for a piece of one. */
export interface SummaryRequest {
  /** Most tokens that the answer may take. The request's own cap is above it, so that an answer that was cut off is longer: refuse it. */
  readonly maxTokens: number;
  /** The whole request body, in the dialect of the history. */
  readonly request: SummaryBody;
  /** Its projected tokens. */
  readonly tokens: number;
}

/** A request body in the dialect of the history, for the caller's own SDK: `request as ChatCompletionCreateParams`. */
export type SummaryBody = Readonly<Record<string, unknown>>;

/** Where the tokens are that no step may touch. */
export interface Floor {
  /** System and developer messages. */
  readonly system: number;
  /** Tool declarations. */
  readonly tools: number;
  /** The first user request. */
  readonly firstUser: number;
  /** Pinned messages. */
  readonly pinned: number;
  /** The last groups. */
  readonly tail: number;
  /** Response format and framing. */
  readonly framing: number;
  /** What is left of the middle after the strongest steps. */
  readonly middle: number;
  /** What the policy keeps free. */
  readonly reserve: number;
  /** The sum, which exceeds `available`. */
  readonly total: number;
}

/** What a plan minimises, in tokens at the price of plain input. */
export interface Objective {
  /** What the evicted content is expected to be missed for: how likely it is needed again times what it takes to get it back. */
  readonly loss: number;
  /** Writing again to the cache what stands behind the first edit, once. */
  readonly rewrite: number;
  /** What is not read in the calls of the horizon. */
  readonly saved: number;
  /** Tokens that went: `before.tokens` less `after.tokens`. */
  readonly shed: number;
  /** `rewrite` less `saved`: what the plan costs over the horizon, apart from what is missed. Negative: it pays. */
  readonly net: number;
  /** The same in US dollars at list price, where the price is known. */
  readonly netUsd?: number;
  /** Calls after which `rewrite` has paid back; absent when nothing is rewritten or nothing is saved. */
  readonly breakEven?: number;
  /**
   * No choice of the counted offers that frees as much has less `loss + rewrite - saved` than this, whatever it leaves categories above
   * their allowances: what shares cost is in the gap. Absent where no such choice reaches as far as a
   * last resort, and where results of the last groups or texts of the user's are cut.
   */
  readonly bound?: number;
  /** `loss + rewrite - saved - bound`, never negative. */
  readonly gap?: number;
  /** Whether the cache was taken to be warm. */
  readonly warm: boolean;
}

/** A category against its allowance, in tokens. */
export interface CategoryUse {
  /** The category. */
  readonly category: "system" | "task" | "tool_results" | "conversation" | "media" | "reserve";
  /** Its tokens in the request. */
  readonly before: number;
  /** Its share, and what others leave unused. */
  readonly allowance: number;
  /** What no step may take: the floor of the policy, at most `before`. */
  readonly floor: number;
  /** Its tokens in what applying the plan gives. */
  readonly after: number;
}

/** What a plan comes to for one model of a chain. */
export interface ChainFit {
  /** The name that was asked for. */
  readonly model: string;
  /** The request before, as this model counts it. */
  readonly before: Size;
  /** The request that applying the plan gives, with the digest in place of a summary. */
  readonly after: Size;
  /** The largest prompt that fits this model, in tokens. */
  readonly available: number;
  /** Whether `after` does. Where no plan fits every model, the ones for which it is too much say so here. */
  readonly fits: boolean;
  /**
   * Signed thoughts in `after`, in tokens, that another model than the first does not read: they are sent, and have no effect
   * there. 0 for the first.
   */
  readonly thinkingLost: number;
}

/** What every plan says. Plans are plain JSON, deterministic, and can be stored. */
export interface PlanBase {
  /** Version of this format. */
  readonly version: number;
  /** The model planned for. */
  readonly model: string;
  /** The dialect of the request. */
  readonly dialect: Dialect;
  /** SHA-256 of the request planned for. */
  readonly input: string;
  /** SHA-256 of the request that applying without fills gives. */
  readonly output: string;
  /** The largest prompt that fits, in tokens. */
  readonly available: number;
  /** Where the plan lands, or below, in tokens. */
  readonly target: number;
  /** Whether it does; a plan that cannot reach the target lands as low as it can. */
  readonly released: boolean;
  /** The request before. */
  readonly before: Size;
  /** The applied request, counted afresh, with the digest or any summary that fits its slot. */
  readonly after: Size;
  /** What is done, in order of application. */
  readonly steps: readonly Step[];
  /** The summary to be written, when a step needs one. */
  readonly summary?: SummarySlot;
  /** What was minimised, and how near to the least possible it is. */
  readonly objective?: Objective;
  /** Each category against its allowance; absent without shares in the policy. */
  readonly categories?: readonly CategoryUse[];
  /** Calls that were made again although an earlier plan had taken their results away: those results are valued higher. */
  readonly regrets: number;
  /** Signed thoughts that no longer count because of an edit before them, in tokens. They go, or the API drops them. */
  readonly thinkingLost: number;
  /** With `fallbacks`: what the plan comes to for each model, in the order of the options, whoever it was made for. */
  readonly chain?: readonly ChainFit[];
  /**
   * What the caller should know; absent from most plans: what has to be set in the request beside the messages, how many of the groups
   * of {@link Policy.keepLast} went or lost content, that floors of categories, or {@link Policy.drop}, keep the request from fitting, and
   * what the policy names that the request does not have (`keepTools`, `toolValues`, `values`, `pinned`).
   */
  readonly notes?: readonly string[];
  /** The invariants that were checked, by name. */
  readonly invariants: readonly string[];
}

/** The outcome of planning. */
export type CompactionPlan =
  /** Nothing is to be done: the request fits as it is, or nothing that could go pays. */
  | (PlanBase & { readonly status: "unneeded" })
  /** The steps make it fit, or make it cheaper. */
  | (PlanBase & { readonly status: "planned" })
  /** Nothing the policy allows makes it fit. */
  | (PlanBase & { readonly status: "irreducible"; readonly floor: Floor });

/** What the caller supplies to a plan. */
export interface Fills {
  /** The summary that was asked for. Absent: the plan's deterministic digest stands in. */
  readonly summary?: string | undefined;
}

/** A named invariant that does not hold. */
export interface Violation {
  /** The rule, by its short name: `OC1`. */
  readonly invariant: string;
  /** The place in the request. */
  readonly path: string;
  /** What was found, and what was expected. */
  readonly message: string;
  /** What helps, where something does. */
  readonly hint?: string;
}

/** The outcome of verifying. */
export interface Verification {
  /** Whether there are no `violations`. */
  readonly ok: boolean;
  /** Tokens of the applied request, counted afresh. */
  readonly tokens: number;
  /** The most that the provider will report for it: what is compared with the room. */
  readonly upperBound: number;
  /** What does not hold. */
  readonly violations: readonly Violation[];
  /** What the request already broke before the plan; not held against it. */
  readonly inherited: readonly Violation[];
}
