import { isDescribed, type OpenBudget } from "./budget-pool.js";
import { chainOf, eachOf } from "./chain.js";
import type { CompactOptions } from "./compact.js";
import { TokenHeadroomError } from "./errors.js";
import { type GuardCheckpoint, requireCheckpoint } from "./guard-checkpoint.js";
import type { LoopOptions } from "./loop.js";
import { requireChoice, requireKeys } from "./option-keys.js";
import { priced } from "./prices.js";
import { priceOf, requireSpendOptions, type SpendOptions } from "./spend.js";
import type { CountTokens } from "./supplied.js";
import type { BudgetOptions, MessageOf, ModelInfo, Policy, Usage } from "./types.js";

/** What a guard checks before each call, and what it does about it. */
export interface GuardOptions<Input> extends CompactOptions<MessageOf<Input>> {
  /** The model and its limits. Without a model here, each request's own `model` decides. */
  readonly context?: BudgetOptions | undefined;
  /** Your own counter, whose number is compared instead of ours. */
  readonly tokens?: CountTokens<Input> | undefined;
  /** Refuse a history that ends in repeated identical tool turns. */
  readonly loop?: LoopOptions | undefined;
  /** Refuse a call that would exceed a cap on money. */
  readonly budget?: SpendOptions | undefined;
  /**
   * Leave out, before every call, the tool results that pay to leave out: repeated, replaced, stale and old ones, by what the
   * prompt cache costs. `true`: as `policy` allows, without summaries. What was decided once stays for later calls, so that the
   * cached prefix does. Asking again for such a result is no loop. Default: only what does not fit is changed.
   */
  readonly evict?: boolean | Policy | undefined;
  /** Write down where the run stands before every call; `restore` of `token-headroom/checkpoint` goes on from there. */
  readonly checkpoint?: GuardCheckpoint | undefined;
  /** What happens to a request that does not fit. Default `"throw"`. */
  readonly onOverflow?: "throw" | "compact" | undefined;
  /** Finds the reported usage in what the call returns. Default: where answers of the known providers have it. */
  readonly usage?: ((result: unknown) => Usage | undefined) | undefined;
}

/** What a guard needs of the bound package. */
export interface GuardHost {
  readonly createTokenBudget: OpenBudget;
  modelInfo(options: BudgetOptions): ModelInfo;
}

const KEYS: readonly string[] = Object.keys({
  context: true,
  tokens: true,
  loop: true,
  budget: true,
  evict: true,
  checkpoint: true,
  onOverflow: true,
  policy: true,
  summarise: true,
  onCompact: true,
  usage: true,
} satisfies Record<keyof GuardOptions<never>, true>);

/** Refuses options that are wrong: that is said here, not at some later call. */
export function requireOptions(callModel: unknown, options: GuardOptions<never>, host: GuardHost): void {
  requireFunction(callModel, "callModel");
  requireKeys(options, KEYS, "");
  const { context, tokens, budget, evict = false, onOverflow = "throw", summarise, onCompact, usage } = options;
  requireChoice(onOverflow, ["throw", "compact"], "onOverflow");
  for (const [path, value] of Object.entries({ tokens, summarise, onCompact, usage })) {
    if (value !== undefined) {
      requireFunction(value, path);
    }
  }
  if (typeof evict !== "boolean" && (typeof evict !== "object" || evict === null)) {
    throw new TokenHeadroomError(`found ${String(evict)}, expected true or a policy`, { code: "invalid_option", path: "evict" });
  }
  if (budget !== undefined) {
    requireSpendOptions(budget);
  }
  if (options.checkpoint !== undefined) {
    requireCheckpoint(options.checkpoint);
  }
  if ((onOverflow === "compact" || evict !== false) && isSelfContained(options)) {
    throw new TokenHeadroomError("compacting needs a model to count for, found none", {
      code: "missing_field",
      path: "context.model",
      hint: 'name the model, or describe it: context: { like: "gpt-4o", maxContextTokens }',
    });
  }
  if (context !== undefined && (context.model !== undefined || isDescribed(context))) {
    requireModel(host, options);
  }
}

function requireModel(host: GuardHost, { context = {}, budget }: GuardOptions<never>): void {
  try {
    const [{ name }] = eachOf(chainOf(context), host.modelInfo);
    if (budget !== undefined) {
      priceOf(budget, priced(name, host, context));
    }
  } catch (error) {
    // A guard may be made before the slim entry is initialised; its first call comes later.
    if (!TokenHeadroomError.is(error) || error.code !== "not_initialized") {
      throw error;
    }
  }
}

/** Whether the caller brings both the counter and the limit, so that no model has to be known. */
export function isSelfContained({ context, tokens }: GuardOptions<never>): boolean {
  return (
    tokens !== undefined &&
    context?.maxContextTokens !== undefined &&
    context.model === undefined &&
    !isDescribed(context)
  );
}

function requireFunction(value: unknown, path: string): void {
  if (typeof value !== "function") {
    throw new TokenHeadroomError(`found ${typeof value}, expected a function`, { code: "invalid_option", path });
  }
}
