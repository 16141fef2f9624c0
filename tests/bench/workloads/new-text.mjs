// (a) Every distinct message text of recorded agent histories, each counted once after a warm-up on other texts.

import { bytes, messageTexts, split } from "../corpus.mjs";
import { countUntil, warmUp } from "../counting.mjs";
import { floors, libraries, ourNames } from "../libraries.mjs";
import { median, rate, table, times } from "../tables.mjs";

const LIMIT_MS = 2_000;

export const title = "(a) New text";

export const prepare = (corpus) => split(messageTexts(corpus));
export const names = [...Object.keys(libraries), ...Object.keys(floors)];

export async function measure({ load, data, emit }) {
  const count = await load();
  warmUp(count, data.warmUp);
  const first = countUntil(count, data.fresh, LIMIT_MS);
  const again = countUntil(count, data.fresh.slice(0, first.done), LIMIT_MS);
  emit({ first, again, firstBytes: bytes(data.fresh.slice(0, first.done)), againBytes: bytes(data.fresh.slice(0, again.done)) });
}

export function report(runs, data, { native }) {
  const rows = Object.entries(runs).map(([name, rounds]) => {
    const results = rounds.flat();
    return {
      name,
      first: median(results.map((r) => r.firstBytes / 1e3 / r.first.ms)),
      again: median(results.map((r) => r.againBytes / 1e3 / r.again.ms)),
      counted: median(results.map((r) => r.firstBytes)) / 1e6,
    };
  });
  const machine = native(data);
  if (machine !== undefined) {
    const { bytes, freshMs, againMs } = machine;
    rows.push({ name: "token-headroom, native", first: bytes / 1e3 / freshMs, again: bytes / 1e3 / againMs, counted: bytes / 1e6 });
  }
  const ours = rows.filter((row) => ourNames.includes(row.name));
  const best = Math.max(...ours.map((row) => row.first));
  const peers = rows.filter((row) => row.name in libraries && !ourNames.includes(row.name));
  const fastest = peers.reduce((a, b) => (a.first > b.first ? a : b));
  const floor = rows.find((row) => row.name === Object.keys(floors).at(-1));
  const cells = rows.map((row) => [
    row.name,
    rate(row.first),
    rate(row.again),
    peers.includes(row) ? times(best / row.first) : "",
    row.counted.toFixed(1),
  ]);
  return [
    `${data.fresh.length} distinct texts, ${(bytes(data.fresh) / 1e6).toFixed(1)} MB, after a warm-up on ${data.warmUp.length} others. ` +
      `A library that takes longer than ${LIMIT_MS / 1e3} s is measured on the first part of them.`,
    "",
    table(["library", "new text MB/s", "same again MB/s", "ours is", "MB counted"], cells),
    "",
    `The fastest peer is ${fastest.name}: ours counts new text ${times(best / fastest.first)} as fast. ` +
      `The floor, ${floor.name}, is ${times(floor.first / best)} as fast as ours.`,
  ].join("\n");
}
