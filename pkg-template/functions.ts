import type { Guard } from "./guard.js";
import type { BudgetOptions, ModelInfo, RequestInput, SyncBudgetOptions, TokenBudget } from "./types.js";
import type { Repair, ValidateOptions, Validation } from "./validate-types.js";

/** The functions of the package, bound to a core. */
export interface Api {
  /**
   * A budget for one model, or for a chain of them; loads the vocabulary when it is needed for the first time.
   *
   * @throws `TokenHeadroomError` (rejected) of code `unknown_model` with the three nearest names, `invalid_option` for an option that
   * is none or cannot be, `missing_field` where neither `model` nor a description says what to count for; `path` names the option.
   * @example
   * const budget = await createTokenBudget({ model: "gpt-4o", headroom: 1_000 });
   * budget.project([{ role: "user", content: "hello world" }]).tokens; // 9
   */
  createTokenBudget(options: BudgetOptions): Promise<TokenBudget>;
  /**
   * The same with an imported vocabulary, without waiting.
   *
   * @throws `TokenHeadroomError` as {@link createTokenBudget}; `unknown_encoding` names the module that is missing, `corrupt_pack` a
   * damaged one.
   * @example
   * import o200k_base from "token-headroom/encodings/o200k_base";
   * const budget = createTokenBudgetSync({ model: "gpt-4o", encoding: o200k_base });
   */
  createTokenBudgetSync(options: SyncBudgetOptions): TokenBudget;
  /**
   * Checks every call of a function before it happens.
   *
   * @throws `TokenHeadroomError` of code `invalid_option` at once for options that cannot be. The guarded function rejects with
   * `ContextOverflowError`, `LoopDetectedError` or `BudgetExceededError` before anything is sent, and with whatever the wrapped one
   * throws.
   * @example
   * const guarded = guard((messages) => client.chat.completions.create({ model: "gpt-4o", messages }), {
   *   context: { model: "gpt-4o", headroom: 1_000 },
   *   budget: { maxUsd: 3 },
   * });
   * await guarded([{ role: "user", content: "hello" }]);
   */
  readonly guard: Guard;
  /**
   * What is known of a model: limits in tokens, encoding, list prices in US dollars per million tokens. Loads nothing.
   *
   * @throws `TokenHeadroomError` of code `unknown_model` or `invalid_option`, as {@link createTokenBudget}.
   * @example
   * modelInfo({ model: "azure/gpt-4o" }).limit.window; // 128000
   */
  modelInfo(options: BudgetOptions): ModelInfo;
  /**
   * Every model of the catalogue, under the name that is its own.
   *
   * @example
   * models().filter(({ limit }) => limit.window >= 1_000_000).map(({ name }) => name);
   */
  models(): readonly ModelInfo[];
  /**
   * Checks a transcript against the rules of its API, each with a name: calls and results, turns, thoughts. No model and no
   * vocabulary is needed. Calls that wait for their results at the very end are legal. What is no request at all is told as the violation
   * `shape`, not thrown.
   *
   * @throws `TokenHeadroomError` of code `invalid_option` for a dialect that is none; `cyclic`, `bigint`, `too_deep` or `unreadable`
   * for what JSON cannot hold.
   * @example
   * const { ok, violations } = validate({ messages });
   * for (const { invariant, path, message } of violations) console.warn(invariant, path, message);
   */
  validate(request: RequestInput, options?: ValidateOptions): Validation;
  /**
   * Makes a transcript valid and tells every change: results without a call go, results away from their call move behind it,
   * calls that nothing answered are answered in words that say so. What would need invention is left, and told, as is an empty text where
   * nothing else asks. `request` is not touched.
   *
   * @throws `TokenHeadroomError` as {@link validate}.
   * @example
   * const { request, changes, violations } = repair({ messages });
   * console.log(changes.length, violations.length === 0);
   */
  repair<T extends RequestInput>(request: T, options?: ValidateOptions): Repair<T>;
}
