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
  const rates = (name) => runs[name].flat().map((r) => r.firstBytes / 1e3 / r.first.ms);
  // Libraries take turns: within a round the machine is more alike than from one round to the next.
  const [ours] = ourNames;
  const ratios = (name) => rates(name).map((rate, round) => rates(ours)[round] / rate);
  const rows = Object.entries(runs).map(([name, rounds]) => {
    const results = rounds.flat();
    return {
      name,
      first: median(rates(name)),
      again: median(results.map((r) => r.againBytes / 1e3 / r.again.ms)),
      counted: median(results.map((r) => r.firstBytes)) / 1e6,
    };
  });
  const machine = native(data);
  if (machine !== undefined) {
    const { bytes, freshMs, againMs } = machine;
    rows.push({ name: "token-headroom, native", first: bytes / 1e3 / freshMs, again: bytes / 1e3 / againMs, counted: bytes / 1e6 });
  }
  const peers = rows.filter((row) => row.name in libraries && !ourNames.includes(row.name));
  const fastest = peers.reduce((a, b) => (a.first > b.first ? a : b));
  const floor = Object.keys(floors).at(-1);
  const cells = rows.map((row) => [
    row.name,
    rate(row.first),
    rate(row.again),
    peers.includes(row) ? times(median(ratios(row.name))) : "",
    row.counted.toFixed(1),
  ]);
  const beside = ratios(fastest.name);
  return [
    `${data.fresh.length} distinct texts, ${(bytes(data.fresh) / 1e6).toFixed(1)} MB, after a warm-up on ${data.warmUp.length} others. ` +
      `A library that takes longer than ${LIMIT_MS / 1e3} s is measured on the first part of them.`,
    "",
    table(["library", "new text MB/s", "same again MB/s", "ours is", "MB counted"], cells),
    "",
    `The fastest peer is ${fastest.name}: the default entry counts new text ${times(median(beside))} as fast, median of ${beside.length} rounds ` +
      `(${times(Math.min(...beside))} to ${times(Math.max(...beside))}). ` +
      `The floor, ${floor}, is ${times(1 / median(ratios(floor)))} as fast as it.`,
  ].join("\n");
}
