import { TokenHeadroomError } from "./errors.js";
import type { Source } from "./module-source.js";

/** A module of the package in any form: where it is, an answer that brings it, its bytes, or compiled. */
export type CoreBytes = string | URL | Response | ArrayBuffer | Uint8Array<ArrayBuffer> | WebAssembly.Module;

/** The two ways to bring a module. */
export interface Init {
  /** Brings the module; without blocking, so that browsers accept it at any size. */
  init(module: CoreBytes | Promise<CoreBytes>): Promise<void>;
  /** Brings the module in a form that is at hand. */
  initSync(module: ArrayBuffer | Uint8Array<ArrayBuffer> | WebAssembly.Module): void;
}

/** The same, and what gives the module. */
export interface Brought extends Init {
  /** What was brought; throws before. */
  readonly source: Source;
}

/** A source that is empty until the module `what` is brought; `hint` says how. */
export function createInit(what: string, hint: string): Brought {
  let brought: WebAssembly.Module | undefined;
  return {
    async init(module) {
      brought = await compile(what, await module);
    },
    initSync(module) {
      brought = module instanceof WebAssembly.Module ? module : new WebAssembly.Module(module);
    },
    source() {
      if (brought === undefined) {
        throw new TokenHeadroomError(`the ${what} has not been brought yet`, { code: "not_initialized", hint });
      }
      return brought;
    },
  };
}

async function compile(what: string, module: CoreBytes): Promise<WebAssembly.Module> {
  if (module instanceof WebAssembly.Module) {
    return module;
  }
  if (typeof module === "string" || module instanceof URL) {
    return compile(what, await fetch(module));
  }
  if (module instanceof Response) {
    if (!module.ok) {
      throw new TokenHeadroomError(`the ${what} could not be loaded: ${module.status} from ${module.url}`, {
        code: "not_initialized",
      });
    }
    // Not compileStreaming: it refuses servers that do not send application/wasm.
    return WebAssembly.compile(await module.arrayBuffer());
  }
  return WebAssembly.compile(module);
}
