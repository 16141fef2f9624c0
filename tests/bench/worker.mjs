// One library on one workload in a fresh process: `node worker.mjs WORKLOAD LIBRARY DATA.json [CASE]` prints lines of JSON.

import { readFileSync, writeSync } from "node:fs";

import { floors, libraries } from "./libraries.mjs";

const [, , workload, name, file, ...rest] = process.argv;
const data = JSON.parse(readFileSync(file, "utf8"));
const { measure } = await import(`./workloads/${workload}.mjs`);
// Written at once: the process is ended when a count takes too long, and what it had measured until then is kept.
const emit = (result) => writeSync(1, `${JSON.stringify(result)}\n`);
await measure({ name, load: (libraries[name] ?? floors[name])?.load, data, emit, rest });
