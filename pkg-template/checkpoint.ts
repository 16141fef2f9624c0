import { canonicalJson } from "./canonical-json.js";
import { requirePlace } from "./checkpoint-place.js";
import { corrupt, historyDigest, requireSealed, sealed, type Unsealed } from "./checkpoint-seal.js";
import type {
  Checkpoint,
  CheckpointDocument,
  CheckpointPlace,
  CheckpointState,
  Restored,
} from "./checkpoint-types.js";
import { TokenHeadroomError } from "./errors.js";
import { isList, reading, shown } from "./found.js";
import { malformedAt } from "./json-place.js";
import { requireAmount, requireKeys } from "./option-keys.js";
import { type Json, snapshot } from "./snapshot.js";
import type { MessageOf, RequestInput } from "./types.js";
import { revived, wholeJson } from "./whole-json.js";
import { messagesOf, requireRequest } from "./wire.js";

export type * from "./checkpoint-types.js";
export { type ErrorCode, type ErrorDetails, TokenHeadroomError } from "./errors.js";

const STATE_KEYS: readonly string[] = Object.keys({
  task: true,
  request: true,
  createdAt: true,
  sent: true,
  plan: true,
  fills: true,
  usage: true,
  spentUsd: true,
  learned: true,
  partial: true,
  state: true,
} satisfies Record<keyof CheckpointState, true>);

/**
 * Writes down where a run stands, and keeps it in `store` if there is one. The document is plain JSON: what `JSON.stringify`
 * would send of each message, with bytes in full. The token is short; with it and the store the run goes on elsewhere.
 *
 * @throws `TokenHeadroomError` (rejected) of code `missing_field` without a task, `invalid_type` for what is no request, `cyclic` or
 * `bigint` with the place of what JSON cannot hold, `unsupported_runtime` where there is no WebCrypto; and what the store throws.
 * @example
 * const { token } = await checkpoint({ task: "report", request, state: { page: 3 } }, { store: localStorage });
 */
export async function checkpoint<T extends RequestInput>(
  state: CheckpointState<T>,
  place: CheckpointPlace = {},
): Promise<Checkpoint> {
  reading("", () => requireState(state));
  requirePlace(place);
  const { task, request, sent, ...more } = state;
  const given = Object.entries(more).filter(([, value]) => value !== undefined);
  const document = await sealed({
    version: 1,
    task,
    request: wholeJson(request, "request"),
    ...(sent === undefined ? {} : { sent: referring(sent, messagesOf(request)) }),
    ...Object.fromEntries(given.map(([field, value]) => [field, wholeJson(value, field)])),
  } as Unsealed);
  await place.store?.setItem(place.key ?? keyOf(task), JSON.stringify(document));
  return { document, token: await tokenOf(document) };
}

/**
 * Reads a checkpoint back: by its token from the store, or from the document itself, parsed or as text.
 *
 * Everything is checked first. `checkpoint_missing`: the store has nothing for the token, or the history of another run.
 * `checkpoint_corrupt`: something was altered, cut off or is missing; the error's `path` says where. `checkpoint_version`: written in
 * another format. A document with more messages than its token names is the same run, further on, and is restored as it is.
 *
 * @throws `TokenHeadroomError` (rejected) of these codes, and of code `invalid_option` without a store for the token.
 * @example
 * const { request, state, spentUsd } = await restore(token, { store: localStorage });
 */
export async function restore<T extends RequestInput = RequestInput>(
  from: string | CheckpointDocument,
  place: CheckpointPlace = {},
): Promise<Restored<T>> {
  requirePlace(place);
  if ((typeof from !== "object" && typeof from !== "string") || from === null) {
    throw new TokenHeadroomError(`found ${shown(from)}, expected a token or a document`, {
      code: "invalid_type",
      path: "token",
      hint: "pass the `token` or the `document` that `checkpoint` gave, or the `checkpoint` of a guard",
    });
  }
  const token = typeof from === "string" ? parsedToken(from) : undefined;
  const document = await requireSealed(token === undefined ? parsed(from) : await stored(token, place));
  if (token !== undefined) {
    requireNamed(document, token);
  }
  return restored(document, await tokenOf(document));
}

function restored<T extends RequestInput>(document: CheckpointDocument, token: string): Restored<T> {
  const { version: _, digests: __, sums: ___, integrity: ____, sent, ...content } = document;
  const state = revived(content as unknown as Json) as Omit<CheckpointState<T>, "sent">;
  const history = messagesOf(state.request) as readonly MessageOf<T>[];
  const known = messagesOf(document.request as unknown as RequestInput) as unknown as readonly Json[];
  const message = (one: NonNullable<typeof sent>[number]) => ("kept" in one ? history[one.kept] : revived(one.message));
  return {
    ...state,
    ...(sent === undefined ? {} : { sent: sent.map(message) as MessageOf<T>[] }),
    token,
    matches(request) {
      reading("request", () => requireRequest(request, "request"));
      const given = messagesOf(request);
      const differs = (one: Json, index: number) =>
        index >= given.length || canonicalJson(wholeJson(given[index], `messages[${index}]`)) !== canonicalJson(one);
      const first = known.findIndex(differs);
      return first < 0 ? known.length : first;
    },
  };
}

/** `sent` by reference to `history`, so that nothing is stored twice. */
function referring(sent: readonly object[], history: readonly object[]): NonNullable<CheckpointDocument["sent"]> {
  const places = new Map(history.map((message, index) => [message, index]));
  return sent.map((message, index) => {
    const kept = places.get(message);
    return kept === undefined ? { message: wholeJson(message, `sent[${index}]`) } : { kept };
  });
}

interface Token {
  readonly task: string;
  readonly digest: string;
  readonly count: number;
}

async function tokenOf(document: CheckpointDocument): Promise<string> {
  return [document.version, document.task, await historyDigest(document), document.digests.length].join(".");
}

// Tasks may have dots of their own. A document begins with a brace.
function parsedToken(text: string): Token | undefined {
  const [, version, task, digest, count] = /^(\d+)\.([^]+)\.([\da-f]{64})\.(\d+)$/.exec(text) ?? [];
  if (task === undefined || digest === undefined) {
    if (/^\s*\{/.test(text)) {
      return undefined;
    }
    throw corrupt("token", "found a text that is neither a token nor a document");
  }
  if (version !== "1") {
    throw new TokenHeadroomError(`found a token of version ${version}, expected 1`, { code: "checkpoint_version", path: "token" });
  }
  return { task, digest, count: Number(count) };
}

async function stored({ task }: Token, { store, key = keyOf(task) }: CheckpointPlace): Promise<unknown> {
  if (store === undefined) {
    throw new TokenHeadroomError("found no store, expected the one that the token's checkpoint is in", {
      code: "invalid_option",
      path: "store",
      hint: "await restore(token, { store }); a document needs none",
    });
  }
  const found: unknown = await store.getItem(key);
  if (found === undefined || found === null) {
    throw missing(`the store has nothing under ${JSON.stringify(key)}`);
  }
  return parsed(found);
}

// Stores give what was put in: as text, as bytes, or parsed, as unstorage does.
function parsed(found: unknown): unknown {
  const isBytes = reading("", () => found instanceof ArrayBuffer || ArrayBuffer.isView(found));
  const text = isBytes ? new TextDecoder().decode(found as ArrayBuffer) : found;
  if (typeof text !== "string") {
    return typeof text === "object" ? snapshot(text, "") : null;
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    const { line, column } = malformedAt(text) ?? { line: 1, column: 1 };
    throw corrupt("", `found ${text.length} characters that stop being JSON at line ${line}, column ${column}`, cause);
  }
}

function requireNamed({ task, digests }: CheckpointDocument, token: Token): void {
  if (task !== token.task) {
    throw missing(`found the task ${JSON.stringify(task)}, expected ${JSON.stringify(token.task)}`);
  }
  if (digests.length < token.count) {
    throw missing(`found ${digests.length} messages, expected the ${token.count} that the token names`);
  }
  if (token.count > 0 && digests[token.count - 1] !== token.digest) {
    throw missing(`found another history than the one whose message ${token.count} the token names`);
  }
}

function missing(message: string): TokenHeadroomError {
  return new TokenHeadroomError(message, {
    code: "checkpoint_missing",
    path: "token",
    hint: "look in the store that it was saved to, under the same key",
  });
}

function keyOf(task: string): string {
  return `checkpoint:${task}`;
}

function requireState(state: CheckpointState): void {
  requireKeys(state, STATE_KEYS, "");
  if (typeof state.task !== "string" || state.task === "") {
    throw new TokenHeadroomError("found no name of the run, expected one", {
      code: "missing_field",
      path: "task",
      hint: 'name it as the store shall know it: task: "nightly"',
    });
  }
  requireRequest(state.request, "request");
  requireAmount(state.spentUsd ?? 0, "spentUsd");
  if (state.sent !== undefined && !isList(state.sent)) {
    throw new TokenHeadroomError(`found ${shown(state.sent)}, expected an array of messages`, { code: "invalid_type", path: "sent" });
  }
}
