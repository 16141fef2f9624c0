// The examples, run as a reader would run them: `node tests/examples.mjs`, next to an installed token-headroom.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createTokenBudget } from "token-headroom";
import { restore } from "token-headroom/checkpoint";
import { fileStore } from "../examples/resume-after-kill/file-store.mjs";
import { samples } from "../www/samples.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const project = mkdtempSync(join(tmpdir(), "token-headroom-examples-"));
after(() => rmSync(project, { recursive: true }));

// A reader has the package in node_modules beside the examples.
for (const folder of ["examples", "www"]) cpSync(join(ROOT, folder), join(project, folder), { recursive: true });
mkdirSync(join(project, "node_modules"));
symlinkSync(packageRoot(), join(project, "node_modules", "token-headroom"));

test("the coding agent outgrows its model, is stopped, compacted, proven, and goes on", () => {
  const { status, stdout, stderr } = run("coding-agent.mjs");
  assert.equal(status, 0, stdout + stderr);
  for (const said of [/ContextOverflowError, caught/, /verify +ok/, /compacted from/, /Everything is as promised/]) {
    assert.match(stdout, said);
  }
  assert.doesNotMatch(stdout, /BROKEN|\u001b/);
  for (const line of stdout.split("\n")) assert.ok(line.length <= 100, `wider than 100 columns: ${line}`);
});

test("an agent that is killed three times gives the answer of one that is not", () => {
  const { status, stdout, stderr } = run("resume-after-kill.mjs");
  assert.equal(status, 0, stdout + stderr);
  assert.equal(stdout.match(/SIGKILL/g)?.length, 3);
  for (const said of [/undisturbed +\d+ turns, [1-9]\d* compactions/, /resumed +in turn 6, /, /The same answer/]) {
    assert.match(stdout, said);
  }
});

test("all four ways to go on are shown, and hold what they promise", () => {
  const { status, stdout, stderr } = run("strategies.mjs");
  assert.equal(status, 0, stdout + stderr);
  assert.equal(stdout.match(/ yes$/gm)?.length, 3);
  assert.match(stdout, /All four hold what they promise/);
  for (const line of stdout.split("\n")) assert.ok(line.length <= 100, `wider than 100 columns: ${line}`);
});

test("a checkpoint is whole whenever its writer is killed", async () => {
  const folder = join(project, "killed");
  const script = `
    import { checkpoint } from "token-headroom/checkpoint";
    import { fileStore } from "./examples/resume-after-kill/file-store.mjs";
    const store = fileStore(${JSON.stringify(folder)});
    const request = [];
    for (;;) {
      request.push({ role: "user", content: "x".repeat(20_000) });
      console.log((await checkpoint({ task: "t", request }, { store })).token);
      if (request.length > 200) request.length = 1;
    }`;
  for (let delay = 0; delay < 8; delay++) {
    const writer = spawn(process.execPath, ["--input-type=module", "--eval", script], { cwd: project });
    const closed = new Promise((resolve) => writer.on("close", resolve));
    let written = "";
    for await (const chunk of writer.stdout) {
      written += chunk;
      // At another moment of the writing each time.
      if (written.split("\n").length > 20) {
        await new Promise((resolve) => setTimeout(resolve, delay));
        writer.kill("SIGKILL");
        break;
      }
    }
    await closed;
    const { request, task } = await restore(await fileStore(folder).getItem("checkpoint:t"));
    assert.equal(task, "t");
    assert.ok(request.length >= 19, `${request.length} messages`);
  }
});

test("a saved request is inspected with the package's own numbers", async () => {
  const text = samples.agent.text();
  const request = JSON.parse(text);
  const budget = await createTokenBudget({ model: "gpt-4" });
  const projection = budget.project(request);
  const plan = budget.plan(request);
  // As saved by SDKs: absent calls are null.
  const lines = request.messages.map((message) => JSON.stringify({ tool_calls: null, ...message })).join("\n");
  const { status, stdout } = run("inspect-file.mjs", saved("request.json", text));
  assert.equal(status, 0);
  assert.match(stdout, new RegExp(`tokens +${projection.tokens.toLocaleString("en")} \\(${projection.basis}`));
  assert.match(stdout, new RegExp(`to ${plan.after.tokens.toLocaleString("en")} tokens`));
  assert.match(stdout, /verify +ok/);
  const roomy = run("inspect-file.mjs", saved("messages.jsonl", lines), "--model", "gpt-4o", "--headroom", "1000");
  assert.equal(roomy.status, 0);
  assert.match(roomy.stdout, /verdict +fits/);
});

test("a file in any dialect is measured for the model that it names, or for one that is usual there", () => {
  const asked = "Is the lamp lit? ".repeat(50);
  const files = [
    [{ model: "claude-opus-4-7", max_tokens: 9, system: "s", messages: [{ role: "user", content: asked }] }, "anthropic", "claude-opus-4-7"],
    [{ contents: [{ role: "user", parts: [{ text: asked }] }] }, "gemini", "gemini-2.5-flash"],
    [{ model: "gpt-5", input: asked }, "openai_responses", "gpt-5"],
    [{ model: "command-a-03-2025", message: asked, chat_history: [] }, "cohere", "command-a-03-2025"],
  ];
  for (const [request, dialect, model] of files) {
    const { status, stdout, stderr } = run("inspect-file.mjs", saved(`${dialect}.json`, JSON.stringify(request)));
    assert.equal(status, 0, stderr);
    assert.match(stdout, new RegExp(`dialect +${dialect}\\n`));
    assert.match(stdout, new RegExp(`model +${model}, counted in`));
    if (dialect !== "cohere") assert.match(stdout, /user +Is the lamp lit\?/);
  }
});

test("what cannot be made to fit exits with 1 and says where the tokens are", () => {
  const file = saved("large.json", JSON.stringify([{ role: "user", content: "word ".repeat(500) }]));
  const { status, stdout } = run("inspect-file.mjs", file, "--limit", "200", "--headroom", "50");
  assert.equal(status, 1);
  assert.match(stdout, /No plan makes it fit/);
  assert.match(stdout, /firstUser +\d+/);
});

test("files and arguments that cannot be used are explained", () => {
  const cases = [
    [[join(project, "absent.json")], /absent\.json: cannot be read \(ENOENT\)/],
    [[saved("broken.json", '{"messages": [}')], /line 1, column 15: not valid JSON/],
    [[saved("other.json", '{"query": "hi"}')], /found an object with "query", expected a request/],
    [[saved("half.jsonl", '{"role":"user","content":"a"}\n{"role":')], /line 2, column 9: not valid JSON/],
    [[saved("role.json", '[{"role":"robot","content":"a"}]')], /\[0\]\.role: .*robot/],
    [[saved("fine.json", '[{"role":"user","content":"a"}]'), "--model", "gpt-4oo"], /gpt-4oo.*gpt-4o/],
    [["a.json", "--limit", "many"], /--limit: found many, expected a whole number/],
    [[], /found 0 files, expected one.*usage/],
  ];
  for (const [given, said] of cases) {
    const { status, stderr } = run("inspect-file.mjs", ...given);
    assert.equal(status, 2, stderr);
    assert.match(stderr, said);
    assert.doesNotMatch(stderr, /\n {4}at /, "no stack trace for a mistake in the input");
  }
});

function run(example, ...given) {
  const file = join(project, "examples", example);
  return spawnSync(process.execPath, [file, ...given], { cwd: ROOT, encoding: "utf8", timeout: 120_000 });
}

function saved(name, text) {
  const file = join(project, name);
  writeFileSync(file, text);
  return file;
}

function packageRoot() {
  return dirname(dirname(fileURLToPath(import.meta.resolve("token-headroom"))));
}
