import type { CompactionPlan, MessageOf, RequestInput } from "./types.js";
import { messagesOf } from "./wire.js";

/**
 * The messages of `request` that `plan` changes or takes away: what has to be stored for `budget.undo`. They are the caller's own
 * objects, in order. `request` is the one that `plan` was made for.
 */
export function originalsOf<T extends RequestInput>(request: T, plan: CompactionPlan): readonly MessageOf<T>[] {
  const named = plan.steps.flatMap((step) => ("messages" in step ? step.messages : [step.message]));
  const messages = messagesOf(request) as readonly MessageOf<T>[];
  return [...new Set(named)].sort((one, other) => one - other).flatMap((index) => messages[index] ?? []);
}
