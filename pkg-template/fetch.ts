import { createGuardFetch, type GuardFetch } from "./guard-fetch.js";
import { createTokenBudget } from "./index.js";
import { policiesOf } from "./require-policy.js";
import { source } from "./source.js";

/** Wraps a fetch function, so that chat requests are checked before they are sent. */
export const guardFetch: GuardFetch = /* @__PURE__ */ createGuardFetch(createTokenBudget, /* @__PURE__ */ policiesOf(source));
export type { Fetch, GuardedFetch, GuardFetch, GuardFetchOptions } from "./guard-fetch.js";
export type { GuardCheckpoint } from "./guard-checkpoint.js";
export { findOverflow } from "./find-overflow.js";
