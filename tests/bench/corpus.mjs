// The texts that are counted. They belong to others and are read from a folder beside the checkout.

import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";

import { shuffled } from "./random.mjs";

const WARM_UP_BYTES = 2_000_000;
// As long as the messages and tool results of agents mostly are.
const SLICE = 3_000;

export const bytes = (texts) => texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);

/** Every distinct message text of recorded agent histories, in an order that makes every part like the whole. */
export function messageTexts(corpus) {
  const seen = new Set();
  const visit = (value) => {
    if (typeof value === "string") seen.add(value);
    else if (Array.isArray(value)) value.forEach(visit);
    else if (value && typeof value === "object") Object.values(value).forEach(visit);
  };
  for (const line of readFileSync(join(corpus, "trajectories.jsonl"), "utf8").split("\n")) {
    if (line) for (const message of JSON.parse(line).messages) visit(message.content ?? null);
  }
  // Strings of a few letters (roles, block types, ids) are not message texts.
  return [...seen].filter((text) => text.length >= 40);
}

/** Texts to warm up on, and others; no text is in both. */
export function split(texts) {
  const warmUp = [];
  const fresh = [];
  let warm = 0;
  texts.forEach((text, i) => {
    if (i % 10 === 0 && warm < WARM_UP_BYTES) {
      warmUp.push(text);
      warm += Buffer.byteLength(text);
    } else fresh.push(text);
  });
  return { warmUp, fresh: shuffled(fresh, 1) };
}

/** The categories of text, each in slices of the size of a message. */
export function categories(corpus) {
  const files = readdirSync(join(corpus, "text")).filter((name) => name.endsWith(".txt"));
  return files.sort().map((file) => ({
    name: basename(file, ".txt"),
    texts: slices(readFileSync(join(corpus, "text", file), "utf8")),
  }));
}

// At the first line break after SLICE characters; without one, after half as many again.
function slices(text) {
  const list = [];
  let from = 0;
  while (from < text.length) {
    const line = text.indexOf("\n", from + SLICE);
    let to = line < 0 ? text.length : line + 1;
    if (to - from > SLICE * 1.5) to = Math.min(from + SLICE, text.length);
    const last = text.charCodeAt(to - 1);
    if (last >= 0xd800 && last < 0xdc00) to++;
    list.push(text.slice(from, to));
    from = to;
  }
  return list;
}
