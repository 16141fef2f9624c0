import assert from "node:assert/strict";
import { test } from "node:test";
import { ContextOverflowError, createTokenBudget, createTokenBudgetSync, guard, TokenHeadroomError } from "token-headroom";
import cl100k_base from "token-headroom/encodings/cl100k_base";
import o200k_base from "token-headroom/encodings/o200k_base";
import { createEdgeHandler } from "token-headroom/edge";
import { guardFetch } from "token-headroom/fetch";
import { counted } from "./core.mjs";
import { question, talk, toolHistory } from "./histories.mjs";

// The first takes 5,000 tokens in one vocabulary, the second 3,000 in another.
const small = { model: "gpt-4", maxContextTokens: 4_000 };
const chain = { model: "gpt-4o", maxContextTokens: 6_000, headroom: 1_000, fallbacks: [small] };

test("the model that is left with the least room governs, and every model's numbers are told", async () => {
  const budget = await createTokenBudget(chain);
  assert.equal(budget.model.name, "gpt-4o");
  const projection = budget.project(toolHistory(2));
  assert.deepEqual(
    projection.chain.map(({ model, available }) => [model, available]),
    [
      ["gpt-4o", 5_000],
      ["gpt-4", 3_000],
    ],
  );
  assert.equal(projection.model, "gpt-4");
  assert.equal(projection.encoding, "cl100k_base");
  for (const { available, upperBound, overBy, room, verdict } of projection.chain) {
    assert.equal(room, available - upperBound);
    assert.equal(overBy, Math.max(0, -room));
    assert.equal(verdict === "overflows", room < 0);
  }
  const [first, second] = projection.chain;
  const alone = async (options) => (await createTokenBudget(options)).project(toolHistory(2)).tokens;
  assert.equal(first.tokens, await alone({ model: "gpt-4o" }));
  assert.equal(second.tokens, await alone({ model: "gpt-4" }));
  const swapped = await createTokenBudget({ ...small, headroom: 1_000, fallbacks: ["gpt-4o"] });
  assert.equal(swapped.project(toolHistory(2)).model, "gpt-4");
});

test("what fits the first model alone overflows, and the plan for the smallest fits all", async () => {
  const budget = await createTokenBudget(chain);
  const history = toolHistory(4);
  const error = caught(() => budget.check(history));
  assert.ok(ContextOverflowError.is(error), String(error));
  assert.deepEqual([error.projection.model, error.available], ["gpt-4", 3_000]);
  assert.equal(error.projection.chain[0].verdict, "fits");
  const plan = error.plan();
  assert.deepEqual([plan.status, plan.model], ["planned", "gpt-4"]);
  assert.ok(budget.verify(history, plan).ok);
  const applied = budget.project(budget.apply(history, plan));
  assert.ok(applied.chain.every(({ verdict }) => verdict !== "overflows"));
  // A plan may be stored in between, and carried out by another process.
  const stored = JSON.parse(JSON.stringify(plan));
  const other = await createTokenBudget(chain);
  assert.ok(other.verify(history, stored).ok);
  assert.deepEqual(other.apply(history, stored), budget.apply(history, plan));
});

test("a plan tells what it comes to for each model, and what thinking a switch loses", async () => {
  const budget = await createTokenBudget(chain);
  const history = toolHistory(4);
  const { chain: fits } = budget.plan(history);
  const applied = budget.project(budget.apply(history, budget.plan(history)));
  const size = ({ tokens, lowerBound, upperBound }) => ({ tokens, lowerBound, upperBound });
  assert.deepEqual(fits.map(({ before }) => before), budget.project(history).chain.map(size));
  assert.deepEqual(fits.map(({ after }) => after), applied.chain.map(size));
  assert.deepEqual(fits.map(({ model, available, fits }) => [model, available, fits]), [["gpt-4o", 5_000, true], ["gpt-4", 3_000, true]]);
  // Whom nothing helps.
  const long = [{ role: "user", content: "word ".repeat(3_500) }];
  const plan = budget.plan(long);
  assert.deepEqual([plan.status, plan.chain.map(({ fits }) => fits)], ["irreducible", [true, false]]);

  const thought = "The lamp went out at two, and nobody was on watch.";
  const signed = (signature) => ({
    system: "s",
    max_tokens: 10,
    messages: [
      { role: "user", content: "Why is it dark?" },
      { role: "assistant", content: [{ type: "thinking", thinking: thought, signature }, { type: "text", text: "Nobody watched." }] },
      { role: "user", content: "Who should have?" },
    ],
  });
  const claudes = await createTokenBudget({ model: "claude-sonnet-4-5", fallbacks: ["claude-haiku-4-5", "gpt-4o"] });
  const lost = (request) => claudes.plan(request).chain.map(({ thinkingLost }) => thinkingLost);
  const counted = async (model) => (await createTokenBudget({ model })).countTokens(thought);
  assert.deepEqual(lost(signed("c2ln")), [0, await counted("claude-haiku-4-5"), await counted("gpt-4o")]);
  assert.deepEqual(lost(signed("")), [0, 0, 0]);
  assert.equal((await createTokenBudget({ model: "gpt-4o" })).plan(history).chain, undefined);
});

test("one vocabulary is loaded once: models that share it share what was counted", async () => {
  const budget = await createTokenBudget({ model: "gpt-4o", fallbacks: ["gpt-4o-mini", "gpt-4.1"] });
  const history = structuredClone(toolHistory(2));
  assert.equal(counted(() => budget.project(history)).messages, history.length);
  const mixed = await createTokenBudget({ model: "gpt-4o", fallbacks: ["gpt-4"] });
  assert.equal(counted(() => mixed.project(history)).messages, history.length, "only the second vocabulary is new");
});

test("usage teaches the model that answered, which the answer names", async () => {
  const own = { encoding: "o200k_base", maxContextTokens: 50_000 };
  const budget = await createTokenBudget({
    model: "ours",
    ...own,
    headroom: 1_000,
    fallbacks: [{ model: "theirs", ...own, maxContextTokens: 20_000 }],
  });
  const ask = (day) => budget.project([{ role: "user", content: `What was noted on day ${day} of the month? `.repeat(9) }]);
  const before = ask(0);
  assert.equal(before.model, "theirs");
  for (let day = 1; day <= 4; day++) {
    const projection = JSON.parse(JSON.stringify(ask(day)));
    const [first] = projection.chain;
    const usage = { prompt_tokens: (first.counted ?? first).tokens * 2 };
    const found = budget.record(projection, { model: "ours", usage });
    assert.equal(found.projected, first.tokens);
  }
  const after = ask(0);
  assert.deepEqual(
    after.chain.map(({ basis }) => basis),
    ["calibrated", "estimated"],
  );
  assert.ok(after.chain[0].tokens > 1.9 * before.chain[0].tokens);
  assert.equal(after.chain[1].tokens, before.chain[1].tokens);
  // Usage alone names nobody: it is taken for that of the model that governs.
  budget.record(after, { prompt_tokens: after.tokens });
  const names = Object.keys(budget.learned.ratios).map((key) => key.split("\n")[0]);
  assert.deepEqual([...new Set(names)].sort(), ["ours", "theirs"]);
});

test("a guard tells who answered, also where the caller finds the usage", async () => {
  const own = { encoding: "o200k_base", headroom: 1_000 };
  const theirs = { ...own, model: "theirs", maxContextTokens: 20_000 };
  const context = { ...own, model: "ours", maxContextTokens: 50_000, fallbacks: [theirs] };
  for (const [result, usage] of [
    [{ model: "ours", usage: { prompt_tokens: 60_000 } }, undefined],
    [{ model: "ours", meter: { prompt_tokens: 60_000 } }, ({ meter }) => meter],
  ]) {
    const guarded = guard(async () => result, { context, usage });
    await guarded(question);
    // The same again starts from what the first took of it.
    const error = await guarded(question).catch((error) => error);
    assert.ok(ContextOverflowError.is(error), String(error));
    assert.equal(error.projection.model, "ours");
  }
});

test("an answer under another spelling is that of the same model", async () => {
  const budget = await createTokenBudget(chain);
  const projection = budget.project(question);
  const { tokens } = projection.chain[0];
  const found = budget.record(projection, { model: "gpt-4o-2024-08-06", usage: { prompt_tokens: tokens } });
  assert.deepEqual([found.verdict, found.projected], ["agrees", tokens]);
  assert.deepEqual(Object.keys(budget.learned.ratios), ["gpt-4o\ntext"]);
});

test("the synchronous door takes every vocabulary that is needed, and names the one that is missing", () => {
  const budget = createTokenBudgetSync({
    ...chain,
    encoding: o200k_base,
    fallbacks: ["gpt-4o-mini", { ...small, encoding: cl100k_base }],
  });
  assert.equal(budget.project(question).chain.length, 3);
  assert.throws(
    () => createTokenBudgetSync({ ...chain, encoding: o200k_base }),
    (error) =>
      error.code === "unknown_encoding" &&
      error.path === "fallbacks[0].encoding" &&
      /encodings\/cl100k_base/.test(error.hint),
  );
});

test("mistakes in fallbacks are named with their place", async () => {
  for (const [fallbacks, code, path] of [
    ["gpt-4", "invalid_option", "fallbacks"],
    [[5], "invalid_option", "fallbacks[0]"],
    [["gpt-4", null], "invalid_option", "fallbacks[1]"],
    [["gpt-4", "gpt-99-nonesuch"], "unknown_model", "fallbacks[1].model"],
    [[{ model: "gpt-4", headrom: 5 }], "invalid_option", "fallbacks[0].headrom"],
    [[{ model: "gpt-4", fallbacks: ["gpt-4o"] }], "invalid_option", "fallbacks[0]"],
  ]) {
    const error = await createTokenBudget({ model: "gpt-4o", fallbacks }).catch((error) => error);
    assert.ok(TokenHeadroomError.is(error), String(error));
    assert.deepEqual([error.code, error.path], [code, path]);
    assert.ok(error.message.startsWith(`${path}: `), error.message);
  }
  assert.throws(() => guard(async () => 0, { context: { model: "gpt-4o", fallbacks: ["gpt-99-nonesuch"] } }), {
    path: "context.fallbacks[0].model",
  });
});

test("guard, fetch and edge keep to the smallest model", async () => {
  const history = toolHistory(4);
  const calls = [];
  const call = async (messages) => calls.push(messages);
  const error = await guard(call, { context: chain })(history).catch((error) => error);
  assert.ok(ContextOverflowError.is(error), String(error));
  await guard(call, { context: chain, onOverflow: "compact" })(history);
  const budget = await createTokenBudget(chain);
  assert.notEqual(budget.project(calls[0]).verdict, "overflows");
  // The caller's own count is one for all.
  const counting = (tokens) => guard(call, { context: chain, tokens: () => tokens })(question);
  await counting(3_000);
  await assert.rejects(counting(3_001), { overBy: 1, available: 3_000 });
  const tokens = (sent) => JSON.stringify(sent).length / 3;
  await guard(call, { context: chain, tokens, onOverflow: "compact" })(talk(4));
  assert.ok(tokens(calls.at(-1)) <= 3_000);

  const init = { method: "POST", body: JSON.stringify({ messages: history }) };
  const answer = async () => Response.json({});
  const fetched = await guardFetch(answer, chain)("http://localhost/v1/chat/completions", init);
  const handle = createEdgeHandler({ upstream: "http://localhost", fetch: answer, ...chain });
  for (const response of [fetched, await handle(new Request("http://localhost/v1/chat/completions", init))]) {
    assert.equal(response.status, 400);
    const { projection } = (await response.json()).token_headroom;
    assert.deepEqual([projection.model, projection.chain.length], ["gpt-4", 2]);
  }
});

function caught(act) {
  try {
    act();
  } catch (error) {
    return error;
  }
  return assert.fail("nothing was thrown");
}
