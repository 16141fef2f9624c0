import { TokenHeadroomError } from "./errors.js";
import type { GuardHost } from "./guard-options.js";
import type { PricedModel } from "./spend.js";
import type { BudgetOptions } from "./types.js";

/**
 * What the model of this name costs. By its own name: a model that is only counted like another costs something else. One that is
 * not in the catalogue, nor among the caller's own, has no price; whether one is needed is the ledger's to say.
 */
export function priced(name: string, { modelInfo }: GuardHost, { models, host }: BudgetOptions = {}): PricedModel {
  try {
    const { price } = modelInfo({ model: name, models, host });
    return price === undefined ? { name } : { name, price };
  } catch (error) {
    if (!TokenHeadroomError.is(error)) {
      throw error;
    }
    return { name };
  }
}

// Names can come from strangers: this bounds how many are remembered.
const MOST_PRICES = 64;

/** `look`, asked once per name: the caller's models may be a whole snapshot, which is not read again for every call. */
export function remembered(look: (model: string) => PricedModel): (model: string) => PricedModel {
  const known = new Map<string, PricedModel>();
  return (model) => {
    const found = known.get(model) ?? look(model);
    if (found.price !== undefined && known.size < MOST_PRICES) {
      known.set(model, found);
    }
    return found;
  };
}
