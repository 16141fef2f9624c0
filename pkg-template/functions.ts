import type { Guard } from "./guard.js";
import type { BudgetOptions, ModelInfo, SyncBudgetOptions, TokenBudget } from "./types.js";

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
}
