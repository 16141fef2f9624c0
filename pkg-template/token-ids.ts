import { TokenHeadroomError } from "./errors.js";
import { reading, shown } from "./found.js";
import type { Instance, TokenizerExports } from "./instance.js";
import { type LoadedEncoding, stageData, takenModule } from "./loaded-encodings.js";
import { allowSpecial } from "./special-tokens.js";
import { requireText, stageText } from "./text.js";
import type { EncodingIds } from "./types.js";

/** Encodes and decodes in a loaded encoding whose ids are at hand. */
export class TokenIds {
  readonly #instance: Instance<TokenizerExports>;
  readonly #encoding: LoadedEncoding;
  readonly #ids: EncodingIds;
  #epoch: number | undefined;

  constructor(instance: Instance<TokenizerExports>, encoding: LoadedEncoding, ids: EncodingIds) {
    this.#instance = instance;
    this.#encoding = encoding;
    this.#ids = requireIds(ids);
    this.#number();
  }

  /** `special` as {@link allowedSpecial} gives it. */
  encode(text: string, special?: string): Uint32Array {
    requireText(text, "text");
    const number = this.#number();
    if (special !== undefined) {
      allowSpecial(this.#instance, number, special);
    }
    const bytes = stageText(this.#instance, text);
    try {
      const encode = special === undefined ? "text_encode" : "text_encode_special";
      return this.#instance.answerWords(this.#instance.call(encode, number, bytes));
    } finally {
      this.#instance.release();
    }
  }

  decode(ids: ArrayLike<number>): string {
    return this.#decoded(ids, (bytes) => this.#instance.answerText(bytes));
  }

  decodeBytes(ids: ArrayLike<number>): Uint8Array {
    return this.#decoded(ids, (bytes) => this.#instance.answer(bytes));
  }

  #decoded<T>(ids: ArrayLike<number>, take: (bytes: number) => T): T {
    const words = reading("ids", () => wordsOf(ids));
    const number = this.#number();
    const bytes = this.#instance.stage(new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
    try {
      return take(this.#instance.call("ids_decode", number, bytes));
    } finally {
      this.#instance.release();
    }
  }

  // The ids need the pack once more: counting keeps no bytes of tokens.
  #number(): number {
    const number = this.#encoding.number();
    if (this.#epoch !== this.#instance.epoch) {
      try {
        const [pack, ids] = stageData(this.#instance, [
          [this.#encoding.module, "vocabulary"],
          [this.#ids, "ids"],
        ]);
        this.#instance.call("ids_register", number, pack, ids);
        this.#epoch = this.#instance.epoch;
      } finally {
        this.#instance.release();
      }
    }
    return number;
  }
}

function requireIds(given: unknown): EncodingIds {
  const ids = takenModule(given);
  if (ids === undefined) {
    throw new TokenHeadroomError("found no ids, expected { name, data }", {
      code: "invalid_option",
      path: "ids",
      hint: 'pass what the module exports by default: import ids from "token-headroom/encodings/o200k_base.ids"',
    });
  }
  return ids;
}

// More do not fit into the memory of a module, which has 32 bits for the addresses of their bytes.
const MOST_IDS = 0x4000_0000;

function wordsOf(ids: unknown): Uint32Array {
  if (ids instanceof Uint32Array) {
    return ids;
  }
  const given = (typeof ids === "object" && ids !== null ? ids : {}) as ArrayLike<unknown>;
  const { length } = given;
  if (typeof length !== "number" || !Number.isInteger(length) || length < 0 || length > MOST_IDS) {
    throw new TokenHeadroomError(`found ${shown(ids)}, expected token ids`, {
      code: "invalid_type",
      path: "ids",
      hint: "pass what `encode` gave, or an array of ids; of one id [id], of other collections Array.from(ids)",
    });
  }
  const words = new Uint32Array(length);
  for (let index = 0; index < length; index++) {
    const id = given[index];
    // What does not survive as an unsigned word is no id.
    words[index] = typeof id === "number" ? id : 0;
    if (words[index] !== id) {
      throw new TokenHeadroomError(`found ${shown(id)}, expected a token id`, {
        code: "invalid_value",
        path: `ids[${index}]`,
        hint: typeof id === "bigint" || typeof id === "string" ? "pass numbers: Array.from(ids, Number)" : undefined,
      });
    }
  }
  return words;
}
