/**
 * How a model limits what it takes. `shared`: prompt and answer share one window; `split`: they do, and the prompt has a cap of its own;
 * `separate`: each has its own cap; `input_only`: the prompt alone is checked, and the answer ends where the window does.
 */
export type LimitKind = "shared" | "split" | "separate" | "input_only";

/**
 * How a number was obtained. `exact`: counted, and all rules are known; `estimated`: within bounds; `calibrated`: from what the provider
 * has reported; `supplied`: by a counter of yours.
 */
export type Basis = "exact" | "estimated" | "calibrated" | "supplied";

/** The upper bound fits, nearly does not, or does not. */
export type Verdict = "fits" | "tight" | "overflows";

/** Who speaks. */
export type Role = "system" | "developer" | "user" | "assistant" | "tool" | "function";

/** A model's limits, in tokens. */
export interface Limit {
  /** What is compared with what. */
  readonly kind: LimitKind;
  /** The context window. */
  readonly window: number;
  /** The largest prompt, where that is said apart from the window. */
  readonly maxInput?: number;
  /** The largest answer, where it is known. */
  readonly maxOutput?: number;
}

/** Tokens by what they are spent on; they sum to `Projection.tokens`. */
export interface Categories {
  /** System and developer messages. */
  readonly system: number;
  /** Declarations of tools, and the choice among them. */
  readonly tools: number;
  /** User messages, their text alone. */
  readonly user: number;
  /** Assistant messages, their text alone. */
  readonly assistant: number;
  /** Calls that the assistant made. */
  readonly toolCalls: number;
  /** What tools answered. */
  readonly toolResults: number;
  /** Images, recordings and files. */
  readonly media: number;
  /** The response format. */
  readonly format: number;
  /** What belongs to no message, such as the start of the answer. */
  readonly framing: number;
}

/** One message's share, framing included. */
export interface MessageTokens {
  /** Its place in the list of messages. */
  readonly index: number;
  /** Who speaks. */
  readonly role: Role;
  /** With its framing; what parallel calls cost together is divided among their messages. */
  readonly tokens: number;
}

/** A part of a request that is not counted exactly. */
export interface UncertainPart extends Bounds {
  /** A message by its place, `messages[3]`, or `instructions`, `tools`, `format` or `framing`. */
  readonly path: string;
}

/** Something accepted that lowers what the numbers can promise. */
export interface Warning {
  /** Its kind, a stable name: `assumed_model`. */
  readonly code: string;
  /** The place that it is about; empty for the whole. */
  readonly path: string;
  /** What was found, and how it was taken. */
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
  /** The model that all numbers are for, under the name that was asked for. */
  readonly model: string;
  /** The encoding that was counted in. */
  readonly encoding: string;
  /** How the numbers were obtained. */
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
  /** What `tokens` are spent on. */
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
  /** What lowers what the numbers can promise. */
  readonly warnings: readonly Warning[];
  /** The limits that it was judged by. */
  readonly limit: Limit;
  /** Tokens kept free for the answer. */
  readonly headroom: number;
  /** The largest prompt that fits. */
  readonly available: number;
  /** By how much `upperBound` exceeds `available`; 0 when it fits. */
  readonly overBy: number;
  /** How `upperBound` compares with `available`; `tight` above the share `tightAt` of it. */
  readonly verdict: Verdict;
  /**
   * With `fallbacks`: what the request takes with each model, in the order of the options. All other numbers are those of
   * the model that is left with the least room.
   */
  readonly chain?: readonly ModelFit[];
}

/** What a request takes with one model of a chain. */
export interface ModelFit extends Bounds {
  /** The name that was asked for. */
  readonly model: string;
  /** As in {@link Projection}. */
  readonly basis: Basis;
  /** As in {@link Projection}. */
  readonly counted?: Bounds;
  /** As in {@link Projection}. */
  readonly startsFrom?: Start;
  /** As in {@link Projection}. */
  readonly limit: Limit;
  /** The largest prompt that fits this model. */
  readonly available: number;
  /** By how much `upperBound` exceeds `available`; 0 when it fits. */
  readonly overBy: number;
  /** As in {@link Projection}. */
  readonly verdict: Verdict;
  /** `available - upperBound`; negative when it does not fit. The least of the chain governs. */
  readonly room: number;
}
