import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { repair, TokenHeadroomError, validate } from "token-headroom";

const user = { role: "user", content: "hi" };
const orphan = { role: "tool", tool_call_id: "call_1", content: "42" };
const call = {
  role: "assistant",
  content: null,
  tool_calls: [{ id: "call_1", type: "function", function: { name: "f", arguments: "{}" } }],
};

test("a transcript is checked without a model, and faults have a name, a place and a hint", () => {
  const { ok, dialect, violations } = validate({ messages: [user, orphan] });
  assert.equal(ok, false);
  assert.equal(dialect, "openai_chat");
  assert.equal(violations.length, 1);
  assert.equal(violations[0].invariant, "OC2");
  assert.equal(violations[0].path, "messages[1]");
  assert.match(violations[0].message, /^found .*expected /);
  assert.notEqual(violations[0].hint, "");
  assert.deepEqual(validate([user, call, orphan]), { ok: true, dialect: "openai_chat", violations: [] });
});

test("the dialect can be named, and other options are refused", () => {
  const messages = [{ role: "user", content: "hi" }, { role: "assistant", content: "" }];
  assert.equal(validate({ messages }, { dialect: "ollama" }).dialect, "ollama");
  assert.throws(
    () => validate({ messages }, { dialect: "klingon" }),
    (error) => TokenHeadroomError.is(error) && error.code === "invalid_option",
  );
});

test("what is no request is told, not thrown", () => {
  for (const request of [{}, null, 7, { messages: [] }, { messages: [{ role: "bot" }] }]) {
    const { ok, violations } = validate(request);
    assert.equal(ok, false);
    assert.equal(violations[0].invariant, "shape");
  }
});

test("a valid request comes back itself, a broken one with the caller's own messages", () => {
  const valid = { messages: [user, call, orphan], temperature: 0 };
  assert.equal(repair(valid).request, valid);
  assert.deepEqual(repair(valid).changes, []);
  const broken = { messages: [orphan, user, call, { role: "user", content: "so?" }], temperature: 0 };
  const { request, changes, violations } = repair(broken);
  assert.deepEqual(violations, []);
  assert.deepEqual(
    changes.map(({ invariant, path }) => [invariant, path]),
    [["OC1", "messages[0]"]],
  );
  assert.equal(request.temperature, 0);
  assert.deepEqual(
    request.messages.map((message) => broken.messages.indexOf(message)),
    [1, 2, 0, 3],
  );
  assert.equal(validate(request).ok, true);
  assert.equal(repair(request).request, request);
});

test("bytes survive the repair of a message beside them", () => {
  const image = new Uint8Array(100_000).fill(7);
  const request = {
    messages: [
      { role: "user", content: "hi" },
      { role: "assistant", content: [{ type: "tool-call", toolCallId: "1", toolName: "f", input: {} }] },
      { role: "tool", content: [{ type: "tool-result", toolCallId: "1", toolName: "f", output: "r" }] },
      {
        role: "user",
        content: [
          { type: "tool-approval-response", approvalId: "x", approved: true },
          { type: "image", image },
        ],
      },
    ],
  };
  const repaired = repair(request);
  assert.deepEqual(
    repaired.changes.map(({ invariant }) => invariant),
    ["AI6", "AI2"],
  );
  assert.deepEqual(repaired.request.messages[2].content[0].output, { type: "text", value: "r" });
  assert.equal(repaired.request.messages[3].content[0].image, image);
});

const manifest = createRequire(import.meta.url).resolve("token-headroom/package.json");
const program = join(dirname(manifest), JSON.parse(readFileSync(manifest, "utf8")).bin["token-headroom"]);
const folder = mkdtempSync(join(tmpdir(), "token-headroom-"));

function run(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, "validate", ...args], { encoding: "utf8" });
  return { status, stdout, stderr };
}

function file(name, content) {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

test("the command tells what is broken and ends with 1, and repairs", () => {
  const broken = file("broken.json", { messages: [user, orphan] });
  const valid = file("valid.json", { messages: [user] });
  assert.deepEqual(run(valid), { status: 0, stdout: "valid openai_chat\n", stderr: "" });
  const told = run(broken);
  assert.equal(told.status, 1);
  assert.match(told.stdout, /^OC2 messages\[1\]: found .*\(.*\)\n$/);
  const repaired = run(broken, "--repair");
  assert.equal(repaired.status, 0);
  assert.deepEqual(JSON.parse(repaired.stdout), { messages: [user] });
  assert.match(repaired.stderr, /^OC2 messages\[1\]: removed/);
  const out = join(folder, "out.json");
  assert.equal(run(broken, "--repair", "--out", out).status, 0);
  assert.deepEqual(JSON.parse(readFileSync(out, "utf8")), { messages: [user] });
  assert.match(run("--help").stdout, /--repair/);
  for (const [args, what] of [
    [[], /found 0 files/],
    [[valid, "--fix"], /--fix/],
    [[valid, "--out", out], /without --repair/],
    [[valid, "--dialect", "klingon"], /klingon|dialect/],
  ]) {
    const { status, stderr } = run(...args);
    assert.equal(status, 2, stderr);
    assert.match(stderr, what);
  }
});

test("what JSON cannot hold is named by its place among the messages", () => {
  const messages = [{ role: "user", content: "a" }, { role: "user", content: "b" }];
  messages[1].self = messages;
  for (const check of [validate, repair]) {
    assert.throws(() => check(messages), { code: "cyclic", path: "messages[1].self" });
    assert.throws(() => check({ messages }), { code: "cyclic", path: "messages[1].self" });
  }
  assert.throws(() => validate([], { dialekt: "x" }), { code: "invalid_option", hint: 'did you mean "dialect"? Known options: dialect' });
});

test("an empty text that nothing else stands beside is left, and told", () => {
  const request = { max_tokens: 9, messages: [{ role: "user", content: [{ type: "text", text: "" }] }] };
  const repaired = repair(request, { dialect: "anthropic" });
  assert.equal(repaired.request, request);
  assert.deepEqual(repaired.violations.map(({ invariant, path }) => [invariant, path]), [["C5", "messages[0].content[0]"]]);
});
