import type { EncodingModule } from "../types.js";

/** The vocabulary of o200k_base; written by the build. */
declare const o200k_base: EncodingModule;
export default o200k_base;
