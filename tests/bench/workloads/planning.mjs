// (f) Planning long histories to half their size, beyond counting: everything has been counted before.

import { stopwatch } from "../clock.mjs";
import { messageTexts, split } from "../corpus.mjs";
import { dialects, history, results } from "../histories.mjs";
import { median, table } from "../tables.mjs";

// Groups, and the most milliseconds that are promised for them.
const SIZES = [[1_000, 20], [20_000, 500]];
const TRIES = [15, 5];

export const title = "(f) Planning";
export const limit = 300;
export const prepare = (corpus) => ({ slices: results(split(messageTexts(corpus)).fresh, SIZES.at(-1)[0]) });
export const names = Object.keys(dialects);

export async function measure({ name, data, emit }) {
  const { createTokenBudget } = await import("token-headroom");
  const { model } = dialects[name];
  for (const [step, [groups]] of SIZES.entries()) {
    const request = history(name, data.slices, groups);
    const whole = await createTokenBudget({ model, maxContextTokens: 100_000_000, headroom: 0 });
    const clock = stopwatch();
    const { tokens } = whole.project(request);
    const counting = clock.ms();
    const budget = await createTokenBudget({ model, maxContextTokens: Math.floor(tokens / 2), headroom: 0 });
    const projecting = [];
    const planning = [];
    const dropping = [];
    let plan;
    for (let attempt = 0; attempt < TRIES[step]; attempt++) {
      let clock = stopwatch();
      budget.project(request);
      projecting.push(clock.ms());
      clock = stopwatch();
      plan = budget.plan(request);
      planning.push(clock.ms());
      clock = stopwatch();
      budget.plan(request, { summarise: false });
      dropping.push(clock.ms());
    }
    const { status, steps, before, after } = plan;
    emit({
      groups, tokens, counting, status, steps: steps.length, before: before.tokens, after: after.tokens,
      project: median(projecting), plan: median(planning), drop: median(dropping), first: planning[0],
    });
  }
}

export function report(runs) {
  const rows = SIZES.flatMap(([groups, promised]) =>
    names.map((name) => {
      const found = runs[name].flat().filter((result) => result.groups === groups);
      const ms = (key) => median(found.map((result) => result[key])).toFixed(1);
      const { tokens, status, steps } = found[0] ?? {};
      return [`${groups} groups, ${name}`, tokens, ms("counting"), ms("project"), ms("plan"), ms("drop"), ms("first"), promised, `${status}, ${steps} steps`];
    }),
  );
  return table(["history", "tokens", "first project, ms", "project again", "plan", "without a summary", "first plan", "promised", "outcome"], rows);
}
