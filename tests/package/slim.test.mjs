import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { createTokenBudget, guard, init, initPlanner, initPlannerSync, initSync, TokenHeadroomError, validate } from "token-headroom/slim";
import { asked } from "./documents.mjs";

const { resolve } = createRequire(import.meta.url);
const bytes = await readFile(resolve("token-headroom/core.wasm"));
const planner = await readFile(resolve("token-headroom/planner.wasm"));
const long = Array.from({ length: 40 }, (_, at) => ({ role: at % 2 ? "assistant" : "user", content: `turn ${at} of many` }));
const compacting = {
  context: { model: "gpt-4o", maxContextTokens: 200, headroom: 100 },
  onOverflow: "compact",
  policy: { keepTols: ["read"] },
};
// Made before there is anything that could read its policy.
const early = guard(async () => "answered", compacting);

test("slim: nothing works before the core is brought, and everything after", async () => {
  // A guard may be made at the top of a module, before the core has arrived.
  const guarded = guard(async () => "answered", { context: { model: "gpt-4o", headroom: 100 } });
  await assert.rejects(
    createTokenBudget({ model: "gpt-4o" }),
    (error) => TokenHeadroomError.is(error) && error.code === "not_initialized",
  );
  await assert.rejects(init(new Response("gone", { status: 404 })), { code: "not_initialized" });
  await assert.rejects(createTokenBudget({ model: "gpt-4o" }), { code: "not_initialized" });
  await init(Promise.resolve(new Response(bytes)));
  const budget = await createTokenBudget({ model: "gpt-4o" });
  assert.equal(budget.countTokens("hello world"), 2);
  assert.equal(await guarded([{ role: "user", content: "hello" }]), "answered");
});

test("slim: the core comes as bytes, a buffer or a compiled module", async () => {
  for (const core of [bytes, new Uint8Array(bytes).buffer, new WebAssembly.Module(bytes)]) {
    initSync(core);
    await init(core);
    assert.equal((await createTokenBudget({ model: "gpt-4" })).countTokens("hello world"), 2);
  }
});

test("slim: who does not plan needs no planner, and who does is told what is missing", async () => {
  initSync(bytes);
  const budget = await createTokenBudget({ model: "gpt-4o", maxContextTokens: 400, headroom: 100 });
  assert.equal(budget.project(long).verdict, "overflows");
  const untold = { code: "not_initialized", message: /the planner has not been brought/, hint: /initPlanner\(.*planner\.wasm/ };
  assert.throws(() => budget.plan(long), untold);
  assert.throws(() => validate(long), untold);
  assert.throws(() => budget.project(asked), { ...untold, hint: /to read documents.*initPlanner/ });
  assert.equal(budget.project(long).verdict, "overflows");
  await assert.rejects(initPlanner(new Response("gone", { status: 404 })), /the planner could not be loaded: 404/);

  // What the halves share is named after the build: the memory, 12 digits of it.
  const digits = planner.indexOf("\0\f") + 2;
  const [{ name }] = WebAssembly.Module.imports(new WebAssembly.Module(planner)).filter(({ kind }) => kind === "memory");
  assert.equal(planner.toString("latin1", digits, digits + 12), name);
  const foreign = Buffer.from(planner);
  foreign.write("0123456789ab", digits, "latin1");
  initPlannerSync(foreign);
  assert.throws(() => budget.plan(long), { code: "not_initialized", message: /not of the same version/ });

  // It comes at any time, and works on what the core has counted.
  await initPlanner(Promise.resolve(new Response(planner)));
  const plan = budget.plan(long);
  assert.equal(budget.verify(long, plan).ok, true);
  assert.ok(budget.project(budget.apply(long, plan)).tokens <= 300);
  assert.deepEqual(validate(long).violations, []);
  assert.ok(budget.project(asked).byCategory.media > 0);
});

test("slim: a policy is read when the guard is made, or before its first plan where the planner comes later", async () => {
  initSync(bytes);
  initPlannerSync(planner);
  assert.throws(() => guard(async () => "answered", compacting), { code: "invalid_option", path: "policy.keepTols" });
  await assert.rejects(early(long), { code: "invalid_option", path: "policy.keepTols" });
});
