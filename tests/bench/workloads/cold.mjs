// (c) A new process: import, load and the first count of 2 kB, from before the import.

import { stopwatch } from "../clock.mjs";
import { messageTexts, split } from "../corpus.mjs";
import { libraries, ourNames } from "../libraries.mjs";
import { median, table, times } from "../tables.mjs";

export const title = "(c) Cold start";

export const prepare = (corpus) => ({ text: split(messageTexts(corpus)).fresh.join("\n").slice(0, 2_000) });
export const names = Object.keys(libraries);

export async function measure({ load, data, emit }) {
  const clock = stopwatch();
  const count = await load();
  const loaded = clock.ms();
  const tokens = count(data.text);
  emit({ ms: clock.ms(), elapsed: clock.elapsed(), loaded, tokens, rss: process.memoryUsage().rss / 2 ** 20 });
}

export function report(runs) {
  const rows = Object.entries(runs).map(([name, rounds]) => {
    const of = (key) => median(rounds.flat().map((result) => result[key]));
    return { name, ms: of("ms"), elapsed: of("elapsed"), loaded: of("loaded"), first: of("ms") - of("loaded") };
  });
  // The default entry, as everywhere that ours is compared as one.
  const ours = rows.find((row) => row.name === ourNames[0]);
  const cells = rows.map((row) => [
    row.name,
    row.ms.toFixed(0),
    row.loaded.toFixed(0),
    row.first.toFixed(1),
    row.elapsed.toFixed(0),
    ourNames.includes(row.name) ? "" : times(row.ms / ours.ms),
  ]);
  return table(["library", "to the first count, ms", "of it import and load", "first count", "elapsed", "as long as ours"], cells);
}
