import { TokenHeadroomError } from "./errors.js";
import { isList, optionsOf, shown } from "./found.js";
import { requireKeys } from "./option-keys.js";
import { requireText } from "./text.js";
import type { FitOptions, Fitted, FittedChunk, TokenBudget } from "./types.js";

/**
 * Packs `chunks`, in order, into at most `maxTokens`.
 *
 * The joined text is what a model receives, so the joined text is what must fit: chunk counts only decide what is tried,
 * and the last chunks are given back while the whole, counted afresh, is too large.
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
  const between = budget.countTokens(separator);
  const taken: FittedChunk[] = [];
  let used = 0;
  for (const [index, text] of chunks.entries()) {
    const room = maxTokens - used - (taken.length === 0 ? 0 : between);
    const tokens = budget.countTokens(text);
    if (tokens <= room) {
      taken.push({ index, text, truncated: false });
      used = maxTokens - room + tokens;
    } else if (last === "truncate") {
      const start = room > 0 ? budget.truncate(text, room, { keep: "head" }).text : "";
      if (start !== "") {
        taken.push({ index, text: start, truncated: true });
      }
      break;
    }
  }
  return settle(budget, chunks.length, taken, separator, maxTokens);
}

// Tokens can merge differently across a seam, so that a joined text rarely takes a token more than its parts.
function settle(
  budget: Pick<TokenBudget, "countTokens">,
  given: number,
  taken: FittedChunk[],
  separator: string,
  maxTokens: number,
): Fitted {
  for (;;) {
    const text = taken.map((chunk) => chunk.text).join(separator);
    const tokens = budget.countTokens(text);
    if (tokens <= maxTokens || taken.length === 0) {
      const kept = new Set(taken.map((chunk) => chunk.index));
      const omitted = Array.from({ length: given }, (_, index) => index).filter((index) => !kept.has(index));
      return { text, tokens, chunks: taken, omitted };
    }
    taken.pop();
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
