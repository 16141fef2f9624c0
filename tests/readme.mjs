// Every snippet of README.md, run against the installed package: `node tests/readme.mjs`.
//
// A `// text` behind `console.log(...);` is the line it must print. Rust snippets are documentation tests of the crate.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createTokenBudget } from "token-headroom";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(join(ROOT, "README.md"), "utf8");
const fences = [...readme.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([whole, language, code]) => ({
  language,
  code,
  line: readme.slice(0, readme.indexOf(whole)).split("\n").length,
}));
const project = mkdtempSync(join(tmpdir(), "token-headroom-readme-"));
after(() => rmSync(project, { recursive: true }));

mkdirSync(join(project, "node_modules"));
for (const name of ["token-headroom", "openai"]) symlinkSync(packageRoot(name), join(project, "node_modules", name));

test("every fence is of a kind that is checked", () => {
  assert.ok(fences.length > 0);
  for (const { language, line } of fences) assert.match(language, /^(js|sh|rust)$/, `line ${line}`);
});

for (const { code, line } of of("js")) {
  test(`the snippet at line ${line} prints what it says`, () => {
    const file = join(project, `line-${line}.mjs`);
    writeFileSync(file, code);
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: "utf8", timeout: 60_000 });
    assert.equal(status, 0, stderr);
    assert.deepEqual(stdout.split("\n").filter(Boolean), expected(code));
  });
}

test("shell snippets are the commands that exist", () => {
  const commands = of("sh").flatMap(({ code }) => code.trim().split("\n"));
  for (const command of commands) {
    assert.match(command, /^(npm install token-headroom|cargo xtask (demo|test|bench|pack|serve)( .*)?)$/);
  }
  assert.ok(commands.includes("npm install token-headroom"));
});

test("Rust snippets are documentation tests", () => {
  assert.ok(of("rust").length > 0);
  assert.match(readFileSync(join(ROOT, "src", "lib.rs"), "utf8"), /include_str!\("\.\.\/README\.md"\)/);
});

test("every method in the table exists, and every method is in the table", async () => {
  const budget = await createTokenBudget({ model: "gpt-4o" });
  const table = readme.match(/^\| method \|.*?\n\n/ms)[0];
  const named = [...table.matchAll(/`(\w+)\(/g)].map(([, name]) => name);
  const prototype = Object.getPrototypeOf(budget);
  const members = [prototype, Object.getPrototypeOf(prototype)].map(Object.getOwnPropertyDescriptors);
  const methods = members.flatMap(Object.entries).filter(([, { value }]) => typeof value === "function");
  assert.deepEqual(named.sort(), methods.map(([name]) => name).filter((name) => name !== "constructor").sort());
});

test("relative links lead somewhere", () => {
  for (const [, target] of readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) assert.ok(existsSync(join(ROOT, target)), target);
});

function of(wanted) {
  return fences.filter(({ language }) => language === wanted);
}

function expected(code) {
  return [...code.matchAll(/console\.log\(.*\)[;,]? \/\/ (.*)$/gm)].map(([, text]) => text.trim());
}

function packageRoot(name) {
  let folder = dirname(fileURLToPath(import.meta.resolve(name)));
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return folder;
}
