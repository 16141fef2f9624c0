import { decodeBase64 } from "./base64.js";
import { TokenHeadroomError } from "./errors.js";
import * as glue from "./glue.js";
import { MessageCache } from "./message-cache.js";
import type { Source } from "./module-source.js";
import type { EncodingModule } from "./types.js";

/** An encoding that the core can count in. */
export interface LoadedEncoding {
  readonly name: string;
  /** Its number in the running instance. */
  id(): number;
  /** Messages that the core has counted in it. */
  readonly messages: MessageCache;
}

type Glue = Omit<typeof glue, "initSync">;

// One instance serves the process; a new epoch begins when a failure has made it necessary to replace it.
let epoch = 0;
let module: WebAssembly.Module | undefined;
const encodings = new Map<string, LoadedEncoding>();

/** The running core, started synchronously at the first call. */
export class Core {
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  /** Calls an export; what it throws becomes a {@link TokenHeadroomError}. */
  call<Name extends keyof Glue>(name: Name, ...args: Parameters<Glue[Name]>): ReturnType<Glue[Name]> {
    this.exports();
    try {
      return (glue[name] as (...args: unknown[]) => ReturnType<Glue[Name]>)(...args);
    } catch (error) {
      throw translate(error);
    }
  }

  /** The exports of the running instance. */
  exports(): glue.Exports {
    if (typeof WebAssembly === "undefined") {
      throw new TokenHeadroomError("this runtime has no WebAssembly", {
        code: "unsupported_runtime",
        hint: "run where WebAssembly exists: Node, Deno, Bun, browsers, workers",
      });
    }
    module ??= this.#source();
    return glue.initSync({ module });
  }

  /** Makes an encoding known; its vocabulary is handed over at the first count, and again after a panic. */
  load(encoding: EncodingModule): LoadedEncoding {
    const known = encodings.get(encoding.name);
    if (known !== undefined) {
      return known;
    }
    const loaded = this.#register(encoding);
    loaded.id();
    encodings.set(encoding.name, loaded);
    return loaded;
  }

  #register({ name, data }: EncodingModule): LoadedEncoding {
    let id = 0;
    let registered: number | undefined;
    return {
      name,
      messages: new MessageCache(),
      id: () => {
        if (registered !== epoch) {
          id = this.call("encoding_register", typeof data === "string" ? unpack(data, name) : data);
          registered = epoch;
        }
        return id;
      },
    };
  }
}

function unpack(data: string, name: string): Uint8Array {
  try {
    return decodeBase64(data);
  } catch (cause) {
    throw new TokenHeadroomError(`the vocabulary of ${name} is not base64`, { code: "corrupt_pack", cause });
  }
}

function translate(error: unknown): TokenHeadroomError {
  if (isFailure(error)) {
    const { code, path, message, hint } = error;
    return new TokenHeadroomError(message, { code, path, hint });
  }
  restart();
  return new TokenHeadroomError("the core failed unexpectedly; it has been restarted and the next call works", {
    code: "internal",
    hint: "memory may have run out; if not, please report what led here",
    cause: error,
  });
}

// A trap (memory exhausted, stack overflown) leaves the instance as it was in the middle of a call.
function restart(): void {
  epoch++;
  glue.__wbg_reset_state();
}

interface Failure {
  readonly code: string;
  readonly path?: string;
  readonly message: string;
  readonly hint?: string;
}

function isFailure(error: unknown): error is Failure {
  return (
    typeof error === "object" && error !== null && "code" in error && "message" in error && !(error instanceof Error)
  );
}
