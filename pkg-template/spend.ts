import { BudgetExceededError, TokenHeadroomError } from "./errors.js";
import { shown } from "./found.js";
import { requireAmount, requireKeys } from "./option-keys.js";
import type { Price, PriceTier, Projection, Usage } from "./types.js";
import { tokensOf, type UsedTokens } from "./usage.js";

/** A cap on money. */
export interface SpendOptions {
  /** Most US dollars that all calls together may cost. */
  readonly maxUsd: number;
  /** Prices, for a model without known ones or with other ones. */
  readonly price?: Price | undefined;
}

/** A model with its prices, as far as they are known. */
export interface PricedModel {
  readonly name: string;
  readonly price?: Price;
}

/** What was set aside for a call. */
export interface Reservation {
  readonly amount: number;
  /** Absent for a first call that names no model: its answer does. */
  readonly price: Price | undefined;
}

/** Checks `options`. */
export function requireSpendOptions(options: SpendOptions): void {
  requireKeys(options, ["maxUsd", "price"], "budget");
  requireAmount(options.maxUsd, "budget.maxUsd");
  if (options.price !== undefined) {
    requirePrice(options.price, "budget.price");
  }
}

function requirePrice(price: Price, path: string): void {
  requireKeys(price, [...RATES, "tiers"], path);
  requireRates(price, path);
  const tiers: unknown = price.tiers ?? [];
  if (!Array.isArray(tiers)) {
    throw invalid(tiers, `${path}.tiers`, "an array of prices of longer prompts");
  }
  tiers.forEach((tier: PriceTier, index) => {
    const place = `${path}.tiers[${index}]`;
    requireKeys(tier, ["above", ...RATES], place);
    requireAmount(tier.above, `${place}.above`, "a number of tokens");
    requireRates(tier, place);
  });
}

const RATES = ["input", "output", "cacheRead", "cacheWrite"];

function requireRates({ input, output, cacheRead, cacheWrite }: Omit<Price, "tiers">, path: string): void {
  requireAmount(input, `${path}.input`);
  requireAmount(output, `${path}.output`);
  requireAmount(cacheRead ?? 0, `${path}.cacheRead`);
  requireAmount(cacheWrite ?? 0, `${path}.cacheWrite`);
}

/** The prices of a model: the caller's own, else the catalogue's. */
export function priceOf({ price }: SpendOptions, model: PricedModel): Price {
  const found = price ?? model.price;
  if (found === undefined) {
    throw unknownPrice(model.name);
  }
  return found;
}

/** Money spent by the calls of one guard, in US dollars. */
export class Ledger {
  readonly #options: SpendOptions;
  readonly #lookUp: (model: string) => PricedModel;
  #spent: number;
  #underWay = 0;
  #outputTokens = 0;
  #answers = 0;
  // Who answered last; what a call that names no model is priced by.
  #answered: PricedModel | undefined;

  /** `spent` is what an earlier guard of the same run has spent. */
  constructor(options: SpendOptions, lookUp: (model: string) => PricedModel, spent = 0) {
    this.#options = options;
    this.#lookUp = lookUp;
    this.#spent = spent;
  }

  /** What finished calls have cost. */
  get spent(): number {
    return this.#spent;
  }

  /** The same with what is set aside for calls under way. */
  get committed(): number {
    return this.#spent + this.#underWay;
  }

  /**
   * Sets aside what a call is projected to cost, or throws. The answer is taken at the request's own cap, else at the
   * mean of the answers so far. Calls under way count as spent, so that parallel calls cannot overrun the cap together.
   */
  reserve(projection: Projection, model: PricedModel | undefined, outputCap: number | undefined): Reservation {
    const priced = model ?? this.#answered;
    const price = priced === undefined ? this.#options.price : priceOf(this.#options, priced);
    const output = outputCap ?? (this.#answers === 0 ? 0 : this.#outputTokens / this.#answers);
    const amount = price === undefined ? 0 : cost({ prompt: projection.upperBound, output, read: 0, written: 0 }, price);
    const spent = this.committed;
    if (spent + amount > this.#options.maxUsd) {
      throw new BudgetExceededError({ spent, next: amount, cap: this.#options.maxUsd });
    }
    this.#underWay += amount;
    return { amount, price };
  }

  /** Books a finished call: its reported usage, or what was set aside when nothing was reported. */
  settle(reservation: Reservation, usage: Usage | undefined, answeredBy: string | undefined): void {
    this.release(reservation);
    if (answeredBy !== undefined) {
      this.#answered = this.#lookUp(answeredBy);
    }
    const price = reservation.price ?? this.#answered?.price;
    const used = usage === undefined ? undefined : tokensOf(usage);
    if (used === undefined || price === undefined) {
      this.#spent += reservation.amount;
      return;
    }
    this.#spent += cost(used, price);
    this.#outputTokens += used.output;
    this.#answers++;
  }

  /** Gives back what was set aside for a call that failed. */
  release({ amount }: Reservation): void {
    this.#underWay = Math.max(0, this.#underWay - amount);
  }
}

/**
 * What a call costs, in US dollars. A prompt longer than a tier's mark is billed at that tier as a whole, as vendors do.
 * Where the price of the cache is not known, that of other prompt tokens stands in.
 */
export function cost({ prompt, output, read, written }: UsedTokens, price: Price): number {
  const exceeded = (price.tiers ?? []).filter(({ above }) => prompt > above);
  const rates = exceeded.reduce<PriceTier | undefined>((top, tier) => (tier.above >= (top?.above ?? 0) ? tier : top), undefined);
  const { input, output: answer, cacheRead = input, cacheWrite = input } = rates ?? price;
  const plain = Math.max(0, prompt - read - written);
  return (plain * input + read * cacheRead + written * cacheWrite + output * answer) / 1_000_000;
}

function unknownPrice(model: string): TokenHeadroomError {
  return new TokenHeadroomError(`the price of ${model} is not known`, {
    code: "unknown_price",
    path: "budget.price",
    hint: "give it: budget: { maxUsd, price: { input, output } } in US dollars per million tokens",
  });
}

function invalid(value: unknown, path: string, expected: string): TokenHeadroomError {
  return new TokenHeadroomError(`found ${shown(value)}, expected ${expected}`, { code: "invalid_option", path });
}
