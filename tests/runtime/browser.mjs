// The suite in Chromium: an import map, no bundler, and a policy that forbids eval and every other origin.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { report } from "./report.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const DIST = dirname(fileURLToPath(import.meta.resolve("token-headroom")));
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".json": "application/json" };
const IMPORTS = JSON.stringify({
  imports: { "token-headroom": "/dist/index.js", "token-headroom/": "/dist/" },
});
// What the page itself runs is under the policy; what a debugger runs in it is not.
const PAGE = `<!doctype html><html lang="en"><title>Suite</title>
<script nonce="suite" type="importmap">${IMPORTS}</script>
<script nonce="suite">
  try { eval("1"); document.title = "eval ran"; } catch (error) { document.title = error.name; }
</script>`;
const POLICY = "default-src 'none'; script-src 'self' 'nonce-suite' 'wasm-unsafe-eval'; connect-src 'self'";

const server = createServer(async (request, response) => {
  const path = normalize(new URL(request.url, "http://localhost").pathname);
  const file = path.startsWith("/dist/") ? join(DIST, path.slice("/dist".length)) : join(HERE, path);
  try {
    const body = path === "/" ? PAGE : await readFile(file);
    const type = path === "/" ? ".html" : extname(file);
    response.writeHead(200, { "content-type": TYPES[type] ?? "text/plain", "content-security-policy": POLICY });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const origin = `http://127.0.0.1:${server.address().port}`;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
try {
  const page = await browser.newPage();
  const strays = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith("data:")) strays.push(request.url());
  });
  const response = await page.goto(origin);
  const outcome = await page.evaluate(runSuite);

  const policy = response.headers()["content-security-policy"];
  expect(outcome, "the policy allows WebAssembly and no eval", policy.includes("'wasm-unsafe-eval'") && !policy.includes("'unsafe-eval'"));
  expect(outcome, "the policy is enforced", (await page.title()) === "EvalError");
  expect(outcome, "no request leaves for another origin", strays.length === 0, strays.join("\n"));
  console.log(report(outcome));
  process.exitCode = outcome.failures.length > 0 ? 1 : 0;
} finally {
  await browser.close();
  server.close();
}

function expect(outcome, name, holds, message = "") {
  if (holds) outcome.passed++;
  else outcome.failures.push({ name, message });
}

// Runs in the page.

async function runSuite() {
  const [main, fetching, edge, tokenizer, { default: o200k_base }, { default: cl100k_base }] = await Promise.all([
    import("token-headroom"),
    import("token-headroom/fetch.js"),
    import("token-headroom/edge.js"),
    import("token-headroom/tokenizer.js"),
    import("token-headroom/encodings/o200k_base.js"),
    import("token-headroom/encodings/cl100k_base.js"),
  ]);
  const [{ default: o200k_ids }, checkpoint, { run }] = await Promise.all([
    import("token-headroom/encodings/o200k_base.ids.js"),
    import("token-headroom/checkpoint.js"),
    import("/suite.mjs"),
  ]);
  const texts = await (await fetch("/texts.json")).json();
  return run({ main, fetch: fetching, edge, checkpoint, tokenizer, o200k_base, cl100k_base, o200k_ids }, texts);
}
