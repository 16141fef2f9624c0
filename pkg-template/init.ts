import { TokenHeadroomError } from "./errors.js";
import type { Source } from "./module-source.js";

/** The core in any form: where it is, an answer that brings it, its bytes, or a compiled module. */
export type CoreBytes = string | URL | Response | ArrayBuffer | Uint8Array<ArrayBuffer> | WebAssembly.Module;

/** The two ways to bring the core, and the source that gives what was brought. */
export interface Init {
  /** Brings the core; without blocking, so that browsers accept it at any size. */
  init(core: CoreBytes | Promise<CoreBytes>): Promise<void>;
  /** Brings the core in a form that is at hand. */
  initSync(core: ArrayBuffer | Uint8Array<ArrayBuffer> | WebAssembly.Module): void;
  /** What was brought; throws before. */
  readonly source: Source;
}

/** A source that is empty until the core is brought. */
export function createInit(): Init {
  let module: WebAssembly.Module | undefined;
  return {
    async init(core) {
      module = await compile(await core);
    },
    initSync(core) {
      module = core instanceof WebAssembly.Module ? core : new WebAssembly.Module(core);
    },
    source() {
      if (module === undefined) {
        throw new TokenHeadroomError("the core has not been brought yet", {
          code: "not_initialized",
          hint: 'await init(url of "token-headroom/core.wasm") first, or import "token-headroom", which brings its own',
        });
      }
      return module;
    },
  };
}

async function compile(core: CoreBytes): Promise<WebAssembly.Module> {
  if (core instanceof WebAssembly.Module) {
    return core;
  }
  if (typeof core === "string" || core instanceof URL) {
    return compile(await fetch(core));
  }
  if (core instanceof Response) {
    if (!core.ok) {
      throw new TokenHeadroomError(`the core could not be loaded: ${core.status} from ${core.url}`, {
        code: "not_initialized",
      });
    }
    // Not compileStreaming: it refuses servers that do not send application/wasm.
    return WebAssembly.compile(await core.arrayBuffer());
  }
  return WebAssembly.compile(core);
}
