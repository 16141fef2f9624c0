// The suite in workerd, bundled as Cloudflare (`workerd`) or Vercel (`edge-light`) would: node workerd.mjs CONDITION.
// workerd refuses to compile bytes, so this proves that these entries import the core as a module.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { report } from "./report.mjs";

const [condition] = process.argv.slice(2);
const dist = dirname(fileURLToPath(import.meta.resolve("token-headroom")));
const query = { workerd: "", "edge-light": "?module" }[condition];
assert.ok(query !== undefined, `found ${condition}, expected workerd or edge-light`);
const cores = ["core.wasm", "planner.wasm", "tokenizer.wasm", "loader.wasm"];

const bundle = await build({
  entryPoints: [fileURLToPath(new URL("worker.mjs", import.meta.url))],
  bundle: true,
  format: "esm",
  conditions: [condition, "worker", "browser"],
  external: ["*.wasm", "*.wasm?module"],
  write: false,
});
const code = bundle.outputFiles[0].text;
for (const core of cores) {
  assert.ok(code.includes(`from "./${core}${query}"`), `the bundle imports ${core}`);
}
// A core inline would be dead weight here, and could not be compiled.
assert.ok(!code.includes("AGFzbQ"), "the bundle holds no core in base64");

const worker = new Miniflare({
  compatibilityDate: "2025-01-01",
  modules: [
    { type: "ESModule", path: "worker.mjs", contents: code },
    ...cores.map((core) => ({
      type: "CompiledWasm",
      path: `./${core}${query}`,
      contents: readFileSync(join(dist, core)),
    })),
  ],
  // What the worker would send leaves a trace instead.
  outboundService: (request) => new Response(`${request.url} is not reachable`, { status: 599 }),
});
try {
  const response = await worker.dispatchFetch("http://localhost/");
  const outcome = await response.json();
  console.log(report(outcome));
  process.exitCode = outcome.failures.length > 0 ? 1 : 0;
} finally {
  await worker.dispose();
}
