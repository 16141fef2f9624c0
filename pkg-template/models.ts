// Imported by no other source: a module that entries share could not pass on names that only the build knows.
export * from "./model-data.js";
export { findModel, listModels } from "./model-list.js";
export type { CatalogueModel, Price, PriceTier } from "./model-types.js";
export type { Limit, LimitKind } from "./types.js";
