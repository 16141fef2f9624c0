// What (d) does not list: strings of 1 MB that splitting leaves in one piece, in other scripts and of other shapes.

import { categories, messageTexts, split } from "../corpus.mjs";
import { stopwatch } from "../clock.mjs";
import { warmUp } from "../counting.mjs";
import { ourNames } from "../libraries.mjs";
import { random } from "../random.mjs";
import { median, rate, table } from "../tables.mjs";

const SIZE = 1_000_000;
const TRIES = 5;

export const title = "Giant pieces of other kinds";
export const rounds = 1;
// The peer that came out best for (d)'s random letters and CJK; most others take minutes.
export const names = [...ourNames, "bpe-openai (crate)"];

export const prepare = (corpus) => {
  const text = (name) => categories(corpus).find((category) => category.name === name).texts.join("\n");
  return {
    warmUp: split(messageTexts(corpus)).warmUp.slice(0, 300),
    english: text("english").match(/[a-z]+/g),
    chinese: text("chinese").match(/\p{Script=Han}+/gu),
  };
};

/** Parts until they take `SIZE` bytes. */
const joined = (part) => (pick, data) => {
  const parts = [];
  for (let size = 0; size < SIZE; size += Buffer.byteLength(parts.at(-1))) parts.push(part(pick, data));
  return parts.join("");
};
const between = (first, last) => joined((pick) => String.fromCodePoint(first + pick(last - first + 1)));
const among = (symbols) => joined((pick) => symbols[pick(symbols.length)]);
const runs = (symbols, most) => joined((pick) => symbols[pick(symbols.length)].repeat(1 + pick(most)));
const PUNCTUATION = [..."!#$%&()*+,-.:;<=>?@[]^_{|}~"];
const BLANKS = [" ", "\t", "\n"];

const kinds = {
  "English words": joined((pick, { english }) => english[pick(english.length)]),
  "Chinese words": joined((pick, { chinese }) => chinese[pick(chinese.length)]),
  "random Cyrillic": between(0x430, 0x44f),
  "random Greek": between(0x3b1, 0x3c9),
  "random Hebrew": between(0x5d0, 0x5ea),
  "random Hiragana": between(0x3041, 0x3096),
  "random Hangul": between(0xac00, 0xd7a3),
  "random punctuation": among(PUNCTUATION),
  "runs of punctuation": runs(PUNCTUATION, 80),
  "runs of blanks": runs(BLANKS, 80),
  "box drawing": runs([..."─│┌┐└┘├┤═║█░▒▓"], 40),
  "random emoji": between(0x1f300, 0x1f5ff),
  flags: joined((pick) => String.fromCodePoint(0x1f1e6 + pick(26), 0x1f1e6 + pick(26))),
};

export async function measure({ load, data, emit }) {
  const count = await load();
  warmUp(count, data.warmUp);
  for (const [kind, make] of Object.entries(kinds)) {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      // Copied: joined parts are a tree, of which the first to read it makes a string.
      const text = Buffer.from(make(random(attempt + 1), data)).toString();
      const clock = stopwatch();
      const tokens = count(text);
      emit({ kind, attempt, tokens, rate: Buffer.byteLength(text) / 1e3 / clock.ms() });
    }
  }
}

export function report(runs) {
  const of = (name, kind) => runs[name].flat().filter((result) => result.kind === kind);
  const rows = Object.keys(kinds).map((kind) => [
    kind,
    ...names.map((name) => rate(median(of(name, kind).map((result) => result.rate)))),
  ]);
  const differing = Object.keys(kinds).filter((kind) =>
    names.some((name) => of(name, kind).some(({ tokens, attempt }) => tokens !== of(names[0], kind)[attempt].tokens)),
  );
  return [
    `MB/s, median of ${TRIES} strings.`,
    "",
    table(["1 MB in one piece, MB/s", ...names], rows),
    ...(differing.length > 0 ? ["", `Counts differ: ${differing.join(", ")}.`] : []),
  ].join("\n");
}
