import { type Json, snapshot } from "./snapshot.js";

/**
 * `json` with the caller's own bytes again: of an ArrayBuffer or a typed array the core sees the header alone
 * ({@link snapshot}), so that what it gives back of such a value must be found in what was `given`.
 */
export function withBytes(json: Json, given: unknown): unknown {
  if (!JSON.stringify(json).includes('"$binary"')) {
    return json;
  }
  const known = new Map<string, unknown>();
  collect(given, known, new Set());
  return restored(json, known);
}

function collect(value: unknown, known: Map<string, unknown>, seen: Set<object>): void {
  if (typeof value !== "object" || value === null || seen.has(value)) {
    return;
  }
  seen.add(value);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    known.set(JSON.stringify(snapshot(value, "")), value);
    return;
  }
  for (const inner of Object.values(value)) {
    collect(inner, known, seen);
  }
}

function restored(json: Json, known: ReadonlyMap<string, unknown>): unknown {
  if (typeof json !== "object" || json === null) {
    return json;
  }
  if (Array.isArray(json)) {
    return json.map((value) => restored(value, known));
  }
  if ("$binary" in json) {
    return known.get(JSON.stringify(json)) ?? json;
  }
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, restored(value, known)]));
}
