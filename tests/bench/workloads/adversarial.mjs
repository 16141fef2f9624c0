// (d) One string without a place to cut it, 100 kB and 1 MB: does the time grow with the length, and how fast is the worst?

import { bytes, messageTexts, split } from "../corpus.mjs";
import { stopwatch } from "../clock.mjs";
import { warmUp } from "../counting.mjs";
import { floors, libraries } from "../libraries.mjs";
import { random } from "../random.mjs";
import { median, rate, table } from "../tables.mjs";

const SIZES = [100_000, 1_000_000];
const TRIES = 3;
// A string that takes a fraction of a millisecond says little in three.
const QUICK_MS = 5;
const QUICK_TRIES = 15;
const LIMITS_S = [5, 10];
// Once is enough of what takes this long, and who takes this long for a tenth is not asked for the whole.
const SLOW_MS = 1_000;

export const title = "(d) Adversarial strings";
export const rounds = 1;
export const prepare = (corpus) => ({ warmUp: split(messageTexts(corpus)).warmUp.slice(0, 300) });
// What copying a string into memory takes, which is not linear either: a small one stays in a cache.
const [FLOOR] = Object.keys(floors);
export const names = [...Object.keys(libraries), FLOOR];

const chosen = (alphabet) => (size, pick) => {
  const symbols = [...alphabet];
  const width = Buffer.byteLength(symbols[0]);
  return Array.from({ length: Math.floor(size / width) }, () => symbols[pick(symbols.length)]).join("");
};
// Copied: what `repeat` gives is a tree, of which the first to read it makes a string. That takes longer than counting it, and more so for
// large strings, whose memory is new; a text that was received is a string already.
const run = (character) => (size) => Buffer.from(character.repeat(size)).toString();
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const DIGITS = "0123456789";

const kinds = {
  "one letter": run("a"),
  spaces: run(" "),
  newlines: run("\n"),
  _: run("_"),
  "=": run("="),
  base64: chosen(`${LOWER.toUpperCase()}${LOWER}${DIGITS}+/`),
  hex: chosen(`${DIGITS}abcdef`),
  "random letters": chosen(LOWER),
  CJK: (size, pick) => Array.from({ length: Math.floor(size / 3) }, () => String.fromCharCode(0x4e00 + pick(20_902))).join(""),
  "emoji ZWJ": (size) => run("👩🏽‍💻")(Math.floor(size / 15)),
  digits: chosen(DIGITS),
};

export const cases = Object.keys(kinds);

export async function measure({ load, data, emit, rest: kinds }) {
  const count = await load();
  warmUp(count, data.warmUp);
  for (const kind of kinds) measureKind(count, kind, emit);
}

function measureKind(count, kind, emit) {
  for (const [step, size] of SIZES.entries()) {
    let tries = TRIES;
    for (let attempt = 0; attempt < tries; attempt++) {
      // Other text every time where there is any chance in it: a cache of pieces must not help.
      const text = kinds[kind](size, random(step * QUICK_TRIES + attempt + 1));
      emit({ begun: kind, allowed: LIMITS_S[step] });
      const clock = stopwatch();
      let tokens;
      try {
        tokens = count(text);
      } catch (error) {
        emit({ kind, size, error: String(error.message).slice(0, 60) });
        return;
      }
      const ms = clock.ms();
      emit({ kind, size, ms, tokens, bytes: bytes([text]), attempt });
      if (ms < QUICK_MS) tries = QUICK_TRIES;
      if (step === 0 && ms > SLOW_MS) return;
      if (ms > SLOW_MS) break;
    }
  }
}

export function report(runs) {
  const names = Object.keys(runs);
  const [small, large] = SIZES;
  const find = (name, kind, size) => runs[name].flat().filter((r) => r.kind === kind && r.size === size);
  const middle = (name, kind, size) => {
    const results = find(name, kind, size).filter((r) => r.ms !== undefined);
    return results.length > 0 ? median(results.map((r) => r.ms)) : undefined;
  };
  const failure = (name, kind) => runs[name].flat().find((r) => r.kind === kind && r.error !== undefined);
  const cell = (name, kind, size) => {
    const ms = middle(name, kind, size);
    if (ms !== undefined) return ms < 10 ? ms.toFixed(1) : ms.toFixed(0);
    if (failure(name, kind) !== undefined) return "fails";
    const wasAsked = size === small || middle(name, kind, small) <= SLOW_MS;
    return wasAsked ? `> ${LIMITS_S[SIZES.indexOf(size)]} s` : "not asked";
  };
  const growth = (name, kind) => {
    const [a, b] = [middle(name, kind, small), middle(name, kind, large)];
    return a === undefined || b === undefined ? "" : `${(b / a).toFixed(1)}`;
  };
  const part = (name, kind) => {
    const ms = middle(name, kind, large);
    return ms === undefined ? "" : rate(large / 1e3 / ms);
  };
  const rows = (of) => cases.map((kind) => [kind, ...names.map((name) => of(name, kind))]);
  const differing = cases.flatMap((kind) =>
    Object.keys(libraries).flatMap((name) => {
      const wrong = find(name, kind, small)
        .filter((r) => r.tokens !== undefined)
        .find((r) => {
          const ours = find(names[0], kind, small).find((o) => o.attempt === r.attempt);
          return ours !== undefined && ours.tokens !== r.tokens;
        });
      return wrong === undefined ? [] : [`${name} counts ${wrong.tokens} tokens of ${kind}, other than ${names[0]}`];
    }),
  );
  const failures = names.flatMap((name) =>
    cases.map((kind) => failure(name, kind)).filter(Boolean).map((r) => `${name}, ${r.kind}, ${r.size} bytes: ${r.error}`),
  );
  const found = [...differing, ...failures];
  return [
    `Milliseconds for one string, median of ${TRIES}, or of ${QUICK_TRIES} where it takes less than ${QUICK_MS} ms. A library that takes longer than ${SLOW_MS / 1e3} s for 100 kB is not asked for 1 MB.`,
    "",
    table(["1 MB, ms", ...names], rows((name, kind) => cell(name, kind, large))),
    "",
    table(["100 kB, ms", ...names], rows((name, kind) => cell(name, kind, small))),
    "",
    "MB/s at 1 MB:",
    "",
    table(["1 MB, MB/s", ...names], rows(part)),
    "",
    "How many times as long ten times the length takes:",
    "",
    table(["growth", ...names], rows(growth)),
    ...(found.length > 0 ? ["", ...found.map((line) => `- ${line}`)] : []),
  ].join("\n");
}
