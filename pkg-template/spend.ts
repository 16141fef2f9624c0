import { BudgetExceededError, TokenHeadroomError } from "./errors.js";
import { requireKeys } from "./option-keys.js";
import type { Price, Projection, Usage } from "./types.js";

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
    requireKeys(options.price, ["input", "output"], "budget.price");
    requireAmount(options.price.input, "budget.price.input");
    requireAmount(options.price.output, "budget.price.output");
  }
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
  #spent = 0;
  #underWay = 0;
  #outputTokens = 0;
  #answers = 0;
  // Who answered last; what a call that names no model is priced by.
  #answered: PricedModel | undefined;

  constructor(options: SpendOptions, lookUp: (model: string) => PricedModel) {
    this.#options = options;
    this.#lookUp = lookUp;
  }

  /** What finished calls have cost. */
  get spent(): number {
    return this.#spent;
  }

  /**
   * Sets aside what a call is projected to cost, or throws. The answer is taken at the request's own cap, else at the
   * mean of the answers so far. Calls under way count as spent, so that parallel calls cannot overrun the cap together.
   */
  reserve(projection: Projection, model: PricedModel | undefined, outputCap: number | undefined): Reservation {
    const priced = model ?? this.#answered;
    const price = priced === undefined ? this.#options.price : priceOf(this.#options, priced);
    const output = outputCap ?? (this.#answers === 0 ? 0 : this.#outputTokens / this.#answers);
    const amount = price === undefined ? 0 : cost(projection.upperBound, output, price);
    const spent = this.#spent + this.#underWay;
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
    if (usage === undefined || price === undefined) {
      this.#spent += reservation.amount;
      return;
    }
    const output = usage.completion_tokens ?? 0;
    this.#spent += cost(usage.prompt_tokens, output, price);
    this.#outputTokens += output;
    this.#answers++;
  }

  /** Gives back what was set aside for a call that failed. */
  release({ amount }: Reservation): void {
    this.#underWay = Math.max(0, this.#underWay - amount);
  }
}

function cost(input: number, output: number, price: Price): number {
  return (input * price.input + output * price.output) / 1_000_000;
}

function unknownPrice(model: string): TokenHeadroomError {
  return new TokenHeadroomError(`the price of ${model} is not known`, {
    code: "unknown_price",
    path: "budget.price",
    hint: "give it: budget: { maxUsd, price: { input, output } } in US dollars per million tokens",
  });
}

function requireAmount(value: unknown, path: string): void {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) {
    throw new TokenHeadroomError(`found ${String(value)}, expected an amount in US dollars`, {
      code: "invalid_option",
      path,
    });
  }
}
