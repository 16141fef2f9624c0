import { canonicalJson } from "./canonical-json.js";
import type { CheckpointDocument } from "./checkpoint-types.js";
import { TokenHeadroomError } from "./errors.js";
import type { Json } from "./snapshot.js";
import type { RequestInput } from "./types.js";
import { listName, messagesOf, withMessages } from "./wire.js";

/** What a checkpoint says, before it is sealed. */
export type Unsealed = Omit<CheckpointDocument, "digests" | "sums" | "integrity">;

const SEAL = ["digests", "sums", "integrity"];
const VERSION = 1;

/** `content` with its digests. */
export async function sealed(content: Unsealed): Promise<CheckpointDocument> {
  const digests: string[] = [];
  for (const message of messagesIn(content.request)) {
    digests.push(await linked(digests.at(-1), message));
  }
  const sums: Record<string, string> = {};
  for (const [field, value] of fieldsOf(content)) {
    sums[field] = await sha256(canonicalJson(value));
  }
  return { ...content, digests, sums, integrity: await total(digests, sums) };
}

/** Checks a document from a store; throws `checkpoint_corrupt` with the place that was altered, cut off or is missing. */
export async function requireSealed(document: unknown): Promise<CheckpointDocument> {
  requireShape(document);
  const { request, digests, sums, integrity } = document;
  const [messages, list] = [messagesIn(request), `request.${listName(request as RequestInput)}`];
  if (messages.length !== digests.length) {
    throw corrupt(list, `found ${messages.length} messages, expected ${digests.length}`);
  }
  for (const [index, message] of messages.entries()) {
    if ((await linked(digests[index - 1], message)) !== digests[index]) {
      throw corrupt(`${list}[${index}]`, "found another message than the one that was stored");
    }
  }
  const fields = new Map(fieldsOf(document));
  for (const field of new Set([...Object.keys(sums), ...fields.keys()])) {
    const value = fields.get(field);
    if (value === undefined || sums[field] === undefined) {
      const found = value === undefined ? "nothing, expected what was stored" : "a field that was not stored";
      throw corrupt(field, `found ${found}`);
    }
    if ((await sha256(canonicalJson(value))) !== sums[field]) {
      throw corrupt(field, "found another value than the one that was stored");
    }
  }
  if ((await total(digests, sums)) !== integrity) {
    throw corrupt("integrity", "found digests that were altered together with what they stand for");
  }
  return document;
}

/** The digest of a history: that of its last message. */
export async function historyDigest({ digests }: CheckpointDocument): Promise<string> {
  return digests.at(-1) ?? (await sha256(""));
}

/** The error for a checkpoint that cannot be trusted. */
export function corrupt(path: string, message: string, cause?: unknown): TokenHeadroomError {
  const hint = "restore an earlier checkpoint, or start the task again";
  return new TokenHeadroomError(message, { code: "checkpoint_corrupt", path, hint, ...(cause === undefined ? {} : { cause }) });
}

function requireShape(document: unknown): asserts document is CheckpointDocument {
  const { version, task, request, digests, sums, integrity } = (document ?? {}) as Partial<CheckpointDocument>;
  if (typeof version === "number" && version !== VERSION) {
    throw new TokenHeadroomError(`found version ${String(version)}, expected ${VERSION}`, {
      code: "checkpoint_version",
      path: "version",
      hint: "restore it with the version of the package that wrote it, or a later one",
    });
  }
  const expected = {
    version: version === VERSION,
    task: typeof task === "string",
    request: typeof request === "object" && request !== null,
    digests: Array.isArray(digests) && digests.every((digest) => typeof digest === "string"),
    sums: typeof sums === "object" && sums !== null,
    integrity: typeof integrity === "string",
  };
  for (const [field, holds] of Object.entries(expected)) {
    if (!holds) {
      throw corrupt(field, "found nothing that a checkpoint has there");
    }
  }
}

function messagesIn(request: Json): readonly Json[] {
  return messagesOf(request as unknown as RequestInput) as unknown as readonly Json[];
}

/** Every field beside the seal; of the request what is not a message. */
function fieldsOf(content: Unsealed): (readonly [field: string, value: Json])[] {
  const entries = Object.entries(content) as [string, Json][];
  return entries
    .filter(([field, value]) => !SEAL.includes(field) && value !== undefined)
    .map(([field, value]) => [
      field,
      field === "request" ? (withMessages(value as unknown as RequestInput, []) as unknown as Json) : value,
    ]);
}

function linked(before: string | undefined, message: Json): Promise<string> {
  return sha256((before ?? "") + canonicalJson(message));
}

function total(digests: readonly string[], sums: Readonly<Record<string, string>>): Promise<string> {
  return sha256(canonicalJson({ digests, sums }));
}

async function sha256(text: string): Promise<string> {
  const { subtle } = globalThis.crypto ?? {};
  if (subtle === undefined) {
    throw new TokenHeadroomError("this runtime has no WebCrypto, which checkpoints need for SHA-256", {
      code: "unsupported_runtime",
      hint: "browsers have it on pages that are served over https, or from localhost",
    });
  }
  const digest = new Uint8Array(await subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
