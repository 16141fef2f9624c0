// (e) Memory after loading, after much distinct text, and after one text that is long.

import { stopwatch } from "../clock.mjs";
import { bytes, categories, messageTexts } from "../corpus.mjs";
import { seen, watch } from "../instances.mjs";
import { floors, libraries } from "../libraries.mjs";
import { random } from "../random.mjs";
import { table } from "../tables.mjs";

const TARGET = 100_000_000;
const MARKS = [1_000_000, 10_000_000, TARGET];
const LIMIT_MS = 10_000;
const TEXT = 3_000;
const LONG = 10_000_000;

export const title = "(e) Memory";
export const rounds = 1;
export const names = [Object.keys(floors)[0], ...Object.keys(libraries)];

export const prepare = (corpus) => ({
  lines: [...messageTexts(corpus), ...categories(corpus).flatMap(({ texts }) => texts)]
    .flatMap((text) => text.split("\n"))
    .filter((line) => line.length > 10),
});

export async function measure({ load, data, emit }) {
  watch();
  const count = await load();
  count("Hello");
  emit(state(0));
  let spent = 0;
  let counted = 0;
  const marks = [...MARKS];
  for (const text of recombined(data.lines, 7)) {
    const clock = stopwatch();
    count(text);
    spent += clock.elapsed();
    counted += bytes([text]);
    if (counted >= marks[0]) {
      marks.shift();
      emit(state(counted));
      if (marks.length === 0) break;
    }
    if (spent > LIMIT_MS) {
      emit({ ...state(counted), stopped: true });
      break;
    }
  }
  count(long(data.lines));
  emit({ ...state(counted), long: true });
}

function long(lines) {
  const parts = [];
  let length = 0;
  for (const text of recombined(lines, 8)) {
    parts.push(text);
    length += text.length;
    // Copied, because what `join` gives need not be one string yet.
    if (length >= LONG) return Buffer.from(parts.join("")).toString();
  }
}

// Lines of the corpus in random order, with the digits replaced and one word of each line spelled differently: no text repeats,
// most words do, as in real text, and words that nobody has seen keep coming.
function* recombined(lines, seed) {
  const pick = random(seed);
  for (;;) {
    let text = "";
    while (text.length < TEXT) {
      const line = lines[pick(lines.length)].slice(0, TEXT).replace(/[0-9]/g, () => String(pick(10)));
      const words = line.split(" ");
      const changed = pick(words.length);
      const letters = [...words[changed]];
      const at = pick(letters.length + 1);
      words[changed] = [...letters.slice(at), ...letters.slice(0, at)].join("");
      text += `${words.join(" ")}\n`;
    }
    yield text;
  }
}

function state(counted) {
  globalThis.gc();
  const { rss, heapUsed } = process.memoryUsage();
  return { counted, rss: rss / 2 ** 20, heap: heapUsed / 2 ** 20, wasm: seen().memory / 2 ** 20 };
}

/** The column of the long text. */
const LAST = 4;

export function report(runs) {
  const names = Object.keys(runs);
  const at = (name, i) => runs[name].flat().filter((found) => (found.long ?? false) === (i === LAST))[i % LAST];
  const cell = (name, i, key) => {
    const found = at(name, i);
    if (found === undefined) return "";
    const stopped = found.stopped ? ` (${(found.counted / 1e6).toFixed(0)} MB)` : "";
    return `${found[key].toFixed(key === "wasm" ? 1 : 0)}${stopped}`;
  };
  const base = names[0];
  const rows = names.map((name) => [
    name,
    ...[0, 1, 2, 3, LAST].map((i) => cell(name, i, "wasm")),
    ...[0, 1, 2, 3, LAST].map((i) => cell(name, i, "rss")),
    ...[0, 3].map((i) => cell(name, i, "heap")),
  ]);
  const loaded = (key) => [`${key} loaded`, "1 MB", "10 MB", "100 MB", "a text of 10 MB"];
  return [
    `MiB after loading and after counting so much recombined text, after a collection of garbage. "${base}" is the process without a tokenizer: ` +
      `the source lines. ${LIMIT_MS / 1e3} s of counting at most; in parentheses the text counted until then. ` +
      "After that, one text of 10 MB more.",
    "",
    table(["library", ...loaded("wasm memory"), ...loaded("RSS"), "JS heap loaded", "100 MB"], rows),
  ].join("\n");
}
