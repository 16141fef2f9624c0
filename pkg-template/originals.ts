import { TokenHeadroomError } from "./errors.js";
import { isList, reading, shown } from "./found.js";
import type { CompactionPlan, MessageOf, RequestInput } from "./types.js";
import { messagesOf, requireRequest } from "./wire.js";

/**
 * The messages of `request` that `plan` changes or takes away: what has to be stored for `budget.undo`. They are the caller's own
 * objects, in order. `request` is the one that `plan` was made for.
 *
 * @throws `TokenHeadroomError` of code `invalid_type` for what is no request, `plan_mismatch` for what is no plan.
 * @example
 * const originals = originalsOf(request, plan);
 * const smaller = budget.apply(request, plan);
 * budget.undo(smaller, plan, originals); // `request` again
 */
export function originalsOf<T extends RequestInput>(request: T, plan: CompactionPlan): readonly MessageOf<T>[] {
  reading("request", () => requireRequest(request, "request"));
  const messages = messagesOf(request) as readonly MessageOf<T>[];
  const named = reading("plan", () => changedBy(plan));
  return [...new Set(named)].sort((one, other) => one - other).flatMap((index) => messages[index] ?? []);
}

function changedBy(plan: CompactionPlan): readonly number[] {
  const steps: unknown = (plan as Partial<CompactionPlan> | null | undefined)?.steps;
  if (!isList(steps)) {
    throw noPlan(plan, "plan");
  }
  return steps.flatMap((step, index) => {
    // Without what objects inherit.
    const { messages, message } = Object.assign(Object.create(null), step) as { messages?: unknown; message?: unknown };
    const named = isList(messages) ? messages : [message];
    if (!named.every((one) => Number.isInteger(one))) {
      throw noPlan(step, `plan.steps[${index}]`);
    }
    return named as readonly number[];
  });
}

function noPlan(found: unknown, path: string): TokenHeadroomError {
  return new TokenHeadroomError(`found ${shown(found)}, expected ${path === "plan" ? "a plan" : "a step"} as \`budget.plan\` gives it`, {
    code: "plan_mismatch",
    path,
    hint: "store plans as JSON without changing them, or plan the request again",
  });
}
