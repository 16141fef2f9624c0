import assert from "node:assert/strict";
import { test } from "node:test";
import { BudgetExceededError, guard } from "token-headroom";
import { checkpoint, restore } from "token-headroom/checkpoint";
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

const dollars = (value) => Number(value.toFixed(6));
// At this price what is reported of a call is one dollar.
const usage = { prompt_tokens: 20, completion_tokens: 0 };
const price = { input: 50_000, output: 100 };
const longer = [...question, { role: "assistant", content: "Yes." }, { role: "user", content: "And now?" }];

/** Guards of one run after another, as if each were a process of its own. */
function processes({ maxUsd, respond = async () => ({ usage }) }) {
  const items = new Map();
  const store = { getItem: (key) => items.get(key), setItem: (key, text) => void items.set(key, text) };
  const start = (restored, more = { budget: { maxUsd, price } }) =>
    guard(respond, { context: { model: "gpt-4o" }, checkpoint: { store, task: "t", restored }, ...more });
  return { start, items, restored: (guarded) => restore(guarded.checkpoint, { store }) };
}

test("money that was spent stays spent when the run goes on in another process", async () => {
  const { start, restored } = processes({ maxUsd: 10 });
  const first = start();
  await first(question);
  await first(question);
  assert.equal(first.spentUsd, 2);
  const before = await restored(first);
  assert.ok(before.spentUsd > 1, `${before.spentUsd} was written before the second answer`);
  const second = start(before);
  assert.equal(second.spentUsd, before.spentUsd);
  await second(question);
  assert.equal(dollars(second.spentUsd), dollars(before.spentUsd + 1));
  // A guard without a cap of its own does not lose the count.
  const third = start(await restored(second), {});
  await third(question);
  assert.equal(third.spentUsd, 0);
  const last = start(await restored(third));
  assert.equal(last.spentUsd, (await restored(second)).spentUsd);
});

test("a call that the process did not live to see paid counts as spent", async () => {
  const body = { model: "gpt-4o", max_tokens: 10_000, messages: question };
  let written;
  const { start, items } = processes({
    maxUsd: 5,
    respond: async () => {
      written = JSON.parse(items.get("checkpoint:t")).spentUsd;
      throw new Error("killed");
    },
  });
  const guarded = start();
  await assert.rejects(guarded(body), /killed/);
  assert.ok(written > 2 && written < 3, String(written));
  assert.equal(guarded.spentUsd, 0, "a failed call costs nothing where it is seen to fail");
});

test("where the cap is reached the run is written down all the same, and goes on with more money", async () => {
  const { start, restored } = processes({ maxUsd: 2 });
  const first = start();
  await first(question);
  await assert.rejects(first(longer), (error) => BudgetExceededError.is(error) && error.spent === 1);
  const stood = await restored(first);
  assert.equal(stood.request.length, longer.length);
  await assert.rejects(start(stood)(longer), { name: "BudgetExceededError" });
  const raised = start(stood, { budget: { maxUsd: 10, price } });
  await raised(longer);
  assert.equal(raised.spentUsd, 2);
});

test("checkpoints from before money was written down still load, and amounts that are none are refused", async () => {
  const { document } = await checkpoint({ task: "t", request: question });
  assert.equal("spentUsd" in document, false);
  const restored = await restore(JSON.stringify(document));
  const { start } = processes({ maxUsd: 5 });
  assert.equal(start(restored).spentUsd, 0);
  for (const spentUsd of [-1, Number.NaN, "1", Infinity]) {
    await assert.rejects(checkpoint({ task: "t", request: question, spentUsd }), { code: "invalid_option", path: "spentUsd" });
    const path = "checkpoint.restored.spentUsd";
    assert.throws(() => start({ ...restored, spentUsd }), { code: "invalid_option", path });
  }
  assert.throws(() => start(restore(document)), { code: "invalid_option", path: "checkpoint.restored" });
  const altered = { ...(await checkpoint({ task: "t", request: question, spentUsd: 1 })).document, spentUsd: 0 };
  await assert.rejects(restore(altered), { code: "checkpoint_corrupt", path: "spentUsd" });
});
