// The suite in Node, from CommonJS: what is required is the package's own CommonJS.
const main = require("token-headroom");
const checkpoint = require("token-headroom/checkpoint");
const edge = require("token-headroom/edge");
const cl100k_base = require("token-headroom/encodings/cl100k_base").default;
const o200k_base = require("token-headroom/encodings/o200k_base").default;
const o200k_ids = require("token-headroom/encodings/o200k_base.ids").default;
const fetch = require("token-headroom/fetch");
const tokenizer = require("token-headroom/tokenizer");
const texts = require("./texts.json");

async function start() {
  const { report } = await import("./report.mjs");
  const { run } = await import("./suite.mjs");
  const outcome = await run({ main, fetch, edge, checkpoint, tokenizer, o200k_base, cl100k_base, o200k_ids }, texts);
  const loaded = Object.keys(require.cache).filter((file) => file.includes("token-headroom"));
  if (loaded.length === 0 || !loaded.every((file) => file.endsWith(".cjs"))) {
    outcome.failures.push({ name: "only CommonJS is loaded", message: loaded.join("\n") });
  } else {
    outcome.passed++;
  }
  console.log(report(outcome));
  process.exitCode = outcome.failures.length > 0 ? 1 : 0;
}

start();
