import { createPool, type OpenBudget } from "./budget-pool.js";
import { compact, type CompactOptions } from "./compact.js";
import { CompactionMemory, repinned } from "./compaction-memory.js";
import { ContextOverflowError, TokenHeadroomError } from "./errors.js";
import { InternedMessages } from "./interned.js";
import { BUDGET_KEYS, requireChoice, requireKeys } from "./option-keys.js";
import { rejection } from "./rejection.js";
import { isChatCompletion, type ReadCall, readCall, withBody } from "./request-body.js";
import type { BudgetOptions, Projection, RequestBody, TokenBudget } from "./types.js";
import { usageOf } from "./usage.js";

/** A function with the shape of `fetch`. */
export type Fetch = (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;

/** The model and its limits (each body's own `model` unless one is given), and what happens to what does not fit. */
export interface GuardFetchOptions extends BudgetOptions, CompactOptions {
  /**
   * `"respond"` (default) answers a request that does not fit in the provider's place, with the provider's own error:
   * SDKs turn it into theirs at once, without retries. `"throw"` rejects with `ContextOverflowError`; SDKs take that
   * for a broken connection and try again. `"compact"` makes the request fit and sends it; what cannot be made to fit
   * is answered as with `"respond"`.
   */
  readonly onOverflow?: "respond" | "throw" | "compact" | undefined;
  /**
   * What happens to a chat body that cannot be judged, such as one for an unknown model: `"reject"` (default) reports
   * it in the same way, `"pass"` sends it.
   */
  readonly onUnreadable?: "reject" | "pass" | undefined;
}

/** Wraps a fetch function so that chat requests are checked before they are sent. */
export type GuardFetch = (fetch: Fetch, options?: GuardFetchOptions) => Fetch;

/** The `guardFetch` function over budgets that `open` gives. */
export function createGuardFetch(open: OpenBudget): GuardFetch {
  return (fetch, options = {}) => {
    requireOptions(fetch, options);
    const { onOverflow = "respond", onUnreadable = "reject", policy, summarise, onCompact, ...context } = options;
    const state: State = {
      onOverflow,
      pool: createPool(open, context),
      compaction: { policy, summarise, onCompact },
      messages: new InternedMessages(),
      memory: new CompactionMemory(),
    };
    return async (input, init) => {
      const call = isChatCompletion(input, init) ? await readCall(input, init) : undefined;
      const body = call === undefined ? undefined : parseChat(call.text);
      if (call === undefined || body === undefined) {
        return fetch(call?.input ?? input, call?.init ?? init);
      }
      let judged: Judged;
      try {
        judged = await judge(call, body, state);
      } catch (error) {
        if (!TokenHeadroomError.is(error)) {
          throw error;
        }
        if (onUnreadable === "pass" && !ContextOverflowError.is(error)) {
          return fetch(call.input, call.init);
        }
        if (onOverflow === "throw") {
          throw error;
        }
        return rejection(error);
      }
      const response = await fetch(judged.call.input, judged.call.init);
      observe(response, judged);
      return response;
    };
  };
}

interface State {
  readonly onOverflow: "respond" | "throw" | "compact";
  readonly pool: (body: RequestBody) => Promise<TokenBudget>;
  readonly compaction: CompactOptions;
  readonly messages: InternedMessages;
  readonly memory: CompactionMemory;
}

interface Judged {
  readonly call: ReadCall;
  readonly budget: TokenBudget;
  readonly projection: Projection;
}

async function judge(call: ReadCall, body: RequestBody, state: State): Promise<Judged> {
  const { pool, memory, onOverflow, compaction } = state;
  const budget = await pool(body);
  const given = state.messages.intern(body.messages);
  const messages = onOverflow === "compact" ? memory.resume(given) : given;
  const request = { ...body, messages };
  const policy = repinned(compaction.policy, given, messages);
  const projection = budget.project(request);
  if (projection.verdict !== "overflows") {
    return { call: messages === given ? call : withBody(call, JSON.stringify(request)), budget, projection };
  }
  if (onOverflow !== "compact") {
    throw new ContextOverflowError({ projection, plan: () => budget.plan(request, policy) });
  }
  const { request: compacted } = await compact(budget, request, projection, { ...compaction, policy });
  memory.remember(given, compacted.messages);
  return { call: withBody(call, JSON.stringify(compacted)), budget, projection: budget.project(compacted) };
}

// What is no chat body at all is the provider's to refuse.
function parseChat(text: string): RequestBody | undefined {
  try {
    const body: unknown = JSON.parse(text);
    const messages = (body as { messages?: unknown } | null)?.messages;
    return Array.isArray(messages) && messages.every((message) => typeof message === "object" && message !== null)
      ? (body as RequestBody)
      : undefined;
  } catch {
    return undefined;
  }
}

// Reads a copy, beside the caller: the answer is neither delayed nor consumed, and a failure to learn is no failure.
function observe(response: Response, { budget, projection }: Judged): void {
  if (!response.ok || !/\bjson\b/i.test(response.headers.get("content-type") ?? "")) {
    return;
  }
  response
    .clone()
    .json()
    .then((body: unknown) => {
      const usage = usageOf(body);
      if (usage !== undefined) {
        budget.record(projection, usage);
      }
    })
    .catch(() => undefined);
}

const OWN_KEYS = ["onOverflow", "onUnreadable", "policy", "summarise", "onCompact"];

function requireOptions(fetch: unknown, options: GuardFetchOptions): void {
  if (typeof fetch !== "function") {
    throw new TokenHeadroomError(`found ${typeof fetch}, expected a fetch function`, {
      code: "invalid_option",
      path: "fetch",
      hint: "call guardFetch(fetch, options)",
    });
  }
  requireKeys(options, [...BUDGET_KEYS, ...OWN_KEYS], "");
  requireChoice(options.onOverflow ?? "respond", ["respond", "throw", "compact"], "onOverflow");
  requireChoice(options.onUnreadable ?? "reject", ["reject", "pass"], "onUnreadable");
}
