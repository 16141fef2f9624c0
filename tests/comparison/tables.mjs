// Rows of the tables: means over decisions, sums over sessions.

export function mean(values) {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The value that `share` of the values are at or below. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * share)];
}

const percent = (value) => (value === undefined ? "–" : (100 * value).toFixed(1));
const fixed = (value, digits) => (value === undefined ? "–" : value.toFixed(digits));

export const PLANS = ["one decision", "n", "valid %", "fits %", "both %", "limit used %", "task kept %", "references kept %", "same, refused as 0 %", "median ms", "p95 ms", "rules broken"];

/** A contestant's row over its decisions. */
export function plansRow(name, outcomes) {
  const good = outcomes.filter(({ valid, fits }) => valid && fits);
  const named = outcomes.filter(({ references }) => references !== undefined);
  const times = outcomes.map(({ ms }) => ms);
  return [
    name,
    String(outcomes.length),
    percent(mean(outcomes.map(({ valid }) => Number(valid)))),
    percent(mean(outcomes.map(({ fits }) => Number(fits)))),
    percent(mean(outcomes.map(({ valid, fits }) => Number(valid && fits)))),
    percent(mean(good.map(({ kept }) => kept))),
    percent(mean(good.filter(({ task }) => task !== undefined).map(({ task }) => Number(task)))),
    percent(mean(named.filter(({ valid, fits }) => valid && fits).map(({ references }) => references))),
    percent(mean(named.map(({ valid, fits, references }) => (valid && fits ? references : 0)))),
    fixed(quantile(times, 0.5), 2),
    fixed(quantile(times, 0.95), 1),
    rules(outcomes),
  ];
}

/** How many requests broke each rule. */
function rules(outcomes) {
  const counts = new Map();
  for (const name of outcomes.flatMap(({ rules }) => rules)) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, count]) => `${name} ${count}`).join(", ") || "none";
}

export const WALKS = ["whole sessions", "calls", "refused %", "compactions", "references kept %", "input, M tokens", "of uncompacted %", "USD", "messages counted a call", "kB counted a call"];

/** A contestant's row over its sessions; `uncompacted` is the price of the same sessions without a window. */
export function walksRow(name, walks, uncompacted) {
  const total = (key) => walks.reduce((sum, walk) => sum + walk[key], 0);
  const calls = total("calls");
  return [
    name,
    String(calls),
    percent(total("refused") / calls),
    String(total("compactions")),
    total("asked") === 0 ? "–" : percent(total("answered") / total("asked")),
    fixed(total("tokens") / 1e6, 2),
    percent(total("tokens") / uncompacted),
    fixed(total("usd"), 2),
    fixed(total("messages") / calls, 1),
    fixed(total("characters") / calls / 1000, 1),
  ];
}
