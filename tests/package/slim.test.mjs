import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { createTokenBudget, guard, init, initSync, TokenHeadroomError } from "token-headroom/slim";

const bytes = await readFile(createRequire(import.meta.url).resolve("token-headroom/core.wasm"));

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
