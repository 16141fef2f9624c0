import core from "./core.wasm";
import type { CoreSource } from "./module-source.js";
import planner from "./planner.wasm";

/** The core as compiled modules: workers may not compile bytes. */
export const source: CoreSource = { core: () => core, planner: () => planner };
