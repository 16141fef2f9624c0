import type { Guard } from "./guard.js";
import type { BudgetOptions, ModelInfo, RequestInput, SyncBudgetOptions, TokenBudget } from "./types.js";
import type { Repair, ValidateOptions, Validation } from "./validate-types.js";

/** The functions of the package, bound to a core. */
export interface Api {
  /** A budget for one model; loads the model's vocabulary when it is needed for the first time. */
  createTokenBudget(options: BudgetOptions): Promise<TokenBudget>;
  /** The same with an imported vocabulary, without waiting. */
  createTokenBudgetSync(options: SyncBudgetOptions): TokenBudget;
  /** Checks every call of a function before it happens. */
  readonly guard: Guard;
  /** What is known of a model: limits, encoding, prices. */
  modelInfo(options: BudgetOptions): ModelInfo;
  /** Every model of the catalogue. */
  models(): readonly ModelInfo[];
  /**
   * Checks a transcript against the rules of its API, each with a name: calls and results, turns, thoughts. No model and no
   * vocabulary is needed. Calls that wait for their results at the very end are legal.
   */
  validate(request: RequestInput, options?: ValidateOptions): Validation;
  /**
   * Makes a transcript valid and tells every change: results without a call go, results away from their call move behind it,
   * calls that nothing answered are answered in words that say so. What would need invention is left, and told.
   */
  repair<T extends RequestInput>(request: T, options?: ValidateOptions): Repair<T>;
}
