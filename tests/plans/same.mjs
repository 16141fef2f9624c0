// Plans made natively beside plans of the package: `node --test same.mjs`, with the cases in CASES and the native plans in PLANS.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createTokenBudget } from "token-headroom";

const lines = (name) => readFileSync(process.env[name], "utf8").trim().split("\n");
const cases = lines("CASES");
const native = lines("PLANS");

test(`${cases.length} plans are byte for byte those of the native build`, async () => {
  assert.equal(native.length, cases.length);
  const steps = {};
  for (const [at, line] of cases.entries()) {
    const { name, options, request, policy } = JSON.parse(line);
    const plan = (await createTokenBudget(options)).plan(request, policy);
    // Both as JavaScript writes numbers: 2.0 as 2.
    assert.equal(JSON.stringify(plan), JSON.stringify(JSON.parse(native[at])), name);
    for (const { kind } of plan.steps) {
      steps[kind] = (steps[kind] ?? 0) + 1;
    }
  }
  // Every kind of step was compared.
  assert.deepEqual(Object.keys(steps).sort(), ["cut", "cut_text", "drop", "drop_reasoning", "mask", "remove", "summarise"]);
});
