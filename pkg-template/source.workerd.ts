import core from "./core.wasm";
import type { Source } from "./module-source.js";

/** The core as a compiled module: workers may not compile bytes. */
export const source: Source = () => core;
