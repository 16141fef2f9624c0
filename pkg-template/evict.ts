import { TokenHeadroomError } from "./errors.js";
import { optionsOf, shown } from "./found.js";
import type { CompactionPlan, Policy, RequestInput, TokenBudget } from "./types.js";

/** Whether, and by what, tool results are left out before every call. */
export interface EvictOptions {
  /** What may go, what must stay, and how much is made free. */
  readonly policy?: Policy | undefined;
  /**
   * Leave out, before every call, the tool results that pay to leave out: repeated, replaced, stale and old ones, by what the
   * prompt cache costs. `true`: as `policy` allows, without summaries. What was decided once stays for later calls, so that the
   * cached prefix does. Asking again for such a result is no loop. Default: only what does not fit is changed.
   */
  readonly evict?: boolean | Policy | undefined;
}

/** Refuses a policy that is none. `path` is where the caller wrote it, and errors name the place by it. */
export type RequirePolicy = (policy: unknown, path: string) => void;

/** Refuses policies that are none, and what is neither yes nor no nor a policy. */
export function requireEvict({ evict = false, policy }: EvictOptions, requirePolicy: RequirePolicy): void {
  if (typeof evict !== "boolean" && (typeof evict !== "object" || evict === null)) {
    throw new TokenHeadroomError(`found ${shown(evict)}, expected true or a policy`, { code: "invalid_option", path: "evict" });
  }
  requirePolicy(policy, "policy");
  if (typeof evict === "object") {
    requirePolicy(evict, "evict");
  }
}

/** By what is evicted; `undefined` where nothing is. */
export function evictionPolicy({ evict = false, policy }: EvictOptions): Policy | undefined {
  return evict === true ? { ...policy, summarise: false, drop: false } : evict || undefined;
}

/** `policy` for a request that may well fit: only what pays goes, and only results unless `policy` says otherwise. */
export function evicting(policy: Policy): Policy {
  return { summarise: false, drop: false, ...optionsOf(policy, "policy"), when: "pays" };
}

/**
 * `request` without what pays to leave out, or `request` itself. Nothing that cannot be proven is done: a request that is not
 * evicted is as good as it was.
 */
export function evicted<T extends RequestInput>(budget: TokenBudget, request: T, policy: Policy): T {
  const plan = planned(budget, request, policy);
  if (plan?.status !== "planned" || plan.summary !== undefined) {
    return request;
  }
  return budget.verify(request, plan).ok ? budget.apply(request, plan) : request;
}

// What cannot be planned for has no results that could go.
function planned(budget: TokenBudget, request: RequestInput, policy: Policy): CompactionPlan | undefined {
  try {
    return budget.evict(request, policy);
  } catch (error) {
    if (TokenHeadroomError.is(error) && error.code === "unsupported_dialect") {
      return undefined;
    }
    throw error;
  }
}
