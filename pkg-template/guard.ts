import { type Admitted, admit, type Admission } from "./admit.js";
import { type BudgetPool, createPool } from "./budget-pool.js";
import { CompactionMemory, repinned } from "./compaction-memory.js";
import { ContextOverflowError, TokenHeadroomError } from "./errors.js";
import { Checkpoints } from "./guard-checkpoint.js";
import { type GuardHost, type GuardOptions, isSelfContained, requireOptions } from "./guard-options.js";
import { loopLimits, refuseLoop } from "./loop.js";
import { priced, remembered } from "./prices.js";
import { Ledger, type PricedModel } from "./spend.js";
import { outputCap } from "./supplied.js";
import type { Policy, RequestInput, Usage } from "./types.js";
import { modelOf, usageOf } from "./usage.js";
import { isRequest, messagesOf, withMessages } from "./wire.js";

/** A guarded call. */
export interface Guarded<Input, Rest extends readonly unknown[], Result> {
  (input: Input, ...rest: Rest): Promise<Awaited<Result>>;
  /** What the finished calls have cost, in US dollars; 0 without `budget`. */
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
    requireOptions(callModel, options, host);
    const { context, loop, budget } = options;
    const prices = remembered((model) => priced(model, host, context));
    const limits = loop === undefined ? undefined : loopLimits(loop);
    const ledger = budget === undefined ? undefined : new Ledger(budget, prices);
    const admission = admissionOf(options, createPool(host.createTokenBudget, context ?? {}), host);
    const memory = new CompactionMemory();
    const checkpoints = options.checkpoint === undefined ? undefined : new Checkpoints(options.checkpoint);
    const { request: stood, sent } = options.checkpoint?.restored ?? {};
    if (stood !== undefined && sent !== undefined) {
      memory.remember(messagesOf(stood), sent);
    }

    const guarded = async (given: Input, ...rest: Rest): Promise<Awaited<Result>> => {
      requireInput(given);
      if (limits !== undefined) {
        refuseLoop(messagesOf(given), limits, (message) => memory.evictedAt(message));
      }
      const input = resume(given, memory);
      const pinned = (policy: Policy | undefined) => repinned(policy, messagesOf(given), messagesOf(input));
      const admitted = await admitTo(admission, input, pinned, checkpoints).catch(async (error: unknown) => {
        const isNoted = checkpoints !== undefined && ContextOverflowError.is(error);
        throw isNoted ? await checkpoints.overflowed(error, given) : error;
      });
      if (admitted.request !== input) {
        memory.remember(messagesOf(given), messagesOf(admitted.request));
      }
      const sent = admitted.request === given ? undefined : messagesOf(admitted.request);
      await checkpoints?.save(given, { sent, learned: admitted.budget?.learned });
      const paid = pay(ledger, admitted, prices);
      try {
        const result = await callModel(admitted.request, ...rest);
        const usage = usageOf(options.usage === undefined ? result : options.usage(result), result);
        if (checkpoints !== undefined) {
          checkpoints.usage = usage ?? checkpoints.usage;
        }
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
      checkpoint: { get: () => checkpoints?.token },
    }) as Guarded<Input, Rest, Result>;
  };
}

// Without a context there is nothing to compare with, unless something else needs the number.
function admissionOf<Input extends RequestInput>(
  options: GuardOptions<Input>,
  pool: BudgetPool,
  { createTokenBudget }: GuardHost,
): Admission<Input> | undefined {
  const { context, tokens, budget, onOverflow, policy, evict = false } = options;
  const changes = onOverflow === "compact" || evict !== false;
  if (context === undefined && tokens === undefined && budget === undefined && !changes) {
    return undefined;
  }
  return {
    ...options,
    evict: evict === true ? { ...policy, summarise: false, drop: false } : evict || undefined,
    context: context ?? {},
    onOverflow: onOverflow ?? "throw",
    pool: isSelfContained(options as GuardOptions<never>) ? undefined : pool,
    open: createTokenBudget,
  };
}

async function admitTo<Input extends RequestInput>(
  admission: Admission<Input> | undefined,
  input: Input,
  pinned: (policy: Policy | undefined) => Policy | undefined,
  checkpoints: Checkpoints | undefined,
): Promise<Admitted<Input>> {
  if (admission === undefined) {
    return { request: input };
  }
  const onCompact: typeof admission.onCompact = (compaction) => {
    if (checkpoints !== undefined) {
      checkpoints.plan = compaction.plan;
    }
    return admission.onCompact?.(compaction);
  };
  const { policy, evict } = admission;
  return admit(input, { ...admission, onCompact, policy: pinned(policy), evict: pinned(evict) });
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
