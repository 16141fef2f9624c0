import { decodeBase64, encodeBase64 } from "./base64.js";
import { type Json, snapshot } from "./snapshot.js";

/** Bytes as JSON holds them; the core reads them so too (src/normalize/binary.rs). */
interface Binary {
  readonly $binary: string;
  readonly byteLength: number;
}

/** What `JSON.stringify` would send of `value`, with bytes in full; names the place of what JSON cannot hold. */
export function wholeJson(value: unknown, root: string): Json {
  snapshot(value, root);
  // Not what it is called with: a Buffer has turned itself into a list of numbers by then.
  const written = JSON.stringify(value, function (this: Record<string, unknown>, key: string, member: unknown) {
    return binary(this[key]) ?? member;
  });
  return JSON.parse(written) as Json;
}

/** A copy of `value` in which bytes are bytes again. */
export function revived(value: Json): unknown {
  return JSON.parse(JSON.stringify(value), (_, member: unknown) => (isBinary(member) ? decodeBase64(member.$binary) : member));
}

function binary(value: unknown): Binary | undefined {
  if (value instanceof ArrayBuffer) {
    return { $binary: encodeBase64(new Uint8Array(value)), byteLength: value.byteLength };
  }
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteOffset, byteLength } = value;
    return { $binary: encodeBase64(new Uint8Array(buffer, byteOffset, byteLength)), byteLength };
  }
  return undefined;
}

function isBinary(value: unknown): value is Binary {
  const { $binary, byteLength, ...more } = (typeof value === "object" && value !== null ? value : {}) as Partial<Binary>;
  return typeof $binary === "string" && typeof byteLength === "number" && Object.keys(more).length === 0;
}
