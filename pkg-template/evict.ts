import type { Policy, RequestInput, TokenBudget } from "./types.js";

/** `policy` for a request that may well fit: only what pays goes, and only results unless `policy` says otherwise. */
export function evicting(policy: Policy): Policy {
  return { summarise: false, drop: false, ...policy, when: "pays" };
}

/**
 * `request` without what pays to leave out, or `request` itself. Nothing that cannot be proven is done: a request that is not
 * evicted is as good as it was.
 */
export function evicted<T extends RequestInput>(budget: TokenBudget, request: T, policy: Policy | undefined): T {
  const plan = budget.evict(request, policy);
  if (plan.status !== "planned" || plan.summary !== undefined) {
    return request;
  }
  return budget.verify(request, plan).ok ? budget.apply(request, plan) : request;
}
