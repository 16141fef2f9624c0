import core from "./core.wasm?module";
import type { CoreSource } from "./module-source.js";
import planner from "./planner.wasm?module";

/** The core as compiled modules: the edge runtime may not compile bytes. */
export const source: CoreSource = { core: () => core, planner: () => planner };
