// One counter for all: projections of the package, by which every outcome is judged.

import { createTokenBudget } from "token-headroom";
import { request, wire } from "./request.mjs";

const DOUBT = 0.02;
const budgets = new Map();

async function budget(model) {
  if (!budgets.has(model)) {
    budgets.set(model, await createTokenBudget({ model }));
  }
  return budgets.get(model);
}

/** Counts the requests of one trajectory. */
export class Judge {
  #trajectory;
  #budget;
  #fixed;
  #whole;
  #units = new WeakMap();

  constructor(trajectory, budget) {
    this.#trajectory = trajectory;
    this.#budget = budget;
  }

  static async of(trajectory) {
    return new Judge(trajectory, await budget(trajectory.model));
  }

  /** The projection of the whole history. Results of parallel calls count differently alone: here each message is seen in its place. */
  whole() {
    this.#whole ??= this.#placed();
    return this.#whole;
  }

  #placed() {
    const { target, messages } = this.#trajectory;
    const sent = wire(target, messages);
    const projection = this.project(sent);
    const own = projection.messages.slice(-sent.length);
    const tokens = new Map(sent.map((message, index) => [message, own[index].tokens]));
    for (const [message, count] of tokens) {
      this.#units.set(message, count);
    }
    for (const message of messages) {
      const parts = wire(target, [message]);
      // What was merged with its neighbour stands for neither alone.
      if (parts.every((part) => tokens.has(part))) {
        this.#units.set(message, parts.reduce((sum, part) => sum + tokens.get(part), 0));
      }
    }
    return projection;
  }

  /** The projection of a request with `messages` of the API. */
  project(messages) {
    return this.#budget.project(request(this.#trajectory, messages));
  }

  /** Tokens of instructions, tools and framing, which no compactor here touches. */
  get fixed() {
    this.#fixed ??= this.#counted([{ role: "user", content: "." }]).outside;
    return this.#fixed;
  }

  /** Tokens of one message, neutral or of the API: in its place in the history, or what it has become by itself. */
  tokens(unit) {
    if (!this.#units.has(unit)) {
      const messages = "parts" in unit ? wire(this.#trajectory.target, [unit]) : [unit];
      this.#units.set(unit, this.#counted(messages).inside);
    }
    return this.#units.get(unit);
  }

  /** The sum over messages and what is fixed. Off by the few tokens that a message takes more or less beside another. */
  sum(units) {
    return units.reduce((sum, unit) => sum + this.tokens(unit), this.fixed);
  }

  /**
   * What a sum is to be compared with `limit` as: the projection's upper bound wherever that could decide otherwise than the sum
   * itself, which is off by up to 1.4 % on these histories. A compactor counts thousands of lists; the answers are those of exact
   * counting. `messages` gives those of the API.
   */
  compared(sum, limit, messages) {
    const doubt = DOUBT * limit + 64;
    return Math.abs(sum - limit) > doubt ? sum : this.project(messages()).upperBound;
  }

  #counted(messages) {
    const projection = this.project(messages);
    // Instructions of Chat Completions are a message of their own.
    const own = projection.messages.slice(-messages.length);
    const inside = own.reduce((sum, { tokens }) => sum + tokens, 0);
    return { inside, outside: projection.tokens - inside };
  }
}
