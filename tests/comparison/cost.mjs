// What a provider's prompt cache makes of a run of requests.

/** Prices relative to plain input, and plain input in USD a million tokens. */
export function prices({ price }) {
  return { input: price.input, read: (price.cacheRead ?? price.input) / price.input, write: (price.cacheWrite ?? price.input) / price.input };
}

/**
 * The input of a run in tokens of plain input. Each request is its list of messages; those at the start that are the very objects
 * of the request before are read from the cache with what is `fixed`, the rest is written to it.
 */
export function cost(requests, tokens, fixed, { read, write }) {
  let total = 0;
  let before;
  for (const units of requests) {
    const kept = before === undefined ? 0 : sharedLength(before, units);
    const cached = before === undefined ? 0 : sum(units.slice(0, kept), tokens) + fixed;
    const all = sum(units, tokens) + fixed;
    total += cached * read + (all - cached) * write;
    before = units;
  }
  return total;
}

/** How many messages at the start are the same. */
export function sharedLength(before, after) {
  let length = 0;
  while (length < before.length && length < after.length && before[length] === after[length]) {
    length++;
  }
  return length;
}

function sum(units, tokens) {
  return units.reduce((sum, unit) => sum + tokens(unit), 0);
}
