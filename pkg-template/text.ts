import { TokenHeadroomError } from "./errors.js";
import { shown } from "./found.js";
import type { Instance, TokenizerExports } from "./instance.js";

const encoder = new TextEncoder();

// UTF-8 needs at most three bytes for a UTF-16 code unit; up to here that much is simply reserved.
export const SMALL: number = 16 * 1024;

// The encoder's call takes as long as writing so many characters one by one.
const BRIEF = 8;

/** Refuses what is not a string. */
export function requireText(text: unknown, path: string): asserts text is string {
  if (typeof text !== "string") {
    throw new TokenHeadroomError(`found ${shown(text)}, expected a string`, {
      code: "invalid_type",
      path,
      hint: textOf(text, path),
    });
  }
}

/** How what is no string becomes one. */
function textOf(found: unknown, path: string): string {
  if (found === undefined || found === null) {
    return 'a field may be misnamed, or a value not awaited; an empty text is ""';
  }
  if (typeof found !== "object" && typeof found !== "function") {
    return `pass String(${path || "it"})`;
  }
  return ArrayBuffer.isView(found)
    ? `pass new TextDecoder().decode(${path || "it"})`
    : "pass the text that the model gets; messages and whole requests are for `project` of a budget";
}

/**
 * Writes `text` into the staging buffer and gives the number of bytes. A lone surrogate is written as U+FFFD, which is
 * what a provider receives.
 */
export function stageText(instance: Instance<TokenizerExports>, text: string): number {
  const { length } = text;
  if (length <= BRIEF && writeAscii(text, instance.staging(BRIEF))) {
    return length;
  }
  const capacity = length <= SMALL ? length * 3 : length + SMALL;
  const first = encoder.encodeInto(text, instance.staging(capacity));
  if (first.read === length) {
    return first.written;
  }
  // Mostly outside ASCII: what was read tells how much the whole can take at most.
  return encoder.encodeInto(text, instance.staging(first.written + (length - first.read) * 3)).written;
}

/** Writes a text of ASCII; says of another one that it is none. */
function writeAscii(text: string, bytes: Uint8Array): boolean {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x80) {
      return false;
    }
    bytes[at] = unit;
  }
  return true;
}

/** Whether the unit at `at` is the first half of a pair, or looks for a second one. */
export function isHighSurrogate(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xd800 && unit < 0xdc00;
}

/** Whether the unit at `at` is the second half of a pair, or lacks a first one. */
export function isLowSurrogate(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit < 0xe000;
}
