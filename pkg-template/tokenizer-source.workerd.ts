import type { Source } from "./module-source.js";
import tokenizer from "./tokenizer.wasm";

/** The tokenizer as a compiled module: workers may not compile bytes. */
export const source: Source = () => tokenizer;
