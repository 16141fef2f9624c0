import type { Core } from "./core.js";
import { TokenHeadroomError } from "./errors.js";

const encoder = new TextEncoder();

// UTF-8 needs at most three bytes for a UTF-16 code unit; up to here that much is simply reserved.
const SMALL = 16 * 1024;
// A larger staging buffer is given back after use.
const LARGE = 1024 * 1024;

/**
 * Writes `text` into the core's staging buffer and calls `use` with the number of bytes. A lone surrogate is written as
 * U+FFFD, which is what a provider receives.
 */
export function withStaged<T>(core: Core, text: string, use: (bytes: number) => T): T {
  const bytes = stage(core, text);
  try {
    return use(bytes);
  } finally {
    if (bytes > LARGE) {
      view = new Uint8Array(0);
      core.call("text_release");
    }
  }
}

/** Refuses what is not a string. */
export function requireText(text: unknown, path: string): asserts text is string {
  if (typeof text !== "string") {
    throw new TokenHeadroomError(`found ${text === null ? "null" : typeof text}, expected a string`, {
      code: "invalid_type",
      path,
    });
  }
}

function stage(core: Core, text: string): number {
  const { length } = text;
  const capacity = length <= SMALL ? length * 3 : length + SMALL;
  const first = write(core, text, capacity);
  if (first.read === length) {
    return first.written;
  }
  // Mostly outside ASCII: what was read tells how much the whole can take at most.
  return write(core, text, first.written + (length - first.read) * 3).written;
}

function write(core: Core, text: string, capacity: number): { read: number; written: number } {
  return encoder.encodeInto(text, staging(core, capacity));
}

// The view of the staging buffer, kept because making one costs more than a short text takes to count. Memory that has
// grown detaches it (its length becomes 0), and a restarted core has another memory.
let view = new Uint8Array(0);

function staging(core: Core, capacity: number): Uint8Array<ArrayBuffer> {
  if (view.length < capacity || view.buffer !== core.exports().memory.buffer) {
    const bytes = Math.max(capacity, SMALL * 3);
    const start = core.call("text_reserve", bytes) >>> 0;
    view = new Uint8Array(core.exports().memory.buffer as ArrayBuffer, start, bytes);
  }
  return view;
}
