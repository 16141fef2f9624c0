import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createTokenBudget, modelInfo } from "token-headroom";
import { litellm, modelsDev } from "./registries.mjs";

const manifest = createRequire(import.meta.url).resolve("token-headroom/package.json");
const program = join(dirname(manifest), JSON.parse(readFileSync(manifest, "utf8")).bin["token-headroom"]);
const folder = mkdtempSync(join(tmpdir(), "token-headroom-"));

function run(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: "utf8" });
  return { status, stdout, stderr };
}

function file(name, content) {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  const day = new Date("2026-11-20T12:00:00Z");
  utimesSync(path, day, day);
  return path;
}

function snapshot(list, ...args) {
  const { status, stdout, stderr } = run("models", file("list.json", list), ...args);
  assert.equal(status, 0, stderr);
  return { models: JSON.parse(stdout), stderr };
}

test("help is printed, also for a command", () => {
  for (const args of [[], ["--help"], ["-h"], ["help"]]) {
    const { status, stdout } = run(...args);
    assert.equal(status, 0);
    assert.match(stdout, /usage: token-headroom/);
  }
  assert.match(run("models", "--help").stdout, /--out FILE/);
});

test("wrong usage ends with 2 and says what helps, a failure with 1", () => {
  const list = file("list.json", modelsDev);
  for (const [args, told] of [
    [["modles"], /there are models/],
    [["models"], /found 0 files/],
    [["models", list, list], /found 2 files/],
    [["models", list, "--output", "x"], /--output/],
    [["models", list, "--out"], /nothing after --out/],
    [["models", list, "--out", join(folder, "x.yaml")], /\.yaml/],
    [["models", list, "--hosts", "azure,narnia"], /narnia/],
    [["models", list, "--date=yesterday"], /yesterday/],
  ]) {
    const { status, stderr } = run(...args);
    assert.equal(status, 2, `${args}: ${stderr}`);
    assert.match(stderr, told);
  }
  for (const [args, told] of [
    [["models", join(folder, "absent.json")], /absent\.json/],
    [["models", file("bad.json", "{")], /bad\.json.*no JSON/],
    [["models", file("list-of-none.json", [])], /neither a models\.dev .* nor a litellm/],
    [["models", file("other.json", { a: { b: 1 } })], /neither/],
  ]) {
    const { status, stderr } = run(...args);
    assert.equal(status, 1, `${args}: ${stderr}`);
    assert.match(stderr, told);
  }
});

const from = { source: "models.dev", date: "2026-11-20" };

test("a models.dev file becomes overrides of known models, and of new ones like their relatives", () => {
  const { models, stderr } = snapshot(modelsDev);
  assert.deepEqual(models["gpt-4o"], {
    maxContextTokens: 130_000,
    maxOutputTokens: 16_384,
    price: { input: 3, output: 12, cacheRead: 1.5 },
    ...from,
  });
  assert.match(stderr, /differs {2}gpt-4o window: 128000 -> 130000/);
  // A date has an entry of its own only for what differs.
  assert.deepEqual(models["gpt-4o-2024-11-20"], { maxOutputTokens: 4_096, price: { input: 5, output: 15 }, ...from });
  assert.equal(models["gpt-4o-2024-08-06"], undefined);
  // Tiers, and not the older form of the same at another mark.
  assert.deepEqual(models["gpt-5.4"].price.tiers, [{ above: 272_000, input: 5, output: 22.5, cacheRead: 0.5 }]);
  assert.deepEqual([models["gpt-5.4"].maxContextTokens, models["gpt-5.4"].maxInputTokens], [1_050_000, 922_000]);
  const { like, ...mini } = models["gpt-9-mini"];
  assert.match(like, /^gpt-.*mini$/);
  assert.deepEqual([mini.maxContextTokens, mini.maxInputTokens, mini.maxOutputTokens], [600_000, 400_000, 200_000]);
  // A relative's price is not the model's.
  assert.equal(models["gpt-9-free"].price, null);
  for (const absent of ["gpt-9-image", "text-embedding-9", "gpt-broken", "gpt-4o@azure"]) {
    assert.equal(models[absent], undefined, absent);
  }
});

test("hosts are read when they are asked for, and only where they differ", () => {
  const { models } = snapshot(modelsDev, "--hosts", "azure");
  assert.deepEqual(models["gpt-4o@azure"], { maxContextTokens: 64_000, ...from });
  assert.equal(models["gpt-5.4@azure"], undefined);
  const { window } = modelInfo({ model: "azure/gpt-4o", models }).limit;
  assert.equal(window, 64_000);
  assert.equal(modelInfo({ model: "gpt-4o", models }).limit.window, 130_000);
});

test("litellm's number for the prompt is read as what it can be for that model", () => {
  const { models, stderr } = snapshot(litellm, "--date", "2026-11-19");
  const own = ({ maxContextTokens, maxInputTokens, maxOutputTokens }) => [maxContextTokens, maxInputTokens, maxOutputTokens];
  assert.deepEqual(own(models["gpt-4o"]), [130_000, undefined, 16_384]);
  assert.deepEqual(models["gpt-4o"].price, { input: 3, output: 12, cacheRead: 0.4 });
  assert.deepEqual([models["gpt-4o"].retires, models["gpt-4o"].date], ["2027-01-31", "2026-11-19"]);
  assert.deepEqual(own(models["gpt-5"]), [400_000, 272_000, 128_000]);
  assert.deepEqual(own(models["gpt-5.5"]), [undefined, undefined, 128_000]);
  assert.deepEqual(own(models["gpt-5.2"]), [undefined, undefined, 128_000]);
  assert.match(stderr, /unclear {2}gpt-5\.2: 300000 may be the prompt alone or the whole window/);
  assert.notEqual(models["gpt-5-pro"].maxOutputTokens, 272_000);
  assert.deepEqual(own(models["gpt-4.1"]), [1_047_576, undefined, undefined]);
  assert.deepEqual(models["gpt-5.4"].price, {
    input: 2.5,
    output: 15,
    cacheRead: 0.25,
    tiers: [{ above: 272_000, input: 5, output: 22.5, cacheRead: 0.5 }],
  });
  // Under either reading of 500,000, a prompt and an answer that share it fit.
  const { limitKind, maxContextTokens, maxInputTokens } = models["gpt-5.9"];
  assert.deepEqual([limitKind, maxContextTokens, maxInputTokens], ["shared", 500_000, undefined]);
  assert.equal(modelInfo({ model: "gpt-5.9", models }).limit.kind, "shared");
  assert.equal(models["ft:gpt-4o-2024-08-06"], undefined);
});

test("a snapshot is a module or JSON, and is what the option models takes", async () => {
  const list = file("list.json", modelsDev);
  const written = (name) => {
    const out = join(folder, name);
    const { status, stdout, stderr } = run("models", list, "--out", out);
    assert.deepEqual([status, stdout], [0, ""], stderr);
    return out;
  };
  const { default: models } = await import(pathToFileURL(written("models.mjs")));
  const budget = await createTokenBudget({ model: "gpt-4o-2024-11-20", models });
  assert.deepEqual(budget.model.limit, { kind: "shared", window: 130_000, maxOutput: 4_096 });
  assert.deepEqual(budget.model.price, { input: 5, output: 15 });
  assert.deepEqual([budget.model.source, budget.model.date], ["models.dev", "2026-11-20"]);
  assert.deepEqual(budget.model.overrides, ["gpt-4o-2024-11-20", "gpt-4o"]);
  const fresh = await createTokenBudget({ model: "gpt-9-mini", models });
  assert.equal(fresh.model.limit.window, 600_000);
  assert.deepEqual(JSON.parse(readFileSync(written("models.json"), "utf8")), models);
  assert.deepEqual(createRequire(import.meta.url)(written("models.cjs")), models);
  assert.match(readFileSync(written("models.ts"), "utf8"), /satisfies ModelOverrides;\n$/);
  for (const name of Object.keys(models)) {
    assert.ok(modelInfo({ model: name, models }).limit.window > 0, name);
  }
});

test("the builder's own command reports what differs and takes it over row by row", () => {
  const data = mkdtempSync(join(tmpdir(), "token-headroom-data-"));
  const row = (names, more) =>
    `    {"names": ${names}, "framing": "openai_chat", "encoding": "o200k_base", "kind": "shared", ${more}}`;
  const mini = row('["gpt-4o-mini"]', '"context": 128000, "output": 16384, "image": "tiles", "price": [0.15, 0.6]');
  const rows = [row('["gpt-4o", "gpt-4-o"]', '"context": 128000, "output": 16384, "price": [2.5, 10]'), mini];
  const head = '{\n  "provider": "openai",\n  "source": "a page",\n  "date": "2026-11-01",\n  "models": [\n';
  const path = join(data, "openai.json");
  writeFileSync(path, `${head}${rows.join(",\n")}\n  ]\n}\n`);
  const script = fileURLToPath(new URL("../../xtask/models.mjs", import.meta.url));
  const node = (...args) => spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });

  const before = readFileSync(path, "utf8");
  const list = file("list.json", litellm);
  const report = node(list, data);
  assert.equal(report.status, 0, report.stderr);
  assert.match(report.stdout, /differs {2}gpt-4o window: 128000 -> 130000/);
  assert.match(report.stdout, /differs {2}gpt-4o price: /);
  assert.equal(readFileSync(path, "utf8"), before);

  assert.equal(node(list, "--write", data).status, 0);
  const taken = row(
    '["gpt-4o", "gpt-4-o"]',
    '"context": 130000, "output": 16384, "price": {"input": 3, "output": 12, "cacheRead": 0.4}, "retires": "2027-01-31", "source": "litellm: window, price, retires", "date": "2026-11-20"',
  );
  assert.equal(readFileSync(path, "utf8"), `${head}${taken},\n${mini}\n  ]\n}\n`);
  assert.match(node(list, data).stdout, /^0 differences/m);
});
