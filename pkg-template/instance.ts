import { TokenHeadroomError } from "./errors.js";
import type { Source } from "./module-source.js";

/**
 * What every module exports; encoding/src/wasm/boundary.rs says how arguments and results cross. Exports take and give
 * numbers only.
 */
export interface BoundaryExports {
  readonly memory: WebAssembly.Memory;
  staging_reserve(bytes: number): number;
  answer_address(): number;
  buffers_release(): void;
  panic_bytes(): number;
}

/** The exports of the tokenizer: encodings by number, and the staged text. */
export interface TokenizerExports extends BoundaryExports {
  encoding_register(bytes: number, nameBytes: number): number;
  text_count_up_to(encoding: number, bytes: number, limit: number): number;
  text_seam(encoding: number, bytes: number): number;
  text_least(encoding: number, bytes: number): number;
  text_count_run(encoding: number, byte: number, length: number): number;
  text_truncate(encoding: number, bytes: number, limit: number, keep: number): number;
  ids_register(encoding: number, packBytes: number, idsBytes: number): number;
  text_encode(encoding: number, bytes: number): number;
  ids_decode(encoding: number, bytes: number): number;
  special_allow(encoding: number, bytes: number): number;
  text_count_special(encoding: number, bytes: number, limit: number): number;
  text_encode_special(encoding: number, bytes: number): number;
}

/** The exports of the loader: the staged file, and the options after it. */
export interface LoaderExports extends BoundaryExports {
  file_load(bytes: number, optionBytes: number): number;
}

/** The names of the exports that can fail. None takes more than four numbers. */
type Fallible<Exports> = Exclude<
  { [Name in keyof Exports]: Exports[Name] extends (...args: [never, never, never, never]) => number ? Name : never }[keyof Exports],
  keyof BoundaryExports
>;

const encoder = new TextEncoder();
const decoder = /* @__PURE__ */ new TextDecoder("utf-8", { ignoreBOM: true });

// What an export gives that cannot do without the second half of the module.
const SECOND_HALF = Number.NEGATIVE_INFINITY;
// Less is not worth asking for.
const LEAST_STAGING = 48 * 1024;
// Larger buffers are given back after use.
const LARGE = 1024 * 1024;

/** A running module, started at the first call and replaced by a fresh one when it has failed. */
export class Instance<Exports extends BoundaryExports> {
  readonly #source: Source;
  readonly #laterSource: Source | undefined;
  #module: WebAssembly.Module | undefined;
  #laterModule: WebAssembly.Module | undefined;
  #exports: Exports | undefined;
  #laterExports: Exports | undefined;
  // The view of the staging buffer, kept because making one costs more than a short text takes to count. Memory that
  // has grown detaches it: its length becomes 0.
  #staging = new Uint8Array(0);
  #answeredBytes = 0;
  #epoch = 0;

  /** `later` gives the second half of a module: it is started when an export is called that the first lacks, or that needs it. */
  constructor(source: Source, later?: Source) {
    this.#source = source;
    this.#laterSource = later;
  }

  /** How often the module has been replaced; what it knew before is gone. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Calls an export; a failure that it reports or dies of becomes a {@link TokenHeadroomError}. */
  call<Name extends Fallible<Exports>>(name: Name, ...args: Parameters<Exports[Name] & Call>): number {
    // One by one: handing the list on would take a third of the time of a short text. What is not there an export does not take.
    const given = this.#invoke(name, args[0], args[1], args[2], args[3]);
    if (given === SECOND_HALF && this.#laterExports === undefined) {
      this.#startLater(this.#start());
      return this.call(name, ...args);
    }
    if (given < 0) {
      const { code, path, message, hint } = JSON.parse(this.answerText(-given)) as Failure;
      throw new TokenHeadroomError(message, { code, path, hint });
    }
    return given;
  }

  /** A buffer of at least `bytes` bytes for what the next calls read. It holds what was staged before unless it has to be larger. */
  staging(bytes: number): Uint8Array<ArrayBuffer> {
    if (this.#staging.length < Math.max(bytes, 1)) {
      const length = Math.max(bytes, LEAST_STAGING);
      const start = this.#invoke("staging_reserve", length) >>> 0;
      this.#staging = this.#bytes(start, length);
    }
    return this.#staging;
  }

  /** Writes bytes into the staging buffer, one part after the other; gives their number. */
  stage(...parts: readonly Uint8Array[]): number {
    let end = 0;
    const staging = this.staging(parts.reduce((sum, part) => sum + part.length, 0));
    for (const part of parts) {
      staging.set(part, end);
      end += part.length;
    }
    return end;
  }

  /** What the last call answered, of this length; a copy. */
  answer(bytes: number): Uint8Array<ArrayBuffer> {
    return this.#answered(bytes).slice();
  }

  /** The same as unsigned words. */
  answerWords(bytes: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.answer(bytes).buffer);
  }

  /** The same as text; `from` bytes before it are left out. */
  answerText(bytes: number, from = 0): string {
    return decoder.decode(this.#answered(from + bytes).subarray(from));
  }

  /** Gives buffers back if they are large. */
  release(): void {
    if (this.#staging.length > LARGE || this.#answeredBytes > LARGE) {
      this.#answeredBytes = 0;
      this.#staging = new Uint8Array(0);
      this.#invoke("buffers_release");
    }
  }

  /** Bytes of memory that it takes. */
  memoryBytes(): number {
    return this.#start().memory.buffer.byteLength;
  }

  #answered(bytes: number): Uint8Array<ArrayBuffer> {
    this.#answeredBytes = bytes;
    return this.#bytes(this.#invoke("answer_address") >>> 0, bytes);
  }

  #bytes(start: number, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#start().memory.buffer as ArrayBuffer, start, length);
  }

  #start(): Exports {
    if (this.#exports === undefined) {
      if (typeof WebAssembly === "undefined") {
        throw new TokenHeadroomError("this runtime has no WebAssembly", {
          code: "unsupported_runtime",
          hint: "run where WebAssembly exists: Node, Deno, Bun, browsers, workers",
        });
      }
      this.#module ??= this.#source();
      this.#exports = new WebAssembly.Instance(this.#module).exports as unknown as Exports;
    }
    return this.#exports;
  }

  // Works on the memory, the table and the functions of the first half.
  #startLater(first: Exports): Exports {
    if (this.#laterExports === undefined) {
      const module = this.#laterModule ?? (this.#laterSource as Source)();
      const imports = { "": first as unknown as WebAssembly.ModuleImports };
      try {
        const exports = new WebAssembly.Instance(module, imports).exports as unknown as Exports & { late_start(): void };
        exports.late_start();
        this.#laterExports = exports;
        this.#laterModule = module;
      } catch (cause) {
        // What the halves share has a name that differs from build to build.
        throw new TokenHeadroomError("the core and the planner are not of the same version", {
          code: "not_initialized",
          hint: "bring core.wasm and planner.wasm from the same installation of the package",
          cause,
        });
      }
    }
    return this.#laterExports;
  }

  #invoke(name: keyof Exports, a?: number, b?: number, c?: number, d?: number): number {
    const exports = this.#start();
    const call = (exports[name] ?? this.#startLater(exports)[name]) as Call;
    try {
      return call(a, b, c, d);
    } catch (cause) {
      throw this.#replace(exports, cause);
    }
  }

  // A trap (a panic, memory exhausted, stack overflown) leaves the instance as it was in the middle of a call.
  #replace(exports: Exports, cause: unknown): TokenHeadroomError {
    this.#epoch++;
    this.#exports = undefined;
    this.#laterExports = undefined;
    this.#staging = new Uint8Array(0);
    return new TokenHeadroomError("the core failed unexpectedly; it has been restarted and the next call works", {
      code: "internal",
      hint: panicOf(exports) || "memory may have run out; if not, please report what led here",
      cause,
    });
  }
}

/** The message of the panic that ended an instance, if it was one. */
function panicOf(exports: BoundaryExports): string {
  try {
    const bytes = exports.panic_bytes();
    if (bytes === 0) {
      return "";
    }
    const message = new Uint8Array(exports.memory.buffer, exports.answer_address() >>> 0, bytes);
    return `please report this: ${decoder.decode(message)}`;
  } catch {
    return "";
  }
}

type Call = (a?: number, b?: number, c?: number, d?: number) => number;

interface Failure {
  readonly code: string;
  readonly path: string;
  readonly message: string;
  readonly hint: string;
}

/** UTF-8, of names and other short texts. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}
