import { decodedLength, decodeInto } from "./base64.js";
import { isShipped } from "./encodings.js";
import { TokenHeadroomError } from "./errors.js";
import { isList, shown } from "./found.js";
import { type Instance, type TokenizerExports, utf8 } from "./instance.js";
import type { Base64, EncodingIds, EncodingModule } from "./types.js";

/** The encodings of an instance. The same vocabulary is handed over once, and again after the instance was replaced. */
export class LoadedEncodings {
  readonly #instance: Instance<TokenizerExports>;
  readonly #known = new Map<string, LoadedEncoding[]>();

  constructor(instance: Instance<TokenizerExports>) {
    this.#instance = instance;
  }

  /** Makes an encoding known; refuses a damaged one. */
  load(given: EncodingModule): LoadedEncoding {
    const module = requireModule(given);
    const sameName = this.#known.get(module.name) ?? [];
    const known = sameName.find((loaded) => isSame(loaded.module.data, module.data));
    if (known !== undefined) {
      return known;
    }
    const loaded = new LoadedEncoding(this.#instance, module);
    loaded.number();
    this.#known.set(module.name, [...sameName, loaded]);
    return loaded;
  }
}

/** An encoding that an instance can count in. */
export class LoadedEncoding {
  readonly module: EncodingModule;
  readonly #instance: Instance<TokenizerExports>;
  #number = 0;
  #epoch: number | undefined;

  constructor(instance: Instance<TokenizerExports>, module: EncodingModule) {
    this.#instance = instance;
    this.module = module;
  }

  /** Its number in the running instance. Uses the staging buffer if the instance is a new one. */
  number(): number {
    if (this.#epoch !== this.#instance.epoch) {
      // A shipped pack can hold several encodings; a caller's own module may have any name.
      const name = utf8(isShipped(this.module.name) ? this.module.name : "");
      try {
        const [pack] = stageData(this.#instance, [[this.module, "vocabulary"]], name);
        this.#number = this.#instance.call("encoding_register", pack, name.length);
        this.#epoch = this.#instance.epoch;
      } finally {
        this.#instance.release();
      }
    }
    return this.#number;
  }
}

/** Data of a module as {@link takenModule} gives it, and what it is. */
type Part = readonly [EncodingModule | EncodingIds, "vocabulary" | "ids"];

/** Writes data into the staging buffer, part after part, and then `end`; gives how many bytes each part takes. Base64 is decoded there. */
export function stageData<Parts extends readonly [Part, ...Part[]]>(
  instance: Instance<TokenizerExports>,
  parts: Parts,
  end: Uint8Array = new Uint8Array(0),
): { -readonly [Index in keyof Parts]: number } {
  const most = parts.map(([{ data }]) => (data instanceof Uint8Array ? data.length : decodedLength(data)));
  const staging = instance.staging(most.reduce((sum, length) => sum + length, end.length));
  let start = 0;
  // From here on nothing of the caller's runs, which could stage something else meanwhile.
  const lengths = parts.map(([{ name, data }, what], index) => {
    let length = most[index] as number;
    if (data instanceof Uint8Array) {
      staging.set(data, start);
    } else {
      length = decoded(staging.subarray(start), name, data, what);
    }
    start += length;
    return length;
  });
  staging.set(end, start);
  return lengths as { -readonly [Index in keyof Parts]: number };
}

function decoded(target: Uint8Array, name: string, data: Base64, what: string): number {
  try {
    return decodeInto(target, data);
  } catch (cause) {
    throw new TokenHeadroomError(`the ${what} of ${name} is not base64`, { code: "corrupt_pack", cause });
  }
}

/** A vocabulary as the caller gave it, read once. Refuses what is none. */
export function requireModule(given: unknown): EncodingModule {
  const module = takenModule(given);
  if (module === undefined) {
    throw new TokenHeadroomError(`found ${shown(given)}, expected a vocabulary: { name, data }`, {
      code: "invalid_option",
      path: "encoding",
      hint:
        'pass what the module exports by default: import encoding from "token-headroom/encodings/o200k_base", or of `require` its `default`; ' +
        "by name only what is awaited finds one: `loadEncoding`, `createTokenBudget`; of a tokenizer's own file pass the bytes or text",
    });
  }
  return module;
}

// More than four gigabytes in the pieces of the package's modules.
const MOST_PIECES = 0x1_0000;

/** The name and the data of a module, read once: a list is copied, for the caller's may change. `undefined` if it has not both. */
export function takenModule(given: unknown): EncodingModule | undefined {
  const { name, data } = (given ?? {}) as Partial<EncodingModule>;
  const taken = isList(data) ? takenPieces(data) : data;
  // A proxy of bytes is no view of them: reading it could run the caller's code.
  const isData = typeof taken === "string" || Array.isArray(taken) || (taken instanceof Uint8Array && ArrayBuffer.isView(taken));
  return typeof name === "string" && isData ? { name, data: taken as Base64 | Uint8Array } : undefined;
}

function takenPieces(data: readonly unknown[]): readonly string[] | undefined {
  const { length } = data;
  const pieces: string[] = [];
  while (pieces.length < length) {
    const piece = data[pieces.length];
    if (typeof piece !== "string" || pieces.length === MOST_PIECES) {
      return undefined;
    }
    pieces.push(piece);
  }
  return pieces;
}

function isSame(one: Base64 | Uint8Array, other: Base64 | Uint8Array): boolean {
  if (typeof one === "string" || typeof other === "string" || one === other || one.length !== other.length) {
    return one === other;
  }
  let at = 0;
  while (at < one.length && one[at] === other[at]) {
    at++;
  }
  return at === one.length;
}
