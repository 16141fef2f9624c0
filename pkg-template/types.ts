import type { EncodingName } from "./encoding-names.js";
import type { ModelName } from "./model-names.js";
import type { HostName, ModelInfo, ModelOverrides } from "./model-types.js";
import type { CompactionPlan, Fills, Verification } from "./plan-types.js";
import type { Policy } from "./policy-types.js";
import type { LimitKind, Projection } from "./projection-types.js";
import type { Dialect, RequestInput } from "./request-types.js";
import type { Calibration, Usage, UsageComparison } from "./usage-types.js";

export type { EncodingName } from "./encoding-names.js";
export type { ModelName } from "./model-names.js";
export type * from "./model-types.js";
export type * from "./plan-types.js";
export type * from "./policy-types.js";
export type * from "./projection-types.js";
export type * from "./request-types.js";
export type * from "./usage-types.js";
export type * from "./validate-types.js";

/**
 * Base64, in one string or in pieces whose length is a multiple of four each. An engine that reads a module copies a long
 * string more often than pieces.
 */
export type Base64 = string | readonly string[];

/** A vocabulary, as the modules under `token-headroom/encodings/` export it. */
export interface EncodingModule {
  /** Its name. */
  readonly name: EncodingName | (string & {});
  /** The pack, as bytes or in base64. */
  readonly data: Base64 | Uint8Array;
}

/** The token ids of a vocabulary, as the modules `token-headroom/encodings/<name>.ids` export them. */
export interface EncodingIds {
  /** The encoding's name. */
  readonly name: EncodingName | (string & {});
  /** The file, as bytes or in base64. */
  readonly data: Base64 | Uint8Array;
}

/** What is counted for, and against which limits. */
export interface BudgetOptions {
  /** Name of the model, as any host writes it: `gpt-4o`, `azure/gpt-4o`, `us.anthropic.claude-3-haiku-20240307-v1:0`. */
  readonly model?: ModelName | undefined;
  /** Tokens to keep free for the answer, less than the window. Default: the request's own cap on output, else the model's default. */
  readonly headroom?: number | undefined;
  /** Count with this encoding, by name or as an imported module. Default: the model's own. */
  readonly encoding?: EncodingName | EncodingModule | undefined;
  /** Frame and count like this model of the catalogue. Makes an unknown model known. */
  readonly like?: ModelName | undefined;
  /** How requests are written. Default: recognised from each request. */
  readonly dialect?: Dialect | undefined;
  /** Who serves it; the same model is counted differently by different hosts. Default: what the name's prefix says, if anything. */
  readonly host?: HostName | undefined;
  /**
   * The day on which the request is sent, as `"2025-08-10"`: names that move (`mistral-small-latest`, `deepseek-chat`) meant other
   * models before, and servers wrote prompts in other ways. Default: what holds by the catalogue's date.
   */
  readonly asOf?: string | undefined;
  /**
   * What becomes of a name that neither the catalogue nor `models` knows: `"error"` (default) refuses it; `"estimate"`
   * counts it in `o200k_base` within wide bounds, against `maxContextTokens` or 128,000, with the warning `assumed_model`.
   */
  readonly unknownModel?: "error" | "estimate" | undefined;
  /** Your own models and corrections of the catalogue, by name or by `name@host`; also a whole refreshed snapshot. */
  readonly models?: ModelOverrides | undefined;
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
  /**
   * Models that may answer in the first one's stead, with the history as it is then: what fits has to fit each of them.
   * They share `headroom`, `tightAt`, `dialect`, `models`, `unknownModel` and `asOf` unless they bring their own; all else is said
   * of one model alone.
   */
  readonly fallbacks?: readonly (ModelName | FallbackOptions)[] | undefined;
  /** What an earlier budget has learned ({@link TokenBudget.learned}), to start from. */
  readonly learned?: Calibration | undefined;
}

/** A model of {@link BudgetOptions.fallbacks}. */
export type FallbackOptions = Omit<BudgetOptions, "fallbacks" | "learned">;

/**
 * {@link BudgetOptions} for the synchronous door, which cannot load an encoding by itself. Fallbacks that count in another
 * one bring its module as well: `{ model, encoding }`.
 */
export interface SyncBudgetOptions extends BudgetOptions {
  /** An imported module: `import o200k_base from "token-headroom/encodings/o200k_base"`. */
  readonly encoding: EncodingModule;
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

/**
 * Counts, projects and plans for one model, or for a chain of them. Texts are counted and cut for the first. Nothing needs
 * to be closed or freed.
 */
export interface TokenBudget {
  /** What is known of the model; of a chain, of its first. */
  readonly model: ModelInfo;
  /** What {@link record} has learned so far; nothing before. Pass it as the option `learned` to a later budget. */
  readonly learned: Calibration | undefined;
  /**
   * Tokens of `text`, 0 for an empty one; special-token text counts as ordinary text, lone surrogates as U+FFFD. A long text is
   * counted in parts, so memory does not grow with it, where it has whitespace after words. Claude's encodings, Mistral's first ones and
   * those of files that change a text beyond Unicode's form C take it whole.
   *
   * @throws `TokenHeadroomError` of code `invalid_type` for what is no string.
   * @example budget.countTokens("hello world"); // 2
   */
  countTokens(text: string): number;
  /**
   * Tokens of `text`, or `undefined` as soon as they exceed `limit`: where {@link countTokens} counts in parts, the rest is not read.
   *
   * @throws `TokenHeadroomError` of code `invalid_type` for what is no string, `invalid_value` for a limit that is no whole number.
   * @example budget.countUpTo(page, 8_000) ?? "too long";
   */
  countUpTo(text: string, limit: number): number | undefined;
  /**
   * What `request` takes, in tokens, and whether it fits. Messages that were counted before are not counted again.
   *
   * @throws `TokenHeadroomError` that names the place in the request: `missing_field`, `invalid_type`, `unknown_role`, and `cyclic`,
   * `bigint`, `too_deep` or `unreadable` for what JSON cannot hold.
   * @example
   * const { tokens, upperBound, available, verdict } = budget.project({ messages, tools });
   */
  project(request: RequestInput): Projection;
  /**
   * {@link project}, or throws.
   *
   * @throws `ContextOverflowError` for what does not fit, with the projection and `plan()`; otherwise as {@link project}.
   * @example
   * try {
   *   budget.check(request);
   * } catch (error) {
   *   if (ContextOverflowError.is(error)) console.log(error.overBy, error.plan().steps.length);
   * }
   */
  check(request: RequestInput): Projection;
  /**
   * The cheapest valid way to make `request` fit; changes nothing. The same request and policy give the same plan.
   *
   * @throws `TokenHeadroomError` of code `invalid_option` for a policy that cannot be, `unsupported_dialect` for requests without a
   * list of messages; otherwise as {@link project}.
   * @example
   * const plan = budget.plan(request, { keepLast: 2 });
   * if (plan.status === "planned") send(budget.apply(request, plan));
   */
  plan(request: RequestInput, policy?: Policy): CompactionPlan;
  /**
   * {@link plan} whether it fits or not: what results can go because that saves more than they are expected to be missed.
   * Nothing is summarised or dropped unless `policy` says so.
   *
   * @throws `TokenHeadroomError` as {@link plan}.
   * @example
   * const plan = budget.evict(request);
   * console.log(plan.status, plan.objective?.net); // below 0: it pays
   */
  evict(request: RequestInput, policy?: Policy): CompactionPlan;
  /**
   * Carries out `plan`: a new request of the same type, in which untouched messages are the caller's own objects.
   *
   * @throws `TokenHeadroomError` of code `plan_mismatch` for the plan of another request, or what is no plan; `invalid_fill` for a
   * summary that is empty or larger than its slot.
   * @example
   * const fills = plan.summary && { summary: await writeSummary(plan.summary) };
   * const smaller = budget.apply(request, plan, fills);
   */
  apply<T extends RequestInput>(request: T, plan: CompactionPlan, fills?: Fills): T;
  /**
   * Independent proof that `plan` is valid for `request` and that its result fits this budget, as {@link project} judges it: by its
   * own headroom, the request's output cap and what was {@link learned}, for every model of a chain. What does not hold is told, not
   * thrown, and so is a summary that is empty or larger than its slot.
   *
   * @throws `TokenHeadroomError` of code `plan_mismatch` for what is no plan at all.
   * @example
   * const { ok, violations } = budget.verify(request, plan);
   */
  verify(request: RequestInput, plan: CompactionPlan, fills?: Fills): Verification;
  /**
   * The way back from {@link apply}: the request that `plan` was made for, from the applied one and `originals`, which
   * `originalsOf(request, plan)` has given before. Messages appended since stay at the end. The result is proven by its digest;
   * what cannot be proven is refused.
   *
   * @throws `TokenHeadroomError` of code `missing_field` that names originals that are missing, `plan_mismatch` where the request has
   * changed otherwise.
   * @example
   * const originals = originalsOf(request, plan);
   * const again = budget.undo(budget.apply(request, plan), plan, originals);
   */
  undo<T extends RequestInput>(request: T, plan: CompactionPlan, originals: readonly object[]): T;
  /**
   * Compares the projection of a request with what the provider reported for that very request, and learns: a request
   * that continues this one starts from the report, other estimates of the model are centred and widened by it.
   *
   * `usage` is the usage object of the answer, or the whole answer. Only the latter says why it ended, which tells
   * truncation apart, and which model of a chain has given it.
   *
   * @throws `TokenHeadroomError` of code `invalid_value` where `usage` has no number of prompt tokens.
   * @example
   * const projection = budget.project(request);
   * const answer = await client.chat.completions.create(request);
   * budget.record(projection, answer).verdict; // "agrees"
   */
  record(projection: Projection, usage: Usage): UsageComparison;
  /**
   * The longest part of `text` that takes at most `maxTokens` tokens: its start (`keep: "head"`, the default), its end (`"tail"`), or
   * both. Longest in this sense: with one more character it takes more. (A still longer part may fit again, as when more letters complete
   * a word that is one token.) Never splits a code point; what is drawn as one may consist of several. A text that fits is all `head`, or
   * all `tail` where that is kept.
   *
   * @throws `TokenHeadroomError` of code `invalid_type`, `invalid_value` or `invalid_option`, with the argument's name as `path`.
   * @example
   * const { head, tail, omitted } = budget.truncate(log, 500, { keep: "both" });
   */
  truncate(text: string, maxTokens: number, options?: { readonly keep?: Keep | undefined }): Truncated;
  /**
   * Packs texts, in order, into at most `maxTokens` tokens, separators included. A text is taken if it fits with all that is taken before
   * it, as if the whole were counted each time; but the time grows with the texts, not with their square. (Only in very long text without
   * a blank may a few be left out that would fit.)
   *
   * @throws `TokenHeadroomError` of code `invalid_type`, `invalid_value` or `invalid_option`, with the place as `path`.
   * @example
   * const { text, omitted } = budget.fitChunks(pages, 4_000);
   */
  fitChunks(chunks: readonly string[], maxTokens: number, options?: FitOptions): Fitted;
}
