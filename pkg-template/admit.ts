import { limitedTo } from "./budget.js";
import type { BudgetPool, OpenBudget } from "./budget-pool.js";
import { compact, type CompactOptions } from "./compact.js";
import { repinned } from "./compaction-memory.js";
import { ContextOverflowError, TokenHeadroomError } from "./errors.js";
import { evicted } from "./evict.js";
import { type CountTokens, countSupplied, judgeSupplied, withSupplied } from "./supplied.js";
import type { BudgetOptions, CompactionPlan, MessageOf, Policy, Projection, RequestInput, TokenBudget } from "./types.js";
import { listName, messagesOf } from "./wire.js";

/** How requests are let through. */
export interface Admission<Input> extends CompactOptions<MessageOf<Input>> {
  readonly context: BudgetOptions;
  readonly tokens?: CountTokens<Input> | undefined;
  readonly onOverflow: "throw" | "compact";
  /** Leaves out what pays before anything is judged. */
  readonly evict?: Policy | undefined;
  /** Absent when the caller brings both the counter and the limit. */
  readonly pool: BudgetPool | undefined;
  readonly open: OpenBudget;
}

/** A request that may be sent. */
export interface Admitted<Input> {
  /** The input itself, or its compacted form. */
  readonly request: Input;
  readonly projection?: Projection;
  readonly budget?: TokenBudget | undefined;
}

/** Lets `given` through as it is, without what pays to leave out, compacted, or not at all: then it throws {@link ContextOverflowError}. */
export async function admit<Input extends RequestInput>(
  given: Input,
  allowed: Admission<Input>,
): Promise<Admitted<Input>> {
  const budget = await allowed.pool?.(given);
  const input = budget === undefined || allowed.evict === undefined ? given : evicted(budget, given, allowed.evict);
  const admission = { ...allowed, policy: repinned(allowed.policy, messagesOf(given), messagesOf(input)) };
  const projection = await judge(input, budget, admission);
  if (projection.verdict !== "overflows") {
    return { request: input, projection, budget };
  }
  if (budget === undefined || admission.onOverflow === "throw") {
    throw new ContextOverflowError({ projection, plan: () => planFor(input, budget, admission), path: listName(input) });
  }
  return admission.tokens === undefined
    ? compactCounted(input, projection, budget, admission)
    : compactSupplied(input, projection, budget, admission, admission.tokens);
}

async function judge<Input extends RequestInput>(
  input: Input,
  budget: TokenBudget | undefined,
  { tokens, context }: Admission<Input>,
): Promise<Projection> {
  if (budget === undefined) {
    return judgeSupplied(input, tokens === undefined ? 0 : await countSupplied(tokens, input), context);
  }
  const projection = budget.project(input);
  return tokens === undefined
    ? projection
    : withSupplied(projection, await countSupplied(tokens, input), context.tightAt ?? 0.9);
}

function planFor<Input extends RequestInput>(
  input: Input,
  budget: TokenBudget | undefined,
  { policy }: Admission<Input>,
): CompactionPlan {
  if (budget === undefined) {
    throw new TokenHeadroomError("planning needs a model to count for, found none", {
      code: "missing_field",
      path: "context.model",
      hint: 'name the model, or describe it: context: { like: "gpt-4o", maxContextTokens }',
    });
  }
  return budget.plan(input, policy);
}

async function compactCounted<Input extends RequestInput>(
  input: Input,
  projection: Projection,
  budget: TokenBudget,
  admission: Admission<Input>,
): Promise<Admitted<Input>> {
  const { request } = await compact(budget, input, projection, admission);
  return { request, projection: budget.project(request), budget };
}

// Plans are made in our tokens, the limit is in the caller's: a plan aims at the limit times the ratio of the two
// counts, and again with the ratio that the result shows if that was not enough.
const MOST_ROUNDS = 3;

async function compactSupplied<Input extends RequestInput>(
  input: Input,
  projection: Projection,
  budget: TokenBudget,
  admission: Admission<Input>,
  tokens: CountTokens<Input>,
): Promise<Admitted<Input>> {
  const { available } = projection;
  let aim = (available * budget.project(input).upperBound) / Math.max(1, projection.upperBound);
  let last: (() => CompactionPlan) | undefined;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const tighter = await openAt(aim, budget, admission);
    const { request, compaction } = await compact(tighter, input, projection, { ...admission, onCompact: undefined });
    const judged = withSupplied(projection, await countSupplied(tokens, request), admission.context.tightAt ?? 0.9);
    if (judged.verdict !== "overflows") {
      await admission.onCompact?.(compaction);
      return { request, projection: judged, budget };
    }
    last = () => compaction.plan;
    aim *= available / judged.upperBound;
  }
  const plan = last ?? (() => budget.plan(input, admission.policy));
  throw new ContextOverflowError({ projection, plan, path: listName(input) });
}

function openAt<Input>(
  available: number,
  budget: TokenBudget,
  { open, context }: Admission<Input>,
): Promise<TokenBudget> {
  return open({ ...context, model: budget.model.name, fallbacks: undefined, ...limitedTo(available) });
}
