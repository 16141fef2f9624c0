import type { Endpoint } from "./endpoint.js";
import { errorBody, errorHeaders } from "./error-body.js";
import { ContextOverflowError, TokenHeadroomError } from "./errors.js";
import type { Projection } from "./types.js";

/**
 * The answer that the provider would give, given without asking it: SDKs raise their own error for it (OpenAI's raises
 * `BadRequestError` with `code: "context_length_exceeded"`) and do not try again.
 */
export function rejection(error: TokenHeadroomError, endpoint: Endpoint, status = 400): Response {
  const overflow = ContextOverflowError.is(error) ? error : undefined;
  const { code, path } = error;
  const body = {
    ...errorBody(error, status, endpoint),
    token_headroom: { code, path, ...(overflow === undefined ? {} : report(overflow)) },
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      "content-type": "application/json",
      // OpenAI's and Anthropic's SDKs obey it; they would not retry a 400 anyway, but a proxy might answer with another status.
      "x-should-retry": "false",
      ...errorHeaders(status, endpoint),
      ...(overflow === undefined ? {} : projectionHeaders(overflow.projection)),
    },
  });
}

/** The numbers of a projection as response headers. */
export function projectionHeaders({ upperBound, available, verdict }: Projection): Record<string, string> {
  return {
    "x-token-headroom-projected": String(upperBound),
    "x-token-headroom-available": String(available),
    "x-token-headroom-verdict": verdict,
  };
}

function report(overflow: ContextOverflowError): object {
  const { messages: _, ...projection } = overflow.projection;
  const { checkpoint } = overflow;
  return { projection, plan: summariseFor(overflow), ...(checkpoint === undefined ? {} : { checkpoint }) };
}

// The plan itself may hold half the history (digests, placeholders); a caller in another process needs its outcome.
function summariseFor(overflow: ContextOverflowError): object | null {
  try {
    const { status, target, before, after, steps } = overflow.plan();
    return { status, target, before, after, steps: steps.length };
  } catch (error) {
    if (TokenHeadroomError.is(error)) {
      return null;
    }
    throw error;
  }
}
