import loader from "./loader.wasm";
import type { Source } from "./module-source.js";

/** The loader of files as a compiled module: workers may not compile bytes. */
export const source: Source = () => loader;
