// What editors show of each public function: meaning, errors, and an example that runs.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import * as main from "token-headroom";
import * as checkpoints from "token-headroom/checkpoint";
import * as edge from "token-headroom/edge";
import * as fetches from "token-headroom/fetch";
import * as tokenizer from "token-headroom/tokenizer";
import { toolHistory } from "./histories.mjs";

const DIST = dirname(fileURLToPath(import.meta.resolve("token-headroom")));
const AsyncFunction = (async () => {}).constructor;

/** Doc comments and the function that each stands before, by name. */
function documented(file) {
  const text = readFileSync(join(DIST, `${file}.d.ts`), "utf8");
  const pattern = /\/\*\*((?:(?!\*\/)[^])*)\*\/\s*(?:export (?:declare )?(?:function|type) |readonly )?(\w+)\s*(?:<[^(]*>)?(?:\(|: Guard;| = \()/g;
  return [...text.matchAll(pattern)].map(([, comment, name]) => ({
    name,
    throws: comment.includes("@throws"),
    example: /@example([^]*?)(?=\n\s*\* @|$)/.exec(comment)?.[1].replace(/^\s*\* ?/gm, "").trim(),
    meaning: comment.replace(/^\s*\* ?/gm, "").split(/^@/m)[0].trim(),
  }));
}

const expected = {
  functions: ["createTokenBudget", "createTokenBudgetSync", "guard", "modelInfo", "models", "validate", "repair"],
  types: ["countTokens", "countUpTo", "project", "check", "plan", "evict", "apply", "verify", "undo", "record", "truncate", "fitChunks"],
  checkpoint: ["checkpoint", "restore"],
  originals: ["originalsOf"],
  "guard-fetch": ["GuardFetch"],
  "edge-handler": ["CreateEdgeHandler"],
  "find-overflow": ["findOverflow"],
  "tokenizer-api": ["loadEncoding", "loadEncodingSync"],
  "tokenizer-types": ["countTokens", "countUpTo", "truncate", "fitChunks", "encode", "decode", "decodeBytes"],
  "encoding-for-model": ["encodingForModel"],
};
const SILENT = ["models", "findOverflow"];

/** What examples take for granted. */
async function given() {
  const budget = await main.createTokenBudget({ model: "gpt-4o", maxContextTokens: 6_000, headroom: 1_000 });
  const request = { model: "gpt-4o", messages: toolHistory(12) };
  const plan = budget.plan(request);
  const items = new Map();
  const localStorage = { getItem: (key) => items.get(key), setItem: (key, text) => void items.set(key, text) };
  const { token } = await checkpoints.checkpoint({ task: "t", request }, { store: localStorage });
  const answer = { usage: { prompt_tokens: budget.project(request).tokens } };
  const tokenizerJson = JSON.stringify({ model: { type: "BPE", vocab: { a: 0, b: 1, ab: 2 }, merges: ["a b"] } });
  return {
    ...main,
    ...checkpoints,
    ...edge,
    ...fetches,
    ...tokenizer,
    tokenizer: await tokenizer.loadEncoding("o200k_base", { ids: true }),
    ...{ id: 24912, budget, request, plan, token, localStorage, tools: [], messages: request.messages, page: "text", log: "text", pages: ["text"] },
    client: { chat: { completions: { create: async () => answer } } },
    OpenAI: class {},
    error: new Error("no overflow"),
    send() {},
    writeSummary: async () => "Calm.",
    readFile: async () => tokenizerJson,
    console: { log() {}, warn() {} },
  };
}

for (const [file, names] of Object.entries(expected)) {
  const found = documented(file);
  for (const name of names) {
    const entries = found.filter((one) => one.name === name);
    test(`${name} is documented, and its example runs`, async () => {
      assert.ok(entries.length > 0, `${file}.d.ts has no comment before ${name}`);
      for (const { meaning, throws, example } of entries) {
        assert.ok(meaning.length > 20, meaning);
        assert.ok(throws || SILENT.includes(name), "what it throws");
        assert.ok(example, "an example");
        const names = await given();
        const code = example
          .replace(/^import (\w+) from ("[^"]+");$/gm, "const { default: $1 } = await load($2);")
          .replace(/^export default /gm, "void ");
        const own = { ...names, load: (specifier) => import(specifier) };
        await new AsyncFunction(...Object.keys(own), `"use strict"; {\n${code}\n}`)(...Object.values(own)).catch((error) => {
          // A file of somebody else's may be one that cannot be counted.
          if (!(file === "tokenizer-api" && error.code === "unsupported_tokenizer")) throw error;
        });
      }
    });
  }
}

test("every function that a budget has is documented, and nothing else is exported that is not", () => {
  const budget = main.createTokenBudget;
  assert.equal(typeof budget, "function");
  assert.deepEqual(Object.keys(checkpoints).sort(), ["TokenHeadroomError", "checkpoint", "restore"]);
  assert.deepEqual(Object.keys(fetches).sort(), ["findOverflow", "guardFetch"]);
  assert.deepEqual(Object.keys(edge).sort(), ["createEdgeHandler"]);
  assert.deepEqual(Object.keys(tokenizer).sort(), ["TokenHeadroomError", "encodingForModel", "loadEncoding", "loadEncodingSync"]);
  const functions = Object.entries(main).filter(([name, value]) => typeof value === "function" && !/Error$/.test(name));
  assert.deepEqual(functions.map(([name]) => name).sort(), [...expected.functions, "originalsOf"].sort());
});
