// (b) Categories of text: the first pass, and the same texts once more.

import { bytes, categories, messageTexts, split } from "../corpus.mjs";
import { countUntil, warmUp } from "../counting.mjs";
import { libraries, ourNames } from "../libraries.mjs";
import { shuffled } from "../random.mjs";
import { median, rate, table } from "../tables.mjs";

const LIMIT_MS = 300;

export const title = "(b) Categories";

export const prepare = (corpus) => ({ warmUp: split(messageTexts(corpus)).warmUp, categories: categories(corpus) });
export const names = Object.keys(libraries);

export async function measure({ load, data, emit, rest: [round] }) {
  const count = await load();
  warmUp(count, data.warmUp);
  // Another order in every round, so that no category is always the one that finds the caches empty.
  for (const { name, texts } of shuffled(data.categories, Number(round))) {
    const first = countUntil(count, texts, LIMIT_MS);
    const again = countUntil(count, texts.slice(0, first.done), LIMIT_MS);
    emit({
      category: name,
      first: bytes(texts.slice(0, first.done)) / 1e3 / first.ms,
      again: bytes(texts.slice(0, again.done)) / 1e3 / again.ms,
    });
  }
}

export function report(runs, data) {
  const names = Object.keys(runs);
  const of = (name, category, pass) =>
    median(runs[name].flat().filter((result) => result.category === category).map((result) => result[pass]));
  const part = (pass) => {
    const rows = data.categories.map(({ name: category }) => {
      const rates = names.map((name) => of(name, category, pass));
      const best = Math.max(...rates);
      return [category, ...rates.map((value) => (value === best ? `**${rate(value)}**` : rate(value)))];
    });
    return table(["category", ...names], rows);
  };
  const behind = data.categories.flatMap(({ name: category }) => {
    const ours = Math.max(...ourNames.map((name) => of(name, category, "first")));
    const ahead = names.filter((name) => !ourNames.includes(name) && of(name, category, "first") > ours);
    return ahead.length > 0 ? [`${category} (${ahead.join(", ")})`] : [];
  });
  return [
    "MB/s, first pass:",
    "",
    part("first"),
    "",
    behind.length > 0 ? `Behind a peer in: ${behind.join("; ")}.` : "Ahead of every peer in every category.",
    "",
    "MB/s, the same texts again:",
    "",
    part("again"),
  ].join("\n");
}
