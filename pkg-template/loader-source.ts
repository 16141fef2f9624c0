import { decodeBase64 } from "./base64.js";
import inline from "./inline-loader.js";
import type { Source } from "./module-source.js";

/** The loader of files from base64: nothing to locate, fetch or trace. */
export const source: Source = () => new WebAssembly.Module(decodeBase64(inline));
