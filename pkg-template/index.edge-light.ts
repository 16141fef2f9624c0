import { bind } from "./api.js";
import type { Api } from "./functions.js";
import { source } from "./source.edge-light.js";

const api: Api = /* @__PURE__ */ bind(source);

export const createTokenBudget: Api["createTokenBudget"] = api.createTokenBudget;
export const createTokenBudgetSync: Api["createTokenBudgetSync"] = api.createTokenBudgetSync;
export const guard: Api["guard"] = api.guard;
export const modelInfo: Api["modelInfo"] = api.modelInfo;
export const models: Api["models"] = api.models;
export const validate: Api["validate"] = api.validate;
export const repair: Api["repair"] = api.repair;
export * from "./public.js";
