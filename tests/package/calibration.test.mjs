import assert from "node:assert/strict";
import { test } from "node:test";
import { createTokenBudget } from "token-headroom";
import { question, toolHistory } from "./histories.mjs";

const ours = { model: "ours", encoding: "o200k_base", maxContextTokens: 90_000, headroom: 1_000 };

test("what was learned survives JSON and improves the next projection", async () => {
  const first = await createTokenBudget(ours);
  assert.equal(first.learned, undefined);
  // This provider takes half as much again as is counted here.
  for (let turns = 1; turns <= 4; turns++) {
    const projection = first.project(toolHistory(turns));
    first.record(projection, { prompt_tokens: Math.round((projection.counted ?? projection).tokens * 1.5) });
  }
  const learned = JSON.parse(JSON.stringify(first.learned));
  assert.deepEqual(learned, first.learned);
  const history = [...toolHistory(6), { role: "user", content: "And the windiest?" }];
  const plain = (await createTokenBudget(ours)).project(history);
  const next = await createTokenBudget({ ...ours, learned });
  const projection = next.project(history);
  assert.equal(projection.basis, "calibrated");
  assert.deepEqual(projection, first.project(history));
  assert.deepEqual(projection.counted, {
    tokens: plain.tokens,
    lowerBound: plain.lowerBound,
    upperBound: plain.upperBound,
  });
  const truth = plain.tokens * 1.5;
  assert.ok(Math.abs(projection.tokens - truth) < 0.02 * truth, `${projection.tokens} of ${truth}`);
  assert.ok(projection.lowerBound <= truth && truth <= projection.upperBound);
});

test("a request that goes on where a reported one ended starts from the report, also after JSON", async () => {
  const first = await createTokenBudget(ours);
  const history = [...question];
  const asked = first.project(history);
  const reported = asked.tokens + 300;
  first.record(asked, { prompt_tokens: reported });
  const learned = JSON.parse(JSON.stringify(first.learned));
  const grown = [...history, { role: "assistant", content: "Calm." }, { role: "user", content: "And on Friday?" }];
  const projection = (await createTokenBudget({ ...ours, learned })).project(grown);
  assert.deepEqual(projection.startsFrom, { counted: asked.tokens, reported });
  assert.ok(projection.lowerBound >= reported - 10, `${projection.lowerBound} of ${reported}`);
});

test("the caller's object is neither kept nor changed, and what is no such state is refused", async () => {
  const first = await createTokenBudget(ours);
  const projection = first.project(question);
  first.record(projection, { prompt_tokens: projection.tokens });
  const learned = structuredClone(first.learned);
  const second = await createTokenBudget({ ...ours, learned });
  second.record(second.project(toolHistory(1)), { prompt_tokens: 5_000 });
  assert.deepEqual(learned, first.learned);
  assert.notDeepEqual(second.learned, first.learned);
  for (const wrong of [null, 5, "{}", {}, { ratios: {} }, { ratios: null, anchors: [] }, { ratios: {}, anchors: {} }]) {
    await assert.rejects(createTokenBudget({ ...ours, learned: wrong }), { code: "invalid_option", path: "learned" });
  }
  const damaged = await createTokenBudget({ ...ours, learned: { ratios: { "ours\ntext": ["1"] }, anchors: [] } });
  assert.throws(() => damaged.project(question), { code: "invalid_type" });
});

test("usage is read from every provider's report, and from whole answers", async () => {
  const budget = await createTokenBudget(ours);
  const projection = budget.project(question);
  const { tokens } = projection;
  for (const usage of [
    { prompt_tokens: tokens },
    { input_tokens: tokens - 9, cache_read_input_tokens: 4, cache_creation_input_tokens: 5 },
    { input_tokens: tokens, input_tokens_details: { cached_tokens: 5 } },
    { promptTokenCount: tokens, cachedContentTokenCount: 5 },
    { inputTokens: tokens - 5, outputTokens: 1, cacheReadInputTokens: 5 },
    { inputTokens: tokens, outputTokens: 1, cachedInputTokens: 5 },
    { inputTokens: { total: tokens }, outputTokens: { total: 1 } },
    { prompt_eval_count: tokens, eval_count: 1 },
    { tokens_evaluated: tokens },
    { model: "ours", choices: [], usage: { prompt_tokens: tokens } },
    { candidates: [], usageMetadata: { promptTokenCount: tokens } },
    { usage_metadata: { input_tokens: tokens, output_tokens: 1 } },
    { usage: { tokens: { input_tokens: tokens } } },
    { meta: { tokens: { input_tokens: tokens } } },
    { type: "response.completed", response: { usage: { input_tokens: tokens } } },
  ]) {
    const { verdict, reported } = budget.record(projection, usage);
    assert.deepEqual([verdict, reported], ["agrees", tokens], JSON.stringify(usage));
  }
  const long = budget.project(toolHistory(5));
  const cut = budget.record(long, { truncated: true, tokens_evaluated: long.tokens });
  assert.deepEqual([cut.verdict, cut.signature], ["truncated", "flagged"]);
  assert.equal(budget.record(long, { prompt_tokens: 2_048 }).signature, "half_window");
  const least = Math.min(long.lowerBound, (long.counted ?? long).lowerBound);
  const stop = { stop_reason: "model_context_window_exceeded", usage: { input_tokens: least - 1, output_tokens: 7 } };
  assert.equal(budget.record(long, stop).signature, "stop_reason");
  assert.throws(() => budget.record(projection, {}), { code: "invalid_value" });
});
