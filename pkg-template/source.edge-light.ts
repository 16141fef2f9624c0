import core from "./core.wasm?module";
import type { Source } from "./module-source.js";

/** The core as a compiled module: the edge runtime may not compile bytes. */
export const source: Source = () => {
  // Its modules come from another realm, so that the glue's `instanceof WebAssembly.Module` fails without this.
  Object.setPrototypeOf(core, WebAssembly.Module.prototype);
  return core;
};
