import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import * as esm from "token-headroom";
import cl100k_base from "token-headroom/encodings/cl100k_base";
import o200k_base from "token-headroom/encodings/o200k_base";
import { counted } from "./core.mjs";
import { question, talk, toolHistory } from "./histories.mjs";

const { createTokenBudget, createTokenBudgetSync, modelInfo, models, TokenHeadroomError } = esm;
const budget = createTokenBudgetSync({ model: "gpt-4o", headroom: 8_000, encoding: o200k_base });

test("a message that was seen before is neither sent nor counted again", () => {
  const history = toolHistory(20);
  const first = counted(() => budget.project(history));
  assert.equal(first.messages, history.length);
  const again = counted(() => budget.project([...history]));
  assert.equal(again.messages, 0);
  assert.deepEqual(again.result, first.result);
  history.push({ role: "user", content: "And on Friday?" });
  const next = counted(() => budget.project({ model: "gpt-4o", messages: history }));
  assert.equal(next.messages, 1);
  assert.ok(next.bytes < 2_000, `${next.bytes} bytes were tokenised`);
});

test("a message that was changed in place is counted anew, and only that one", () => {
  const history = toolHistory(5);
  const before = budget.project(history).tokens;
  history[3].content += " A ship passed.";
  const changed = counted(() => budget.project(history));
  assert.equal(changed.messages, 1);
  assert.ok(changed.result.tokens > before);
  history[2].tool_calls[0].function.arguments = '{"day":1,"of":"the month"}';
  assert.equal(counted(() => budget.project(history)).messages, 1);
  delete history[3].content;
  history[3].content = "Short.";
  assert.ok(budget.project(history).tokens < before);
});

test("planning, applying and verifying count what is new, not the history", () => {
  const tight = createTokenBudgetSync({
    model: "gpt-4o",
    maxContextTokens: 6_000,
    headroom: 1_000,
    encoding: o200k_base,
  });
  const history = toolHistory(12);
  tight.project(history);
  assert.equal(counted(() => tight.plan(history)).messages, 0);
});

test("two budgets of one encoding share what was counted; another encoding counts for itself", async () => {
  const other = await createTokenBudget({ model: "gpt-4.1" });
  const old = await createTokenBudget({ model: "gpt-4" });
  const history = toolHistory(2);
  budget.project(history);
  assert.equal(counted(() => other.project(history)).messages, 0);
  assert.equal(counted(() => old.project(history)).messages, history.length);
  assert.equal(counted(() => budget.project(history)).messages, 0);
});

test("what JSON drops does not change a count", () => {
  const plain = [{ role: "user", content: "hello" }];
  const adorned = [{ role: "user", content: "hello", extra: undefined, method() {}, [Symbol("tag")]: 1 }];
  assert.equal(budget.project(adorned).tokens, budget.project(plain).tokens);
  const dated = [{ role: "user", content: { toJSON: () => "hello" } }];
  assert.equal(budget.project(dated).tokens, budget.project(plain).tokens);
});

test("apply gives the caller's own type, objects and fields", () => {
  const tight = createTokenBudgetSync({
    model: "gpt-4o",
    maxContextTokens: 6_000,
    headroom: 1_000,
    encoding: o200k_base,
  });
  const tools = [{ type: "function", function: { name: "read_log", parameters: { type: "object" } } }];
  const request = { model: "gpt-4o", temperature: 0.2, tools, messages: toolHistory(12) };
  const before = structuredClone(request);
  const plan = tight.plan(request);
  const applied = tight.apply(request, plan);
  assert.deepEqual(request, before);
  assert.equal(applied.tools, tools);
  assert.equal(applied.temperature, 0.2);
  const kept = applied.messages.filter((message) => request.messages.includes(message));
  assert.ok(kept.length > 0 && kept.length < request.messages.length + 1);
  const replaced = applied.messages.filter((message) => !request.messages.includes(message));
  assert.ok(replaced.length > 0);
  assert.deepEqual(tight.verify(request, plan).violations, []);
});

test("a plan is refused for another request, and a summary that is empty or too large", () => {
  const tight = createTokenBudgetSync({
    model: "gpt-4o",
    maxContextTokens: 6_000,
    headroom: 1_000,
    encoding: o200k_base,
  });
  const plan = tight.plan(talk(12));
  assert.equal(plan.status, "planned");
  assert.throws(() => tight.apply(toolHistory(3), plan), { code: "plan_mismatch" });
  assert.equal(tight.verify(toolHistory(3), plan).ok, false);
  assert.ok(plan.summary, "talk can only be summarised");
  assert.throws(() => tight.apply(talk(12), plan, { summary: " " }), { code: "invalid_fill" });
  assert.throws(() => tight.apply(talk(12), plan, { summary: "word ".repeat(5_000) }), { code: "invalid_fill" });
  const applied = tight.apply(talk(12), plan, { summary: "Winds from the north-west." });
  assert.ok(JSON.stringify(applied).includes("Winds from the north-west."));
});

test("reported usage is compared with the projection", () => {
  const projection = budget.project(question);
  const { tokens } = projection;
  assert.equal(budget.record(projection, { prompt_tokens: tokens, completion_tokens: 3 }).verdict, "agrees");
  assert.equal(budget.record(projection, { prompt_tokens: projection.upperBound + 50 }).verdict, "above");
  assert.equal(budget.record(projection, { prompt_tokens: 2 }).verdict, "truncated");
});

test("estimates learn from reported usage, and plans with them", async () => {
  const ours = await createTokenBudget({
    model: "ours",
    encoding: "o200k_base",
    maxContextTokens: 9_000,
    headroom: 1_000,
  });
  const history = toolHistory(5);
  const first = ours.project(history);
  assert.equal(first.basis, "estimated");
  assert.notEqual(first.verdict, "overflows");
  assert.equal(ours.plan(history).status, "unneeded");
  // This provider takes 80 % more than is counted here.
  for (let call = 0; call < 4; call++) {
    assert.equal(ours.record(first, { prompt_tokens: Math.round(first.tokens * 1.8) }).verdict, "above");
  }
  const learned = ours.project(history);
  assert.equal(learned.basis, "calibrated");
  assert.ok(learned.tokens > first.upperBound);
  assert.equal(learned.verdict, "overflows");
  const error = caught(() => ours.check(history));
  assert.ok(esm.ContextOverflowError.is(error));
  const plan = error.plan();
  assert.equal(plan.status, "planned", "what overflows by what was learned is planned by it");
  assert.notEqual(ours.project(ours.apply(history, plan)).verdict, "overflows");
  assert.deepEqual(ours.verify(history, plan).violations, []);
});

test("chunks are packed in order within the limit", () => {
  const chunks = ["The lamp was lit.", "word ".repeat(200), "Fog at noon.", "Calm."];
  const skipped = budget.fitChunks(chunks, 20);
  assert.deepEqual(
    skipped.chunks.map(({ index }) => index),
    [0, 2, 3],
  );
  assert.deepEqual(skipped.omitted, [1]);
  assert.equal(skipped.text, "The lamp was lit.\n\nFog at noon.\n\nCalm.");
  assert.equal(skipped.tokens, budget.countTokens(skipped.text));
  const cut = budget.fitChunks(chunks, 50, { last: "truncate", separator: "\n" });
  assert.deepEqual(
    cut.chunks.map(({ index, truncated }) => [index, truncated]),
    [
      [0, false],
      [1, true],
    ],
  );
  assert.deepEqual(cut.omitted, [2, 3]);
  assert.ok(cut.tokens <= 50 && cut.tokens >= 45);
  assert.deepEqual(budget.fitChunks(chunks, 0), { text: "", tokens: 0, chunks: [], omitted: [0, 1, 2, 3] });
  for (let limit = 0; limit < 60; limit++) {
    for (const last of ["skip", "truncate"]) {
      assert.ok(budget.fitChunks(chunks, limit, { last, separator: "" }).tokens <= limit);
    }
  }
});

test("chunks are counted with what is before them: what fits is taken", () => {
  const digits = [..."1234567890".repeat(30)];
  for (const [chunks, separator] of [
    [["First paragraph.", "Second paragraph."], "\n\n"],
    [Array(300).fill("    indented line;"), "\n"],
    [Array(300).fill("if (x) {\n    return 1;\n}"), "\n"],
    [["Hello", "world"], " "],
    [digits, ""],
    [["🙂", "🙂🙂"].concat(Array(200).fill("🙂")), ""],
    [["a ".repeat(500), "b", "c\ud83d", "\ude00d"], " "],
  ]) {
    const whole = chunks.join(separator);
    const tokens = budget.countTokens(whole);
    for (const last of ["skip", "truncate"]) {
      const all = budget.fitChunks(chunks, tokens, { separator, last });
      assert.deepEqual(all.omitted, [], JSON.stringify(whole.slice(0, 40)));
      for (const limit of [1, tokens >> 1, tokens - 1]) {
        const fitted = budget.fitChunks(chunks, limit, { separator, last });
        assert.ok(fitted.tokens <= limit);
        assert.equal(fitted.tokens, budget.countTokens(fitted.text));
        if (last === "truncate") assert.ok(whole.startsWith(fitted.text));
      }
    }
  }
  const cut = budget.fitChunks(["First paragraph.", "Second paragraph."], 5, { last: "truncate" });
  assert.equal(cut.text, "First paragraph.\n\nSecond paragraph");
});

test("chunks: those are taken that fit with all before them, whatever long pieces they have", () => {
  let state = 7;
  const below = (end) => (state = (state * 48_271) % 0x7fff_ffff) % end;
  const one = (list) => list[below(list.length)];
  const kinds = [
    () => one(["Lamp", "Fog"]) + " ".repeat(below(300)) + one(["x", "42", ""]),
    () => `${one(["Lamp", "Fog"])} ${".".repeat(below(200))}${below(999)}`,
    () => one([" ", ".", "-", "x", "0", "\n", "ab", "🙂", "\ud83d", "\ude00"]).repeat(1 + below(400)),
    () => Array.from({ length: below(300) }, () => one([..."aBc_QZ07"])).join(""),
    () => Array.from({ length: below(60) }, () => one(["字", "語。", "лиса ", "🙂", "fog ", "\n"])).join(""),
  ];
  for (let round = 0; round < 150; round++) {
    const separator = one(["\n\n", "\n", " ", "", "---"]);
    const chunks = Array.from({ length: 1 + below(30) }, () => (kinds[round % 6] ?? one(kinds))());
    const limit = Math.floor((budget.countTokens(chunks.join(separator)) * (5 + below(96))) / 100);
    const taken = [];
    const whole = (text) => [...taken.map((index) => chunks[index]), text].join(separator);
    for (const [index, text] of chunks.entries()) {
      if (budget.countTokens(whole(text)) <= limit) taken.push(index);
    }
    const fitted = budget.fitChunks(chunks, limit, { separator });
    assert.deepEqual(
      fitted.chunks.map(({ index }) => index),
      taken,
      `round ${round}`,
    );
    assert.ok(fitted.tokens <= limit);
    const cut = budget.fitChunks(chunks, limit, { separator, last: "truncate" });
    const start = budget.truncate(chunks.join(separator), limit).text;
    assert.ok(start.startsWith(cut.text) && start.length - cut.text.length <= separator.length, `round ${round}`);
  }
});

test("chunks: what is taken is not counted again with every chunk", () => {
  for (const [chunk, taken] of [
    ["1", 15_000],
    ["x", 39_997],
    ["=", 100_000],
    ["🙂", 5_000],
  ]) {
    const fitted = budget.fitChunks(Array(100_000).fill(chunk), 5_000, { separator: "" });
    assert.equal(fitted.chunks.length, taken, `${chunk}: as many as the crate takes`);
  }
  // With the square of the text these would take minutes.
  const blob = Array.from({ length: 1_000_000 }, (_, at) => String.fromCharCode(97 + (((at * at) / 7) % 26))).join("");
  for (const first of [blob, "word and word. ".repeat(60_000), ".".repeat(1_000_000)]) {
    const chunks = [first, ...Array(100_000).fill("a chunk that is refused"), "Yes"];
    const limit = budget.countTokens(`${first}\n\nYes`);
    const fitted = budget.fitChunks(chunks, limit);
    assert.deepEqual([fitted.tokens, fitted.chunks.map(({ index }) => index)], [limit, [0, 100_001]]);
  }
  const separator = "-=".repeat(20_000);
  assert.equal(budget.fitChunks(Array(20_000).fill("lamp"), 100, { separator }).chunks.length, 1);
});

test("options: the vocabulary of another model is refused, and what is missing is named", async () => {
  assert.throws(() => createTokenBudgetSync({ model: "gpt-4o", encoding: cl100k_base }), {
    code: "invalid_option",
    path: "encoding",
  });
  assert.throws(
    () => createTokenBudgetSync({ model: "gpt-4o" }),
    (error) => /encodings\/o200k_base/.test(error.hint),
  );
  await assert.rejects(
    createTokenBudget({ model: "gpt-4o", headrom: 1 }),
    (error) => error.code === "invalid_option" && /headroom/.test(error.message),
  );
  await assert.rejects(
    createTokenBudget({ model: "gpt-4oo" }),
    (error) => error.code === "unknown_model" && /gpt-4o/.test(error.message),
  );
  await assert.rejects(createTokenBudget(undefined), { code: "invalid_option" });
  await assert.rejects(createTokenBudget({ model: "ours", encoding: "unheard_of", maxContextTokens: 9_000 }), {
    code: "unknown_encoding",
  });
  const described = await createTokenBudget({ model: "ours", like: "gpt-4o", maxContextTokens: 9_000 });
  assert.equal(described.model.limit.window, 9_000);
  assert.equal(described.model.name, "ours");
});

test("the catalogue tells limits and prices", () => {
  const info = modelInfo({ model: "gpt-4o" });
  assert.equal(info.limit.window, 128_000);
  assert.equal(info.encoding, "o200k_base");
  assert.ok(info.price.input > 0 && info.price.output > info.price.input);
  assert.ok(models().length > 20);
  assert.ok(models().every(({ name, limit }) => name !== "" && limit.window > 0));
});

test("errors are recognised across the ESM and the CommonJS copy", () => {
  const cjs = createRequire(import.meta.url)("token-headroom");
  assert.notEqual(cjs.TokenHeadroomError, TokenHeadroomError);
  const vocabulary = createRequire(import.meta.url)("token-headroom/encodings/o200k_base");
  const tight = cjs.createTokenBudgetSync({
    model: "gpt-4o",
    maxContextTokens: 100,
    headroom: 90,
    encoding: vocabulary.default ?? vocabulary,
  });
  const error = caught(() => tight.check(toolHistory(2)));
  assert.ok(esm.ContextOverflowError.is(error), String(error));
  assert.ok(TokenHeadroomError.is(error));
  assert.equal(esm.LoopDetectedError.is(error), false);
  assert.equal(error.name, "ContextOverflowError");
  for (const value of [undefined, null, 1, "text", {}, new Error("other")]) {
    assert.equal(TokenHeadroomError.is(value), false);
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
