import type { Admitted, Admission } from "./admit.js";
import { type BudgetPool, createPool } from "./budget-pool.js";
import { TokenHeadroomError } from "./errors.js";
import { reading } from "./found.js";
import { evictionPolicy } from "./evict.js";
import { type GuardHost, type GuardOptions, isSelfContained, requireOptions } from "./guard-options.js";
import { GuardedRun } from "./guarded-run.js";
import { loopLimits, refuseLoop } from "./loop.js";
import { priced, remembered } from "./prices.js";
import { Ledger, type PricedModel } from "./spend.js";
import { outputCap } from "./supplied.js";
import type { RequestInput, Usage } from "./types.js";
import { modelOf, usageOf } from "./usage.js";
import { isRequest, messagesOf } from "./wire.js";

/** A guarded call. */
export interface Guarded<Input, Rest extends readonly unknown[], Result> {
  (input: Input, ...rest: Rest): Promise<Awaited<Result>>;
  /**
   * What the finished calls have cost, in US dollars; 0 without `budget`. Goes on from what `checkpoint.restored` had spent.
   */
  readonly spentUsd: number;
  /** The token of the last checkpoint; nothing without `checkpoint`. */
  readonly checkpoint: string | undefined;
}

/**
 * Wraps a function that calls a model, so that every call is checked before anything is sent. The function's first
 * argument is the array of messages or the request body.
 */
export type Guard = <Input extends RequestInput, Rest extends readonly unknown[], Result>(
  callModel: (input: Input, ...rest: Rest) => Result,
  options: GuardOptions<Input>,
) => Guarded<Input, Rest, Result>;

/** The `guard` function over `host`. */
export function createGuard(host: GuardHost): Guard {
  return <Input extends RequestInput, Rest extends readonly unknown[], Result>(
    callModel: (input: Input, ...rest: Rest) => Result,
    options: GuardOptions<Input>,
  ): Guarded<Input, Rest, Result> => {
    reading("", () => requireOptions(callModel, options, host));
    const { context, loop, budget } = options;
    const prices = remembered((model) => priced(model, host, context));
    const limits = loop === undefined ? undefined : loopLimits(loop);
    const spent = options.checkpoint?.restored?.spentUsd;
    const ledger = budget === undefined ? undefined : new Ledger(budget, prices, spent);
    const admission = admissionOf(options, createPool(host.createTokenBudget, context ?? {}), host);
    const run = new GuardedRun(options.checkpoint, () => (ledger === undefined ? spent : ledger.committed));

    const guarded = async (given: Input, ...rest: Rest): Promise<Awaited<Result>> => {
      reading("messages", () => requireInput(given));
      if (limits !== undefined) {
        refuseLoop(messagesOf(given), limits, (message) => run.evictedAt(message));
      }
      const admitted = await run.admit(given, admission);
      let paid: Payment | undefined;
      try {
        try {
          paid = pay(ledger, admitted, prices);
        } catch (refusal) {
          // With more money the run can go on from here. That it cannot be written down is not what keeps the call from being made.
          await run.save(given, admitted).catch((error: unknown) => addCause(refusal, error));
          throw refusal;
        }
        await run.save(given, admitted);
        const result = await callModel(admitted.request, ...rest);
        const usage = usageOf(options.usage === undefined ? result : options.usage(result), result);
        run.reported(usage);
        paid?.settle(usage, modelOf(result));
        learn(admitted, usage);
        return result;
      } catch (error) {
        paid?.release();
        throw error;
      }
    };
    return Object.defineProperties(guarded, {
      spentUsd: { get: () => ledger?.spent ?? 0 },
      checkpoint: { get: () => run.checkpoint },
    }) as Guarded<Input, Rest, Result>;
  };
}

// Without a context there is nothing to compare with, unless something else needs the number.
function admissionOf<Input extends RequestInput>(
  options: GuardOptions<Input>,
  pool: BudgetPool,
  { createTokenBudget }: GuardHost,
): Admission<Input> | undefined {
  const { context, tokens, budget, onOverflow } = options;
  const evict = evictionPolicy(options);
  const changes = onOverflow === "compact" || evict !== undefined;
  if (context === undefined && tokens === undefined && budget === undefined && !changes) {
    return undefined;
  }
  return {
    ...options,
    evict,
    context: context ?? {},
    onOverflow: onOverflow ?? "throw",
    pool: isSelfContained(options as GuardOptions<never>) ? undefined : pool,
    open: createTokenBudget,
  };
}

function addCause(error: unknown, cause: unknown): void {
  if (TokenHeadroomError.is(error) && error.cause === undefined) {
    Object.defineProperty(error, "cause", { value: cause, configurable: true, writable: true });
  }
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

function requireInput(input: unknown): asserts input is RequestInput {
  if (!isRequest(input)) {
    throw new TokenHeadroomError("the first argument is neither an array of messages nor a request body", {
      code: "invalid_type",
      path: "messages",
      hint: "guard wraps functions like (messages) => ... or ({ messages, ... }) => ...",
    });
  }
}
