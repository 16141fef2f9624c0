import { TokenHeadroomError } from "./errors.js";
import { optionsOf, shown } from "./found.js";
import { fitChunks } from "./fit-chunks.js";
import type { Instance, TokenizerExports } from "./instance.js";
import type { LoadedEncoding } from "./loaded-encodings.js";
import { requireChoice, requireKeys } from "./option-keys.js";
import { countInParts, endsOf, isLong, manyUnits } from "./long-text.js";
import { isHighSurrogate, isLowSurrogate, requireText, stageText } from "./text.js";
import type { FitOptions, Fitted, Keep, Truncated } from "./types.js";

// As the exports number them.
const KEEPS: readonly Keep[] = ["head", "tail", "both"];

/** Where the kept head ends and the kept tail starts, in UTF-16 code units, and the tokens. */
type Cut = readonly [headEnd: number, tailStart: number, tokens: number];

/** What can be asked about a text in a loaded encoding. */
export class TextCounter {
  readonly #instance: Instance<TokenizerExports>;
  readonly #encoding: LoadedEncoding;

  constructor(instance: Instance<TokenizerExports>, encoding: LoadedEncoding) {
    this.#instance = instance;
    this.#encoding = encoding;
  }

  countTokens(text: string): number {
    requireText(text, "text");
    return this.#count(text, MOST_TOKENS);
  }

  countUpTo(text: string, limit: number): number | undefined {
    requireText(text, "text");
    requireCount(limit, "limit");
    const tokens = this.#count(text, limit);
    return tokens === Number.POSITIVE_INFINITY ? undefined : tokens;
  }

  truncate(text: string, maxTokens: number, options?: { readonly keep?: Keep | undefined }): Truncated {
    requireText(text, "text");
    requireCount(maxTokens, "maxTokens");
    const given = optionsOf(options, "options");
    requireKeys(given, ["keep"], "");
    const { keep = "head" } = given;
    requireChoice(keep, KEEPS, "keep", '"head" keeps the start of the text, "tail" its end, "both" some of each');
    let [headEnd, tailStart, tokens] = isLong(text)
      ? this.#cutLong(text, maxTokens, keep)
      : this.#cut(text, maxTokens, keep);
    // Two lone halves, which the core counted apart, would be a character that the text has not.
    if (headEnd > 0 && isHighSurrogate(text, headEnd - 1) && isLowSurrogate(text, tailStart)) {
      while (headEnd > 0 && isHighSurrogate(text, headEnd - 1)) {
        headEnd--;
      }
      tokens = this.countTokens(text.slice(0, headEnd) + text.slice(tailStart));
    }
    if (tokens > maxTokens) {
      return this.truncate(text, maxTokens, { keep: "tail" });
    }
    const [head, tail] = [text.slice(0, headEnd), text.slice(tailStart)];
    return { text: head + tail, head, tail, tokens, omitted: text.length - head.length - tail.length };
  }

  fitChunks(chunks: readonly string[], maxTokens: number, options: FitOptions = {}): Fitted {
    requireCount(maxTokens, "maxTokens");
    return fitChunks(this, chunks, maxTokens, options);
  }

  #cut(text: string, maxTokens: number, keep: Keep): Cut {
    return this.#withStaged(text, (encoding, bytes) => {
      const answered = this.#instance.call("text_truncate", encoding, bytes, maxTokens, KEEPS.indexOf(keep));
      const [headEnd = 0, tailStart = 0, tokens = 0] = this.#instance.answerWords(answered);
      return [headEnd, tailStart, tokens];
    });
  }

  // What is kept is told by what is around its ends (encoding/src/ends.rs), so the middle of a long text is staged only where an end is
  // kept whole.
  #cutLong(text: string, maxTokens: number, keep: Keep): Cut {
    const tokens = this.#count(text, maxTokens);
    if (tokens !== Number.POSITIVE_INFINITY) {
      const end = keep === "tail" ? 0 : text.length;
      return [end, end, tokens];
    }
    for (let units = manyUnits(maxTokens); 2 * units < text.length; units *= 2) {
      const ends = endsOf(text, units, keep);
      const [headEnd, tailStart, tokens] = this.#cut(ends.text, maxTokens, keep);
      if (ends.holds(headEnd, tailStart)) {
        return [headEnd, tailStart + text.length - ends.text.length, tokens];
      }
    }
    return this.#cut(text, maxTokens, keep);
  }

  #count(text: string, limit: number): number {
    const encoding = this.#encoding.number();
    if (!isLong(text)) {
      // It leaves no large buffer to give back.
      return this.#instance.call("text_count_up_to", encoding, stageText(this.#instance, text), limit);
    }
    try {
      return countInParts(this.#instance, encoding, text, limit);
    } finally {
      this.#instance.release();
    }
  }

  // The encoding's number comes first: finding it may need the staging buffer for the vocabulary.
  #withStaged<T>(text: string, use: (encoding: number, bytes: number) => T): T {
    const encoding = this.#encoding.number();
    const bytes = stageText(this.#instance, text);
    try {
      return use(encoding, bytes);
    } finally {
      this.#instance.release();
    }
  }
}

/** Counts cross as unsigned 32-bit integers. */
export const MOST_TOKENS = 0xffff_ffff;

/** Refuses what is no limit in tokens. */
export function requireCount(count: unknown, path: string): asserts count is number {
  if (typeof count !== "number" || !Number.isInteger(count) || count < 0 || count > MOST_TOKENS) {
    throw new TokenHeadroomError(`found ${shown(count)}, expected a whole number of tokens from 0 to ${MOST_TOKENS}`, {
      code: "invalid_value",
      path,
      hint:
        typeof count === "number" && count > 0 && count < MOST_TOKENS
          ? `round down what was reckoned: Math.floor(${path})`
          : "a limit that is reckoned may be kept inside with Math.max(0, Math.floor(it)); without a limit use `countTokens`",
    });
  }
}
