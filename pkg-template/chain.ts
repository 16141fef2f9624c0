import { ContextOverflowError, TokenHeadroomError } from "./errors.js";
import type {
  BudgetOptions,
  Calibration,
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
  TokenBudget,
  Truncated,
  Usage,
  UsageComparison,
  Verification,
} from "./types.js";
import { modelOf } from "./usage.js";
import { listName } from "./wire.js";

/** Options that concern requests, or every model alike; all others are said of one model alone. */
const SHARED = ["headroom", "tightAt", "dialect", "models", "unknownModel"] as const;

/** The options of each model of a chain, the first one first. */
export function chainOf(options: BudgetOptions): readonly BudgetOptions[] {
  const fallbacks: unknown = options?.fallbacks ?? [];
  if (!Array.isArray(fallbacks)) {
    throw new TokenHeadroomError(`found ${typeof fallbacks}, expected an array of models`, {
      code: "invalid_option",
      path: "fallbacks",
    });
  }
  if (fallbacks.length === 0) {
    return [options];
  }
  const shared = Object.fromEntries(SHARED.flatMap((key) => (options[key] === undefined ? [] : [[key, options[key]]])));
  return [options, ...fallbacks.map((fallback: unknown, index) => ({ ...shared, ...optionsOf(fallback, index) }))];
}

/** Calls `open` for each model of a chain; errors say of which. */
export function eachOf<T, U>(chain: readonly T[], open: (one: T, index: number) => U): readonly [U, ...U[]] {
  return chain.map((one, index) => {
    try {
      return open(one, index);
    } catch (error) {
      throw index > 0 && TokenHeadroomError.is(error) ? ofFallback(error, index - 1) : error;
    }
  }) as unknown as readonly [U, ...U[]];
}

function optionsOf(fallback: unknown, index: number): BudgetOptions {
  if (typeof fallback === "string") {
    return { model: fallback };
  }
  const isNested = typeof fallback === "object" && fallback !== null && ("fallbacks" in fallback || "learned" in fallback);
  if (typeof fallback !== "object" || fallback === null || isNested) {
    throw new TokenHeadroomError("found no model, expected the name of one, or its options", {
      code: "invalid_option",
      path: `fallbacks[${index}]`,
      hint: "`fallbacks` and `learned` belong to the chain as a whole",
    });
  }
  return fallback;
}

function ofFallback({ code, path, message, hint }: TokenHeadroomError, index: number): TokenHeadroomError {
  const place = `fallbacks[${index}]`;
  const bare = message.slice(path === "" ? 0 : path.length + 2, hint === "" ? undefined : -hint.length - 2);
  return new TokenHeadroomError(bare, { code, path: path === "" ? place : `${place}.${path}`, hint });
}

/**
 * A budget for every model that may answer. The one that is left with the least room governs: what fits it fits all, and
 * plans are made for it.
 */
export class ChainBudget implements TokenBudget {
  readonly #budgets: readonly [TokenBudget, ...TokenBudget[]];
  readonly #rowOf: (model: string) => string | undefined;
  readonly #planned = new WeakMap<CompactionPlan, TokenBudget>();

  /** `rowOf`: the row of the catalogue that a name is resolved to. */
  constructor(
    budgets: readonly [TokenBudget, ...TokenBudget[]],
    rowOf: (model: string) => string | undefined,
  ) {
    this.#budgets = budgets;
    this.#rowOf = rowOf;
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

  plan(request: RequestInput, policy?: Policy): CompactionPlan {
    const { budget } = this.#judge(request);
    const plan = budget.plan(request, policy);
    this.#planned.set(plan, budget);
    return plan;
  }

  apply<T extends RequestInput>(request: T, plan: CompactionPlan, fills?: Fills): T {
    return this.#plannedBy(plan, request).apply(request, plan, fills);
  }

  verify(request: RequestInput, plan: CompactionPlan, fills?: Fills): Verification {
    return this.#plannedBy(plan, request).verify(request, plan, fills);
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
    return (this.#budgets[index] as TokenBudget).record(fit ? seenAs(fit, own) : own, usage);
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

  #judge(request: RequestInput): { readonly budget: TokenBudget; readonly projection: Projection } {
    const each = this.#budgets.map((budget) => ({ budget, projection: budget.project(request) }));
    const chain = each.map(({ projection }) => fitOf(projection));
    const governing = each.reduce((least, one) => (room(one.projection) < room(least.projection) ? one : least));
    return { budget: governing.budget, projection: { ...governing.projection, chain } };
  }

  // A plan that was stored in between says which model it is for.
  #plannedBy(plan: CompactionPlan, request: RequestInput): TokenBudget {
    const known = typeof plan === "object" && plan !== null ? this.#planned.get(plan) : undefined;
    const named = this.#budgets.filter(({ model }) => model.name === plan?.model);
    return known ?? (named.length === 1 ? (named[0] as TokenBudget) : this.#judge(request).budget);
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
