import { TokenHeadroomError } from "./errors.js";
import { shown } from "./found.js";
import type { CachedMessage, MessageCache } from "./message-cache.js";
import { type Json, snapshot } from "./snapshot.js";
import type { RequestInput } from "./types.js";

/** A request as it crosses into the core: messages by handle, and the content of those it does not know. */
export interface Wire {
  /** The field that holds the list; absent for a list alone, and where the core shall look for the messages itself. */
  readonly list?: ListKey;
  readonly rest: Json;
  readonly messages: readonly number[];
  readonly fresh: readonly (readonly [number, Json])[];
}

/** The fields that may hold the list of messages, in the order in which they are looked for (src/normalize/body.rs). */
const LISTS = ["messages", "contents", "input", "prompt"] as const;
type ListKey = (typeof LISTS)[number];

/** A request taken apart. */
interface Parts {
  readonly list: ListKey | undefined;
  readonly rest: Json;
  readonly messages: readonly unknown[];
}

/**
 * Calls `send` with `request`'s wire form, sending only messages that the core does not know. When it turns out to have
 * forgotten some (its store is bounded, and a panic empties it), everything is sent again.
 */
export function sendRequest<T>(request: RequestInput, cache: MessageCache, send: (wire: Wire) => T): T {
  const { list, rest, messages } = read(request);
  let wired = messages.map((message, index) => cache.read(message, list ?? "messages", index));
  let result: T;
  try {
    result = send(toWire(list, rest, wired));
  } catch (error) {
    if (!TokenHeadroomError.is(error) || error.code !== "stale") {
      throw error;
    }
    wired = wired.map((message) => cache.renew(message));
    result = send(toWire(list, rest, wired));
  }
  messages.forEach((message, index) => cache.remember(message, wired[index] as CachedMessage));
  return result;
}

/** The messages of `request`: the entries of its list, or of the array itself; none where they are not in a list. */
export function messagesOf(request: RequestInput): readonly object[] {
  if (Array.isArray(request)) {
    return request;
  }
  const list = listOf(request);
  return list === undefined ? [] : (entriesOf(request, list) as readonly object[]);
}

/** A shallow copy of `request` with other messages. */
export function withMessages<T extends RequestInput>(request: T, messages: readonly object[]): T {
  return (Array.isArray(request) ? messages : { ...request, [listOf(request) ?? "messages"]: messages }) as T;
}

/** Whether `input` is a list, or a body with one; whether it may be sent is not decided here. */
export function hasMessages(input: unknown): input is RequestInput {
  return Array.isArray(input) || (typeof input === "object" && input !== null && listOf(input) !== undefined);
}

/** Whether `input` has messages somewhere: in a list, or where {@link OtherBody} says. */
export function isRequest(input: unknown): input is RequestInput {
  return hasMessages(input) || (typeof input === "object" && input !== null && ELSEWHERE.some((key) => key in input));
}

/** Refuses what has messages nowhere. */
export function requireRequest(input: unknown, path: string): asserts input is RequestInput {
  if (!isRequest(input)) {
    throw new TokenHeadroomError(`found ${shown(input)}, expected an array of messages or a request body`, {
      code: "invalid_type",
      path,
    });
  }
}

const ELSEWHERE = ["prompt", "generateContentRequest", "message", "llm_context", "agent_states", "message_thread"];

/** The name of the list of messages, for a place in `request`. */
export function listName(request: RequestInput): string {
  return (Array.isArray(request) ? undefined : listOf(request)) ?? "messages";
}

function read(request: RequestInput): Parts {
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

function split(request: RequestInput): Parts {
  if (Array.isArray(request) && request.length > 0) {
    return { list: undefined, rest: {}, messages: [...request] };
  }
  const list = typeof request === "object" && request !== null ? listOf(request) : undefined;
  const entries = list === undefined ? [] : entriesOf(request, list);
  if (list === undefined || entries.length === 0) {
    // The first version of Cohere's chat and saved states of AutoGen have no list. What has no messages at all, and what is
    // no request, the core refuses with its place.
    return { list: undefined, rest: snapshot(request ?? null, ""), messages: [] };
  }
  const { [list]: _, ...rest } = request as Record<ListKey, unknown>;
  return { list, rest: snapshot(rest, ""), messages: [...entries] };
}

/** The first field that is there, if it holds a list or what may stand for one. */
function listOf(request: object): ListKey | undefined {
  const body = request as Partial<Record<ListKey, unknown>>;
  const key = LISTS.find((key) => body[key] !== undefined && body[key] !== null);
  if (key === undefined) {
    return undefined;
  }
  const value = body[key];
  const isOne = typeof value === "string" ? key !== "messages" : key === "contents" && typeof value === "object";
  return Array.isArray(value) || isOne ? key : undefined;
}

/** The entries of a list; a text or Gemini's single content is one entry. */
function entriesOf(request: object, list: ListKey): readonly unknown[] {
  const value = (request as Record<ListKey, unknown>)[list];
  return Array.isArray(value) ? value : [value];
}

function toWire(list: ListKey | undefined, rest: Json, messages: readonly CachedMessage[]): Wire {
  const fresh: (readonly [number, Json])[] = [];
  const handles: number[] = [];
  for (const message of messages) {
    handles.push(message.handle);
    if (message.fresh) {
      fresh.push([message.handle, message.snapshot]);
    }
  }
  return { ...(list === undefined ? {} : { list }), rest, messages: handles, fresh };
}
