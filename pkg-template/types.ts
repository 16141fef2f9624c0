import type { EncodingName } from "./encoding-names.js";
import type { CompactionPlan, Fills, Policy, Verification } from "./plan-types.js";

export type { EncodingName } from "./encoding-names.js";
export type * from "./plan-types.js";

/** Models of the catalogue, for completion; any other name is allowed when the options describe it. */
export type ModelName =
  | "gpt-6-astra"
  | "gpt-6-sol"
  | "gpt-6-luna"
  | "gpt-6.1-sol"
  | "gpt-6.1-terra"
  | "gpt-5.6-sol"
  | "gpt-5.6-terra"
  | "gpt-5.6-luna"
  | "gpt-5.5"
  | "gpt-5.5-pro"
  | "gpt-5.4"
  | "gpt-5.4-pro"
  | "gpt-5.4-mini"
  | "gpt-5.4-nano"
  | "gpt-5.3-codex"
  | "gpt-5.2"
  | "gpt-5.2-pro"
  | "gpt-5.1"
  | "gpt-5.1-codex"
  | "gpt-5"
  | "gpt-5-mini"
  | "gpt-5-nano"
  | "gpt-5-pro"
  | "gpt-4.1"
  | "gpt-4.1-mini"
  | "gpt-4.1-nano"
  | "gpt-4o"
  | "gpt-4o-mini"
  | "o1"
  | "o1-pro"
  | "o3"
  | "o3-pro"
  | "o3-mini"
  | "o4-mini"
  | "gpt-4-turbo"
  | "gpt-4"
  | "gpt-4-32k"
  | "gpt-3.5-turbo"
  | "gpt-oss-120b"
  | "gpt-oss-20b"
  | (string & {});

/** A vocabulary, as the modules under `token-headroom/encodings/` export it. */
export interface EncodingModule {
  /** Its name. */
  readonly name: EncodingName | (string & {});
  /** The pack, as bytes or in base64. */
  readonly data: string | Uint8Array;
}

/** The token ids of a vocabulary, as the modules `token-headroom/encodings/<name>.ids` export them. */
export interface EncodingIds {
  /** The encoding's name. */
  readonly name: EncodingName | (string & {});
  /** The file, as bytes or in base64. */
  readonly data: string | Uint8Array;
}

/** How a model limits what it takes. */
export type LimitKind = "shared" | "split" | "separate" | "input_only";

/** What is counted for, and against which limits. */
export interface BudgetOptions {
  /** Name of the model, with or without a provider prefix or a date. */
  readonly model?: ModelName | undefined;
  /** Tokens to keep free for the answer. Default: the request's own cap on output, else the model's default. */
  readonly headroom?: number | undefined;
  /** Count with this encoding, by name or as an imported module. Default: the model's own. */
  readonly encoding?: EncodingName | EncodingModule | undefined;
  /** Frame and count like this model of the catalogue. Makes an unknown model known. */
  readonly like?: ModelName | undefined;
  /** The context window. */
  readonly maxContextTokens?: number | undefined;
  /** The largest prompt, where it is less than the window. */
  readonly maxInputTokens?: number | undefined;
  /** The largest answer. */
  readonly maxOutputTokens?: number | undefined;
  /** Which comparison applies. */
  readonly limitKind?: LimitKind | undefined;
  /** Share of what is available above which a request that fits is `tight`. Default 0.9. */
  readonly tightAt?: number | undefined;
}

/** {@link BudgetOptions} for the synchronous door, which cannot load an encoding by itself. */
export interface SyncBudgetOptions extends BudgetOptions {
  /** An imported module: `import o200k_base from "token-headroom/encodings/o200k_base"`. */
  readonly encoding: EncodingModule;
}

/** A request body, or its messages alone. Any SDK's own types fit. */
export type RequestInput = RequestBody | readonly object[];

/** The messages of a request, by the caller's own type. */
export type MessageOf<Input> = Input extends readonly (infer Message extends object)[]
  ? Message
  : Input extends { readonly messages: readonly (infer Message extends object)[] }
    ? Message
    : object;

/** A request body of the Chat Completions API. */
export interface RequestBody {
  readonly messages: readonly object[];
}

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

/** Something accepted that lowers what the numbers can promise. */
export interface Warning {
  readonly code: string;
  readonly path: string;
  readonly message: string;
}

/** What a request takes before it is sent, and whether it fits. */
export interface Projection {
  readonly model: string;
  readonly encoding: string;
  /** The most likely count. */
  readonly tokens: number;
  /** The provider will not report less. */
  readonly lowerBound: number;
  /** The provider will not report more. This is what is compared with `available`. */
  readonly upperBound: number;
  readonly basis: Basis;
  readonly byCategory: Categories;
  readonly messages: readonly MessageTokens[];
  readonly warnings: readonly Warning[];
  readonly limit: Limit;
  /** Tokens kept free for the answer. */
  readonly headroom: number;
  /** The largest prompt that fits. */
  readonly available: number;
  /** By how much `upperBound` exceeds `available`; 0 when it fits. */
  readonly overBy: number;
  readonly verdict: Verdict;
}

/** Usage as the Chat Completions API reports it. */
export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens?: number | undefined;
  readonly total_tokens?: number | undefined;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number | undefined } | null | undefined;
}

/** List prices in US dollars per million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
}

/** What is known of a model. */
export interface ModelInfo {
  /** The name as asked for. */
  readonly name: string;
  /** The catalogue row it was resolved to. */
  readonly row: string;
  readonly encoding: string;
  /** Family of framing rules. */
  readonly framing: string;
  readonly limit: Limit;
  /** Tokens kept free when neither the options nor the request say how many. */
  readonly defaultHeadroom: number;
  readonly price?: Price;
}

/** Which end of a text survives a cut. */
export type Keep = "head" | "tail" | "both";

/** A text cut to a number of tokens. */
export interface Truncated {
  /** `head + tail`. */
  readonly text: string;
  /** The kept start and end, for callers that put a notice between. */
  readonly head: string;
  readonly tail: string;
  /** Tokens of `text`; at most the limit. */
  readonly tokens: number;
  /** UTF-16 code units that are gone; 0 when the text fits as it is. */
  readonly omitted: number;
}

/** How {@link TokenBudget.fitChunks} packs. */
export interface FitOptions {
  /** Stands between chunks and is counted. Default: an empty line. */
  readonly separator?: string | undefined;
  /**
   * What happens to a chunk that does not fit. `"skip"` (default) leaves it out and goes on, so that a smaller one may
   * still be taken; `"truncate"` keeps what fits of its start and ends there.
   */
  readonly last?: "skip" | "truncate" | undefined;
}

/** A chunk that was taken. */
export interface FittedChunk {
  /** Its place in the input. */
  readonly index: number;
  readonly text: string;
  /** Whether its end is missing. */
  readonly truncated: boolean;
}

/** The outcome of packing. */
export interface Fitted {
  /** The taken chunks, joined. */
  readonly text: string;
  /** Tokens of `text`, counted as a whole; at most the limit. */
  readonly tokens: number;
  readonly chunks: readonly FittedChunk[];
  /** Places in the input of the chunks that were left out. */
  readonly omitted: readonly number[];
}

/** Counts, projects and plans for one model. Nothing needs to be closed or freed. */
export interface TokenBudget {
  /** What is known of the model. */
  readonly model: ModelInfo;
  /** Tokens of `text`; special-token text counts as ordinary text. */
  countTokens(text: string): number;
  /** Tokens of `text`, or `undefined` as soon as they exceed `limit`. */
  countUpTo(text: string, limit: number): number | undefined;
  /** What `request` takes and whether it fits. */
  project(request: RequestInput): Projection;
  /** {@link project}, or throws `ContextOverflowError`. */
  check(request: RequestInput): Projection;
  /** The cheapest valid way to make `request` fit. */
  plan(request: RequestInput, policy?: Policy): CompactionPlan;
  /** Carries out `plan`: a new request of the same type, in which untouched messages are the caller's own objects. */
  apply<T extends RequestInput>(request: T, plan: CompactionPlan, fills?: Fills): T;
  /** Independent proof that `plan` is valid for `request` and that its result fits. */
  verify(request: RequestInput, plan: CompactionPlan, fills?: Fills): Verification;
  /**
   * Compares a projection with what the provider reported, and learns: later estimates of this budget are centred and
   * widened by it.
   */
  record(projection: Projection, usage: Usage): UsageComparison;
  /** The longest part of `text` that takes at most `maxTokens`; never splits a character. */
  truncate(text: string, maxTokens: number, options?: { readonly keep?: Keep | undefined }): Truncated;
  /** Packs texts, in order, into at most `maxTokens`. */
  fitChunks(chunks: readonly string[], maxTokens: number, options?: FitOptions): Fitted;
}

/** How a report compares with its projection; `truncated` means that the provider dropped a part of the prompt. */
export type UsageVerdict = "agrees" | "above" | "below" | "truncated";

/** What {@link TokenBudget.record} found. */
export interface UsageComparison {
  readonly verdict: UsageVerdict;
  /** Tokens that were projected. */
  readonly projected: number;
  /** Tokens that were reported. */
  readonly reported: number;
  /** Reported by projected tokens. */
  readonly ratio: number;
}
