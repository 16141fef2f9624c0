import * as providers from "./model-data.js";
import type { CatalogueModel } from "./model-types.js";

/** Every model of the catalogue. Brings all providers into a bundle; a provider's own list brings that one. */
export function listModels(): readonly CatalogueModel[] {
  // A namespace has a `default` beside the names where modules are CommonJS.
  return Object.entries(providers).flatMap(([name, models]) => (name === "default" ? [] : models));
}

/**
 * The model of this name or alias, in any case, or `undefined`. Brings all providers into a bundle. Names as hosts write
 * them, with prefixes or dates, are for `modelInfo` of `token-headroom`.
 */
export function findModel(name: string): CatalogueModel | undefined {
  const wanted = name.trim().toLowerCase();
  return listModels().find((model) => model.name === wanted || model.aliases.includes(wanted));
}
