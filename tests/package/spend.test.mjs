import assert from "node:assert/strict";
import { test } from "node:test";
import { guard } from "token-headroom";
import { question } from "./histories.mjs";

/** What one call with this usage costs, in US dollars. */
async function spent(price, usage) {
  const guarded = guard(async () => ({ usage }), { context: { model: "gpt-4o" }, budget: { maxUsd: 1_000, price } });
  await guarded(question);
  return Number(guarded.spentUsd.toFixed(9));
}

const million = 1_000_000;

test("cached tokens are billed at their own price, and as others where that is not known", async () => {
  const usage = { prompt_tokens: million, completion_tokens: 0, prompt_tokens_details: { cached_tokens: 600_000 } };
  assert.equal(await spent({ input: 10, output: 0, cacheRead: 1 }, usage), 0.4 * 10 + 0.6 * 1);
  assert.equal(await spent({ input: 10, output: 0 }, usage), 10);
  const deepseek = { prompt_tokens: million, completion_tokens: 0, prompt_cache_hit_tokens: 600_000 };
  assert.equal(await spent({ input: 10, output: 0, cacheRead: 1 }, deepseek), 4.6);
  const written = { ...usage, prompt_tokens_details: { cached_tokens: 500_000, cache_write_tokens: 500_000 } };
  assert.equal(await spent({ input: 10, output: 0, cacheRead: 1, cacheWrite: 12 }, written), 6.5);
});

test("a report of more cached tokens than there are is not believed", async () => {
  for (const cached_tokens of [-1, 2_000_000, "many", null, Number.NaN]) {
    const usage = { prompt_tokens: million, completion_tokens: 0, prompt_tokens_details: { cached_tokens } };
    assert.equal(await spent({ input: 10, output: 0, cacheRead: 1 }, usage), 10, String(cached_tokens));
  }
});

test("a prompt above a tier's mark is billed at that tier as a whole, at the mark it is not", async () => {
  const price = {
    input: 2,
    output: 10,
    cacheRead: 0.2,
    tiers: [
      { above: 800_000, input: 8, output: 40 },
      { above: 272_000, input: 4, output: 15, cacheRead: 0.4 },
    ],
  };
  const at = (prompt_tokens, cached_tokens = 0) =>
    spent(price, { prompt_tokens, completion_tokens: 100_000, prompt_tokens_details: { cached_tokens } });
  assert.equal(await at(272_000), 0.272 * 2 + 1);
  assert.equal(await at(272_001), 2.588004);
  assert.equal(await at(500_000, 500_000), 0.5 * 0.4 + 1.5);
  assert.equal(await at(900_000, 900_000), 0.9 * 8 + 4);
});

test("prices of one's own are checked field by field", () => {
  for (const [price, place] of [
    [{ input: 1 }, "budget.price.output"],
    [{ input: 1, output: 2, cached: 1 }, "budget.price.cached"],
    [{ input: 1, output: 2, cacheRead: -1 }, "budget.price.cacheRead"],
    [{ input: 1, output: 2, tiers: {} }, "budget.price.tiers"],
    [{ input: 1, output: 2, tiers: [{ above: 5, input: 1 }] }, "budget.price.tiers[0].output"],
  ]) {
    assert.throws(() => guard(async () => 0, { context: { model: "gpt-4o" }, budget: { maxUsd: 1, price } }), {
      code: "invalid_option",
      path: place,
    });
  }
});
