import { isDescribed, type OpenBudget } from "./budget-pool.js";
import { chainOf, eachOf } from "./chain.js";
import type { CompactOptions } from "./compact.js";
import { TokenHeadroomError } from "./errors.js";
import { shown } from "./found.js";
import { evictionPolicy, type EvictOptions, requireEvict, type RequirePolicy } from "./evict.js";
import { type GuardCheckpoint, requireCheckpoint } from "./guard-checkpoint.js";
import type { LoopOptions } from "./loop.js";
import { BUDGET_KEYS, requireChoice, requireKeys } from "./option-keys.js";
import { priced } from "./prices.js";
import { relocated, within } from "./relocated.js";
import { priceOf, requireSpendOptions, type SpendOptions } from "./spend.js";
import type { CountTokens } from "./supplied.js";
import type { BudgetOptions, MessageOf, ModelInfo, Usage } from "./types.js";

/** What a guard checks before each call, and what it does about it. */
export interface GuardOptions<Input> extends CompactOptions<MessageOf<Input>>, EvictOptions {
  /** The model and its limits. Without a model here, each request's own `model` decides. */
  readonly context?: BudgetOptions | undefined;
  /** Your own counter, whose number is compared instead of ours. */
  readonly tokens?: CountTokens<Input> | undefined;
  /** Refuse a history that ends in repeated identical tool turns. */
  readonly loop?: LoopOptions | undefined;
  /** Refuse a call that would exceed a cap on money. */
  readonly budget?: SpendOptions | undefined;
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
  readonly requirePolicy: RequirePolicy;
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
  const { context, tokens, budget, onOverflow = "throw", summarise, onCompact, usage } = options;
  requireChoice(onOverflow, ["throw", "compact"], "onOverflow");
  if (context !== undefined) {
    requireKeys(context, BUDGET_KEYS, "context");
  }
  for (const [path, value] of Object.entries({ tokens, summarise, onCompact, usage })) {
    if (value !== undefined) {
      requireFunction(value, path);
    }
  }
  requireEvict(options, host.requirePolicy);
  if (budget !== undefined) {
    requireSpendOptions(budget);
  }
  if (options.checkpoint !== undefined) {
    requireCheckpoint(options.checkpoint);
  }
  if ((onOverflow === "compact" || evictionPolicy(options) !== undefined) && isSelfContained(options)) {
    throw new TokenHeadroomError("compacting needs a model to count for, found none", {
      code: "missing_field",
      path: "context.model",
      hint: 'name the model, or describe it: context: { like: "gpt-4o", maxContextTokens }',
    });
  }
  if (context !== undefined && isSelfContained(options)) {
    requireLimits(context);
  }
  if (context !== undefined && (context.model !== undefined || isDescribed(context))) {
    requireModel(host, options);
  }
}

// What the core reads of the options of a model, where there is none.
function requireLimits({ maxContextTokens: window = 0, headroom = 0, tightAt = 1 }: BudgetOptions): void {
  const refused = (found: unknown, expected: string, key: string) =>
    new TokenHeadroomError(`found ${shown(found)}, expected ${expected}`, { code: "invalid_option", path: `context.${key}` });
  if (!Number.isInteger(window) || window < 1) {
    throw refused(window, "a whole number of tokens, at least 1", "maxContextTokens");
  }
  if (!Number.isInteger(headroom) || headroom < 0 || headroom >= window) {
    throw refused(headroom, `a whole number of tokens, less than the window of ${window}`, "headroom");
  }
  if (typeof tightAt !== "number" || !(tightAt > 0 && tightAt <= 1)) {
    throw refused(tightAt, "a share, more than 0 and at most 1", "tightAt");
  }
}

function requireModel(host: GuardHost, { context = {}, budget }: GuardOptions<never>): void {
  try {
    const [{ name }] = inContext(() => eachOf(chainOf(context), host.modelInfo));
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

// The place as it is written here.
function inContext<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw TokenHeadroomError.is(error) ? relocated(error, within("context", error.path)) : error;
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
    throw new TokenHeadroomError(`found ${shown(value)}, expected a function`, {
      code: "invalid_option",
      path,
      hint: path === "callModel" ? "guard((messages) => client.chat.completions.create({ model, messages }), options)" : undefined,
    });
  }
}
