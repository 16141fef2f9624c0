import { type Brought, createInit, type Init } from "./init.js";
import { bindTokenizer, type TokenizerApi } from "./tokenizer-api.js";

const loader: Brought = /* @__PURE__ */ createInit(
  "tokenizer",
  'await init(url of "token-headroom/tokenizer.wasm") first, or import "token-headroom/tokenizer", which brings its own',
);
const api: TokenizerApi = /* @__PURE__ */ bindTokenizer(
  loader.source,
  () => import("./loader-source.js"),
);

/** Brings the tokenizer, `token-headroom/tokenizer.wasm`; without blocking, so that browsers accept it at any size. */
export const init: Init["init"] = loader.init;
/** Brings the tokenizer in a form that is at hand. */
export const initSync: Init["initSync"] = loader.initSync;
/** A tokenizer for an encoding of the package; its vocabulary is imported when it is needed for the first time. */
export const loadEncoding: TokenizerApi["loadEncoding"] = api.loadEncoding;
/** The same with an imported vocabulary, without waiting. */
export const loadEncodingSync: TokenizerApi["loadEncodingSync"] = api.loadEncodingSync;
export type { CoreBytes, Init } from "./init.js";
export * from "./tokenizer-public.js";
