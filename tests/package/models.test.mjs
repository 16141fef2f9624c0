import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { createTokenBudget, createTokenBudgetSync, guard, modelInfo, models } from "token-headroom";
import o200k_base from "token-headroom/encodings/o200k_base";
import * as catalogue from "token-headroom/models";
import { question } from "./histories.mjs";

const require = createRequire(import.meta.url);
const { findModel, listModels, ...providers } = catalogue;
const shown = ({ name, encoding, framing, limit, price, source, date }) => ({
  name,
  encoding,
  framing,
  limit,
  price,
  source,
  date,
});

test("the modules hold what the core knows, row for row", () => {
  const byName = (one, other) => (one.name < other.name ? -1 : 1);
  const listed = listModels().map(shown).sort(byName);
  assert.deepEqual(listed, models().map(shown).sort(byName));
  assert.ok(listed.length > 20);
  for (const { source, date } of listed) {
    assert.ok(source !== "" && /^\d{4}-\d\d-\d\d$/.test(date));
  }
  assert.ok(Object.keys(providers).length > 10 && Object.values(providers).every(Array.isArray));
});

test("every name and alias of the modules is read by the core as that model", () => {
  for (const { name, aliases } of listModels()) {
    for (const own of [name, ...aliases]) {
      assert.equal(modelInfo({ model: own }).row, name, own);
    }
  }
});

test("a budget of a name alone is that of the core's answer", async () => {
  const text = "Grüße, 你好, Привет! for (let i = 0; i < 1_000; i++) console.log(`${i}\\n`);";
  const counted = (model) =>
    createTokenBudget({ model }).then(
      (budget) => ({ tokens: budget.countTokens(text), encoding: budget.model.encoding, row: budget.model.row }),
      ({ code }) => code,
    );
  for (const { name } of models()) {
    // Of a name with a space before it only the core says whose it is.
    assert.deepEqual(await counted(name), await counted(` ${name}`), name);
  }
  assert.equal(await counted("gpt-4o gpt-4o-mini"), "unknown_model");
  assert.equal(await counted(""), "invalid_option");
});

test("findModel finds names and aliases in any case, and nothing else", () => {
  assert.equal(findModel("GPT-4o ")?.name, "gpt-4o");
  const aliased = listModels().find(({ aliases }) => aliases.length > 0);
  assert.equal(findModel(aliased.aliases[0]), aliased);
  assert.equal(findModel("gpt-4o-2024-08-06"), undefined);
  assert.equal(findModel("gpt"), undefined);
});

test("a bundle that imports one provider holds no other", async () => {
  const { build } = require("esbuild");
  const bundled = async (source) => {
    const stdin = { contents: source, resolveDir: dirname(fileURLToPath(import.meta.url)) };
    const { outputFiles } = await build({ stdin, bundle: true, format: "esm", write: false, treeShaking: true });
    return outputFiles[0].text;
  };
  const filled = Object.entries(providers).filter(([, rows]) => rows.length > 0);
  for (const [own, rows] of filled.slice(0, 3)) {
    const text = await bundled(`import { ${own} } from "token-headroom/models"; console.log(${own});`);
    const holds = ([{ name }]) => new RegExp(`"?name"?: ?${JSON.stringify(name).replaceAll(".", "\\.")}`).test(text);
    assert.ok(holds(rows), own);
    for (const [other, rows] of filled.filter(([other]) => other !== own)) {
      assert.ok(!holds(rows), `${own} brings ${other}`);
    }
  }
  const none = await bundled(`import { mistral } from "token-headroom/models"; console.log(1);`);
  assert.ok(!none.includes("framing"), none);
});

test("the modules are the same for CommonJS", () => {
  const required = require("token-headroom/models");
  assert.deepEqual(required.listModels(), listModels());
  assert.deepEqual(required.openai, catalogue.openai);
});

test("the names that editors complete are those of the catalogue", () => {
  const types = readFileSync(join(dirname(require.resolve("token-headroom")), "model-names.d.ts"), "utf8");
  const named = types.split('"').filter((_, index) => index % 2 === 1);
  assert.deepEqual(named.sort(), models().map(({ name }) => name).sort());
});

test("a deployment of one's own is described once, for budgets and guards", async () => {
  const own = {
    "my-deployment": { like: "gpt-4o", host: "azure", maxContextTokens: 64_000, price: { input: 2, output: 8 } },
    "gpt-4.1@azure": { maxContextTokens: 128_000 },
  };
  const budget = await createTokenBudget({ model: "my-deployment", models: own });
  assert.equal(budget.model.limit.window, 64_000);
  assert.deepEqual([budget.model.row, budget.model.host, budget.model.price.input], ["gpt-4o", "azure", 2]);
  assert.deepEqual(budget.model.overrides, ["my-deployment"]);
  assert.equal(budget.project(question).limit.window, 64_000);
  const usual = createTokenBudgetSync({ model: "gpt-4o", encoding: o200k_base });
  assert.equal(budget.project(question).tokens, usual.project(question).tokens);

  assert.equal(modelInfo({ model: "azure/gpt-4.1", models: own }).limit.window, 128_000);
  assert.equal(modelInfo({ model: "gpt-4.1", host: "azure", models: own }).limit.window, 128_000);
  assert.equal(modelInfo({ model: "gpt-4.1", models: own }).limit.window, 1_047_576);

  const usage = { prompt_tokens: 1_000_000, completion_tokens: 1_000_000 };
  const guarded = guard(async () => ({ usage }), { context: { model: "my-deployment", models: own }, budget: { maxUsd: 99 } });
  await guarded(question);
  assert.equal(guarded.spentUsd, 10);
});

test("a large snapshot is read once, not with every request", async () => {
  const own = Object.fromEntries(
    Array.from({ length: 3_000 }, (_, index) => [`model-${index}`, { like: "gpt-4o", source: "x".repeat(200) }]),
  );
  const budget = await createTokenBudget({ model: "model-7", models: own });
  const plain = createTokenBudgetSync({ model: "gpt-4o", encoding: o200k_base });
  const time = (one) => {
    const began = performance.now();
    for (let round = 0; round < 200; round++) one.project(question);
    return performance.now() - began;
  };
  time(plain);
  const [base, large] = [time(plain), time(budget)];
  assert.ok(large < 5 * base + 50, `${large} ms beside ${base} ms`);
});

test("mistakes in the option models are named with their place", () => {
  const at = (own) => {
    try {
      modelInfo({ model: "m", models: own });
    } catch (error) {
      return [error.code, error.path];
    }
    return [];
  };
  assert.deepEqual(at({ m: { maxcontext: 4 } }), ["invalid_option", 'models["m"].maxcontext']);
  assert.deepEqual(at({ m: { price: { input: 1 } } }), ["invalid_option", 'models["m"].price']);
  assert.deepEqual(at({ m: { like: "gpt-9" } }), ["unknown_model", 'models["m"].like']);
  assert.deepEqual(at([]), ["invalid_option", "models"]);
  assert.deepEqual(at({}), ["unknown_model", "model"]);
});

test("a vocabulary is checked against what the override says", () => {
  const own = { ours: { like: "gpt-4", maxContextTokens: 8_000 } };
  assert.throws(() => createTokenBudgetSync({ model: "ours", models: own, encoding: o200k_base }), {
    code: "invalid_option",
    path: "encoding",
  });
  const said = { "gpt-4": { encoding: "o200k_base" } };
  assert.equal(createTokenBudgetSync({ model: "gpt-4", models: said, encoding: o200k_base }).model.encoding, "o200k_base");
});

test("an unknown model is an error, or an estimate that says so", async () => {
  assert.throws(() => modelInfo({ model: "frontier-1" }), { code: "unknown_model", message: /nearest are .+, .+, .+/ });
  const budget = await createTokenBudget({ model: "frontier-1", unknownModel: "estimate" });
  assert.equal(budget.model.assumed, true);
  assert.deepEqual([budget.model.encoding, budget.model.limit.window], ["o200k_base", 128_000]);
  const { basis, warnings } = budget.project(question);
  assert.equal(basis, "estimated");
  assert.ok(warnings.some(({ code, message }) => code === "assumed_model" && message.includes("frontier-1")));
  assert.throws(() => modelInfo({ model: "gpt-4o", unknownModel: "guess" }), { code: "invalid_option", path: "unknownModel" });
  const guarded = guard(async () => "sent", { context: { unknownModel: "estimate" } });
  assert.equal(await guarded({ model: "frontier-2", messages: question }), "sent");
});

test("a name that says who serves it sets the host", () => {
  const host = (model) => modelInfo({ model }).host;
  assert.equal(host("azure/gpt-4o"), "azure");
  assert.equal(host("openrouter/openai/gpt-4o"), "openrouter");
  assert.equal(host("openai/gpt-4o"), undefined);
});
