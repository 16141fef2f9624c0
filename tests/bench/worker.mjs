// One library in a fresh process: `node worker.mjs LIBRARY TEXTS.json` prints one line of JSON.
// TEXTS.json holds { cold, warmUp, fresh }: a text for the cold start, texts to warm up on, and texts counted once each.

import { readFileSync } from "node:fs";

import { libraries } from "./libraries.mjs";

const [, , name, file] = process.argv;
const { cold, warmUp, fresh } = JSON.parse(readFileSync(file, "utf8"));

const start = performance.now();
const count = await libraries[name]();
const coldTokens = count(cold);
const coldMs = performance.now() - start;

for (const text of warmUp) count(text);

let tokens = 0;
const began = performance.now();
for (const text of fresh) tokens += count(text);
const freshMs = performance.now() - began;

const repeated = performance.now();
for (const text of fresh) count(text);
const repeatMs = performance.now() - repeated;

console.log(
  JSON.stringify({
    name,
    coldMs,
    coldTokens,
    tokens,
    freshMs,
    repeatMs,
    rssMiB: process.memoryUsage().rss / 2 ** 20,
  }),
);
