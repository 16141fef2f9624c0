import type { EncodingIds, EncodingModule, FitOptions, Fitted, Keep, Truncated } from "./types.js";

/** How an encoding is loaded. */
export interface LoadOptions {
  /**
   * Whether `encode` and `decode` shall work. Ids are a module of their own, which those who only count never load.
   * `true` imports the ids of a shipped encoding; a module of ids is taken as it is. Default: `false`.
   */
  readonly ids?: boolean | EncodingIds | undefined;
}

/** What a tokenizer's file does not say itself. */
export interface FileOptions {
  /** The encoding's name. Default: `"custom"`. */
  readonly name?: string | undefined;
  /**
   * For rank files (`*.tiktoken`), which hold tokens and nothing else: the name of a family of models, which tells how they split text
   * and which special tokens they have, such as `"llama3"`. Refused beside other files, as `pattern` is.
   */
  readonly preset?: string | undefined;
  /** For rank files of no such family: the regular expression that splits texts, as the model's authors publish it. */
  readonly pattern?: string | undefined;
  /** Special tokens and their ids, which no other token has, in addition to those of the file or preset. */
  readonly specialTokens?: Readonly<Record<string, number>> | undefined;
}

/** How an encoding is loaded without waiting. */
export interface SyncLoadOptions {
  /** For `encode` and `decode`: `import ids from "token-headroom/encodings/o200k_base.ids"`. */
  readonly ids?: EncodingIds | undefined;
}

/** For prompts that the caller has rendered, in which special tokens are what they look like. */
export interface SpecialOptions {
  /**
   * The special tokens whose text is that token, such as `["<|endoftext|>"]`, or `"all"` of the encoding's. All others are ordinary
   * text. Default: none. `truncate` and `fitChunks` have no such option: what they cut is content.
   */
  readonly allowedSpecial?: "all" | readonly string[] | ReadonlySet<string> | undefined;
}

/**
 * Counts tokens in one encoding. Nothing needs to be closed or freed.
 *
 * Every method is synchronous. A text that is not a string is refused with a `TokenHeadroomError` of code
 * `invalid_type`, a limit that is not a whole number from 0 to 4,294,967,295 with `invalid_value`. Lone surrogates count
 * as U+FFFD, which is what they become on their way to a provider. The text of special tokens, such as `<|endoftext|>`,
 * counts as ordinary text, as it does in messages, unless `allowedSpecial` says otherwise.
 */
export interface Tokenizer {
  /** The encoding's name, such as `o200k_base`. */
  readonly name: string;
  /**
   * The vocabulary, to hand on: `createTokenBudget({ model, encoding: tokenizer.module })`. Small to keep: the
   * vocabulary is shared, not copied. It is no enumerable field: what is logged or sent of a tokenizer is its name and warnings, and a
   * worker is sent the module.
   */
  readonly module: EncodingModule;
  /** What the tokenizer's file left open, or got wrong, and how it was taken. Empty for encodings of the package. */
  readonly warnings: readonly string[];
  /**
   * Tokens of `text`; 0 for an empty one. A long text is counted in parts, so memory does not grow with it, where it has
   * whitespace after words. Claude's encodings, Mistral's first ones and those of files that change a text beyond Unicode's form C take it
   * whole, as `allowedSpecial` and {@link encode} do.
   *
   * @throws `TokenHeadroomError` of code `invalid_type` for what is no string, `invalid_option` for an `allowedSpecial` that the encoding
   * does not have. Those of Claude's encodings are not known.
   * @example
   * tokenizer.countTokens("hello world"); // 2 in o200k_base
   */
  countTokens(text: string, options?: SpecialOptions): number;
  /**
   * Tokens of `text`, or `undefined` as soon as they exceed `limit`. Exact whenever it is a number; reads no more of a
   * longer text than it must, where {@link countTokens} counts it in parts.
   *
   * @throws as {@link countTokens} does, and of code `invalid_value` for a limit that is no whole number from 0.
   * @example
   * const fits = tokenizer.countUpTo(page, 8_000) !== undefined;
   */
  countUpTo(text: string, limit: number, options?: SpecialOptions): number | undefined;
  /**
   * The longest part of `text` that takes at most `maxTokens` tokens: its start (`keep: "head"`, the default), its end
   * (`"tail"`), or both. Longest in this sense: with one more character it takes more. (A still longer part may fit again, as when more
   * letters complete a word that is one token.) Never splits a code point; what is drawn as one may consist of several. A text that fits
   * is all `head`, or all `tail` where that is kept. The result's `omitted` is in UTF-16 code units.
   *
   * @throws `TokenHeadroomError` of code `invalid_type`, `invalid_value` or `invalid_option`, with the argument's name as `path`.
   * @example
   * const { head, tail, omitted } = tokenizer.truncate(log, 500, { keep: "both" });
   */
  truncate(text: string, maxTokens: number, options?: { readonly keep?: Keep | undefined }): Truncated;
  /**
   * Packs `chunks`, in order, into at most `maxTokens` tokens; what is counted is the joined text, separators included. A chunk is taken
   * if it fits with all that is taken before it, as if the whole were counted each time; but the time grows with the chunks, not with
   * their square. (Only in very long text without a blank may a few be left out that would fit.)
   *
   * @throws `TokenHeadroomError` of code `invalid_type`, `invalid_value` or `invalid_option`, with the place as `path`: `chunks[2]`.
   * @example
   * const { text, omitted } = tokenizer.fitChunks(pages, 4_000, { separator: "\n" });
   */
  fitChunks(chunks: readonly string[], maxTokens: number, options?: FitOptions): Fitted;
  /**
   * The ids of `text`'s tokens.
   *
   * @example
   * tokenizer.encode("Done.<|endoftext|>", { allowedSpecial: ["<|endoftext|>"] }).at(-1); // 199999 in o200k_base
   * @throws `TokenHeadroomError` of code `no_ids` unless the encoding was loaded with `{ ids: true }`. Claude's encodings
   * give counts, but no ids: their vendor publishes none.
   */
  encode(text: string, options?: SpecialOptions): Uint32Array;
  /**
   * The text of `ids`: an array, a typed array, or anything else with a `length` and numbers by index. Bytes that are not UTF-8, as of a
   * character cut in two, become U+FFFD.
   *
   * @throws `TokenHeadroomError` of code `invalid_value` at `ids[3]` for an id that the encoding does not have, `invalid_type` for what is
   * no list of ids, `no_ids` as {@link encode} does.
   * @example
   * tokenizer.decode([24912, 2375]); // "hello world" in o200k_base
   */
  decode(ids: ArrayLike<number>): string;
  /**
   * The bytes of `ids`: for ids that arrive one by one, of which a character may take several.
   *
   * @example
   * const characters = new TextDecoder();
   * const text = characters.decode(tokenizer.decodeBytes([id]), { stream: true });
   * @throws as {@link decode} does.
   */
  decodeBytes(ids: ArrayLike<number>): Uint8Array;
}
