import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { BudgetExceededError, ContextOverflowError, createTokenBudget, guard, TokenHeadroomError } from "token-headroom";
import { checkpoint, restore } from "token-headroom/checkpoint";
import { guardFetch } from "token-headroom/fetch";
import { question, talk, toolHistory } from "./histories.mjs";

const narrow = { model: "gpt-4o", maxContextTokens: 6_000, headroom: 1_000 };

/** A store as browsers have it. */
function memory() {
  const items = new Map();
  return { items, getItem: (key) => items.get(key) ?? null, setItem: (key, text) => void items.set(key, String(text)) };
}

/** Every field that a checkpoint may have. */
async function everything() {
  const budget = await createTokenBudget(narrow);
  const request = { model: "gpt-4o", temperature: 0.5, messages: toolHistory(12) };
  const plan = budget.plan(request);
  const sent = budget.apply(request, plan).messages;
  return {
    task: "keep.the.log",
    request,
    createdAt: "2026-11-21T12:00:00Z",
    sent,
    plan,
    fills: { summary: "Calm." },
    usage: { prompt_tokens: 5, completion_tokens: 2 },
    spentUsd: 0.25,
    learned: { ratios: [], anchors: [] },
    partial: "Tuesday was",
    state: { step: 3 },
  };
}

const refused = (code, path) => (error) => {
  assert.ok(TokenHeadroomError.is(error), String(error));
  assert.deepEqual([error.code, error.path], [code, path], error.message);
  return true;
};

test("what is written down is restored, from the document and by its token", async () => {
  const store = memory();
  const state = await everything();
  const { document, token } = await checkpoint(state, { store });
  assert.match(token, /^1\.keep\.the\.log\.[0-9a-f]{64}\.28$/);
  assert.deepEqual([...store.items.keys()], ["checkpoint:keep.the.log"]);
  const text = JSON.stringify(document);
  for (const from of [token, document, text]) {
    const { matches, token: again, ...restored } = await restore(from, { store });
    assert.deepEqual(restored, state);
    assert.equal(again, token);
    assert.equal(matches(state.request), 28);
    const kept = restored.sent.filter((message) => restored.request.messages.includes(message));
    assert.equal(kept.length, state.sent.filter((message) => state.request.messages.includes(message)).length);
    assert.ok(kept.length > 0 && kept.length < restored.sent.length);
  }
});

test("the same state gives the same document, byte for byte", async () => {
  const texts = [];
  for (const _ of [1, 2]) texts.push(JSON.stringify((await checkpoint(await everything())).document));
  assert.equal(texts[0], texts[1]);
});

test("any store will do: async, parsing, of bytes, reordering keys", async () => {
  const reordered = (value) =>
    Array.isArray(value)
      ? value.map(reordered)
      : typeof value === "object" && value !== null
        ? Object.fromEntries(Object.entries(value).reverse().map(([key, member]) => [key, reordered(member)]))
        : value;
  const reading = {
    async: async (text) => text,
    parsed: async (text) => JSON.parse(text),
    buffer: (text) => Buffer.from(text),
    bytes: (text) => new TextEncoder().encode(text).buffer,
    jsonb: (text) => reordered(JSON.parse(text)),
  };
  const state = await everything();
  for (const [name, read] of Object.entries(reading)) {
    const { items, setItem } = memory();
    const store = { getItem: (key) => read(items.get(key)), setItem: async (key, text) => setItem(key, text) };
    const { token } = await checkpoint(state, { store, key: "here" });
    const { request } = await restore(token, { store, key: "here" });
    assert.deepEqual(request, state.request, name);
  }
});

test("what was altered, cut off or is missing is named", async () => {
  const { document } = await checkpoint(await everything());
  const altered = (change) => {
    const copy = structuredClone(document);
    change(copy);
    return copy;
  };
  const cases = [
    ["request.messages[3]", (copy) => (copy.request.messages[3].content += ".")],
    ["request.messages[0]", (copy) => copy.request.messages.reverse()],
    ["request.messages", (copy) => copy.request.messages.pop()],
    ["request.messages", (copy) => copy.digests.pop()],
    ["request.messages[5]", (copy) => (copy.digests[5] = copy.digests[4])],
    ["request", (copy) => (copy.request.temperature = 1)],
    ["request", (copy) => delete copy.request],
    ["task", (copy) => (copy.task = "another")],
    ["plan", (copy) => (copy.plan.target += 1)],
    ["plan", (copy) => delete copy.plan],
    ["sent", (copy) => (copy.sent[0].kept = 1)],
    ["createdAt", (copy) => (copy.createdAt = "yesterday")],
    ["note", (copy) => (copy.note = "added")],
    ["sums", (copy) => delete copy.sums],
    ["partial", (copy) => (copy.sums.partial = copy.sums.state)],
    ["integrity", (copy) => (copy.integrity = copy.digests[0])],
    ["integrity", (copy) => delete copy.integrity],
    ["version", (copy) => delete copy.version],
  ];
  for (const [path, change] of cases) {
    await assert.rejects(restore(altered(change)), refused("checkpoint_corrupt", path), path);
  }
  await assert.rejects(restore(altered((copy) => (copy.version = 2))), refused("checkpoint_version", "version"));
  await assert.rejects(restore({}), refused("checkpoint_corrupt", "version"));
  await assert.rejects(restore("no token"), refused("checkpoint_corrupt", "token"));
});

test("a write that was cut off is noticed wherever it was", async () => {
  const store = memory();
  const { token } = await checkpoint({ task: "t", request: question, partial: "Tuesday" }, { store });
  const whole = store.items.get("checkpoint:t");
  for (let length = 0; length < whole.length; length++) {
    store.items.set("checkpoint:t", whole.slice(0, length));
    await assert.rejects(restore(token, { store }), refused("checkpoint_corrupt", ""));
  }
  for (let place = 0; place < whole.length; place++) {
    const other = whole[place] === "7" ? "8" : "7";
    store.items.set("checkpoint:t", whole.slice(0, place) + other + whole.slice(place + 1));
    await assert.rejects(restore(token, { store }), { name: "TokenHeadroomError" }, `character ${place}`);
  }
});

test("a store that does not have what the token names is told from one that is damaged", async () => {
  const store = memory();
  const history = toolHistory(2);
  const early = await checkpoint({ task: "t", request: history.slice(0, 4) }, { store });
  const late = await checkpoint({ task: "t", request: history }, { store });
  const { request } = await restore(early.token, { store });
  assert.equal(request.length, history.length, "the same run, further on");
  await checkpoint({ task: "t", request: history.slice(0, 4) }, { store });
  await assert.rejects(restore(late.token, { store }), refused("checkpoint_missing", "token"));
  await checkpoint({ task: "t", request: talk(6) }, { store });
  await assert.rejects(restore(early.token, { store }), refused("checkpoint_missing", "token"));
  await checkpoint({ task: "other", request: history }, { store, key: "checkpoint:t" });
  await assert.rejects(restore(early.token, { store }), refused("checkpoint_missing", "token"));
  await assert.rejects(restore(early.token, { store: memory() }), refused("checkpoint_missing", "token"));
  await assert.rejects(restore(early.token), refused("invalid_option", "store"));
  await assert.rejects(restore(early.token, { store: {} }), refused("invalid_option", "store"));
});

test("bytes come back as bytes, other dialects as they are, and what cannot be stored is named", async () => {
  const image = new Uint8Array(100_000).fill(7);
  const request = [{ role: "user", content: [{ type: "image", image, mediaType: "image/png" }] }];
  const restored = await restore((await checkpoint({ task: "t", request })).document);
  assert.deepEqual(new Uint8Array(restored.request[0].content[0].image), image);
  assert.equal(restored.matches(request), 1);
  const bodies = [
    { contents: [{ role: "user", parts: [{ text: "hello" }] }], generationConfig: { temperature: 0 } },
    { input: "hello", model: "gpt-5" },
    { message: "hello", chat_history: [{ role: "USER", message: "hi" }] },
  ];
  for (const body of bodies) {
    const { request: again } = await restore((await checkpoint({ task: "t", request: body })).document);
    assert.deepEqual(again, body);
  }
  const cyclic = { role: "user", content: [] };
  cyclic.content.push(cyclic);
  await assert.rejects(checkpoint({ task: "t", request: [cyclic] }), refused("cyclic", "request[0].content[0]"));
  await assert.rejects(checkpoint({ task: "t", request: question, state: { n: 1n } }), refused("bigint", "state.n"));
  await assert.rejects(checkpoint({ task: "", request: question }), refused("missing_field", "task"));
  await assert.rejects(checkpoint({ task: "t", requests: question }), refused("invalid_option", "requests"));
});

test("a history is compared with the one that was written down", async () => {
  const history = toolHistory(3);
  const { matches } = await restore((await checkpoint({ task: "t", request: history })).document);
  assert.equal(matches(structuredClone(history)), history.length);
  assert.equal(matches([...history, { role: "user", content: "And now?" }]), history.length);
  assert.equal(matches(history.slice(0, 5)), 5);
  assert.equal(matches([...history.slice(0, 3), { role: "user", content: "Stop." }]), 3);
});

test("a guard writes down the history before every call", async () => {
  const store = memory();
  const history = [...question];
  const stood = [];
  const call = async () => {
    stood.push((await restore(guarded.checkpoint, { store })).request.length);
    return { choices: [{ message: { role: "assistant", content: "Calm." } }], usage: { prompt_tokens: 9 } };
  };
  const guarded = guard(call, { context: narrow, checkpoint: { store, task: "log", createdAt: () => "noon" } });
  assert.equal(guarded.checkpoint, undefined);
  for (let turn = 0; turn < 3; turn++) {
    history.push((await guarded(history)).choices[0].message, { role: "user", content: "And then?" });
  }
  assert.deepEqual(stood, [2, 4, 6]);
  const { partial, createdAt, usage, task } = await restore(guarded.checkpoint, { store });
  assert.deepEqual({ partial, createdAt, task }, { partial: "Calm.", createdAt: "noon", task: "log" });
  assert.equal(usage.usage.prompt_tokens, 9);
});

test("an overflow that nothing helps against gives back the checkpoint and what there is of an answer", async () => {
  const store = memory();
  const spoken = {
    openai: { model: "gpt-4o", messages: [...question, { role: "assistant", content: "It was calm." }] },
    anthropic: {
      model: "gpt-4o",
      system: "Be brief.",
      messages: [
        { role: "user", content: "Go." },
        { role: "assistant", content: [{ type: "thinking", thinking: "hm", signature: "x" }, { type: "text", text: "It was calm." }] },
      ],
    },
    gemini: {
      contents: [
        { role: "user", parts: [{ text: "Go." }] },
        { role: "model", parts: [{ text: "let me see", thought: true }, { text: "It was calm." }] },
      ],
    },
    responses: {
      model: "gpt-4o",
      input: [
        { role: "user", content: "Go." },
        { type: "message", role: "assistant", content: [{ type: "output_text", text: "It was calm." }] },
      ],
    },
  };
  for (const [dialect, request] of Object.entries(spoken)) {
    const list = Object.keys(request).find((key) => Array.isArray(request[key]));
    request[list].push({ role: "user", content: "word ".repeat(6_000), ...(list === "contents" ? { parts: [{ text: "word ".repeat(6_000) }], content: undefined } : {}) });
    const guarded = guard(() => assert.fail("nothing is sent"), { context: narrow, checkpoint: { store, task: dialect } });
    const error = await guarded(request).catch((error) => error);
    assert.ok(ContextOverflowError.is(error), String(error));
    assert.equal(error.partial, "It was calm.", dialect);
    assert.equal(error.checkpoint, guarded.checkpoint);
    assert.deepEqual((await restore(error.checkpoint, { store })).request, JSON.parse(JSON.stringify(request)));
  }
});

test("a run that is restored goes on from what was compacted, and pays for no summary twice", async () => {
  const store = memory();
  const sent = [];
  let summaries = 0;
  const policy = { summariserTokens: 100_000 };
  const options = { context: narrow, onOverflow: "compact", policy, summarise: async () => `Summary ${++summaries}.` };
  const call = async (messages) => void sent.push(messages);
  const first = guard(call, { ...options, checkpoint: { store, task: "log" } });
  await first(talk(12));
  const restored = await restore(first.checkpoint, { store });
  assert.equal(restored.plan.status, "planned");
  const history = [...restored.request, { role: "assistant", content: "Calm." }, { role: "user", content: "And then?" }];
  const second = guard(call, { ...options, checkpoint: { store, task: "log", restored } });
  await second(history);
  assert.equal(summaries, 1);
  assert.deepEqual(sent[1].slice(0, -2), sent[0]);
  const again = await restore(second.checkpoint, { store });
  assert.equal(again.matches(history), history.length);
  assert.deepEqual(again.sent, sent[1]);
});

test("a store that fails keeps the call from being made", async () => {
  const store = { getItem: () => null, setItem: async () => Promise.reject(new Error("quota")) };
  const guarded = guard(() => assert.fail("nothing is sent"), { context: narrow, checkpoint: { store, task: "log" } });
  await assert.rejects(guarded(question), /quota/);
});

test("a guard refuses checkpoints that cannot be made", () => {
  const make = (given) => () => guard(() => undefined, { context: narrow, checkpoint: given });
  assert.throws(make({ store: memory() }), refused("missing_field", "checkpoint.task"));
  assert.throws(make({ task: "t" }), refused("invalid_option", "checkpoint.store"));
  assert.throws(make({ task: "t", store: memory(), name: "t" }), refused("invalid_option", "checkpoint.name"));
});

test("it works without the core, and says so where there is no WebCrypto", () => {
  const script = `
    const { createRequire } = await import("node:module");
    const { checkpoint } = createRequire(import.meta.url)("token-headroom/checkpoint");
    WebAssembly.Instance = undefined;
    const { token } = await checkpoint({ task: "t", request: [{ role: "user", content: "hi" }] });
    console.log(token.split(".")[3]);
    Object.defineProperty(globalThis, "crypto", { value: undefined });
    await checkpoint({ task: "t", request: [{}] }).catch(({ code }) => console.log(code));`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: import.meta.dirname,
    encoding: "utf8",
  });
  assert.deepEqual(stdout.trim().split("\n"), ["1", "unsupported_runtime"], stderr);
});

test("a store that fails while an overflow is told does not take its place", async () => {
  const failure = new Error("quota");
  const store = { getItem: () => null, setItem: async () => Promise.reject(failure) };
  const checkpoint = { store, task: "log" };
  for (const onOverflow of ["throw", "compact"]) {
    const guarded = guard(() => assert.fail("nothing is sent"), { context: narrow, onOverflow, checkpoint });
    const error = await guarded([...question, { role: "user", content: "word ".repeat(6_000) }]).catch((error) => error);
    assert.ok(ContextOverflowError.is(error), String(error));
    assert.equal(error.checkpointError, failure);
    assert.equal(error.cause, failure);
    assert.equal(error.checkpoint, undefined);
    assert.ok(error.overBy > 0);
    assert.equal(error.plan().status, "irreducible");
  }
  const fetched = guardFetch(() => assert.fail("nothing is sent"), { ...narrow, onOverflow: "throw", checkpoint });
  const body = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "word ".repeat(6_000) }] });
  const error = await fetched("https://example.com/v1/chat/completions", { method: "POST", body }).catch((error) => error);
  assert.ok(ContextOverflowError.is(error), String(error));
  assert.equal(error.checkpointError, failure);
  // The same where the money does not suffice.
  const budget = { maxUsd: 0 };
  const poor = await guard(() => assert.fail("nothing is sent"), { context: narrow, budget, checkpoint })(question).catch((error) => error);
  assert.ok(BudgetExceededError.is(poor), String(poor));
  assert.equal(poor.cause, failure);
  // Where it works, there is nothing to tell.
  const told = await guard(() => undefined, { context: narrow, checkpoint: { store: memory(), task: "log" } })(toolHistory(12)).catch((error) => error);
  assert.deepEqual([told.checkpointError, told.cause], [undefined, undefined]);
  assert.ok(told.checkpoint.length > 0);
});

test("what is neither a token nor a document is refused with what to pass", async () => {
  for (const from of [null, undefined, 5, true]) {
    await assert.rejects(restore(from), (error) => {
      assert.deepEqual([error.code, error.path], ["invalid_type", "token"], error.message);
      assert.match(error.message, /expected a token or a document; pass the `token` or the `document`/);
      return true;
    });
  }
});
