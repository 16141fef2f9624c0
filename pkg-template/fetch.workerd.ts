import { createGuardFetch, type GuardFetch } from "./guard-fetch.js";
import { createTokenBudget } from "./index.workerd.js";

export const guardFetch: GuardFetch = /* @__PURE__ */ createGuardFetch(createTokenBudget);
export type { Fetch, GuardFetch, GuardFetchOptions } from "./guard-fetch.js";
export { findOverflow } from "./find-overflow.js";
