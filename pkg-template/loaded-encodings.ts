import { decodeBase64 } from "./base64.js";
import { isShipped } from "./encodings.js";
import { TokenHeadroomError } from "./errors.js";
import { type Instance, type TokenizerExports, utf8 } from "./instance.js";
import type { EncodingModule } from "./types.js";

/** The encodings of an instance. The same vocabulary is handed over once, and again after the instance was replaced. */
export class LoadedEncodings {
  readonly #instance: Instance<TokenizerExports>;
  readonly #known = new Map<string, LoadedEncoding[]>();

  constructor(instance: Instance<TokenizerExports>) {
    this.#instance = instance;
  }

  /** Makes an encoding known; refuses a damaged one. */
  load(module: EncodingModule): LoadedEncoding {
    requireModule(module);
    const sameName = this.#known.get(module.name) ?? [];
    const known = sameName.find((loaded) => isSame(loaded.module.data, module.data));
    if (known !== undefined) {
      return known;
    }
    const loaded = new LoadedEncoding(this.#instance, { name: module.name, data: module.data });
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
      const pack = this.bytes();
      // A shipped pack can hold several encodings; a caller's own module may have any name.
      const name = utf8(isShipped(this.module.name) ? this.module.name : "");
      this.#instance.stage(pack, name);
      this.#number = this.#instance.call("encoding_register", pack.length, name.length);
      this.#epoch = this.#instance.epoch;
      this.#instance.release();
    }
    return this.#number;
  }

  /** The pack. */
  bytes(): Uint8Array {
    return bytesOf(this.module, "vocabulary");
  }
}

/** Refuses what is no vocabulary. */
export function requireModule(module: unknown): asserts module is EncodingModule {
  const { name, data } = (module ?? {}) as Partial<EncodingModule>;
  if (typeof name !== "string" || (typeof data !== "string" && !(data instanceof Uint8Array))) {
    throw new TokenHeadroomError("found no vocabulary, expected { name, data }", {
      code: "invalid_option",
      path: "encoding",
      hint: 'pass what the module exports by default: import encoding from "token-headroom/encodings/o200k_base"; of a tokenizer\'s own file its bytes or text',
    });
  }
}

function isSame(one: string | Uint8Array, other: string | Uint8Array): boolean {
  if (typeof one === "string" || typeof other === "string") {
    return one === other;
  }
  return one === other || (one.length === other.length && one.every((byte, index) => byte === other[index]));
}

/** The bytes of a module's data. */
export function bytesOf({ name, data }: EncodingModule, what: string): Uint8Array {
  if (typeof data !== "string") {
    return data;
  }
  try {
    return decodeBase64(data);
  } catch (cause) {
    throw new TokenHeadroomError(`the ${what} of ${name} is not base64`, { code: "corrupt_pack", cause });
  }
}
