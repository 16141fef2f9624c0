import { TokenHeadroomError } from "./errors.js";
import { isList, optionsOf, shown } from "./found.js";
import { requireKeys } from "./option-keys.js";
import { isLowSurrogate, requireText } from "./text.js";
import type { FitOptions, Fitted, FittedChunk, TokenBudget } from "./types.js";

// Units of what is taken, at least, that are counted again with the next chunk: most pieces of text are shorter.
const TAIL = 128;

/**
 * Packs `chunks`, in order, into at most `maxTokens`.
 *
 * The joined text is what a model receives, so the joined text is what must fit: tokens merge across seams, mostly of a separator with
 * what is before it. A chunk is counted with the end of what it follows; and what is taken, counted afresh, gives the last chunks back
 * while it is too large after all. Where the end that is at hand lies within a long piece, as in runs of one character, what it tells is
 * not exact, and chunks may be left out that would fit.
 */
export function fitChunks(
  budget: Pick<TokenBudget, "countTokens" | "truncate">,
  chunks: readonly string[],
  maxTokens: number,
  options: FitOptions,
): Fitted {
  const given = optionsOf(options, "options");
  requireKeys(given, ["separator", "last"], "");
  const { separator = "\n\n", last = "skip" } = given;
  requireArguments(chunks, separator, last);
  const taken: FittedChunk[] = [];
  // Tokens before the tail, and the end of what is taken, with a separator.
  let before = 0;
  let tail = "";
  for (const [index, text] of chunks.entries()) {
    const joined = tail + text;
    const tokens = budget.countTokens(joined);
    if (before + tokens <= maxTokens) {
      taken.push({ index, text, truncated: false });
      tail = joined;
      if (joined.length > 2 * TAIL) {
        const from = joined.length - TAIL;
        tail = joined.slice(isLowSurrogate(joined, from) ? from + 1 : from);
        before += tokens - budget.countTokens(tail);
      }
      tail += separator;
    } else if (last === "truncate") {
      const room = Math.max(0, maxTokens - before);
      const start = budget.truncate(joined, room, { keep: "head" }).text.slice(tail.length);
      if (start !== "") {
        taken.push({ index, text: start, truncated: true });
      }
      break;
    }
  }
  return settle(budget, chunks.length, taken, separator, maxTokens);
}

function settle(
  budget: Pick<TokenBudget, "countTokens">,
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

function requireArguments(chunks: unknown, separator: unknown, last: unknown): void {
  if (!isList(chunks)) {
    throw new TokenHeadroomError(`found ${shown(chunks)}, expected an array of strings`, {
      code: "invalid_type",
      path: "chunks",
    });
  }
  for (const [index, chunk] of chunks.entries()) {
    requireText(chunk, `chunks[${index}]`);
  }
  requireText(separator, "separator");
  if (last !== "skip" && last !== "truncate") {
    throw new TokenHeadroomError(`found ${shown(last)}, expected "skip" or "truncate"`, {
      code: "invalid_option",
      path: "last",
    });
  }
}
