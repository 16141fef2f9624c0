// Compactors side by side on recorded agent histories: `node run.mjs <corpus folder> [limit in percent...]`. README.md says how to
// read what it prints.

import { createRequire } from "node:module";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { table } from "../bench/tables.mjs";
import { contestants } from "./contestants.mjs";
import { Judge } from "./judge.mjs";
import { PLANS, plansRow, WALKS, walksRow } from "./tables.mjs";
import { trajectories } from "./trajectories.mjs";

const WINDOW = 0.5;
const [corpus, ...percents] = process.argv.slice(2);
const LIMITS = (percents.length > 0 ? percents : [25, 50, 75]).map((percent) => Number(percent) / 100);
const THREADS = 2;

const file = join(corpus, "trajectories.jsonl");
const documents = trajectories(file);
const windows = {};
for (const trajectory of documents) {
  const judge = await Judge.of(trajectory);
  windows[trajectory.id] = Math.floor(judge.whole().upperBound * WINDOW);
}

const outcomes = await inThreads(groups());
print();

/** Each of ours has a thread of its own: what one has counted would be no work for the next. The longest begins first. */
function groups() {
  const ours = contestants.filter(({ library }) => library === "token-headroom").map(({ name }) => [name]).reverse();
  const rivals = ["langchain", "ai", "rule"].map((library) => contestants.filter((one) => one.library === library).map(({ name }) => name));
  return [...ours, ...rivals];
}

async function inThreads(groups) {
  const waiting = [...groups];
  const found = [];
  const next = async () => {
    for (let names = waiting.shift(); names !== undefined; names = waiting.shift()) {
      await started(names, (outcome) => found.push(outcome));
    }
  };
  await Promise.all(Array.from({ length: THREADS }, next));
  return found;
}

function started(names, collect) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("worker.mjs", import.meta.url), { workerData: { file, names, windows, limits: LIMITS } });
    worker.on("message", collect);
    worker.on("error", reject);
    worker.on("exit", resolve);
  });
}

function print() {
  const installed = createRequire(import.meta.url);
  const version = (name) => `${name} ${installed(`${name}/package.json`).version}`;
  console.log(`${["token-headroom", "ai", "langchain", "@langchain/core"].map(version).join(", ")}; AutoGen's rules as in autogen-core 0.7.5.`);
  console.log(`${documents.length} histories; limits ${LIMITS.map((limit) => `${Math.round(limit * 100)} %`).join(", ")}; window ${WINDOW * 100} %; node ${process.versions.node}.\n`);
  console.log(table(["compactor", "settings"], contestants.map(({ name, settings }) => [name, settings])).replace("--:|", "---|"));
  for (const format of [...new Set(documents.map(({ format }) => format))]) {
    section(format, documents.filter((document) => document.format === format));
  }
  section("all", documents);
}

function section(title, chosen) {
  const ids = new Set(chosen.map(({ id }) => id));
  const rows = contestants.map(({ name }) => [name, outcomes.filter((outcome) => outcome.name === name && ids.has(outcome.id))]);
  const ran = rows.map(([name, some]) => [name, some.filter(({ unsupported }) => unsupported === undefined)]).filter(([, some]) => some.length > 0);
  console.log(`\n### ${title}: ${chosen.length} histories, ${[...new Set(chosen.map(({ model }) => model))].join(" and ")}\n`);
  console.log(table(PLANS, ran.map(([name, some]) => plansRow(name, some.flatMap(({ planned }) => planned)))));
  const possible = decisions(ran);
  console.log(`\nOf ${possible.all} decisions, ${possible.made} were met by somebody with a valid request that fits.`);
  const free = uncompacted();
  const price = (some) => some.reduce((sum, { id }) => sum + free.get(id), 0);
  console.log(`\n${table(WALKS, ran.map(([name, some]) => walksRow(name, some.map(({ walked }) => walked), price(some))))}`);
  for (const [name, some] of rows) {
    const missing = some.filter(({ unsupported }) => unsupported !== undefined);
    if (missing.length > 0) {
      console.log(`\n${name}: not run on ${missing.length} of ${chosen.length} (${missing[0].unsupported.split(";")[0]}).`);
    }
    const told = some.flatMap(({ planned }) => planned ?? []).filter(({ irreducible }) => irreducible).length;
    if (told > 0) {
      console.log(`\n${name}: ${told} plans say \`irreducible\`.`);
    }
  }
}

function decisions(rows) {
  const outcomes = rows.flatMap(([, some]) => some.flatMap(({ planned }) => planned));
  const keys = (some) => new Set(some.map(({ key }) => key)).size;
  return { all: keys(outcomes), made: keys(outcomes.filter(({ valid, fits }) => valid && fits)) };
}

/** `pruneMessages` with nothing set changes nothing: what every session costs without a window. */
function uncompacted() {
  const unchanged = outcomes.filter(({ name }) => name === "pruneMessages, defaults");
  return new Map(unchanged.map(({ id, walked }) => [id, walked.tokens]));
}
