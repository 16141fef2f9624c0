import { type BudgetPool, createPool, type OpenBudget } from "./budget-pool.js";
import { type Endpoint, endpointOf } from "./endpoint.js";
import { ContextOverflowError, TokenHeadroomError } from "./errors.js";
import { reading, shown } from "./found.js";
import { forward, readLimited, type Upstream } from "./forward.js";
import type { Fetch } from "./guard-fetch.js";
import { malformedAt } from "./json-place.js";
import { BUDGET_KEYS, requireChoice, requireKeys } from "./option-keys.js";
import { projectionHeaders, rejection } from "./rejection.js";
import type { BudgetOptions, Projection, RequestInput } from "./types.js";
import { listName } from "./wire.js";

/** Where requests go, the model and its limits (each body's own `model` unless one is given). */
export interface EdgeOptions extends BudgetOptions {
  /** The provider's origin, and a path that stands before each request's own: `https://api.openai.com`. */
  readonly upstream: string | URL;
  /** Sends the forwarded requests. Default: the global `fetch`. */
  readonly fetch?: Fetch | undefined;
  /** The largest chat body that is read, in bytes. Default 32 MiB. */
  readonly maxBodyBytes?: number | undefined;
  /** What happens to a chat body that cannot be judged, such as one for an unknown model. Default `"reject"`. */
  readonly onUnreadable?: "reject" | "pass" | undefined;
}

/** Answers requests in the way of a provider. */
export type EdgeHandler = (request: Request) => Promise<Response>;

/**
 * Makes a handler that checks requests to models, at the same endpoints as `guardFetch`, and forwards what fits. The handler answers
 * everything: 400, 413 and 415 in the provider's shape for what it refuses, 502 where the upstream cannot be reached.
 *
 * @throws `TokenHeadroomError` of code `invalid_option` for an upstream that is no http(s) URL, and other options that cannot be.
 * @example
 * export default { fetch: createEdgeHandler({ upstream: "https://api.openai.com", headroom: 1_000 }) };
 */
export type CreateEdgeHandler = (options: EdgeOptions) => EdgeHandler;

/** The `createEdgeHandler` function over budgets that `open` gives. */
export function bindEdgeHandler(open: OpenBudget): CreateEdgeHandler {
  return (options) => {
    reading("", () => requireOptions(options));
    const { upstream, fetch: given, maxBodyBytes = DEFAULT_MAX_BYTES, onUnreadable = "reject", ...context } = options;
    const pool = createPool(open, context);
    const target: Upstream = {
      url: new URL(upstream),
      // Called as a plain function: workers refuse a fetch with another receiver.
      fetch: given ?? ((input, init) => globalThis.fetch(input, init)),
    };
    return async (request) => {
      const endpoint = request.method === "POST" ? endpointOf(request.url) : undefined;
      if (endpoint === undefined) {
        return send(request, request.body, target);
      }
      let bytes: Uint8Array<ArrayBuffer> | undefined;
      let projection: Projection | undefined;
      try {
        bytes = await readLimited(request, maxBodyBytes);
        projection = await judge(parse(bytes), endpoint, pool);
      } catch (error) {
        const passed = bytes !== undefined && onUnreadable === "pass" && isUnreadable(error);
        if (!passed) {
          return refuse(error, endpoint);
        }
      }
      return send(request, bytes, target, endpoint, projection);
    };
  };
}

// Providers take bodies of some 50 MB at most; text that fits any window is far smaller.
const DEFAULT_MAX_BYTES = 32 * 1024 * 1024;

function parse(bytes: Uint8Array): RequestInput {
  const text = new TextDecoder().decode(bytes);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    const { line, column } = malformedAt(text) ?? { line: 1, column: 1 };
    throw new TokenHeadroomError(`the body is not JSON: it breaks at line ${line}, column ${column}`, {
      code: "malformed_body",
      cause,
    });
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    const found = Array.isArray(body) ? "an array" : body === null ? "null" : `a ${typeof body}`;
    throw new TokenHeadroomError(`found ${found}, expected a request body: an object`, {
      code: "invalid_type",
      hint: "send { model, messages }",
    });
  }
  return body as RequestInput;
}

async function judge(body: RequestInput, endpoint: Endpoint, pool: BudgetPool): Promise<Projection> {
  const budget = await pool(body, endpoint);
  const projection = budget.project(body);
  if (projection.verdict === "overflows") {
    throw new ContextOverflowError({ projection, plan: () => budget.plan(body), path: listName(body) });
  }
  return projection;
}

async function send(
  request: Request,
  body: BodyInit | null | undefined,
  upstream: Upstream,
  endpoint: Endpoint = {},
  projection?: Projection,
): Promise<Response> {
  try {
    const response = await forward(request, body ?? null, upstream);
    for (const [name, value] of Object.entries(projection === undefined ? {} : projectionHeaders(projection))) {
      response.headers.set(name, value);
    }
    return response;
  } catch (cause) {
    // Older workers have no signal on requests.
    if ((request.signal as AbortSignal | undefined)?.aborted) {
      throw cause;
    }
    const message = "the upstream could not be reached";
    return rejection(new TokenHeadroomError(message, { code: "upstream_unreachable", cause }), endpoint, 502);
  }
}

// What may still be a request for the provider, as opposed to one that does not fit or is no JSON.
function isUnreadable(error: unknown): boolean {
  return TokenHeadroomError.is(error) && !ContextOverflowError.is(error) && !(error.code in STATUS);
}

const STATUS: Readonly<Record<string, number>> = {
  malformed_body: 400,
  body_too_large: 413,
  encoded_body: 415,
};

function refuse(error: unknown, endpoint: Endpoint): Response {
  if (!TokenHeadroomError.is(error)) {
    throw error;
  }
  return rejection(error, endpoint, STATUS[error.code] ?? (error.code === "internal" ? 500 : 400));
}

// `String` of what is neither may be anything.
function isUrl(upstream: unknown): boolean {
  const text = typeof upstream === "string" || upstream instanceof URL ? String(upstream) : "";
  return /^https?:\/\//.test(text) && URL.canParse(text);
}

const OWN_KEYS = ["upstream", "fetch", "maxBodyBytes", "onUnreadable"];

function requireOptions(options: EdgeOptions): void {
  requireKeys(options, [...OWN_KEYS, ...BUDGET_KEYS], "");
  const { upstream, fetch, maxBodyBytes = DEFAULT_MAX_BYTES, onUnreadable = "reject" } = options;
  requireChoice(onUnreadable, ["reject", "pass"], "onUnreadable");
  if (!Number.isInteger(maxBodyBytes) || maxBodyBytes < 1) {
    throw new TokenHeadroomError(`found ${shown(maxBodyBytes)}, expected a number of bytes`, {
      code: "invalid_option",
      path: "maxBodyBytes",
    });
  }
  if (fetch !== undefined && typeof fetch !== "function") {
    throw new TokenHeadroomError(`found ${shown(fetch)}, expected a fetch function`, { code: "invalid_option", path: "fetch" });
  }
  if (!isUrl(upstream)) {
    throw new TokenHeadroomError(`found ${shown(upstream)}, expected an http(s) URL`, {
      code: "invalid_option",
      path: "upstream",
      hint: 'give the provider\'s origin: "https://api.openai.com"',
    });
  }
}
