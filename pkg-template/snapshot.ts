import { encodeBase64 } from "./base64.js";
import { checksum } from "./checksum.js";
import { TokenHeadroomError } from "./errors.js";
import { described, shown } from "./found.js";

/** A value as JSON can hold it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

// Deep enough for every real request; shallow enough for every engine's stack.
const MAX_DEPTH = 1000;
// A longer path says no more about the place.
const SHOWN_KEYS = 16;
// Media is told by its header; what lies deeper is not copied.
const HEADER_BYTES = 64 * 1024;

/** What the core sees of bytes. */
interface Binary {
  readonly $binary: string;
  readonly byteLength: number;
  readonly checksum?: number;
}

/**
 * Copies `value` into what `JSON.stringify` would send: `toJSON` is honoured; `undefined`, functions and symbols vanish
 * from objects and become `null` in arrays. Strings are shared, not copied. Bytes (an ArrayBuffer, a typed array, a Buffer)
 * become `{ "$binary": <base64 of the first 64 KiB>, "byteLength": <length of the whole> }`, which src/normalize/binary.rs reads, with a
 * `checksum` of what is left out, so that different pictures stay different.
 *
 * Unlike `JSON.stringify` it names the place of what it cannot send. `root` is the path of `value` itself.
 */
export function snapshot(value: unknown, root: string): Json {
  const trail: Key[] = [];
  try {
    const copied = copy(value, "", trail, new Set());
    if (copied === undefined) {
      throw failure("invalid_type", `found ${shown(value)}, expected a JSON value`, "");
    }
    return copied;
  } catch (error) {
    if (error instanceof Failure) {
      throw new TokenHeadroomError(error.message, {
        code: error.code,
        path: placeOf(root, trail),
        hint: error.hint,
      });
    }
    throw new TokenHeadroomError(`reading the value failed: ${described(error)}`, {
      code: "unreadable",
      path: placeOf(root, trail),
      hint: "a getter, proxy or toJSON threw; pass plain data",
      cause: error,
    });
  }
}

function placeOf(root: string, trail: readonly Key[]): string {
  const path = place(root, trail.slice(0, SHOWN_KEYS));
  return trail.length > SHOWN_KEYS ? `${path}...` : path;
}

/** Whether {@link snapshot} of `value` would equal `taken`. Anything that cannot be read has changed. */
export function isUnchanged(value: unknown, taken: Json): boolean {
  try {
    return equals(value, "", taken);
  } catch {
    return false;
  }
}

type Key = string | number;

class Failure {
  constructor(
    readonly code: string,
    readonly message: string,
    readonly hint: string,
  ) {}
}

function failure(code: string, message: string, hint: string): Failure {
  return new Failure(code, message, hint);
}

// `trail` is only popped on success, so that on failure it is the path of the culprit.
function copy(given: unknown, key: Key, trail: Key[], ancestors: Set<object>): Json | undefined {
  const value = represent(given, key);
  if (value === null || typeof value !== "object") {
    return leaf(value);
  }
  if (ancestors.has(value)) {
    throw failure("cyclic", "found a reference to an enclosing value, expected a tree", "JSON cannot hold cycles");
  }
  if (trail.length >= MAX_DEPTH) {
    throw failure("too_deep", `found more than ${MAX_DEPTH} nested values`, "flatten the value");
  }
  ancestors.add(value);
  const copied = Array.isArray(value)
    ? copyArray(value, trail, ancestors)
    : copyObject(value as Record<string, unknown>, trail, ancestors);
  ancestors.delete(value);
  return copied;
}

function copyArray(value: readonly unknown[], trail: Key[], ancestors: Set<object>): Json {
  const copied: Json[] = [];
  for (let index = 0; index < value.length; index++) {
    trail.push(index);
    copied.push(copy(value[index], index, trail, ancestors) ?? null);
    trail.pop();
  }
  return copied;
}

function copyObject(value: Record<string, unknown>, trail: Key[], ancestors: Set<object>): Json {
  const copied: Record<string, Json> = {};
  for (const key of Object.keys(value)) {
    trail.push(key);
    const member = copy(value[key], key, trail, ancestors);
    trail.pop();
    if (member !== undefined) {
      put(copied, key, member);
    }
  }
  return copied;
}

// Plain assignment to "__proto__" would set the prototype.
function put(target: Record<string, Json>, key: string, value: Json): void {
  if (key === "__proto__") {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    target[key] = value;
  }
}

// What JSON.stringify sees in place of `value`: the result of toJSON, and boxed primitives opened.
function represent(given: unknown, key: Key): unknown {
  let value = given;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    return binary(value);
  }
  if ((typeof value === "object" && value !== null) || typeof value === "bigint") {
    const convert = (value as { toJSON?: unknown }).toJSON;
    if (typeof convert === "function") {
      value = convert.call(value, String(key));
    }
  }
  if (value instanceof String || value instanceof Number || value instanceof Boolean) {
    return value.valueOf();
  }
  return value;
}

// A million bytes would be a million numbers in JSON, and Buffer's own toJSON writes just that.
function binary(value: ArrayBuffer | ArrayBufferView): Binary {
  const { byteLength } = value;
  const bytes = ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, byteLength) : new Uint8Array(value);
  const start = { $binary: encodeBase64(bytes.subarray(0, HEADER_BYTES)), byteLength };
  return byteLength > HEADER_BYTES ? { ...start, checksum: checksum(bytes.subarray(HEADER_BYTES)) } : start;
}

function leaf(value: unknown): Json | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : null;
    case "bigint":
      throw failure(
        "bigint",
        `found the BigInt ${value}n, expected a JSON value`,
        "convert it with Number() or String()",
      );
    case "object":
      return null;
    default:
      return undefined;
  }
}

// Bounded by `taken`, which is a finite tree: cycles in `value` end where `taken` does.
function equals(given: unknown, key: Key, taken: Json): boolean {
  const value = represent(given, key);
  if (value === null || typeof value !== "object") {
    return typeof value === "bigint" ? false : leaf(value) === taken;
  }
  if (taken === null || typeof taken !== "object") {
    return false;
  }
  if (Array.isArray(value)) {
    return Array.isArray(taken) && equalArrays(value, taken);
  }
  return !Array.isArray(taken) && equalObjects(value as Record<string, unknown>, taken as Record<string, Json>);
}

function equalArrays(value: readonly unknown[], taken: readonly Json[]): boolean {
  return (
    value.length === taken.length &&
    taken.every(
      (member, index) => equals(value[index], index, member) || (member === null && isAbsent(value[index], index)),
    )
  );
}

// Order counts: it is the order in which the provider would see the members.
function equalObjects(value: Record<string, unknown>, taken: Record<string, Json>): boolean {
  const keys = Object.keys(taken);
  let matched = 0;
  for (const key of Object.keys(value)) {
    const member = value[key];
    const expected = keys[matched];
    if (key === expected && equals(member, key, taken[key] as Json)) {
      matched++;
    } else if (!isAbsent(member, key)) {
      return false;
    }
  }
  return matched === keys.length;
}

function isAbsent(given: unknown, key: Key): boolean {
  const value = represent(given, key);
  return value === undefined || typeof value === "function" || typeof value === "symbol";
}

// No literal: of one an engine looks up all letters when it reads the module, which takes it longer than the rest of this file.
let plainKey: RegExp | undefined;

function isPlain(key: string): boolean {
  plainKey ??= new RegExp("^[\\p{ID_Start}$_][\\p{ID_Continue}$]*$", "u");
  return plainKey.test(key);
}

function place(root: string, trail: readonly Key[]): string {
  let path = root;
  for (const key of trail) {
    if (typeof key === "number") {
      path += `[${key}]`;
    } else if (isPlain(key)) {
      path += path === "" ? key : `.${key}`;
    } else {
      path += `[${JSON.stringify(key)}]`;
    }
  }
  return path;
}
