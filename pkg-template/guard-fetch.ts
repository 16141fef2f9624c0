import { type BudgetPool, createPool, type OpenBudget } from "./budget-pool.js";
import { compact, type CompactOptions } from "./compact.js";
import { CompactionMemory, repinned } from "./compaction-memory.js";
import type { Endpoint } from "./endpoint.js";
import { ContextOverflowError, TokenHeadroomError } from "./errors.js";
import { InternedMessages } from "./interned.js";
import { BUDGET_KEYS, requireChoice, requireKeys } from "./option-keys.js";
import { rejection } from "./rejection.js";
import { endpointCalled, type ReadCall, readCall, withBody } from "./request-body.js";
import type { BudgetOptions, Projection, RequestInput, TokenBudget } from "./types.js";
import { modelOf, usageOf } from "./usage.js";
import { hasMessages, listName, messagesOf, withMessages } from "./wire.js";

/** A function with the shape of `fetch`. */
export type Fetch = (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;

/** The model and its limits (each request's own model unless one is given), and what happens to what does not fit. */
export interface GuardFetchOptions extends BudgetOptions, CompactOptions {
  /**
   * `"respond"` (default) answers a request that does not fit in the provider's place, with the provider's own error:
   * SDKs turn it into theirs at once, without retries. `"throw"` rejects with `ContextOverflowError`; SDKs take that
   * for a broken connection and try again. `"compact"` makes the request fit and sends it; what cannot be made to fit
   * is answered as with `"respond"`, and so is what cannot be planned for, with the code `unsupported_dialect`.
   */
  readonly onOverflow?: "respond" | "throw" | "compact" | undefined;
  /**
   * What happens to a chat body that cannot be judged, such as one for an unknown model: `"reject"` (default) reports
   * it in the same way, `"pass"` sends it.
   */
  readonly onUnreadable?: "reject" | "pass" | undefined;
}

/**
 * Wraps a fetch function so that requests to models are checked before they are sent: to the chat endpoints of OpenAI
 * (Chat Completions and Responses), Anthropic, Gemini, Bedrock (Converse), Cohere and Ollama, wherever they are served.
 * Learns from the usage of answers that are not streamed.
 */
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
      const endpoint = endpointCalled(input, init);
      const call = endpoint === undefined ? undefined : await readCall(input, init);
      const body = endpoint === undefined || call === undefined ? undefined : parseChat(call.text, endpoint);
      if (endpoint === undefined || call === undefined || body === undefined) {
        return fetch(call?.input ?? input, call?.init ?? init);
      }
      let judged: Judged;
      try {
        judged = await judge(call, body, endpoint, state);
      } catch (error) {
        if (!TokenHeadroomError.is(error)) {
          throw error;
        }
        if (onUnreadable === "pass" && !isOverflow(error)) {
          return fetch(call.input, call.init);
        }
        if (onOverflow === "throw") {
          throw error;
        }
        return rejection(error, endpoint);
      }
      const response = await fetch(judged.call.input, judged.call.init);
      observe(response, judged);
      return response;
    };
  };
}

interface State {
  readonly onOverflow: "respond" | "throw" | "compact";
  readonly pool: BudgetPool;
  readonly compaction: CompactOptions;
  readonly messages: InternedMessages;
  readonly memory: CompactionMemory;
}

interface Judged {
  readonly call: ReadCall;
  readonly budget: TokenBudget;
  readonly projection: Projection;
}

async function judge(call: ReadCall, body: Body, endpoint: Endpoint, state: State): Promise<Judged> {
  const { pool, memory, onOverflow, compaction } = state;
  const budget = await pool(body, endpoint);
  const given = interned(body, state.messages);
  const known = messagesOf(given);
  const messages = onOverflow === "compact" ? memory.resume(known) : known;
  const request = messages === known ? given : withMessages(given, messages);
  const policy = repinned(compaction.policy, known, messages);
  const projection = budget.project(request);
  if (projection.verdict !== "overflows") {
    return { call: messages === known ? call : withBody(call, JSON.stringify(request)), budget, projection };
  }
  if (onOverflow !== "compact") {
    const plan = () => budget.plan(request, policy);
    throw new ContextOverflowError({ projection, plan, path: listName(request) });
  }
  const { request: compacted } = await compact(budget, request, projection, { ...compaction, policy });
  memory.remember(known, messagesOf(compacted));
  return { call: withBody(call, JSON.stringify(compacted)), budget, projection: budget.project(compacted) };
}

/** A body with a list of messages, or with one that stands for it. */
type Body = RequestInput & object;

// Lists of objects alone have something to be recognised by.
function interned(body: Body, messages: InternedMessages): Body {
  const given = messagesOf(body);
  return given.every(isObject) ? withMessages(body, messages.intern(given)) : body;
}

// What is no chat body at all is the provider's to refuse.
function parseChat(text: string, { dialect }: Endpoint): Body | undefined {
  try {
    const body: unknown = JSON.parse(text);
    if (!isObject(body) || Array.isArray(body) || !hasMessages(body)) {
      return undefined;
    }
    // `/api/chat` is also what web applications like to call their own endpoint; Ollama's always names a model.
    if (dialect === "ollama" && modelOf(body) === undefined) {
      return undefined;
    }
    return listName(body) !== "messages" || messagesOf(body).every(isObject) ? body : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

// Which could not be compacted; it would not fit any better unread.
function isOverflow(error: TokenHeadroomError): boolean {
  return ContextOverflowError.is(error) || error.code === "unsupported_dialect";
}

// Reads a copy, beside the caller: the answer is neither delayed nor consumed, and a failure to learn is no failure. Not of
// a stream: the copy would keep it open when the caller cancels it.
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
