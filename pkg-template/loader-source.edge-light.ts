import loader from "./loader.wasm?module";
import type { Source } from "./module-source.js";

/** The loader of files as a compiled module: the edge runtime may not compile bytes. */
export const source: Source = () => loader;
