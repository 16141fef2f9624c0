import { source } from "./tokenizer-source.workerd.js";
import { bindTokenizer, type TokenizerApi } from "./tokenizer-api.js";

const api: TokenizerApi = /* @__PURE__ */ bindTokenizer(source, () => import("./loader-source.workerd.js"));

/** A tokenizer for an encoding of the package; its vocabulary is imported when it is needed for the first time. */
export const loadEncoding: TokenizerApi["loadEncoding"] = api.loadEncoding;
/** The same with an imported vocabulary, without waiting. */
export const loadEncodingSync: TokenizerApi["loadEncodingSync"] = api.loadEncodingSync;
export * from "./tokenizer-public.js";
