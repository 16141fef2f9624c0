import type { Endpoint } from "./endpoint.js";
import { TokenHeadroomError } from "./errors.js";
import type { BudgetOptions, RequestInput, TokenBudget } from "./types.js";
import { modelOf } from "./usage.js";

/** Opens a budget; what `createTokenBudget` does. */
export type OpenBudget = (options: BudgetOptions) => Promise<TokenBudget>;

/** Finds the budget that a request is judged by; what its URL says of it goes before what the body does. */
export type BudgetPool = (request: RequestInput, endpoint?: Endpoint) => Promise<TokenBudget>;

// Model names can come from strangers; each budget is small, and this bounds how many there are.
const MOST_BUDGETS = 64;

/**
 * One budget per model. `options.model` decides for every request; without it, each request's own `model` does, unless
 * the options describe a model that needs no name.
 */
export function createPool(open: OpenBudget, options: BudgetOptions): BudgetPool {
  const budgets = new Map<string, Promise<TokenBudget>>();
  return (request, endpoint = {}) => {
    const model = options.model ?? endpoint.model ?? modelOf(request);
    const dialect = options.dialect ?? endpoint.dialect;
    const host = options.host ?? endpoint.host;
    if (model === undefined && !isDescribed(options)) {
      return Promise.reject(missingModel());
    }
    const names = [model, dialect, host];
    if (!names.every((name) => name === undefined || typeof name === "string")) {
      // Refused with its place.
      return open({ ...options, model, dialect, host });
    }
    const key = JSON.stringify(names);
    const known = budgets.get(key);
    if (known !== undefined) {
      return known;
    }
    const opened = open({ ...options, model, dialect, host });
    budgets.set(key, opened);
    // A failure is not remembered: the vocabulary may load the next time.
    opened.catch(() => budgets.delete(key));
    for (const oldest of budgets.keys()) {
      if (budgets.size <= MOST_BUDGETS) {
        break;
      }
      budgets.delete(oldest);
    }
    return opened;
  };
}

/** Whether `options` say how to count and against what, without naming a model. */
export function isDescribed({ like, encoding, maxContextTokens }: BudgetOptions): boolean {
  return like !== undefined || (encoding !== undefined && maxContextTokens !== undefined);
}

function missingModel(): TokenHeadroomError {
  return new TokenHeadroomError("neither the options nor the request name a model", {
    code: "missing_field",
    path: "model",
    hint: 'give the options a model, such as "gpt-4o", or pass a whole request body that has one',
  });
}
