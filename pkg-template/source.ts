import { decodeBase64 } from "./base64.js";
import inline from "./inline.js";
import inlinePlanner from "./inline-planner.js";
import type { CoreSource } from "./module-source.js";

/**
 * The core from base64: nothing to locate, fetch or trace. The planner is imported with it, because a plan is made without
 * waiting; only its text is, which is decoded and compiled for the first plan. Who never plans brings less with `/slim`.
 */
export const source: CoreSource = {
  core: () => new WebAssembly.Module(decodeBase64(inline)),
  planner: () => new WebAssembly.Module(decodeBase64(inlinePlanner())),
};
