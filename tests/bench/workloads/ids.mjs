// The texts of (a) encoded, once and again, and their ids decoded.

import { codecs, ourName } from "../codecs.mjs";
import { bytes, messageTexts, split } from "../corpus.mjs";
import { countUntil, warmUp } from "../counting.mjs";
import { median, rate, table, times } from "../tables.mjs";

const LIMIT_MS = 2_000;

export const title = "Ids";

export const prepare = (corpus) => split(messageTexts(corpus));
export const names = Object.keys(codecs);

export async function measure({ name, data, emit }) {
  const { encode, decode } = await codecs[name]();
  const lengthOf = (text) => encode(text).length;
  warmUp(lengthOf, data.warmUp);
  const first = countUntil(lengthOf, data.fresh, LIMIT_MS);
  const counted = data.fresh.slice(0, first.done);
  const again = countUntil(lengthOf, counted, LIMIT_MS);
  // What an encoder gave is kept only for a part, so that it is the decoder that is measured.
  const part = data.fresh.slice(0, Math.min(first.done, 2_000));
  const ids = part.map((text) => encode(text));
  warmUp((each) => decode(each).length, ids.slice(0, 200));
  const decoded = countUntil((each) => decode(each).length, ids, LIMIT_MS);
  const wrong = part.filter((text, index) => index < decoded.done && decode(ids[index]) !== text.toWellFormed()).length;
  const speed = (texts, { done, ms }) => bytes(texts.slice(0, done)) / 1e3 / ms;
  emit({ first: speed(counted, first), again: speed(counted, again), decoded: speed(part, decoded), tokens: first.tokens, done: first.done, wrong });
}

export function report(runs, data) {
  const all = Object.entries(runs).map(([name, rounds]) => [name, rounds.flat()]);
  const firsts = (name) => runs[name].flat().map(({ first }) => first);
  const ratio = (name) => median(firsts(name).map((first, round) => firsts(ourName)[round] / first));
  const rows = all.map(([name, rounds]) => [
    name,
    rate(median(rounds.map(({ first }) => first))),
    rate(median(rounds.map(({ again }) => again))),
    rate(median(rounds.map(({ decoded }) => decoded))),
    name === ourName ? "" : times(ratio(name)),
    Math.max(...rounds.map(({ wrong }) => wrong)),
  ]);
  return [
    `The texts of (a), each encoded once after a warm-up, then once more; then the ids of 2,000 of them decoded. A library that takes longer than ` +
      `${LIMIT_MS / 1e3} s encodes the first part of them.`,
    "",
    table(["library", "encode MB/s", "again MB/s", "decode MB/s", "ours encodes", "texts decoded otherwise"], rows),
  ].join("\n");
}
