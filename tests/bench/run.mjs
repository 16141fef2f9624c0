// `node run.mjs CORPUS [WORKLOAD...]`: the comparison, or a part of it, as Markdown.
// BENCH_ROUNDS: fresh processes per library and workload (5). BENCH_WASM_PEERS, BENCH_NATIVE: what xtask compiled.

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { libraries } from "./libraries.mjs";

const WORKLOADS = ["new-text", "ids", "categories", "cold", "start", "adversarial", "giant", "memory", "exactness", "sizes", "planning"];
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
// A worker that is silent for longer is ended, unless it has asked for less or more; what it has measured until then counts.
const LIMIT_S = 60;

const [, , corpus, ...asked] = process.argv;
const unknown = asked.filter((name) => !WORKLOADS.includes(name));
if (unknown.length > 0) {
  console.error(`unknown workload ${unknown.join(", ")}; there are ${WORKLOADS.join(", ")}`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), "token-headroom-bench-"));
try {
  console.log(
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} x ${cpus()[0].model.trim()}, Node ${process.versions.node}, ` +
      `${process.platform}; o200k_base; medians of ${ROUNDS} rounds; ${versions().join(", ")}`,
  );
  for (const workload of asked.length > 0 ? asked : WORKLOADS) await run(workload);
} finally {
  rmSync(folder, { recursive: true });
}

async function run(workload) {
  const began = performance.now();
  const { title, prepare, names, report, cases = [], rounds = ROUNDS, limit = LIMIT_S } = await import(
    `./workloads/${workload}.mjs`
  );
  const data = prepare(corpus);
  const file = join(folder, `${workload}.json`);
  writeFileSync(file, JSON.stringify(data));
  const runs = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    // The libraries take turns, so that a slow minute of the machine falls on all of them.
    for (const name of names) {
      let left = cases;
      do {
        const printed = await work([workload, name, file, ...(cases.length > 0 ? left : [String(round)])], limit);
        runs[name].push(printed);
        // A process that was ended is followed by one for the rest.
        const last = printed.findLast((line) => line.begun !== undefined)?.begun;
        left = last === undefined ? [] : left.slice(left.indexOf(last) + 1);
      } while (left.length > 0);
    }
  }
  console.log(`\n### ${title}\n`);
  console.log(await report(runs, data, { native: (data) => native(data) }));
  console.error(`${workload} took ${((performance.now() - began) / 1e3).toFixed(0)} s`);
}

function work(job, limit) {
  const worker = fileURLToPath(new URL("./worker.mjs", import.meta.url));
  const child = spawn(process.execPath, ["--expose-gc", worker, ...job], { stdio: ["ignore", "pipe", "pipe"] });
  const printed = [];
  let rest = "";
  let complaint = "";
  let timer;
  const allow = (seconds) => {
    clearTimeout(timer);
    timer = setTimeout(() => child.kill("SIGKILL"), seconds * 1_000);
  };
  allow(limit);
  child.stdout.on("data", (chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      printed.push(JSON.parse(line));
      allow(printed.at(-1).allowed ?? limit);
    }
  });
  child.stderr.on("data", (chunk) => (complaint += chunk));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (code !== 0 && signal !== "SIGKILL") {
        reject(new Error(`${job.join(" ")} failed: ${complaint}`));
      } else {
        resolve(printed);
      }
    });
  });
}

function native({ warmUp, fresh }) {
  const program = process.env.BENCH_NATIVE;
  if (program === undefined) return undefined;
  const file = join(folder, "native.json");
  writeFileSync(file, JSON.stringify({ warmUp: warmUp.map(wellFormed), fresh: fresh.map(wellFormed) }));
  const rounds = Array.from({ length: ROUNDS }, () => JSON.parse(execFileSync(program, [file], { encoding: "utf8" })));
  return rounds.sort((a, b) => a.freshMs - b.freshMs)[Math.floor(ROUNDS / 2)];
}

// As encodeInto does it: Rust's strings have no lone surrogates.
function wellFormed(text) {
  return text.toWellFormed();
}

function versions() {
  const lock = readFileSync(new URL("./wasm-peers/Cargo.lock", import.meta.url), "utf8");
  return Object.values(libraries).map((library) => {
    if (library.crate !== undefined) {
      return `${library.crate} ${new RegExp(`name = "${library.crate}"\nversion = "(.*)"`).exec(lock)?.[1]} (crate)`;
    }
    const manifest = new URL(`../node_modules/${library.package}/package.json`, import.meta.url);
    return `${library.package} ${JSON.parse(readFileSync(manifest, "utf8")).version}`;
  }).filter((version, i, all) => all.indexOf(version) === i);
}
