// What every entry exports beside the functions that are bound to a core.
export type { Compaction, CompactOptions } from "./compact.js";
export {
  BudgetExceededError,
  ContextOverflowError,
  type ErrorCode,
  type ErrorDetails,
  type Loop,
  LoopDetectedError,
  type Overflow,
  type Spend,
  TokenHeadroomError,
} from "./errors.js";
export type { Api } from "./functions.js";
export type { Guard, Guarded } from "./guard.js";
export type { GuardCheckpoint } from "./guard-checkpoint.js";
export type { GuardOptions } from "./guard-options.js";
export type { LoopOptions } from "./loop.js";
export { originalsOf } from "./originals.js";
export type { SpendOptions } from "./spend.js";
export type { CountTokens } from "./supplied.js";
export type * from "./types.js";
