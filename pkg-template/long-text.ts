import type { Instance, TokenizerExports } from "./instance.js";
import { isHighSurrogate, isLowSurrogate, SMALL, stageText } from "./text.js";
import type { Keep } from "./types.js";

const encoder = new TextEncoder();

/** Whether `text` is counted in parts, so that memory does not grow with it: memory of WebAssembly is never given back. */
export function isLong(text: string): boolean {
  return text.length > SMALL;
}

/**
 * Tokens of a long text; infinity as soon as they exceed `limit`.
 *
 * A part is staged behind what is left of the one before, and counted up to its last seam. A text without seams is staged as a whole in the
 * end: each time that none is found, three times as much as is staged is added, so that little is searched again and few buffers are outgrown.
 */
export function countInParts(instance: Instance<TokenizerExports>, encoding: number, text: string, limit: number): number {
  const ofRun = countRun(instance, encoding, text);
  if (ofRun !== undefined) {
    return ofRun <= limit ? ofRun : Number.POSITIVE_INFINITY;
  }
  let tokens = 0;
  let from = 0;
  let left = 0;
  while (tokens <= limit) {
    const { read, written } = stagePart(instance, left, part(text, from, Math.max(3 * left, SMALL)));
    from += read;
    const bytes = left + written;
    if (from === text.length) {
      return tokens + instance.call("text_count_up_to", encoding, bytes, limit - tokens);
    }
    const seam = instance.call("text_seam", encoding, bytes);
    if (seam === Number.POSITIVE_INFINITY) {
      return instance.call("text_count_up_to", encoding, stageText(instance, text), limit);
    }
    if (seam > 0) {
      tokens += instance.call("text_count_up_to", encoding, seam, limit - tokens);
      instance.staging(bytes).copyWithin(0, seam, bytes);
    } else if (bytes > limit - tokens && instance.call("text_least", encoding, bytes) > limit - tokens) {
      return Number.POSITIVE_INFINITY;
    }
    left = bytes - seam;
  }
  return Number.POSITIVE_INFINITY;
}

/** Tokens of one character of ASCII repeated, which need not be staged; `undefined` for other texts, and where they are not known so. */
function countRun(instance: Instance<TokenizerExports>, encoding: number, text: string): number | undefined {
  const code = text.charCodeAt(0);
  // Nearly every other text differs in these places; a run is one because it equals itself one place further on.
  const places = [1, text.length >> 1, text.length - 1];
  if (code >= 0x80 || places.some((place) => text.charCodeAt(place) !== code) || text.slice(1) !== text.slice(0, -1)) {
    return undefined;
  }
  const tokens = instance.call("text_count_run", encoding, code, text.length);
  return tokens === Number.POSITIVE_INFINITY ? undefined : tokens;
}

/** More units than so many tokens mostly have. */
export function manyUnits(tokens: number): number {
  return Math.max(SMALL, 8 * tokens);
}

/** The ends of a long text, which a cut is looked for in. */
interface Ends {
  readonly text: string;
  /** Whether a cut of {@link text} is one of the whole: it keeps less than there is, so the same characters are at its edges. */
  holds(headEnd: number, tailStart: number): boolean;
}

/** The first `length` units of `text`, its last, or both joined: what `keep` asks for. */
export function endsOf(text: string, length: number, keep: Keep): Ends {
  const head = keep === "tail" ? "" : part(text, 0, length);
  let from = keep === "head" ? text.length : text.length - length;
  if (isLowSurrogate(text, from)) {
    from++;
  }
  // Not the characters where the ends are joined either, which may be halves of one that the text has not.
  return {
    text: head + text.slice(from),
    holds: (headEnd, tailStart) =>
      (keep === "tail" || headEnd < head.length - 1) && (keep === "head" || tailStart > head.length + 1),
  };
}

/** Up to `length` units of `text`, and no half of a character. */
function part(text: string, from: number, length: number): string {
  const end = from + length;
  return text.slice(from, end < text.length && isHighSurrogate(text, end - 1) ? end - 1 : end);
}

/** Writes `text`, or the start of it, behind the `left` bytes that are staged. */
function stagePart(instance: Instance<TokenizerExports>, left: number, text: string): { read: number; written: number } {
  // For what is not mostly ASCII there may be less room than it needs; then the next part begins earlier.
  const bytes = left + text.length + 2 * SMALL;
  let staging = instance.staging(left);
  if (staging.length < bytes) {
    const kept = staging.slice(0, left);
    // With some more, since the next part may be left with more than this one.
    staging = instance.staging(bytes + SMALL);
    staging.set(kept);
  }
  return encoder.encodeInto(text, staging.subarray(left));
}
