import { bindEdgeHandler, type CreateEdgeHandler } from "./edge-handler.js";
import { createTokenBudget } from "./index.js";

/** Makes a request handler that forwards chat requests that fit, and answers the others in the provider's place. */
export const createEdgeHandler: CreateEdgeHandler = /* @__PURE__ */ bindEdgeHandler(createTokenBudget);
export type { CreateEdgeHandler, EdgeHandler, EdgeOptions } from "./edge-handler.js";
