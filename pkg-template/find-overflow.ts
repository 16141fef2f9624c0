import { ContextOverflowError } from "./errors.js";
import { at } from "./usage.js";

const HEADER = "x-token-headroom-overflow";
/** Overflows that are kept for SDKs that copy headers: whoever asks for one asks when it is thrown. */
const KEPT = 16;

// OpenAI's and Anthropic's errors keep the very headers of the response that they were made from.
const byHeaders = new WeakMap<Headers, ContextOverflowError>();
// The AI SDK's keep a copy of them, so that a name among them leads back. The latest are at the end.
const byName = new Map<string, ContextOverflowError>();

/** Lets `response`, and whatever error is made of it, be traced to its overflow. */
export function leadBack(response: Response, overflow: ContextOverflowError): Response {
  const { headers } = response;
  const [a, b] = crypto.getRandomValues(new Uint32Array(2));
  const name = `${a}-${b}`;
  headers.set(HEADER, name);
  byHeaders.set(headers, overflow);
  byName.set(name, overflow);
  for (const oldest of byName.keys()) {
    if (byName.size <= KEPT) {
      break;
    }
    byName.delete(oldest);
  }
  return response;
}

/**
 * The {@link ContextOverflowError} behind an error that an SDK or a fetch wrapper raised, if there is one. Never throws.
 *
 * Errors of the AI SDK hold a copy of the response, which leads back to the last 16 overflows alone: ask where the error is caught.
 *
 * @example
 * const overflow = findOverflow(error);
 * if (overflow !== undefined) console.log(overflow.overBy, overflow.checkpoint);
 */
export function findOverflow(error: unknown): ContextOverflowError | undefined {
  const seen = new Set<unknown>();
  const waiting = [error];
  while (waiting.length > 0) {
    const current = waiting.pop();
    if (typeof current !== "object" || current === null || seen.has(current)) {
      continue;
    }
    if (ContextOverflowError.is(current)) {
      return current;
    }
    seen.add(current);
    const headers = at(current, "headers") as Headers;
    const behind = byHeaders.get(headers) ?? byName.get(at(current, `responseHeaders.${HEADER}`) as string);
    if (behind !== undefined) {
      return behind;
    }
    // The AI SDK's last try, and the cause of most others.
    waiting.push(at(current, "lastError"), at(current, "cause"));
  }
  return undefined;
}
