import assert from "node:assert/strict";
import { test } from "node:test";

// Every module that is compiled, from before the package is imported.
const { Module } = WebAssembly;
const compiled = [];
WebAssembly.Module = class extends Module {
  constructor(bytes) {
    super(bytes);
    compiled.push(this);
  }
};
const { createTokenBudget, models } = await import("token-headroom");

const messages = Array.from({ length: 60 }, (_, at) => ({ role: at % 2 ? "assistant" : "user", content: `turn ${at} of many` }));

test("the planner is compiled for the first plan, and not for what goes before", async () => {
  assert.equal(compiled.length, 0);
  const budget = await createTokenBudget({ model: "gpt-4o", maxContextTokens: 400, headroom: 100 });
  assert.equal(budget.countTokens("hello world"), 2);
  assert.equal(budget.project(messages).verdict, "overflows");
  assert.ok(models().length > 100);
  budget.record(budget.project(messages), { prompt_tokens: budget.project(messages).tokens });
  assert.equal(compiled.length, 1);
  const plan = budget.plan(messages);
  assert.equal(compiled.length, 2);
  assert.equal(budget.verify(messages, plan).ok, true);
  assert.equal(budget.project(budget.apply(messages, plan)).verdict, "fits");
  assert.equal(compiled.length, 2);
});

test("the halves share a memory: one exports it, the other imports it and nothing else is imported", () => {
  const [core, planner] = compiled;
  assert.deepEqual(Module.imports(core), []);
  const exported = new Map(Module.exports(core).map(({ name, kind }) => [name, kind]));
  for (const { module, name, kind } of Module.imports(planner)) {
    assert.equal(module, "");
    assert.equal(exported.get(name), kind, name);
  }
  const late = Module.exports(planner).map(({ name }) => name);
  assert.deepEqual(late.sort(), ["edits", "late_start", "plan", "policy", "repair", "text_truncate", "thoughts", "undo", "validate", "verify"]);
  assert.ok(late.every((name) => !exported.has(name)));
});
