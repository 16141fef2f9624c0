import type { Admission, Admitted } from "./admit.js";
import { createPool, type OpenBudget } from "./budget-pool.js";
import type { CompactOptions } from "./compact.js";
import type { Endpoint } from "./endpoint.js";
import { ContextOverflowError, TokenHeadroomError } from "./errors.js";
import { leadBack } from "./find-overflow.js";
import { reading, shown } from "./found.js";
import { evictionPolicy, type EvictOptions, requireEvict, type RequirePolicy } from "./evict.js";
import { type GuardCheckpoint, requireCheckpoint } from "./guard-checkpoint.js";
import { GuardedRun } from "./guarded-run.js";
import { InternedMessages } from "./interned.js";
import { BUDGET_KEYS, requireChoice, requireKeys } from "./option-keys.js";
import { rejection } from "./rejection.js";
import { endpointCalled, readCall, withBody } from "./request-body.js";
import { watchUsage } from "./streamed-usage.js";
import type { BudgetOptions, RequestInput, Usage } from "./types.js";
import { modelOf } from "./usage.js";
import { watched } from "./watched.js";
import { hasMessages, listName, messagesOf, withMessages } from "./wire.js";

/** A function with the shape of `fetch`. */
export type Fetch = (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;

/** A guarded fetch function. */
export interface GuardedFetch extends Fetch {
  /** The token of the last checkpoint; nothing without `checkpoint`. */
  readonly checkpoint: string | undefined;
}

/** The model and its limits (each request's own model unless one is given), and what happens to what does not fit. */
export interface GuardFetchOptions extends BudgetOptions, CompactOptions, EvictOptions {
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
  /**
   * Write down where the run stands before every call; `restore` of `token-headroom/checkpoint` goes on from there. A run is one
   * history: give the client of each agent a fetch of its own.
   */
  readonly checkpoint?: GuardCheckpoint | undefined;
}

/**
 * Wraps a fetch function so that requests to models are checked before they are sent: to the chat endpoints of OpenAI
 * (Chat Completions and Responses), Anthropic, Gemini, Bedrock (Converse), Cohere and Ollama, wherever they are served.
 *
 * Learns from the usage that answers report, whole or streamed, as the caller reads them: nothing is delayed or read ahead, and
 * cancelling a stream cancels it at its source. OpenAI's Chat Completions report the usage of a stream only when they are asked:
 * `stream_options: { include_usage: true }`.
 *
 * @throws `TokenHeadroomError` of code `invalid_option` at once for options that cannot be. The guarded function rejects as the
 * wrapped one does; with `onOverflow: "throw"` also with `ContextOverflowError`.
 * @example
 * const client = new OpenAI({ fetch: guardFetch(fetch, { headroom: 1_000, onOverflow: "compact" }) });
 */
export type GuardFetch = (fetch: Fetch, options?: GuardFetchOptions) => GuardedFetch;

/** The `guardFetch` function over budgets that `open` gives, and policies that `requirePolicy` reads. */
export function createGuardFetch(open: OpenBudget, requirePolicy: RequirePolicy): GuardFetch {
  return (fetch, options = {}) => {
    reading("", () => requireOptions(fetch, options, requirePolicy));
    const { onOverflow = "respond", onUnreadable = "reject" } = options;
    const messages = new InternedMessages();
    const run = new GuardedRun(options.checkpoint, undefined, (stored) => messages.intern(stored));
    const admissionAt = admissions(open, options);
    const guarded: Fetch = async (input, init) => {
      const endpoint = endpointCalled(input, init);
      const call = endpoint === undefined ? undefined : await readCall(input, init);
      const body = endpoint === undefined || call === undefined ? undefined : parseChat(call.text, endpoint);
      if (endpoint === undefined || call === undefined || body === undefined) {
        return fetch(call?.input ?? input, call?.init ?? init);
      }
      const given = interned(body, messages);
      let admitted: Admitted<Body>;
      try {
        admitted = await run.admit(given, admissionAt(endpoint));
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
        const response = rejection(error, endpoint);
        return ContextOverflowError.is(error) ? leadBack(response, error) : response;
      }
      await run.save(given, admitted);
      const sent = admitted.request === given ? call : withBody(call, JSON.stringify(admitted.request));
      return observed(await fetch(sent.input, sent.init), (usage) => {
        run.reported(usage);
        learn(admitted, usage);
      });
    };
    return Object.defineProperty(guarded, "checkpoint", { get: () => run.checkpoint }) as GuardedFetch;
  };
}

function admissions(open: OpenBudget, options: GuardFetchOptions): (endpoint: Endpoint) => Admission<Body> {
  const { onOverflow, onUnreadable: _, policy, evict: __, summarise, onCompact, checkpoint: ___, ...context } = options;
  const pool = createPool(open, context);
  const allowed = {
    policy,
    summarise,
    onCompact,
    evict: evictionPolicy(options),
    context,
    open,
    onOverflow: onOverflow === "compact" ? onOverflow : "throw",
  } as const;
  return (endpoint) => ({ ...allowed, pool: (request) => pool(request, endpoint) });
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

// A fetch of one's own may answer with something else than a stream, which is then its caller's alone.
function observed(response: Response, tell: (usage: Usage) => void): Response {
  const isRead = response.ok && typeof response.body?.getReader === "function" && !response.bodyUsed;
  const watch = isRead ? watchUsage(response.headers.get("content-type") ?? "", tell) : undefined;
  return watch === undefined ? response : watched(response, watch);
}

// A failure to learn is no failure of the call.
function learn({ budget, projection }: Admitted<Body>, usage: Usage): void {
  try {
    if (projection !== undefined) {
      budget?.record(projection, usage);
    }
  } catch (error) {
    if (!TokenHeadroomError.is(error)) {
      throw error;
    }
  }
}

const OWN_KEYS = ["onOverflow", "onUnreadable", "policy", "summarise", "onCompact", "evict", "checkpoint"];

function requireOptions(fetch: unknown, options: GuardFetchOptions, requirePolicy: RequirePolicy): void {
  if (typeof fetch !== "function") {
    throw new TokenHeadroomError(`found ${shown(fetch)}, expected a fetch function`, {
      code: "invalid_option",
      path: "fetch",
      hint: "call guardFetch(fetch, options)",
    });
  }
  requireKeys(options, [...BUDGET_KEYS, ...OWN_KEYS], "");
  requireChoice(options.onOverflow ?? "respond", ["respond", "throw", "compact"], "onOverflow");
  requireChoice(options.onUnreadable ?? "reject", ["reject", "pass"], "onUnreadable");
  requireEvict(options, requirePolicy);
  if (options.checkpoint !== undefined) {
    requireCheckpoint(options.checkpoint);
  }
}
