import { TokenHeadroomError } from "./errors.js";
import type { CachedMessage, MessageCache } from "./message-cache.js";
import { type Json, snapshot } from "./snapshot.js";
import type { RequestInput } from "./types.js";

/** A request as it crosses into the core: messages by handle, and the content of those it does not know. */
export interface Wire {
  readonly rest: Json;
  readonly messages: readonly number[];
  readonly fresh: readonly (readonly [number, Json])[];
}

/**
 * Calls `send` with `request`'s wire form, sending only messages that the core does not know. When it turns out to have
 * forgotten some (its store is bounded, and a panic empties it), everything is sent again.
 */
export function sendRequest<T>(request: RequestInput, cache: MessageCache, send: (wire: Wire) => T): T {
  const { rest, messages } = read(request);
  let wired = messages.map((message, index) => cache.read(message, `messages[${index}]`));
  let result: T;
  try {
    result = send(toWire(rest, wired));
  } catch (error) {
    if (!TokenHeadroomError.is(error) || error.code !== "stale") {
      throw error;
    }
    wired = wired.map((message) => cache.renew(message));
    result = send(toWire(rest, wired));
  }
  messages.forEach((message, index) => cache.remember(message, wired[index] as CachedMessage));
  return result;
}

/** The messages of `request`: its `messages` member, or the array itself. */
export function messagesOf(request: RequestInput): readonly object[] {
  return Array.isArray(request) ? request : (request as { messages: readonly object[] }).messages;
}

/** A shallow copy of `request` with other messages. */
export function withMessages<T extends RequestInput>(request: T, messages: readonly object[]): T {
  return (Array.isArray(request) ? messages : { ...request, messages }) as T;
}

function read(request: RequestInput): { rest: Json; messages: readonly unknown[] } {
  try {
    return split(request);
  } catch (error) {
    if (TokenHeadroomError.is(error)) {
      throw error;
    }
    throw new TokenHeadroomError("reading the request failed", {
      code: "unreadable",
      hint: "a getter or proxy threw; pass plain data",
      cause: error,
    });
  }
}

function split(request: RequestInput): { rest: Json; messages: readonly unknown[] } {
  if (Array.isArray(request)) {
    return { rest: {}, messages: [...request] };
  }
  if (typeof request !== "object" || request === null) {
    throw invalid("", request, "a request");
  }
  const { messages, ...rest } = request as { readonly messages: unknown };
  if (!Array.isArray(messages)) {
    throw invalid("messages", messages, "an array of messages");
  }
  return { messages: [...messages], rest: snapshot(rest, "") };
}

function invalid(path: string, found: unknown, expected: string): TokenHeadroomError {
  const name = found === undefined ? "nothing" : found === null ? "null" : typeof found;
  return new TokenHeadroomError(`found ${name}, expected ${expected}`, {
    code: path !== "" && found === undefined ? "missing_field" : "invalid_type",
    path,
    hint: "pass a request body { messages: [...] } or an array of messages",
  });
}

function toWire(rest: Json, messages: readonly CachedMessage[]): Wire {
  const fresh: (readonly [number, Json])[] = [];
  const handles: number[] = [];
  for (const message of messages) {
    handles.push(message.handle);
    if (message.fresh) {
      fresh.push([message.handle, message.snapshot]);
    }
  }
  return { rest, messages: handles, fresh };
}
