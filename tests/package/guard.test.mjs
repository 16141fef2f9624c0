import assert from "node:assert/strict";
import { test } from "node:test";
import { BudgetExceededError, ContextOverflowError, guard, TokenHeadroomError } from "token-headroom";
import { question, talk, toolHistory } from "./histories.mjs";

const narrow = { model: "gpt-4o", maxContextTokens: 6_000, headroom: 1_000 };
/** Another model writes the summary, and reads the history at once. */
const atOnce = { summariserTokens: 100_000 };

/** A model call that remembers its inputs. */
function recorder(result = {}) {
  const calls = [];
  const call = async (...args) => {
    calls.push(args);
    return typeof result === "function" ? result(...args) : result;
  };
  return { call, calls };
}

test("a request that fits goes through as it is, with every argument and the result", async () => {
  const { call, calls } = recorder({ answer: 42 });
  const guarded = guard(call, { context: narrow });
  const options = { signal: AbortSignal.timeout(60_000) };
  assert.deepEqual(await guarded(question, options), { answer: 42 });
  assert.equal(calls[0][0], question);
  assert.equal(calls[0][1], options);
});

test("an overflow is thrown before anything is sent, with the history untouched", async () => {
  const { call, calls } = recorder();
  const history = toolHistory(12);
  const before = structuredClone(history);
  const error = await guard(call, { context: narrow })(history).catch((error) => error);
  assert.ok(ContextOverflowError.is(error), String(error));
  assert.equal(calls.length, 0);
  assert.deepEqual(history, before);
  assert.equal(error.maxContextTokens, 6_000);
  assert.equal(error.headroom, 1_000);
  assert.equal(error.available, 5_000);
  assert.equal(error.overBy, error.projectedTokens - 5_000);
  assert.ok(error.overBy > 0);
  assert.equal(error.projection.verdict, "overflows");
  assert.equal(error.plan().status, "planned");
  assert.match(error.message, /nothing was sent/);
});

test("onOverflow: compact sends a request that fits and keeps the caller's own objects", async () => {
  const { call, calls } = recorder();
  const history = toolHistory(12);
  const before = structuredClone(history);
  const compactions = [];
  const guarded = guard(call, { context: narrow, onOverflow: "compact", onCompact: (done) => compactions.push(done) });
  await guarded({ model: "gpt-4o", messages: history, temperature: 0 });
  const [sent] = calls[0];
  assert.equal(sent.temperature, 0);
  assert.notEqual(sent.messages, history);
  assert.equal(sent.messages[0], history[0]);
  assert.equal(sent.messages.at(-1), history.at(-1));
  assert.deepEqual(history, before);
  assert.equal(compactions.length, 1);
  assert.equal(compactions[0].verification.ok, true);
  assert.equal(compactions[0].messages, sent.messages);
  assert.ok(compactions[0].plan.after.upperBound <= compactions[0].plan.available);
});

test("the caller's summariser writes the summary", async () => {
  const { call, calls } = recorder();
  const requests = [];
  const compactions = [];
  const guarded = guard(call, {
    context: narrow,
    onOverflow: "compact",
    policy: atOnce,
    summarise: async (request) => {
      requests.push(request);
      return "The keeper noted north-westerly winds.";
    },
    onCompact: (done) => compactions.push(done),
  });
  await guarded(talk(12));
  assert.equal(requests.length, 1);
  assert.ok(Array.isArray(requests[0].messages));
  assert.equal(compactions[0].summary, "written");
  assert.ok(JSON.stringify(calls[0][0]).includes("The keeper noted north-westerly winds."));
});

for (const [name, summarise] of [
  ["fails", async () => Promise.reject(new Error("offline"))],
  [
    "throws at once",
    () => {
      throw new Error("offline");
    },
  ],
  ["is empty", async () => "  "],
  ["is no text", async () => undefined],
  ["is larger than its slot", async () => "word ".repeat(5_000)],
  // As much as the request allows is what an answer takes that was cut off.
  ["was cut off", async ({ max_completion_tokens: most }) => " word".repeat(most)],
]) {
  test(`a summary that ${name} gives way to the digest, and the history survives`, async () => {
    const { call, calls } = recorder();
    const history = talk(12);
    const before = structuredClone(history);
    const compactions = [];
    await guard(call, {
      context: narrow,
      onOverflow: "compact",
      summarise,
      onCompact: (done) => compactions.push(done),
    })(history);
    assert.equal(calls.length, 1);
    assert.equal(compactions[0].summary, "digest");
    assert.ok(TokenHeadroomError.is(compactions[0].summaryError));
    assert.equal(compactions[0].summaryError.path, "plan.summary.requests[0]");
    assert.equal(compactions[0].verification.ok, true);
    assert.deepEqual(history, before);
  });
}

test("a history that the summariser cannot read at once is summarised in pieces", async () => {
  const policy = { summariserTokens: 4_000 };
  for (const failing of [undefined, 1]) {
    const { call, calls } = recorder();
    const compactions = [];
    let pieces = 0;
    const summarise = async () => {
      pieces += 1;
      return pieces - 1 === failing ? "" : `Piece ${pieces}.`;
    };
    const onCompact = (done) => compactions.push(done);
    await guard(call, { context: narrow, onOverflow: "compact", policy, summarise, onCompact })(talk(12));
    const [{ plan, summary, summaryError, verification }] = compactions;
    assert.ok(plan.summary.requests.length > 2, "in pieces");
    assert.equal(verification.ok, true);
    if (failing === undefined) {
      assert.equal(summary, "written");
      assert.equal(pieces, plan.summary.requests.length);
      assert.ok(JSON.stringify(calls[0][0]).includes("Piece 1.\\nPiece 2.\\nPiece 3."));
    } else {
      assert.equal(summary, "digest");
      assert.equal(pieces, failing + 1, "no later piece is asked for");
      assert.equal(summaryError.path, `plan.summary.requests[${failing}]`);
    }
  }
});

test("what cannot be compacted is thrown with its irreducible plan", async () => {
  const { call, calls } = recorder();
  const guarded = guard(call, { context: { ...narrow, maxContextTokens: 1_010 }, onOverflow: "compact" });
  const error = await guarded(toolHistory(3)).catch((error) => error);
  assert.ok(ContextOverflowError.is(error), String(error));
  assert.equal(error.plan().status, "irreducible");
  assert.ok(error.plan().floor.total > 10);
  assert.equal(calls.length, 0);
});

test("a growing history is compacted once, not at every turn", async () => {
  const { call, calls } = recorder();
  let summaries = 0;
  const guarded = guard(call, {
    context: narrow,
    onOverflow: "compact",
    policy: atOnce,
    summarise: async () => `Summary ${++summaries}.`,
  });
  const history = talk(12);
  await guarded(history);
  history.push({ role: "assistant", content: "Calm." }, { role: "user", content: "And then?" });
  await guarded([...history]);
  assert.equal(summaries, 1);
  assert.equal(calls[1][0].length, calls[0][0].length + 2);
  history[3].content += " (corrected)";
  await guarded(history);
  assert.equal(summaries, 2, "an earlier message that was changed in place is planned for anew");
});

test("a pinned message stays pinned when its history is compacted a second time", async () => {
  const { call, calls } = recorder();
  const history = talk(12);
  const pinned = history[8];
  const guarded = guard(call, { context: narrow, onOverflow: "compact", policy: { pinned: [8] } });
  await guarded(history);
  const place = calls[0][0].indexOf(pinned);
  assert.ok(place >= 0 && place < 8, "it has moved, because a summary stands for what was before it");
  history.push(...talk(12).slice(2));
  await guarded(history);
  assert.ok(calls[1][0].length < calls[0][0].length + 24, "the second call was compacted as well");
  assert.ok(calls[1][0].includes(pinned));
});

test("a history can adopt what it was compacted to", async () => {
  const { call, calls } = recorder();
  const history = toolHistory(12);
  let compactions = 0;
  const guarded = guard(call, {
    context: narrow,
    onOverflow: "compact",
    onCompact: ({ messages }) => {
      compactions++;
      history.splice(0, history.length, ...messages);
    },
  });
  await guarded(history);
  assert.deepEqual(calls[0][0], history);
  history.push({ role: "user", content: "And the windiest?" });
  await guarded(history);
  assert.equal(compactions, 1);
  assert.deepEqual(calls[1][0], history);
});

test("the model is taken from the request when the context names none", async () => {
  const { call } = recorder("done");
  const guarded = guard(call, { context: { headroom: 100 } });
  assert.equal(await guarded({ model: "gpt-4o", messages: question }), "done");
  await assert.rejects(guarded(question), { code: "missing_field", path: "model" });
});

test("the caller's own counter is what is compared, sync or async, and needs no model of ours", async () => {
  const { call } = recorder("done");
  const context = { maxContextTokens: 100, headroom: 20 };
  const byLength = guard(call, { context, tokens: (messages) => messages.length * 30 });
  assert.equal(await byLength(question), "done");
  const error = await byLength([...question, ...question]).catch((error) => error);
  assert.ok(ContextOverflowError.is(error), String(error));
  assert.equal(error.projectedTokens, 120);
  assert.equal(error.projection.basis, "supplied");
  assert.throws(() => error.plan(), { code: "missing_field", path: "context.model" });
  const later = guard(call, { context, tokens: async () => 81 });
  await assert.rejects(later(question), { name: "ContextOverflowError", overBy: 1 });
  await assert.rejects(guard(call, { context, tokens: () => Number.NaN })(question), {
    code: "invalid_value",
    path: "tokens",
  });
});

test("compaction lands under the limit in the caller's own tokens", async () => {
  const { call, calls } = recorder();
  const ownCount = (messages) => Math.ceil(JSON.stringify(messages).length / 2);
  const guarded = guard(call, { context: narrow, tokens: ownCount, onOverflow: "compact" });
  await guarded(toolHistory(8));
  assert.ok(ownCount(calls[0][0]) <= 5_000);
});

test("money: calls are booked from reported usage and refused before the cap is passed", async () => {
  const usage = { prompt_tokens: 100_000, completion_tokens: 10_000 };
  const { call, calls } = recorder({ usage });
  const price = { input: 10, output: 40 };
  const guarded = guard(call, { context: narrow, budget: { maxUsd: 2, price } });
  // Another question each time: the report of one says nothing about the next.
  const ask = (content) => guarded([{ role: "user", content }]);
  await ask("What did the keeper note on Monday?");
  assert.equal(guarded.spentUsd.toFixed(6), "1.400000");
  // The next answer is taken at the mean of the answers so far: 0.40 more, and a prompt of next to nothing.
  await ask("And on Tuesday?");
  const error = await ask("And on Wednesday?").catch((error) => error);
  assert.ok(BudgetExceededError.is(error), String(error));
  assert.equal(calls.length, 2);
  assert.equal(error.cap, 2);
  assert.equal(error.spent.toFixed(6), "2.800000");
  assert.ok(error.next > 0.4);
});

test("money: parallel calls cannot pass the cap together, and failed calls are given back", async () => {
  let fail = true;
  const { call } = recorder(() => {
    if (fail) {
      throw new Error("offline");
    }
    return { usage: { prompt_tokens: 20, completion_tokens: 0 } };
  });
  const guarded = guard(call, { context: narrow, budget: { maxUsd: 0.0015, price: { input: 10, output: 10 } } });
  const capped = { model: "gpt-4o", messages: question, max_tokens: 100 };
  await assert.rejects(guarded(capped), /offline/);
  assert.equal(guarded.spentUsd, 0);
  fail = false;
  const outcomes = await Promise.allSettled([guarded(capped), guarded(capped)]);
  assert.deepEqual(outcomes.map((outcome) => outcome.status).sort(), ["fulfilled", "rejected"]);
});

test("money: an unknown price is refused when the guard is made", () => {
  const { call } = recorder();
  for (const described of [{ encoding: "o200k_base" }, { like: "gpt-4o" }]) {
    const context = { model: "our-own-model", maxContextTokens: 10_000, ...described };
    assert.throws(
      () => guard(call, { context, budget: { maxUsd: 1 } }),
      (error) =>
        TokenHeadroomError.is(error) &&
        error.code === "unknown_price" &&
        /our-own-model/.test(error.message) &&
        /price: \{ input, output \}/.test(error.hint),
    );
    const price = { input: 1, output: 2 };
    assert.doesNotThrow(() => guard(call, { context, budget: { maxUsd: 1, price } }));
  }
  assert.doesNotThrow(() => guard(call, { context: { model: "gpt-4o" }, budget: { maxUsd: 1 } }));
});

test("options that are wrong are refused when the guard is made", () => {
  const { call } = recorder();
  const refused = [
    [{ contxt: {} }, /did you mean "context"/],
    [{ context: narrow, loop: { repeat: 3 } }, /did you mean "repeats"/],
    [{ context: narrow, loop: { repeats: 1 } }, /loop\.repeats/],
    [{ context: narrow, budget: { maxUSD: 3 } }, /did you mean "maxUsd"/],
    [{ context: narrow, budget: { maxUsd: -1 } }, /budget\.maxUsd/],
    [{ context: narrow, onOverflow: "ignore" }, /"throw" or "compact"/],
    [{ context: { model: "gpt-4o", headrom: 1 } }, /headroom/],
    [{ context: { model: "gpt-99-nonesuch" } }, /gpt-99-nonesuch/],
    [{ context: narrow, summarise: "text" }, /summarise/],
    [{ context: { maxContextTokens: 10, headroom: 1 }, tokens: () => 1, onOverflow: "compact" }, /context\.model/],
  ];
  for (const [options, message] of refused) {
    assert.throws(
      () => guard(call, options),
      (error) => TokenHeadroomError.is(error) && message.test(error.message),
      JSON.stringify(options),
    );
  }
  assert.throws(() => guard("no function", { context: narrow }), { code: "invalid_option", path: "callModel" });
});

test("a guard without a model learns the price from the first answer", async () => {
  const usage = { prompt_tokens: 100_000, completion_tokens: 10_000 };
  const { call, calls } = recorder({ model: "gpt-4o-2024-08-06", usage });
  const options = {
    context: { maxContextTokens: 128_000, headroom: 8_000 },
    tokens: () => 100,
    budget: { maxUsd: 0.5 },
  };
  const guarded = guard(call, options);
  await guarded(question);
  assert.ok(guarded.spentUsd > 0.1 && guarded.spentUsd < 0.5, String(guarded.spentUsd));
  await guarded(question);
  await assert.rejects(guarded(question), { name: "BudgetExceededError" });
  assert.equal(calls.length, 2);
  const unpriced = guard(async () => ({ model: "nobody-knows", usage }), options);
  await unpriced(question);
  await assert.rejects(unpriced(question), { code: "unknown_price" });
});

const badPolicies = [
  [{ keepTols: ["read"] }, ".keepTols", /keepTools/],
  [{ release: 3 }, ".release", /found 3, expected a share/],
  [{ pinned: [0, -1] }, ".pinned[1]", /found -1, expected the index of a message/],
  [{ values: { call_1: Number.NaN } }, ".values.call_1", /found NaN, expected a finite number/],
  [{ categories: { task: { floor: 9 } } }, ".categories.task.share", /expected a share/],
];

for (const [policy, place, message] of badPolicies) {
  test(`a policy that is none is refused when the guard is made: ${place}`, () => {
    const { call } = recorder();
    for (const options of [
      { context: narrow, onOverflow: "compact", policy },
      { context: narrow, policy },
      { onOverflow: "compact", policy },
    ]) {
      assert.throws(() => guard(call, options), { code: "invalid_option", path: `policy${place}`, message });
    }
    // Named as it was written.
    for (const evict of [policy, { ...policy, when: "pays" }]) {
      assert.throws(() => guard(call, { context: narrow, evict }), { code: "invalid_option", path: `evict${place}`, message });
    }
    assert.throws(() => guard(call, { context: narrow, evict: true, policy }), { path: `policy${place}`, message });
  });
}

test("what is wrong with the context is named as it is written in the options", () => {
  const { call } = recorder();
  const path = (context) => assert.throws.bind(null, () => guard(call, { context }));
  path({ model: "gpt-4o", headroom: -1 })({ code: "invalid_option", path: "context.headroom" });
  path({ model: "gpt-5o-nano" })({ code: "unknown_model", path: "context.model" });
  path({ model: "gpt-4o", fallbacks: [{ model: "gpt-4o", tightAt: 7 }] })({ path: "context.fallbacks[0].tightAt" });
});
