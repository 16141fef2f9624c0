import { createGuardFetch, type GuardFetch } from "./guard-fetch.js";
import { createTokenBudget } from "./index.workerd.js";
import { policiesOf } from "./require-policy.js";
import { source } from "./source.workerd.js";

export const guardFetch: GuardFetch = /* @__PURE__ */ createGuardFetch(createTokenBudget, /* @__PURE__ */ policiesOf(source));
export type { Fetch, GuardFetch, GuardFetchOptions } from "./guard-fetch.js";
export { findOverflow } from "./find-overflow.js";
