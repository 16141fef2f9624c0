import type { EncodingModule } from "../types.js";

/** The vocabulary of cl100k_base; written by the build. */
declare const cl100k_base: EncodingModule;
export default cl100k_base;
