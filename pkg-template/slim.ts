import { bind } from "./api.js";
import type { Api } from "./functions.js";
import { type Brought, createInit, type Init } from "./init.js";

const core: Brought = /* @__PURE__ */ createInit(
  "core",
  'await init(url of "token-headroom/core.wasm") first, or import "token-headroom", which brings its own',
);
const planner: Brought = /* @__PURE__ */ createInit(
  "planner",
  'to plan, verify, edit, repair or truncate, and to read documents and recordings, await initPlanner(url of "token-headroom/planner.wasm") first, or import "token-headroom", which brings its own',
);
const api: Api = /* @__PURE__ */ bind({ core: core.source, planner: planner.source });

/** Brings the core, `token-headroom/core.wasm`; without blocking, so that browsers accept it at any size. */
export const init: Init["init"] = core.init;
/** Brings the core in a form that is at hand. */
export const initSync: Init["initSync"] = core.initSync;
/**
 * Brings the planner, `token-headroom/planner.wasm`, at any time before it is needed. Counts do without, and projections of text and
 * pictures; plans and what is done with them, `compact`, `truncate`, `validate`, `repair`, and inline PDFs, office documents, sound
 * and films need it.
 */
export const initPlanner: Init["init"] = planner.init;
/** Brings the planner in a form that is at hand. */
export const initPlannerSync: Init["initSync"] = planner.initSync;
/** A budget for one model; loads the model's vocabulary when it is needed for the first time. */
export const createTokenBudget: Api["createTokenBudget"] = api.createTokenBudget;
/** The same with an imported vocabulary, without waiting. */
export const createTokenBudgetSync: Api["createTokenBudgetSync"] = api.createTokenBudgetSync;
/** Checks every call of a function before it happens: context, loops, money. */
export const guard: Api["guard"] = api.guard;
/** What is known of a model: limits, encoding, prices. */
export const modelInfo: Api["modelInfo"] = api.modelInfo;
/** Every model of the catalogue. */
export const models: Api["models"] = api.models;
/** A transcript against the rules of its API; no model is needed. */
export const validate: Api["validate"] = api.validate;
/** A transcript made valid, with every change told. */
export const repair: Api["repair"] = api.repair;
export type { CoreBytes, Init } from "./init.js";
export * from "./public.js";
