import { bindEdgeHandler, type CreateEdgeHandler } from "./edge-handler.js";
import { createTokenBudget } from "./index.workerd.js";

export const createEdgeHandler: CreateEdgeHandler = /* @__PURE__ */ bindEdgeHandler(createTokenBudget);
export type { CreateEdgeHandler, EdgeHandler, EdgeOptions } from "./edge-handler.js";
