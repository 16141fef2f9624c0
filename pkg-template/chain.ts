import { Budget } from "./budget.js";
import { ContextOverflowError, TokenHeadroomError } from "./errors.js";
import { isList, reading, shown } from "./found.js";
import { evicting } from "./evict.js";
import { printAs } from "./printed.js";
import { relocated, within } from "./relocated.js";
import type {
  BudgetOptions,
  Calibration,
  ChainFit,
  CompactionPlan,
  Fills,
  FitOptions,
  Fitted,
  Keep,
  ModelFit,
  ModelInfo,
  Policy,
  Projection,
  RequestInput,
  Size,
  TokenBudget,
  Truncated,
  Usage,
  UsageComparison,
  Verification,
  Violation,
} from "./types.js";
import { modelOf } from "./usage.js";
import { listName } from "./wire.js";

/** The release mark of a policy that names none, and the parts of it that are tried when a plan does not fit every model. */
const DEFAULT_RELEASE = 0.8;
const SHARES = [1, 0.85, 0.7, 0.6] as const;

/** Options that concern requests, or every model alike; all others are said of one model alone. */
const SHARED = ["headroom", "tightAt", "dialect", "models", "unknownModel", "asOf"] as const;

/** The options of each model of a chain, the first one first. */
export function chainOf(options: BudgetOptions): readonly BudgetOptions[] {
  const fallbacks: unknown = reading("", () => options?.fallbacks ?? []);
  if (!isList(fallbacks)) {
    throw new TokenHeadroomError(`found ${shown(fallbacks)}, expected an array of models`, {
      code: "invalid_option",
      path: "fallbacks",
      hint: 'fallbacks: ["gpt-4o-mini", { model: "gpt-4", headroom: 500 }]',
    });
  }
  if (fallbacks.length === 0) {
    return [options];
  }
  const shared = Object.fromEntries(SHARED.flatMap((key) => (options[key] === undefined ? [] : [[key, options[key]]])));
  return [options, ...Array.from(fallbacks, (fallback, index) => ({ ...shared, ...optionsOf(fallback, index) }))];
}

/** Calls `open` for each model of a chain; errors say of which. */
export function eachOf<T, U>(chain: readonly T[], open: (one: T, index: number) => U): readonly [U, ...U[]] {
  return chain.map((one, index) => {
    try {
      return open(one, index);
    } catch (error) {
      throw index > 0 && TokenHeadroomError.is(error) ? relocated(error, within(`fallbacks[${index - 1}]`, error.path)) : error;
    }
  }) as unknown as readonly [U, ...U[]];
}

function optionsOf(fallback: unknown, index: number): BudgetOptions {
  if (typeof fallback === "string") {
    return { model: fallback };
  }
  const own = reading(`fallbacks[${index}]`, () => (typeof fallback === "object" && fallback !== null ? { ...fallback } : undefined));
  if (own === undefined || "fallbacks" in own || "learned" in own) {
    const found = own === undefined ? shown(fallback) : `the option ${"fallbacks" in own ? "fallbacks" : "learned"}`;
    throw new TokenHeadroomError(`found ${found}, expected the name of a model, or its options`, {
      code: "invalid_option",
      path: `fallbacks[${index}]`,
      hint: "`fallbacks` and `learned` belong to the chain as a whole",
    });
  }
  return own;
}

/**
 * A budget for every model that may answer. The one that is left with the least room governs: what fits it fits all, and
 * plans are made for it.
 */
export class ChainBudget implements TokenBudget {
  readonly #budgets: readonly [Budget, ...Budget[]];
  readonly #rowOf: (model: string) => string | undefined;
  readonly #planned = new WeakMap<CompactionPlan, Budget>();

  /** `rowOf`: the row of the catalogue that a name is resolved to. */
  constructor(
    budgets: readonly [Budget, ...Budget[]],
    rowOf: (model: string) => string | undefined,
  ) {
    this.#budgets = budgets;
    this.#rowOf = rowOf;
    printAs(this, () => budgets.map(Budget.printed).join(", then "));
  }

  get learned(): Calibration | undefined {
    return this.#budgets[0].learned;
  }

  get model(): ModelInfo {
    return this.#budgets[0].model;
  }

  project(request: RequestInput): Projection {
    return this.#judge(request).projection;
  }

  check(request: RequestInput): Projection {
    const { projection } = this.#judge(request);
    if (projection.verdict === "overflows") {
      throw new ContextOverflowError({ projection, plan: () => this.plan(request), path: listName(request) });
    }
    return projection;
  }

  // Vocabularies differ: what suffices for the model with the least room may be too much for another. Then the plan is made
  // for that one, and after that with a lower release mark, until it fits all.
  plan(request: RequestInput, policy?: Policy): CompactionPlan {
    const { budget: governing } = this.#judge(request);
    const order = [governing, ...this.#budgets.filter((budget) => budget !== governing)];
    let first: CompactionPlan | undefined;
    for (const share of SHARES) {
      const lowered = share === 1 ? policy : { ...policy, release: (policy?.release ?? DEFAULT_RELEASE) * share };
      for (const budget of order) {
        const plan = this.#fitted(budget, request, budget.plan(request, lowered));
        first ??= plan;
        if (plan.chain?.every(({ fits }) => fits)) {
          return plan;
        }
      }
    }
    return first as CompactionPlan;
  }

  // As src/chain.rs says it.
  #fitted(budget: Budget, request: RequestInput, plan: CompactionPlan): CompactionPlan {
    const applied = plan.status === "planned" ? budget.apply(request, plan) : request;
    const chain = this.#budgets.map((other, index): ChainFit => {
      const [before, after] = [other.project(request), other.project(applied)];
      return {
        model: other.model.name,
        before: sizeOf(before),
        after: sizeOf(after),
        available: after.available,
        fits: after.verdict !== "overflows",
        thinkingLost: index === 0 ? 0 : Budget.signedThoughts(other, applied),
      };
    });
    const fitted = { ...plan, chain };
    this.#planned.set(fitted, budget);
    return fitted;
  }

  apply<T extends RequestInput>(request: T, plan: CompactionPlan, fills?: Fills): T {
    return this.#plannedBy(plan, request).apply(request, plan, fills);
  }

  // What the plan states is proven with the model that it is for; all others have to take what is left.
  verify(request: RequestInput, plan: CompactionPlan, fills?: Fills): Verification {
    const budget = this.#plannedBy(plan, request);
    const proof = budget.verify(request, plan, fills);
    if (plan.status === "irreducible" || proof.tokens === 0) {
      return proof;
    }
    const applied = budget.apply(request, plan, fills);
    const others = this.#budgets.filter((other) => other !== budget).map((other) => other.project(applied));
    const overflowing = others.filter(({ verdict }) => verdict === "overflows");
    const violations = [...proof.violations, ...overflowing.map((projection) => overflow(projection, listName(applied)))];
    return { ...proof, ok: violations.length === 0, violations };
  }

  evict(request: RequestInput, policy: Policy = {}): CompactionPlan {
    return this.plan(request, evicting(policy));
  }

  undo<T extends RequestInput>(request: T, plan: CompactionPlan, originals: readonly object[]): T {
    return this.#plannedBy(plan, request).undo(request, plan, originals);
  }

  // Usage is that of the model that answered, which need not be the one that governs.
  record(projection: Projection, usage: Usage): UsageComparison {
    const answered = this.#answeredBy(usage);
    // It may have been stored in between, and can be anything.
    const { chain: told, ...own } = (projection ?? {}) as Projection;
    const chain: readonly ModelFit[] = Array.isArray(told) ? told : [];
    const governing = chain.findIndex((fit) => fit?.model === own.model && fit.available === own.available);
    const index = answered ?? Math.max(0, governing);
    const fit = chain[index];
    return (this.#budgets[index] as Budget).record(fit ? seenAs(fit, own) : own, usage);
  }

  countTokens(text: string): number {
    return this.#budgets[0].countTokens(text);
  }

  countUpTo(text: string, limit: number): number | undefined {
    return this.#budgets[0].countUpTo(text, limit);
  }

  truncate(text: string, maxTokens: number, options?: { readonly keep?: Keep | undefined }): Truncated {
    return this.#budgets[0].truncate(text, maxTokens, options);
  }

  fitChunks(chunks: readonly string[], maxTokens: number, options?: FitOptions): Fitted {
    return this.#budgets[0].fitChunks(chunks, maxTokens, options);
  }

  #judge(request: RequestInput): { readonly budget: Budget; readonly projection: Projection } {
    const each = this.#budgets.map((budget) => ({ budget, projection: budget.project(request) }));
    const chain = each.map(({ projection }) => fitOf(projection));
    const governing = each.reduce((least, one) => (room(one.projection) < room(least.projection) ? one : least));
    return { budget: governing.budget, projection: { ...governing.projection, chain } };
  }

  // A plan that was stored in between says which model it is for.
  #plannedBy(plan: CompactionPlan, request: RequestInput): Budget {
    const known = typeof plan === "object" && plan !== null ? this.#planned.get(plan) : undefined;
    const named = this.#budgets.filter(({ model }) => model.name === plan?.model);
    return known ?? (named.length === 1 ? (named[0] as Budget) : this.#judge(request).budget);
  }

  #answeredBy(usage: Usage): number | undefined {
    const name = modelOf(usage);
    if (name === undefined) {
      return undefined;
    }
    const named = this.#budgets.findIndex(({ model }) => model.name === name);
    const row = named < 0 ? this.#rowOf(name) : undefined;
    const index = row === undefined ? named : this.#budgets.findIndex(({ model }) => model.row === row);
    return index < 0 ? undefined : index;
  }
}

function room({ available, upperBound }: Projection): number {
  return available - upperBound;
}

function overflow({ model, upperBound, available }: Projection, path: string): Violation {
  const message = `found up to ${upperBound} tokens with ${model}, expected at most ${available}`;
  return { invariant: "C7", path, message, hint: "plan the request for the whole chain" };
}

function sizeOf({ tokens, lowerBound, upperBound }: Projection): Size {
  return { tokens, lowerBound, upperBound };
}

function fitOf(projection: Projection): ModelFit {
  const { model, tokens, lowerBound, upperBound, basis, counted, startsFrom } = projection;
  const { limit, available, overBy, verdict } = projection;
  return {
    model,
    tokens,
    lowerBound,
    upperBound,
    basis,
    ...(counted === undefined ? {} : { counted }),
    ...(startsFrom === undefined ? {} : { startsFrom }),
    limit,
    available,
    overBy,
    verdict,
    room: room(projection),
  };
}

// Fingerprints name the request alone, and the class of content is hardly another for another model.
function seenAs({ room: _, ...fit }: ModelFit, { counted: __, startsFrom: ___, ...projection }: Projection): Projection {
  return { ...projection, ...fit };
}
