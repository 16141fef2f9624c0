// Compares first counts and new-text throughput of several counters, each in a fresh process, alternating, medians of ROUNDS.
// `node run.mjs CORPUS`: CORPUS is the folder with trajectories.jsonl; every distinct message text is counted once.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { libraries } from "./libraries.mjs";

const ROUNDS = 5;
const WARM_UP_BYTES = 2_000_000;

const [, , corpus] = process.argv;
const texts = distinctTexts(join(corpus, "trajectories.jsonl"));
const { warmUp, fresh } = split(texts);
const freshBytes = fresh.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
const cold = fresh.join("\n").slice(0, 2_000);

const folder = mkdtempSync(join(tmpdir(), "token-headroom-bench-"));
try {
  const file = join(folder, "texts.json");
  writeFileSync(file, JSON.stringify({ cold, warmUp, fresh }));
  const runs = Object.fromEntries(Object.keys(libraries).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of Object.keys(libraries)) runs[name].push(measure(name, file));
  }
  report(runs);
} finally {
  rmSync(folder, { recursive: true });
}

function distinctTexts(path) {
  const seen = new Set();
  const visit = (value) => {
    if (typeof value === "string") seen.add(value);
    else if (Array.isArray(value)) value.forEach(visit);
    else if (value && typeof value === "object") Object.values(value).forEach(visit);
  };
  for (const line of readFileSync(path, "utf8").split("\n")) {
    if (line) for (const message of JSON.parse(line).messages) visit(message.content ?? null);
  }
  // Strings of a few letters (roles, block types, ids) are not message texts.
  return [...seen].filter((text) => text.length >= 40);
}

// The warm-up texts are every tenth one, so that both halves are alike and none is counted twice.
function split(texts) {
  const warmUp = [];
  const fresh = [];
  let bytes = 0;
  texts.forEach((text, i) => {
    if (i % 10 === 0 && bytes < WARM_UP_BYTES) {
      warmUp.push(text);
      bytes += Buffer.byteLength(text);
    } else fresh.push(text);
  });
  return { warmUp, fresh };
}

function measure(name, file) {
  const worker = fileURLToPath(new URL("./worker.mjs", import.meta.url));
  return JSON.parse(execFileSync(process.execPath, [worker, name, file], { encoding: "utf8" }));
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function report(runs) {
  const rate = (ms) => freshBytes / 1e6 / (ms / 1e3);
  const rows = Object.entries(runs).map(([name, list]) => ({
    name,
    cold: median(list.map((r) => r.coldMs)),
    fresh: rate(median(list.map((r) => r.freshMs))),
    repeat: rate(median(list.map((r) => r.repeatMs))),
    rss: median(list.map((r) => r.rssMiB)),
    tokens: list[0].tokens,
  }));
  const ours = rows[0];
  console.log(
    `o200k_base, ${fresh.length} distinct texts, ${(freshBytes / 1e6).toFixed(1)} MB, ` +
      `Node ${process.versions.node}, ${cpus()[0].model.trim()}, median of ${ROUNDS} fresh processes`,
  );
  console.log("library          cold 2 kB   new text        same again     memory    tokens");
  for (const row of rows) {
    const ratio = row === ours ? "" : ` (ours ${(ours.fresh / row.fresh).toFixed(1)}x)`;
    console.log(
      `${row.name.padEnd(16)} ${row.cold.toFixed(0).padStart(6)} ms  ` +
        `${row.fresh.toFixed(1).padStart(6)} MB/s${ratio.padEnd(13)} ` +
        `${row.repeat.toFixed(1).padStart(6)} MB/s ${row.rss.toFixed(0).padStart(6)} MiB  ${row.tokens}`,
    );
  }
  const differing = rows.filter((row) => row.tokens !== ours.tokens);
  for (const row of differing) {
    console.log(`${row.name} counts ${row.tokens - ours.tokens} tokens differently from token-headroom`);
  }
}
