import assert from "node:assert/strict";
import { test } from "node:test";
import { createTokenBudget, guard, LoopDetectedError } from "token-headroom";
import { question, toolHistory } from "./histories.mjs";

const roomy = { model: "gpt-4o", headroom: 1_000 };

/** A file read `times` times, one after the other, with the same result each time. */
function reread(times) {
  const text = Array.from({ length: 200 }, (_, line) => `const lamp${line} = ${line * 7};`).join("\n");
  const history = [...question];
  for (let turn = 1; turn <= times; turn++) history.push(...turnOf(`call_${turn}`, "read_file", '{"path":"lamp.js"}', text));
  return history;
}

function turnOf(id, name, given, content) {
  return [
    { role: "assistant", content: null, tool_calls: [{ id, type: "function", function: { name, arguments: given } }] },
    { role: "tool", tool_call_id: id, content },
  ];
}

/** A guarded call that remembers what was sent. */
function recorded(options) {
  const sent = [];
  return { sent, guarded: guard(async (messages) => void sent.push(messages), options) };
}

test("what is repeated goes although everything fits, and what is said once stays", async () => {
  const budget = await createTokenBudget(roomy);
  const history = [...reread(8), ...toolHistory(2).slice(2)];
  assert.equal(budget.project(history).verdict, "fits");
  const plan = budget.evict(history);
  assert.equal(plan.status, "planned");
  assert.ok(plan.steps.every(({ kind }) => kind !== "summarise" && kind !== "drop"));
  assert.ok(plan.objective.loss + plan.objective.net < 0, "it pays");
  assert.equal(budget.verify(history, plan).ok, true);
  const smaller = budget.apply(history, plan);
  assert.ok(budget.project(smaller).tokens < budget.project(history).tokens);
  assert.equal(budget.evict(smaller).status, "unneeded");
});

test("nothing pays in a history without results", async () => {
  const budget = await createTokenBudget(roomy);
  assert.equal(budget.evict(question).status, "unneeded");
});

test("a guard evicts before every call, and what it decided once stays", async () => {
  const { sent, guarded } = recorded({ context: roomy, evict: true });
  const history = [...reread(8), ...toolHistory(2).slice(2)];
  const before = structuredClone(history);
  await guarded(history);
  assert.deepEqual(history, before);
  assert.ok(JSON.stringify(sent[0]).length < JSON.stringify(history).length);
  history.push({ role: "assistant", content: "Calm." }, { role: "user", content: "And then?" });
  await guarded(history);
  const decided = sent[0].filter((message) => !history.includes(message));
  assert.ok(decided.every((message) => sent[1].includes(message)));
  const gone = history.slice(0, before.length).filter((message) => !sent[0].includes(message));
  assert.ok(gone.length > 0 && gone.every((message) => !sent[1].includes(message)));
});

test("a guard evicts by a policy of its own", async () => {
  const { sent, guarded } = recorded({ context: roomy, evict: { keepTools: ["read_file"], mask: false, cut: false } });
  const history = reread(8);
  await guarded(history);
  assert.equal(sent[0].length, history.length);
  assert.ok(history.every((message, index) => message === sent[0][index]));
});

test("a guard refuses to evict by what is no policy, or without a model", () => {
  const call = () => undefined;
  assert.throws(() => guard(call, { context: roomy, evict: "yes" }), { code: "invalid_option", path: "evict" });
  const own = { context: { maxContextTokens: 10, headroom: 1 }, tokens: () => 1, evict: true };
  assert.throws(() => guard(call, own), { code: "missing_field", path: "context.model" });
  assert.throws(() => guard(call, { context: roomy, evict: { keeplast: 1 } }), { path: "evict.keeplast" });
});

test("asking again for what was compacted away is regret, not a loop", async () => {
  const context = { model: "gpt-4o", maxContextTokens: 6_000, headroom: 1_000 };
  const loop = { repeats: 2, maxCycleLen: 6 };
  const { sent, guarded } = recorded({ context, onOverflow: "compact", loop });
  const once = toolHistory(6).slice(0, -2);
  const twice = [...once, ...JSON.parse(JSON.stringify(once.slice(2)).replaceAll("call_", "again_"))];
  await guarded(once);
  assert.ok(!sent[0].includes(once[3]), "the first result was evicted");
  await guarded(twice);
  // Without eviction the model has seen all of it.
  const seen = recorded({ context: roomy, loop });
  await assert.rejects(seen.guarded(twice), (error) => LoopDetectedError.is(error) && error.period === 6);
});

test("a call for a result that a placeholder stands for is not counted", async () => {
  const { guarded } = recorded({ context: roomy, loop: { repeats: 2, maxCycleLen: 2 } });
  const fresh = (id) => turnOf(id, "read", "{}", "the whole log");
  const evicted = (id) => turnOf(id, "read", "{}", "[result of read removed: 900 tokens; call the tool again to see it]");
  await guarded([...question, ...evicted("a"), ...evicted("b")]);
  await guarded([...question, ...evicted("a"), ...fresh("b")]);
  await assert.rejects(guarded([...question, ...evicted("a"), ...fresh("b"), ...fresh("c")]), { name: "LoopDetectedError" });
});
