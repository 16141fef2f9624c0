// token-headroom: plan and apply of the packed package, on the request of the API itself. Nobody writes summaries here: where a plan
// asks for one, its own digest stands in.

import { createTokenBudget } from "token-headroom";
import { prices } from "./cost.mjs";
import { request, wire } from "./request.mjs";

const { Core } = await import(new URL("./core.js", import.meta.resolve("token-headroom")));
const core = new Core(() => {
  throw new Error("a budget starts the core");
});

export const contestants = [
  contestant("token-headroom", "the default policy; lands at 80 % of the limit", {}),
  contestant("token-headroom, nothing summarised", "{ summarise: false }: only tool results are masked and cut", { summarise: false }),
  contestant("token-headroom, long user texts cut", "{ cutUserText: true }: where nothing else makes a request fit", { cutUserText: true }),
  contestant("token-headroom, horizon 3", "{ cache: { horizon: 3 } }: money over three calls and not ten, so that less goes", { cache: { horizon: 3 } }),
  contestant("token-headroom, when it pays", '{ when: "pays" }: plans on every call', { when: "pays" }, true),
];

/** A plan that this build of the package cannot make. */
export class Unsupported extends Error {}

function contestant(name, settings, policy, always = false) {
  return { name, library: "token-headroom", settings, start: (trajectory) => new Planned(trajectory, policy, always) };
}

class Planned {
  #trajectory;
  #policy;
  #always;
  #budgets = new Map();
  irreducible = 0;

  constructor(trajectory, policy, always) {
    this.#trajectory = trajectory;
    this.#policy = policy;
    this.#always = always;
  }

  take(messages) {
    return wire(this.#trajectory.target, messages);
  }

  units(own) {
    return own;
  }

  messages(own) {
    return own;
  }

  async size(own, limit, meter) {
    const budget = await this.#budget(limit);
    const projection = metered(meter, () => budget.project(request(this.#trajectory, own)));
    return this.#always ? Number.POSITIVE_INFINITY : projection.upperBound;
  }

  async compact(own, limit, meter) {
    const budget = await this.#budget(limit);
    const whole = request(this.#trajectory, own);
    return metered(meter, () => {
      // The prices that the session is charged.
      const { read, write } = prices(budget.model);
      const policy = { ...this.#policy, cache: { ...this.#policy.cache, read, write } };
      const plan = supported(() => budget.plan(whole, policy));
      this.irreducible += plan.status === "irreducible" ? 1 : 0;
      if (plan.status !== "planned") {
        return own;
      }
      const { messages } = budget.apply(whole, plan);
      // Instructions of Chat Completions are the request's first message, not the history's.
      return messages.slice(whole.messages.length - own.length);
    });
  }

  /** A budget that leaves exactly `limit` tokens for the prompt. */
  async #budget(limit) {
    if (!this.#budgets.has(limit)) {
      const { model } = this.#trajectory;
      this.#budgets.set(limit, await createTokenBudget({ model, limitKind: "shared", maxContextTokens: limit, maxInputTokens: limit, headroom: 0 }));
    }
    return this.#budgets.get(limit);
  }
}

// What the core tokenised, as it says itself: bytes, which for most of these texts are characters.
function metered(meter, act) {
  const before = core.ask("counters");
  const result = act();
  const after = core.ask("counters");
  meter?.add(after.messages - before.messages, after.bytes - before.bytes);
  return result;
}

function supported(act) {
  try {
    return act();
  } catch (error) {
    if (error.code === "unsupported_dialect" || error.code === "invalid_option") {
      throw new Unsupported(error.message);
    }
    throw error;
  }
}
