import { TokenHeadroomError } from "./errors.js";
import { isList, optionsOf, reading, shown } from "./found.js";
import { requireKeys } from "./option-keys.js";
import { isLowSurrogate, requireText } from "./text.js";
import type { FitOptions, Fitted, FittedChunk, TokenBudget } from "./types.js";

// The crate packs in the same way (`encoding/src/fit.rs`), and both measure in units of UTF-16: so both take the same.

// Units of what is taken, at least, that are counted again with the next chunk: what comes after changes nothing so far before it.
const TAIL = 128;

// Units that may be counted again beyond as many as there are; they take a few hundredths of a second.
const FREE = 2 ** 20;

type Counter = Pick<TokenBudget, "countTokens" | "countUpTo" | "truncate">;

/**
 * Packs `chunks`, in order, into at most `maxTokens`.
 *
 * The joined text is what a model receives, so the joined text is what must fit: tokens merge across seams, mostly of a separator with
 * what is before it. A chunk is taken if it fits with all that is taken before it. So that the work does not grow with the square of the
 * text, it is counted with the end of that alone, which tells the same. Only in very long text without a blank may a few be left out that
 * would fit.
 */
export function fitChunks(budget: Counter, chunks: readonly string[], maxTokens: number, options: FitOptions): Fitted {
  const given = optionsOf(options, "options");
  requireKeys(given, ["separator", "last"], "");
  const { separator = "\n\n", last = "skip" } = given;
  const texts = requireArguments(chunks, separator, last);
  const packing = new Packing(budget, maxTokens, separator);
  for (const [index, text] of texts.entries()) {
    const tokens = packing.countWith(text);
    if (tokens !== undefined) {
      packing.take(index, text, tokens);
    } else if (last === "truncate") {
      const whole = packing.joinedWith(text);
      const start = budget.truncate(whole, maxTokens, { keep: "head" }).text.slice(whole.length - text.length);
      if (start !== "") {
        packing.taken.push({ index, text: start, truncated: true });
      }
      break;
    }
  }
  return settle(budget, texts.length, packing.taken, separator, maxTokens);
}

/** Chunks that are being packed. */
class Packing {
  readonly taken: FittedChunk[] = [];
  readonly #budget: Counter;
  readonly #limit: number;
  readonly #separator: string;
  // Tokens before the tail, and the end of what is taken, with a separator.
  #before = 0;
  #tail = "";
  // Whether a tail never began within a piece.
  #exact = true;
  // Units of what is taken; of all chunks, with those that are free; and of what was counted again.
  #size = 0;
  #seen = FREE;
  #again = 0;

  constructor(budget: Counter, limit: number, separator: string) {
    this.#budget = budget;
    this.#limit = limit;
    this.#separator = separator;
  }

  /** Tokens of what is taken with `text` after it; `undefined` if they exceed the limit. */
  countWith(text: string): number | undefined {
    this.#seen += text.length;
    this.#affordTail();
    const joined = this.#tail + text;
    const tokens = this.#budget.countUpTo(joined, Math.max(0, this.#limit - this.#before));
    if (tokens !== undefined) {
      return this.#before + tokens;
    }
    if (this.#exact || this.#again + this.#size > 2 * this.#seen) {
      return undefined;
    }
    this.#again += this.#size;
    const all = this.#budget.countUpTo(this.joinedWith(text), this.#limit);
    if (all !== undefined) {
      this.#putBefore(joined, all);
    }
    return all;
  }

  take(index: number, text: string, tokens: number): void {
    this.taken.push({ index, text, truncated: false });
    // One more, for a list of nothing takes time as well.
    this.#size += text.length + this.#separator.length + 1;
    this.#seen += this.#separator.length;
    this.#tail += text;
    const seam = this.#tail.length > 2 * TAIL ? lastSeam(this.#tail) : 0;
    if (seam > 0) {
      this.#tail = this.#tail.slice(seam);
      this.#putBefore(this.#tail, tokens);
    }
    this.#tail += this.#separator;
  }

  joinedWith(text: string): string {
    return [...this.taken.map((chunk) => chunk.text), text].join(this.#separator);
  }

  // Pays for a long tail: one without a seam grows with every chunk. Once too much was counted again it is cut, if need be within a piece.
  #affordTail(): void {
    const { length } = this.#tail;
    if (length <= 2 * TAIL) {
      return;
    }
    if (this.#again + length <= this.#seen) {
      this.#again += length;
      return;
    }
    const all = this.#before + this.#budget.countTokens(this.#tail);
    const seam = lastSeam(this.#tail);
    this.#exact &&= seam > 0;
    this.#tail = this.#tail.slice(seam > 0 ? seam : endOf(this.#tail));
    this.#putBefore(this.#tail, all);
  }

  #putBefore(tail: string, tokens: number): void {
    this.#before = Math.max(0, tokens - this.#budget.countTokens(tail));
  }
}

// The last place for a tail to begin, or 0: at a blank before a word. A piece begins there or right after, whatever is before; so that adds
// the same tokens to all that may follow.
function lastSeam(text: string): number {
  let at = endOf(text);
  while (at > 0 && (text.charCodeAt(at) > 0x20 || text.charCodeAt(at + 1) <= 0x20)) {
    at--;
  }
  return at;
}

// Where the last units of a longer text begin, and no half of a character.
function endOf(text: string): number {
  const from = text.length - TAIL;
  return isLowSurrogate(text, from) ? from + 1 : from;
}

/** What is taken, counted afresh, gives the last chunks back while it is too large after all. */
function settle(
  budget: Counter,
  given: number,
  taken: FittedChunk[],
  separator: string,
  maxTokens: number,
): Fitted {
  const between = budget.countTokens(separator);
  for (;;) {
    const text = taken.map((chunk) => chunk.text).join(separator);
    const tokens = budget.countTokens(text);
    if (tokens <= maxTokens || taken.length === 0) {
      const kept = new Set(taken.map((chunk) => chunk.index));
      const omitted = Array.from({ length: given }, (_, index) => index).filter((index) => !kept.has(index));
      return { text, tokens, chunks: taken, omitted };
    }
    // By itself a chunk takes as much as it does here, or more, mostly: so few are given back that fit, and not one by one.
    for (let over = tokens - maxTokens; over > 0 && taken.length > 0; ) {
      over -= between + budget.countTokens(taken.pop()?.text ?? "");
    }
  }
}

/** The chunks, each of them read once: what a getter gives next time may be something else. */
function requireArguments(chunks: unknown, separator: unknown, last: unknown): readonly string[] {
  if (!isList(chunks)) {
    throw new TokenHeadroomError(`found ${shown(chunks)}, expected an array of strings`, {
      code: "invalid_type",
      path: "chunks",
      hint: "pass the texts as an array, of one text [text]",
    });
  }
  const length = reading("chunks", () => chunks.length);
  const texts: string[] = [];
  for (let index = 0; index < length; index++) {
    const path = `chunks[${index}]`;
    const text = reading(path, () => chunks[index]);
    requireText(text, path);
    texts.push(text);
  }
  requireText(separator, "separator");
  if (last !== "skip" && last !== "truncate") {
    throw new TokenHeadroomError(`found ${shown(last)}, expected "skip" or "truncate"`, {
      code: "invalid_option",
      path: "last",
      hint: '"skip" leaves out what does not fit and goes on, "truncate" keeps what fits of it and ends there',
    });
  }
  return texts;
}
