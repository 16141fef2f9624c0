import type { Json } from "./snapshot.js";

/**
 * The one JSON text of a value, whatever the order of its keys: RFC 8785, which sorts keys by UTF-16 code units and writes
 * numbers and strings as `JSON.stringify` does. Databases reorder keys; digests must not depend on it.
 */
export function canonicalJson(value: Json | undefined): string {
  if (value === undefined) {
    return "";
  }
  if (value === null || typeof value !== "object") {
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    return `[${value.map(canonicalJson).join(",")}]`;
  }
  const members = value as { readonly [key: string]: Json };
  const written = Object.keys(members).sort().map((key) => `${JSON.stringify(key)}:${canonicalJson(members[key])}`);
  return `{${written.join(",")}}`;
}
