// What guardFetch does for a whole run: eviction before every call, and checkpoints.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { createTokenBudget, TokenHeadroomError } from "token-headroom";
import { restore } from "token-headroom/checkpoint";
import { findOverflow, guardFetch } from "token-headroom/fetch";
import { question, talk, toolHistory } from "./histories.mjs";
import { completion, startUpstream } from "./upstream.mjs";

let upstream;
before(async () => {
  upstream = await startUpstream();
});
beforeEach(() => {
  upstream.received.length = 0;
});
after(() => upstream.close());

const narrow = { maxContextTokens: 6_000, headroom: 1_000 };
const memory = () => {
  const items = new Map();
  return { items, getItem: (key) => items.get(key), setItem: (key, text) => void items.set(key, text) };
};
const client = (guarded) => new OpenAI({ apiKey: "none", baseURL: `${upstream.url}/v1`, fetch: guarded, maxRetries: 0 });
const ask = (guarded, messages) => client(guarded).chat.completions.create({ model: "gpt-4o", messages });
const sent = () => upstream.received.map(({ body }) => JSON.parse(body).messages);
const goOn = [{ role: "assistant", content: "Calm." }, { role: "user", content: "And then?" }];

/** A file read eight times over, with the same result each time. */
function reread() {
  const text = Array.from({ length: 200 }, (_, line) => `const lamp${line} = ${line * 7};`).join("\n");
  const turns = Array.from({ length: 8 }, (_, turn) => {
    const call = { id: `call_${turn}`, type: "function", function: { name: "read_file", arguments: '{"path":"lamp.js"}' } };
    return [
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: call.id, content: text },
    ];
  });
  return [...question, ...turns.flat()];
}

test("what pays is left out before every call, and what was decided once stays", async () => {
  const guarded = guardFetch(fetch, { headroom: 1_000, evict: true });
  const history = [...reread(), ...toolHistory(2).slice(2)];
  await ask(guarded, history);
  await ask(guarded, [...history, ...goOn]);
  const [first, second] = sent();
  const budget = await createTokenBudget({ model: "gpt-4o", headroom: 1_000 });
  assert.equal(budget.project(history).verdict, "fits");
  assert.ok(budget.project(first).tokens < budget.project(history).tokens / 2);
  assert.deepEqual(first, budget.apply(history, budget.evict(history)));
  assert.deepEqual(second.slice(0, first.length), first, "the cached prefix stays");
  assert.deepEqual(second.slice(-2), goOn);
});

test("what has no results, or cannot be planned for, is sent as it is", async () => {
  const guarded = guardFetch(fetch, { headroom: 1_000, evict: true });
  const bodies = [
    ["/v1/chat/completions", { model: "gpt-4o", messages: question }],
    ["/v1/responses", { model: "gpt-4o", input: "Is the lamp lit?" }],
    ["/v2/chat", { model: "command-a-03-2025", messages: question }],
  ];
  for (const [path, body] of bodies) {
    await guarded(`${upstream.url}${path}`, { method: "POST", body: JSON.stringify(body) });
  }
  assert.deepEqual(upstream.received.map(({ body }) => JSON.parse(body)), bodies.map(([, body]) => body));
});

test("anthropic: evicting leaves the pairs of calls and results whole", async () => {
  const turns = Array.from({ length: 8 }, (_, turn) => [
    { role: "assistant", content: [{ type: "tool_use", id: `t${turn}`, name: "read_file", input: { path: "lamp.js" } }] },
    { role: "user", content: [{ type: "tool_result", tool_use_id: `t${turn}`, content: "const lamp = 7;\n".repeat(200) }] },
  ]);
  const messages = [{ role: "user", content: "Why is it dark?" }, ...turns.flat()];
  const tools = [{ name: "read_file", input_schema: { type: "object", properties: { path: { type: "string" } } } }];
  const sdk = new Anthropic({ apiKey: "none", baseURL: upstream.url, fetch: guardFetch(fetch, { evict: true }) });
  await sdk.messages.create({ model: "claude-3-5-haiku-20241022", max_tokens: 100, tools, messages });
  const [seen] = sent();
  assert.ok(seen.length < messages.length);
  const blocks = seen.flatMap(({ content }) => content);
  const ids = (type, key) => blocks.flatMap((block) => (block.type === type ? [block[key]] : []));
  assert.deepEqual(ids("tool_use", "id"), ids("tool_result", "tool_use_id"));
});

test("the whole history is written down before every call, and names what was reported for the one before", async () => {
  const store = memory();
  const stood = [];
  const counting = async (...call) => {
    stood.push((await restore(guarded.checkpoint, { store })).request.messages.length);
    return fetch(...call);
  };
  const guarded = guardFetch(counting, { ...narrow, checkpoint: { store, task: "log", createdAt: () => "noon" } });
  assert.equal(guarded.checkpoint, undefined);
  await ask(guarded, question);
  await ask(guarded, [...question, ...goOn]);
  assert.deepEqual(stood, [question.length, question.length + 2]);
  const { request, partial, createdAt, usage, task } = await restore(guarded.checkpoint, { store });
  assert.deepEqual({ partial, createdAt, task }, { partial: "Calm.", createdAt: "noon", task: "log" });
  assert.deepEqual(request, { model: "gpt-4o", messages: [...question, ...goOn] });
  assert.deepEqual(usage.usage, completion.usage);
});

test("a run goes on elsewhere from what was compacted, and pays for no summary twice", async () => {
  const store = memory();
  let summaries = 0;
  const options = {
    ...narrow,
    onOverflow: "compact",
    policy: { summariserTokens: 100_000 },
    summarise: async () => `Summary ${++summaries}.`,
  };
  const first = guardFetch(fetch, { ...options, checkpoint: { store, task: "log" } });
  await ask(first, talk(12));
  const restored = await restore(first.checkpoint, { store });
  assert.equal(restored.plan.status, "planned");
  const second = guardFetch(fetch, { ...options, checkpoint: { store, task: "log", restored } });
  await ask(second, [...restored.request.messages, ...goOn]);
  assert.equal(summaries, 1);
  const [before, then] = sent();
  assert.deepEqual(then, [...before, ...goOn]);
});

test("an overflow that nothing helps against carries the checkpoint and what the model had said", async () => {
  const store = memory();
  const guarded = guardFetch(fetch, { ...narrow, onOverflow: "compact", checkpoint: { store, task: "log" } });
  const messages = [...question, { role: "assistant", content: "It was calm." }, { role: "user", content: "word ".repeat(6_000) }];
  const error = await ask(guarded, messages).catch((error) => error);
  assert.equal(error.code, "context_length_exceeded");
  const overflow = findOverflow(error);
  assert.equal(overflow.partial, "It was calm.");
  assert.equal(overflow.checkpoint, guarded.checkpoint);
  assert.deepEqual((await restore(overflow.checkpoint, { store })).request.messages, messages);
  const init = { method: "POST", body: JSON.stringify({ model: "gpt-4o", messages }) };
  const { token_headroom: told } = await (await guarded(`${upstream.url}/v1/chat/completions`, init)).json();
  assert.equal(told.checkpoint, guarded.checkpoint, "also for those who see the answer alone");
  assert.equal(upstream.received.length, 0);
});

test("a store that fails keeps the request from being sent", async () => {
  const store = { getItem: () => null, setItem: () => Promise.reject(new Error("quota")) };
  const error = await ask(guardFetch(fetch, { ...narrow, checkpoint: { store, task: "log" } }), question).catch((error) => error);
  assert.equal(error.cause?.message, "quota");
  assert.equal(upstream.received.length, 0);
});

test("what is no policy and no checkpoint is refused when the wrapper is made", () => {
  const refused = (options, path) =>
    assert.throws(
      () => guardFetch(fetch, options),
      (error) => TokenHeadroomError.is(error) && error.path === path,
    );
  refused({ evict: "yes" }, "evict");
  refused({ evict: null }, "evict");
  refused({ checkpoint: { store: memory() } }, "checkpoint.task");
  refused({ checkpoint: { task: "t" } }, "checkpoint.store");
  refused({ checkpoint: { task: "t", store: memory(), restored: {} } }, "checkpoint.restored");
});
