// What a page downloads to count o200k_base: the script as esbuild bundles and minifies it, and the files beside it.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

import { ourNames } from "../libraries.mjs";
import { table } from "../tables.mjs";

const packages = fileURLToPath(new URL("../../node_modules/", import.meta.url));
const installed = (path) => join(packages, path);
const compiled = (name) => join(process.env.BENCH_WASM_PEERS ?? "", `${name}.wasm`);

export const title = "Download";
export const prepare = () => ({});
export const names = [];

const downloads = {
  "token-headroom": {
    script: `export { createTokenBudget } from "token-headroom";`,
    files: [installed("token-headroom/dist/encodings/o200k_base.js")],
  },
  "token-headroom/tokenizer": {
    script: `export { loadEncoding } from "token-headroom/tokenizer";`,
    files: [installed("token-headroom/dist/encodings/o200k_base.js")],
  },
  hypertok: {
    script: `export { fromBytes } from "hypertok";`,
    files: [installed("hypertok/wasm/single/hypertok_wasm_core_bg.wasm"), installed("@hypertok/vocab-o200k/vocab.htk")],
  },
  "gpt-tokenizer": { script: `export { countTokens } from "gpt-tokenizer/encoding/o200k_base";` },
  "ai-tokenizer": {
    script: `export { Tokenizer } from "ai-tokenizer"; export * from "ai-tokenizer/encoding/o200k_base";`,
  },
  "tiktoken (npm)": { script: `export { get_encoding } from "tiktoken";`, files: [installed("tiktoken/tiktoken_bg.wasm")] },
  "tiktoken (npm), lite": {
    script: `export { Tiktoken } from "tiktoken/lite";`,
    files: [installed("tiktoken/lite/tiktoken_bg.wasm"), installed("tiktoken/encoders/o200k_base.json")],
  },
  "js-tiktoken": {
    script: `export { Tiktoken } from "js-tiktoken/lite"; export { default } from "js-tiktoken/ranks/o200k_base";`,
  },
  "tiktoken 4 (crate)": { files: [compiled("tiktoken_peer")] },
  "bpe-openai (crate)": { files: [compiled("bpe_openai_peer")] },
  "tiktoken-rs (crate)": { files: [compiled("tiktoken_rs_peer")] },
};

export async function report() {
  const rows = [];
  for (const [name, { script, files = [] }] of Object.entries(downloads)) {
    if (name.startsWith("token-headroom") && !ourNames.includes(name)) continue;
    const parts = files.map((file) => readFileSync(file));
    if (script !== undefined) parts.push(await bundle(script));
    const sum = (size) => parts.reduce((total, part) => total + size(part), 0).toLocaleString("en");
    rows.push([name, sum((part) => part.length), sum((part) => gzipSync(part, { level: 9 }).length)]);
  }
  return table(["o200k_base, bytes", "raw", "gzip"], rows);
}

async function bundle(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: packages },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["import", "default"],
    // Counted as files: vocabularies that are loaded on demand, and WebAssembly; and what only Node has.
    external: ["./encodings/*", "*.wasm", "node:*"],
    logLevel: "error",
  });
  return outputFiles[0].contents;
}
