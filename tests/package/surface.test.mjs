// What somebody meets who tries the package: what is printed, what is said of a wrong argument, which encoding a model has.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { createTokenBudget, guard, modelInfo, repair, validate } from "token-headroom";
import { checkpoint, restore } from "token-headroom/checkpoint";
import { createEdgeHandler } from "token-headroom/edge";
import o200k_base from "token-headroom/encodings/o200k_base";
import o200k_ids from "token-headroom/encodings/o200k_base.ids";
import { guardFetch } from "token-headroom/fetch";
import { listModels } from "token-headroom/models";
import { encodingForModel, loadEncoding, loadEncodingSync, TokenHeadroomError } from "token-headroom/tokenizer";

const tokenizer = loadEncodingSync(o200k_base, { ids: o200k_ids });
const budget = await createTokenBudget({ model: "gpt-4o" });
const question = [{ role: "user", content: "hello world" }];

test("surface: what is printed or sent of a tokenizer and a budget is short and says what it is", async () => {
  const chain = await createTokenBudget({ model: "gpt-4o", fallbacks: ["gpt-4"] });
  const described = await createTokenBudget({ like: "gpt-4o", maxContextTokens: 9_000 });
  assert.equal(inspect(tokenizer), 'Tokenizer {"name":"o200k_base","warnings":[]}');
  assert.equal(inspect({ budget }), '{ budget: TokenBudget {"model":"gpt-4o","encoding":"o200k_base"} }');
  assert.match(inspect(chain), /^TokenBudget .*"gpt-4o".*, then TokenBudget .*"gpt-4","encoding":"cl100k_base"\}$/);
  assert.match(inspect(described), /"model":"gpt-4o"/);
  assert.equal(JSON.stringify(tokenizer), '{"name":"o200k_base","warnings":[]}');
  for (const object of [budget, chain]) assert.equal(JSON.stringify(object), "{}");
  assert.deepEqual(structuredClone(tokenizer), { name: "o200k_base", warnings: [] });
  // What is handed on, to a budget or a worker, is the module.
  assert.equal(loadEncodingSync(structuredClone(tokenizer.module)).countTokens("hello world"), 2);
});

test("surface: what is no object is no options, with the same words everywhere", async () => {
  const calls = [
    (options) => tokenizer.truncate("a", 1, options),
    (options) => tokenizer.fitChunks(["a"], 1, options),
    (options) => tokenizer.countTokens("a", options),
    (options) => tokenizer.countUpTo("a", 1, options),
    (options) => tokenizer.encode("a", options),
    (options) => loadEncodingSync(o200k_base, options),
    (options) => loadEncoding("o200k_base", options),
    (options) => loadEncoding(new Uint8Array(8), options),
    (options) => createTokenBudget(options),
    (options) => modelInfo(options),
    (options) => validate(question, options),
    (options) => repair(question, options),
    (options) => budget.plan(question, options),
    (options) => budget.evict(question, options),
    (options) => guard(() => undefined, options),
    ...["context", "loop", "budget", "checkpoint", "policy"].map((key) => (options) => guard(() => undefined, { [key]: options })),
    (options) => guardFetch(fetch, options),
    (options) => createEdgeHandler(options),
    (options) => restore("token", options),
    (options) => checkpoint(options),
  ];
  for (const [found, said] of [[[], "an array"], [["x"], "an array"], [null, "null"], [5, "5"], ["x", '"x"']]) {
    for (const call of calls) {
      const error = await failure(() => call(found));
      assert.equal(error.code, "invalid_option", `${call}: ${error.message}`);
      assert.match(error.message, new RegExp(`found ${said}, expected options`), `${call}`);
      assert.notEqual(error.hint, "", `${call}`);
    }
  }
  assert.match((await failure(() => tokenizer.countTokens("a", { allowedSpecial: null }))).message, /found null, expected "all"/);
  assert.match((await failure(() => loadEncoding("o200k_base", { ids: null }))).message, /found no ids/);
});

test("surface: a wrong argument is told with what helps", async () => {
  const cases = [
    [() => tokenizer.countTokens(5), "text", /String\(text\)/],
    [() => tokenizer.countTokens(undefined), "text", /misnamed/],
    [() => tokenizer.countTokens(Buffer.from("a")), "text", /TextDecoder\(\)\.decode\(text\)/],
    [() => tokenizer.countTokens(question), "text", /`project`/],
    [() => tokenizer.fitChunks("a", 1), "chunks", /\[text\]/],
    [() => tokenizer.fitChunks(["a", 7], 1), "chunks[1]", /String\(chunks\[1\]\)/],
    [() => tokenizer.fitChunks(["a"], 1, { separator: 5 }), "separator", /String\(separator\)/],
    [() => tokenizer.fitChunks(["a"], 1, { last: "cut" }), "last", /"truncate" keeps/],
    [() => tokenizer.truncate("a", 1, { keep: "middle" }), "keep", /"both" some of each/],
    [() => guard(() => undefined, { context: { model: "gpt-4o" }, onOverflow: "compct" }), "onOverflow", /did you mean "compact"/],
  ];
  for (const [act, path, hint] of cases) {
    const error = await failure(act);
    assert.equal(error.path, path, error.message);
    assert.match(error.hint, hint);
  }
});

test("surface: a chunk that cannot be read is named", async () => {
  const chunks = ["a", "b"];
  Object.defineProperty(chunks, 1, { get: () => { throw new Error("gone"); } });
  for (const packer of [tokenizer, budget]) {
    const error = await failure(() => packer.fitChunks(chunks, 5));
    assert.deepEqual([error.code, error.path, error.cause.message], ["unreadable", "chunks[1]", "gone"]);
    let reads = 0;
    const once = Object.defineProperty(["a"], 0, { get: () => (reads++ === 0 ? "once" : 7) });
    assert.equal(packer.fitChunks(once, 5).text, "once");
  }
});

test("surface: the place of a file is told from what it holds", async () => {
  const files = ["tokenizer.json", "./tokenizer.json", "../a b/tekken.json", "/models/tokenizer.model", "C:\\models\\o.tiktoken"];
  for (const place of [...files, "./models/llama", "~/llama", "file:///models/tokenizer.json", new URL("file:///models/llama")]) {
    const error = await failure(() => loadEncoding(place));
    assert.deepEqual([error.code, error.path], ["invalid_option", "encoding"], error.message);
    assert.match(error.message, /found the place "/);
    assert.match(error.hint, /await readFile\(path\)/);
  }
  assert.match((await failure(() => loadEncoding("https://models.example/tokenizer.json"))).hint, /await fetch\(url\)/);
  assert.match((await failure(() => loadEncoding(new Uint8Array()))).message, /found an empty file.*readFile/);
  // The first line of a rank file can begin as a path does.
  const ranks = Array.from({ length: 256 }, (_, byte) => `${Buffer.from([byte ^ 0xff]).toString("base64")} ${byte}`);
  assert.match(ranks[0], /^\/w== 0$/);
  assert.equal((await loadEncoding(ranks.join("\n"), { preset: "llama3" })).countTokens("ab"), 2);
  assert.doesNotMatch((await failure(() => loadEncoding(ranks[0], { preset: "llama3" }))).message, /found the place/);
});

test("surface: the encoding of a model is its own, or there is none", async () => {
  for (const [model, encoding] of [
    ["gpt-4o", "o200k_base"],
    ["gpt-4o-2024-08-06", "o200k_base"],
    ["gpt-4-0613", "cl100k_base"],
    ["gpt-3.5-turbo-0125", "cl100k_base"],
    ["claude-sonnet-4-5-20250929", "claude-gen1"],
    [" OpenRouter/Anthropic/Claude-Sonnet-4.5 ", "claude-gen1"],
    ["mistral-small-2402", "mistral-sp-v3"],
    ["Qwen/Qwen3-32B", "qwen3"],
  ]) {
    assert.equal(await encodingForModel(model).catch(({ message }) => message), encoding, model);
  }
  // Whatever it says, a budget says as well.
  let answered = 0;
  for (const { name, aliases } of listModels()) {
    for (const spelling of [name, ...aliases].flatMap((one) => [one, one.toUpperCase(), `host/${one}`])) {
      const found = await encodingForModel(spelling).catch(({ code }) => code);
      if (found === "unknown_model") continue;
      assert.equal(found, modelInfo({ model: spelling }).encoding, spelling);
      answered++;
    }
  }
  assert.ok(answered > 1_500, `${answered}`);
  // Counted with a vocabulary that stands in for theirs, not known, or nothing at all.
  for (const model of ["grok-4", "llama-3.1", "kimi-k2", "command-r", "nova-pro", "generic", "my-model", "gpt-4o gpt-4", "", " "]) {
    const error = await failure(() => encodingForModel(model));
    assert.deepEqual([error.code, error.path], ["unknown_model", "model"], model);
    assert.match(error.hint, /modelInfo\(\{ model \}\)/);
  }
  assert.match((await failure(() => encodingForModel("gpt4o"))).hint, /did you mean "gpt-4o"/);
  assert.equal((await failure(() => encodingForModel(undefined))).code, "invalid_type");
  assert.match((await failure(() => loadEncoding("gpt-4o"))).hint, /encodingForModel\(model\)/);
});

test("surface: no link in the package's texts leads out of it", () => {
  const root = join(dirname(fileURLToPath(import.meta.resolve("token-headroom"))), "..");
  const texts = readdirSync(root, { recursive: true }).filter((file) => file.endsWith(".md"));
  assert.ok(texts.includes("README.md"));
  for (const text of texts) {
    const content = readFileSync(join(root, text), "utf8");
    for (const [, target] of content.matchAll(/\]\((?!\w+:)([^)# ]+)/g)) {
      const linked = join(root, dirname(text), target);
      assert.ok(!relative(root, linked).startsWith("..") && existsSync(linked), `${text}: ${target}`);
    }
  }
});

/** The error of ours with which `act` fails, at once or later. */
async function failure(act) {
  try {
    await act();
  } catch (error) {
    assert.ok(TokenHeadroomError.is(error), `found ${String(error)}, expected an error of the package`);
    return error;
  }
  assert.fail(`${act} did not fail`);
}
