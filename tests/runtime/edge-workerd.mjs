// The edge handler as a Worker in workerd; everything it fetches goes to a fake provider in this process.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { fakeProvider, run } from "./edge-suite.mjs";
import { report } from "./report.mjs";

const dist = dirname(fileURLToPath(import.meta.resolve("token-headroom")));
const bundle = await build({
  entryPoints: [fileURLToPath(new URL("edge-worker.mjs", import.meta.url))],
  bundle: true,
  format: "esm",
  conditions: ["workerd", "worker", "browser"],
  external: ["*.wasm"],
  write: false,
});

const seen = [];
const worker = new Miniflare({
  compatibilityDate: "2025-01-01",
  modules: [
    { type: "ESModule", path: "worker.mjs", contents: bundle.outputFiles[0].text },
    ...["core.wasm", "planner.wasm"].map((half) => ({
      type: "CompiledWasm",
      path: `./${half}`,
      contents: readFileSync(join(dist, half)),
    })),
  ],
  outboundService: fakeProvider(seen),
});
try {
  const outcome = await run((init) => worker.dispatchFetch("http://localhost/v1/chat/completions", init), seen);
  console.log(report(outcome));
  process.exitCode = outcome.failures.length > 0 ? 1 : 0;
} finally {
  await worker.dispose();
}
