// Whether all count the same: every text of (a) and (b), and strings that libraries are known to differ on.

import { categories, messageTexts } from "../corpus.mjs";
import { libraries } from "../libraries.mjs";
import { table } from "../tables.mjs";

// The port of the reference implementation.
const REFERENCE = "tiktoken-rs (crate)";
// A text that takes longer shows that the library cannot be asked for all of them.
const LIMIT_MS = 40_000;

export const title = "Counts";
export const rounds = 1;
export const limit = 120;
export const names = Object.keys(libraries);

const strings = {
  "byte order mark before a word": "\ufeffThe Project",
  "byte order mark before a symbol": "\ufeff#include <stdio.h>",
  "byte order mark before a line break": "\ufeff\n",
  "byte order mark between words": "a\ufeff b",
  "next line (U+0085)": "a\u0085\u0085b",
  "special-token text": "<|endoftext|>",
  "lone surrogate": "a\ud800b",
  "long s in a contraction": "it'\u017f",
  "name of an inherited property": "constructor __proto__ toString",
  "letter since Unicode 17": "a\u{10940}\u{10941}b \u{10940}\u{10940}",
  "nothing": "",
};

export const prepare = (corpus) => ({
  groups: [{ name: "message texts", texts: messageTexts(corpus) }, ...categories(corpus)],
});

export async function measure({ load, data, emit }) {
  const count = await load();
  for (const [name, text] of Object.entries(strings)) {
    let tokens;
    try {
      tokens = count(text);
    } catch (error) {
      tokens = `fails: ${String(error?.message ?? error).slice(0, 60)}`;
    }
    emit({ string: name, tokens });
  }
  for (const { name, texts } of [...data.groups].reverse()) {
    const began = performance.now();
    const counts = [];
    for (const text of texts) {
      counts.push(count(text));
      if (performance.now() - began > LIMIT_MS) break;
    }
    emit({ group: name, counts });
  }
}

export function report(runs, data) {
  const reference = runs[REFERENCE].flat();
  const expected = (group) => reference.find((result) => result.group === group)?.counts ?? [];
  const rows = Object.entries(runs).map(([name, rounds]) => {
    const results = rounds.flat();
    let texts = 0;
    let tokens = 0;
    let different = 0;
    const where = new Set();
    for (const { group, counts } of results.filter((result) => result.group !== undefined)) {
      const right = expected(group);
      counts.slice(0, right.length).forEach((value, i) => {
        texts++;
        tokens += value;
        if (value !== right[i]) {
          different++;
          where.add(group);
        }
      });
    }
    return [name, texts, tokens, different, [...where].join(", ")];
  });
  const known = Object.keys(strings).map((string) => [
    string,
    ...Object.values(runs).map((rounds) => {
      const value = rounds.flat().find((result) => result.string === string)?.tokens;
      const right = reference.find((result) => result.string === string)?.tokens;
      return value === right ? String(value) : `**${value ?? "?"}**`;
    }),
  ]);
  const total = data.groups.reduce((sum, { texts }) => sum + texts.length, 0);
  return [
    `The message texts of (a) and the slices of (b), ${total} texts; a library that takes longer than ${LIMIT_MS / 1e3} s for a group is asked for the ` +
      `first part of it. Reference: ${REFERENCE}.`,
    "",
    table(["library", "texts", "tokens", "texts counted differently", "in"], rows),
    "",
    "Tokens of single strings; bold where they differ from the reference:",
    "",
    table(["string", ...Object.keys(runs)], known),
  ].join("\n");
}
