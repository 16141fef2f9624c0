/** How a model limits what it takes. */
export type LimitKind = "shared" | "split" | "separate" | "input_only";

/** How a number was obtained. */
export type Basis = "exact" | "estimated" | "calibrated" | "supplied";

/** The upper bound fits, nearly does not, or does not. */
export type Verdict = "fits" | "tight" | "overflows";

/** Who speaks. */
export type Role = "system" | "developer" | "user" | "assistant" | "tool" | "function";

/** A model's limits, in tokens. */
export interface Limit {
  readonly kind: LimitKind;
  readonly window: number;
  readonly maxInput?: number;
  readonly maxOutput?: number;
}

/** Tokens by what they are spent on; they sum to `Projection.tokens`. */
export interface Categories {
  readonly system: number;
  readonly tools: number;
  readonly user: number;
  readonly assistant: number;
  readonly toolCalls: number;
  readonly toolResults: number;
  readonly media: number;
  readonly format: number;
  readonly framing: number;
}

/** One message's share, framing included. */
export interface MessageTokens {
  readonly index: number;
  readonly role: Role;
  readonly tokens: number;
}

/** A part of a request that is not counted exactly. */
export interface UncertainPart extends Bounds {
  /** A message by its place, `messages[3]`, or `instructions`, `tools`, `format` or `framing`. */
  readonly path: string;
}

/** Something accepted that lowers what the numbers can promise. */
export interface Warning {
  readonly code: string;
  readonly path: string;
  readonly message: string;
}

/** A number of tokens, and what it is between. */
export interface Bounds {
  /** The most likely count. */
  readonly tokens: number;
  /** The provider will not report less. */
  readonly lowerBound: number;
  /** The provider will not report more. This is what is compared with what is available. */
  readonly upperBound: number;
}

/** An earlier part of a conversation whose usage is known. */
export interface Start {
  /** Tokens that were counted for it. */
  readonly counted: number;
  /** Tokens that were reported for it. */
  readonly reported: number;
}

/** What a request takes before it is sent, and whether it fits. */
export interface Projection extends Bounds {
  readonly model: string;
  readonly encoding: string;
  readonly basis: Basis;
  /** What was counted, where reported usage has corrected it. */
  readonly counted?: Bounds;
  /** The report that the numbers start from, where the request goes on where that one ended. */
  readonly startsFrom?: Start;
  /**
   * Names the messages, instructions and tools: the same for the same request. By it, `record` recognises a request as the
   * continuation of an earlier one.
   */
  readonly fingerprint: string;
  readonly byCategory: Categories;
  /** Instructions that stand outside the messages, with their framing. */
  readonly instructions: number;
  /**
   * Each message's share. With `instructions`, and with `tools`, `format` and `framing` of `byCategory`, they sum to
   * `tokens`.
   */
  readonly messages: readonly MessageTokens[];
  /**
   * The parts that are not counted exactly; absent when all are. Between them they have all doubt that the bounds allow for, before
   * reported usage has corrected anything.
   */
  readonly uncertain?: readonly UncertainPart[];
  readonly warnings: readonly Warning[];
  readonly limit: Limit;
  /** Tokens kept free for the answer. */
  readonly headroom: number;
  /** The largest prompt that fits. */
  readonly available: number;
  /** By how much `upperBound` exceeds `available`; 0 when it fits. */
  readonly overBy: number;
  readonly verdict: Verdict;
  /**
   * With `fallbacks`: what the request takes with each model, in the order of the options. All other numbers are those of
   * the model that is left with the least room.
   */
  readonly chain?: readonly ModelFit[];
}

/** What a request takes with one model of a chain. */
export interface ModelFit extends Bounds {
  readonly model: string;
  readonly basis: Basis;
  /** As in {@link Projection}. */
  readonly counted?: Bounds;
  /** As in {@link Projection}. */
  readonly startsFrom?: Start;
  readonly limit: Limit;
  /** The largest prompt that fits this model. */
  readonly available: number;
  /** By how much `upperBound` exceeds `available`; 0 when it fits. */
  readonly overBy: number;
  readonly verdict: Verdict;
  /** `available - upperBound`; negative when it does not fit. The least of the chain governs. */
  readonly room: number;
}
