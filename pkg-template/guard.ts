import { type BudgetPool, createPool, isDescribed, type OpenBudget } from "./budget-pool.js";
import { chainOf, eachOf } from "./chain.js";
import type { CompactOptions } from "./compact.js";
import { CompactionMemory, repinned } from "./compaction-memory.js";
import { TokenHeadroomError } from "./errors.js";
import { type Admitted, admit, type Admission } from "./admit.js";
import { type LoopOptions, loopLimits, refuseLoop } from "./loop.js";
import { requireChoice, requireKeys } from "./option-keys.js";
import { Ledger, type PricedModel, priceOf, requireSpendOptions, type SpendOptions } from "./spend.js";
import { type CountTokens, outputCap } from "./supplied.js";
import type { BudgetOptions, MessageOf, ModelInfo, RequestInput, Usage } from "./types.js";
import { modelOf, usageOf } from "./usage.js";
import { isRequest, messagesOf, withMessages } from "./wire.js";

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
   * What happens to a request that does not fit. Default `"throw"`. Only Chat Completions requests can be compacted; others
   * that do not fit are refused with the code `unsupported_dialect`.
   */
  readonly onOverflow?: "throw" | "compact" | undefined;
  /** Finds the reported usage in what the call returns. Default: where answers of the known providers have it. */
  readonly usage?: ((result: unknown) => Usage | undefined) | undefined;
}

/** A guarded call. */
export interface Guarded<Input, Rest extends readonly unknown[], Result> {
  (input: Input, ...rest: Rest): Promise<Awaited<Result>>;
  /** What the finished calls have cost, in US dollars; 0 without `budget`. */
  readonly spentUsd: number;
}

/**
 * Wraps a function that calls a model, so that every call is checked before anything is sent. The function's first
 * argument is the array of messages or the request body.
 */
export type Guard = <Input extends RequestInput, Rest extends readonly unknown[], Result>(
  callModel: (input: Input, ...rest: Rest) => Result,
  options: GuardOptions<Input>,
) => Guarded<Input, Rest, Result>;

/** What a guard needs of the bound package. */
export interface GuardHost {
  readonly createTokenBudget: OpenBudget;
  modelInfo(options: BudgetOptions): ModelInfo;
}

/** The `guard` function over `host`. */
export function createGuard(host: GuardHost): Guard {
  return <Input extends RequestInput, Rest extends readonly unknown[], Result>(
    callModel: (input: Input, ...rest: Rest) => Result,
    options: GuardOptions<Input>,
  ): Guarded<Input, Rest, Result> => {
    requireOptions(callModel, options, host);
    const { context, loop, budget } = options;
    const prices = remembered((model) => priced(model, host, context));
    const limits = loop === undefined ? undefined : loopLimits(loop);
    const ledger = budget === undefined ? undefined : new Ledger(budget, prices);
    const admission = admissionOf(options, createPool(host.createTokenBudget, context ?? {}), host);
    const memory = new CompactionMemory();

    const guarded = async (given: Input, ...rest: Rest): Promise<Awaited<Result>> => {
      requireInput(given);
      if (limits !== undefined) {
        refuseLoop(messagesOf(given), limits);
      }
      const input = resume(given, memory);
      const policy = repinned(options.policy, messagesOf(given), messagesOf(input));
      const admitted = admission === undefined ? { request: input } : await admit(input, { ...admission, policy });
      if (admitted.request !== input) {
        memory.remember(messagesOf(given), messagesOf(admitted.request));
      }
      const paid = pay(ledger, admitted, prices);
      try {
        const result = await callModel(admitted.request, ...rest);
        const usage = usageOf(options.usage === undefined ? result : options.usage(result), result);
        paid?.settle(usage, modelOf(result));
        learn(admitted, usage);
        return result;
      } catch (error) {
        paid?.release();
        throw error;
      }
    };
    const spent: PropertyDescriptor = { get: () => ledger?.spent ?? 0 };
    return Object.defineProperty(guarded, "spentUsd", spent) as Guarded<Input, Rest, Result>;
  };
}

const KEYS = ["context", "tokens", "loop", "budget", "onOverflow", "policy", "summarise", "onCompact", "usage"];

// Whatever is wrong with the options is said here, not at some later call.
function requireOptions(callModel: unknown, options: GuardOptions<never>, host: GuardHost): void {
  requireFunction(callModel, "callModel");
  requireKeys(options, KEYS, "");
  const { context, tokens, budget, onOverflow = "throw", summarise, onCompact, usage } = options;
  requireChoice(onOverflow, ["throw", "compact"], "onOverflow");
  for (const [path, value] of Object.entries({ tokens, summarise, onCompact, usage })) {
    if (value !== undefined) {
      requireFunction(value, path);
    }
  }
  if (budget !== undefined) {
    requireSpendOptions(budget);
  }
  if (onOverflow === "compact" && isSelfContained(options)) {
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
function isSelfContained({ context, tokens }: GuardOptions<never>): boolean {
  return (
    tokens !== undefined &&
    context?.maxContextTokens !== undefined &&
    context.model === undefined &&
    !isDescribed(context)
  );
}

// Without a context there is nothing to compare with, unless something else needs the number.
function admissionOf<Input extends RequestInput>(
  options: GuardOptions<Input>,
  pool: BudgetPool,
  { createTokenBudget }: GuardHost,
): Admission<Input> | undefined {
  const { context, tokens, budget, onOverflow } = options;
  if (context === undefined && tokens === undefined && budget === undefined && onOverflow !== "compact") {
    return undefined;
  }
  return {
    ...options,
    context: context ?? {},
    onOverflow: onOverflow ?? "throw",
    pool: isSelfContained(options as GuardOptions<never>) ? undefined : pool,
    open: createTokenBudget,
  };
}

function resume<Input extends RequestInput>(given: Input, memory: CompactionMemory): Input {
  const messages = messagesOf(given);
  const resumed = memory.resume(messages);
  return resumed === messages ? given : withMessages(given, resumed);
}

interface Payment {
  settle(usage: Usage | undefined, answeredBy: string | undefined): void;
  release(): void;
}

function pay<Input extends RequestInput>(
  ledger: Ledger | undefined,
  { request, projection, budget }: Admitted<Input>,
  prices: (model: string) => PricedModel,
): Payment | undefined {
  if (ledger === undefined || projection === undefined) {
    return undefined;
  }
  const name = budget?.model.name ?? modelOf(request);
  const model = name === undefined ? undefined : prices(name);
  const reserved = ledger.reserve(projection, model, outputCap(request));
  return {
    settle: (usage, answeredBy) => ledger.settle(reserved, usage, answeredBy),
    release: () => ledger.release(reserved),
  };
}

// By its own name: a model that is only counted like another costs something else. One that is not in the catalogue, nor
// among the caller's own, has no price; whether one is needed is the ledger's to say.
function priced(name: string, { modelInfo }: GuardHost, { models, host }: BudgetOptions = {}): PricedModel {
  try {
    const { price } = modelInfo({ model: name, models, host });
    return price === undefined ? { name } : { name, price };
  } catch (error) {
    if (!TokenHeadroomError.is(error)) {
      throw error;
    }
    return { name };
  }
}

// Names can come from strangers: this bounds how many are remembered.
const MOST_PRICES = 64;

// The caller's models may be a whole snapshot, which is not read again for every call.
function remembered(look: (model: string) => PricedModel): (model: string) => PricedModel {
  const known = new Map<string, PricedModel>();
  return (model) => {
    const found = known.get(model) ?? look(model);
    if (found.price !== undefined && known.size < MOST_PRICES) {
      known.set(model, found);
    }
    return found;
  };
}

// The answer is there and paid for: it reaches the caller even if nothing can be learned from its usage.
function learn({ budget, projection }: Admitted<RequestInput>, usage: Usage | undefined): void {
  if (budget === undefined || projection === undefined || projection.basis === "supplied" || usage === undefined) {
    return;
  }
  try {
    budget.record(projection, usage);
  } catch (error) {
    if (!TokenHeadroomError.is(error)) {
      throw error;
    }
  }
}

function requireFunction(value: unknown, path: string): void {
  if (typeof value !== "function") {
    throw new TokenHeadroomError(`found ${typeof value}, expected a function`, { code: "invalid_option", path });
  }
}

function requireInput(input: unknown): asserts input is RequestInput {
  if (!isRequest(input)) {
    throw new TokenHeadroomError("the first argument is neither an array of messages nor a request body", {
      code: "invalid_type",
      path: "messages",
      hint: "guard wraps functions like (messages) => ... or ({ messages, ... }) => ...",
    });
  }
}
