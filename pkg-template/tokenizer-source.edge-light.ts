import type { Source } from "./module-source.js";
import tokenizer from "./tokenizer.wasm?module";

/** The tokenizer as a compiled module: the edge runtime may not compile bytes. */
export const source: Source = () => tokenizer;
