import core from "./core.wasm?module";
import type { Source } from "./module-source.js";

/** The core as a compiled module: the edge runtime may not compile bytes. */
export const source: Source = () => core;
