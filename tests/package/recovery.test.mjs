import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

// A core that may not grow beyond 64 MiB really fails on a large text: the trap is V8's, not one made for the test.
const script = `
  import assert from "node:assert/strict";
  import { createTokenBudget, TokenHeadroomError } from "token-headroom";
  const [modern, older] = [await createTokenBudget({ model: "gpt-4o" }), await createTokenBudget({ model: "gpt-4" })];
  const messages = [{ role: "user", content: "The keeper lit the lamp at dusk." }];
  // Nothing in it is a place to count it in parts.
  const large = "dusk,".repeat(20e6);
  const observe = () => [modern, older].map((budget) => [budget.countTokens("lamp at dusk"), budget.project(messages).tokens]);
  const before = observe();
  for (const attempt of [
    () => modern.countTokens(large),
    () => older.project([{ role: "user", content: large }]),
    () => modern.plan([...messages, { role: "user", content: large }]),
  ]) {
    assert.throws(attempt, (error) => TokenHeadroomError.is(error) && error.code === "internal" && error.cause instanceof WebAssembly.RuntimeError);
    assert.deepEqual(observe(), before);
  }
  assert.throws(() => older.countTokens(large), { code: "internal" });
  assert.equal(older.countTokens("dusk ".repeat(20e6)), 20e6 + 2, "what has such places takes no memory");
  assert.equal(older.project(messages).tokens, before[1][1], "a request right after a trap");
  console.log("recovered");
`;

test("after a trap inside the core the next call works, for every budget", async () => {
  const flags = ["--wasm-max-mem-pages=1024", "--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, flags, { cwd: import.meta.dirname });
  assert.equal(stdout.trim(), "recovered");
});
