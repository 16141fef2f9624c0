import assert from "node:assert/strict";
import { test } from "node:test";

// Every memory, from before the package is imported.
const { Instance } = WebAssembly;
const memories = new Set();
WebAssembly.Instance = class extends Instance {
  constructor(...given) {
    super(...given);
    for (const exported of Object.values(this.exports)) if (exported instanceof WebAssembly.Memory) memories.add(exported);
  }
};
const { loadEncoding } = await import("token-headroom/tokenizer");
const taken = () => [...memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0);

/** Units that are counted in one part at most; what is longer is counted in several. */
const PART = 16 * 1024;

let state = 1;
const below = (end) => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  return Math.floor((state / 2 ** 32) * end);
};
const one = (list) => list[below(list.length)];
/** At least `units` of what `next` gives. */
const filled = (units, next) => {
  const parts = [];
  for (let length = 0; length < units; length += parts.at(-1).length) parts.push(next());
  return parts.join("");
};
const letters = (alphabet, most) => Array.from({ length: 1 + below(most) }, () => one(alphabet)).join("");
const latin = [..."abcdefghijklmnopqrstuvwxyzETAOIN"];
const cyrillic = [..."абвгдежзийклмнопрстуфхцчшщыэюя"];
const chinese = () => String.fromCharCode(0x4e00 + below(20_902));

const texts = {
  "words and line breaks": filled(120_000, () => letters(latin, 9) + one([" ", " ", ", ", ".\n", "\n\n  ", "\t"])),
  "Cyrillic words": filled(80_000, () => letters(cyrillic, 11) + one([" ", ", ", "\n"])),
  "Chinese with few places to cut": filled(60_000, () => (below(3_000) === 0 ? "\n" : chinese())),
  "Chinese without any": filled(40_000, chinese),
  base64: filled(70_000, () => Buffer.from(letters(latin, 30)).toString("base64").replace(/=/g, "")),
  digits: filled(50_000, () => String(below(10))),
  "emoji of several characters": filled(60_000, () => one(["👩🏽‍💻", "👨‍👩‍👧", "🏳️‍🌈", "🙂"])),
  "pairs that every part would cut": `a${"👩".repeat(3 * PART)}`,
  "lone halves everywhere": filled(50_000, () => one(["\ud83d", "\udc69", "👩", "word ", "字", "\n"])),
  "lone halves alone": "\ud83d".repeat(2 * PART + 1),
  "a run that ends at last": `${"=".repeat(4 * PART)} done`,
  "a run with another character in it": `${"a".repeat(PART + 7)}b${"a".repeat(3 * PART)}`,
  "an end that fits whole": `${"字".repeat(30_000)}${" ".repeat(100_000)}`,
  "another end that fits whole": `${"=".repeat(150_000)}END`,
  "few tokens for many characters": filled(150_000, () => one(["internationalization ", "responsibilities "])),
  "lines of Chinese": filled(60_000, () => chinese() + (below(30) === 0 ? "\r\n" : "")),
  "lines without spaces": filled(150_000, () => letters(latin, 9) + (below(1_500) === 0 ? "\n" : ",")),
  "a part exactly": "word ".repeat(PART).slice(0, PART),
  "one unit more": "word ".repeat(PART).slice(0, PART + 1),
  "blanks at the cut": `${"word ".repeat(PART / 5)}${" ".repeat(30)}\n \n${"word ".repeat(9_000)}`,
};
for (const character of ["a", "Z", " ", "\n", "\t", "\0", "_", "=", "1", "é", "字"]) {
  texts[`${JSON.stringify(character)} alone`] = character.repeat(5 * PART + 3);
}

const encodings = ["o200k_base", "cl100k_base", "p50k_base", "qwen3", "deepseek-v4", "mistral-tekken", "mistral-sp-v3", "gemma4"];
for (const name of encodings) {
  test(`${name}: a long text counts as many tokens as it has ids, and as many up to a limit`, async () => {
    const tokenizer = await loadEncoding(name, { ids: true });
    for (const [kind, text] of Object.entries(texts)) {
      const tokens = tokenizer.encode(text).length;
      assert.equal(tokenizer.countTokens(text), tokens, kind);
      assert.equal(tokenizer.countUpTo(text, tokens), tokens, kind);
      assert.equal(tokenizer.countUpTo(text, tokens - 1), undefined, kind);
      assert.equal(tokenizer.countUpTo(text, 0), undefined, kind);
    }
  });
}

/** What is kept, and the same with one character more of what is left out. */
function keptAndMore(text, { head, tail }, keep) {
  const omitted = [...text.slice(head.length, text.length - tail.length)];
  return [head + tail, keep === "head" ? head + omitted[0] : head + omitted.at(-1) + tail];
}

for (const name of ["o200k_base", "p50k_base", "qwen3", "mistral-sp-v3", "gemma4", "claude-gen2"]) {
  test(`${name}: what is kept of a long text is the longest that fits`, async () => {
    const tokenizer = await loadEncoding(name);
    // Without those in one piece, which take long to cut in encodings whose texts are not what is merged.
    const kinds = [
      "words and line breaks",
      "Cyrillic words",
      "lone halves everywhere",
      "emoji of several characters",
      "a run that ends at last",
      "an end that fits whole",
      "another end that fits whole",
      "few tokens for many characters",
    ];
    for (const kind of kinds) {
      const text = texts[kind];
      const all = tokenizer.countTokens(text);
      for (const keep of ["head", "tail", "both"]) {
        const whole = keep === "tail" ? { head: "", tail: text } : { head: text, tail: "" };
        assert.deepEqual(tokenizer.truncate(text, all, { keep }), { text, ...whole, tokens: all, omitted: 0 });
        for (const limit of [0, 1, 100, 900, all - 1]) {
          const kept = tokenizer.truncate(text, limit, { keep });
          const place = `${kind} ${keep} ${limit}`;
          assert.ok(text.startsWith(kept.head) && text.endsWith(kept.tail), place);
          assert.equal(kept.omitted, text.length - kept.head.length - kept.tail.length, place);
          assert.ok(kept.tokens <= limit && kept.omitted > 0, place);
          const [fits, more] = keptAndMore(text, kept, keep);
          assert.equal(kept.text, fits, place);
          assert.equal(tokenizer.countTokens(fits), kept.tokens, place);
          // Where halves would join, less is kept than fits.
          if (kind !== "lone halves everywhere") assert.ok(tokenizer.countTokens(more) > limit, place);
        }
      }
    }
  });
}

test("memory does not grow with the length of a text", async () => {
  const tokenizer = await loadEncoding("o200k_base");
  const sentence = texts["words and line breaks"];
  tokenizer.countTokens(sentence);
  tokenizer.truncate(sentence, 100);
  const before = taken();
  assert.ok(before > 0);
  for (const part of [sentence, texts["Cyrillic words"], `${"=".repeat(PART)}`]) {
    const text = part.repeat(Math.ceil(20_000_000 / part.length));
    const tokens = tokenizer.countTokens(text);
    assert.ok(tokens > 100_000);
    assert.equal(tokenizer.countUpTo(text, 1_000), undefined);
    for (const keep of ["head", "tail", "both"]) assert.equal(tokenizer.truncate(text, 1_000, { keep }).tokens, 1_000);
  }
  const lines = texts["lines without spaces"];
  assert.ok(tokenizer.countTokens(lines.repeat(Math.ceil(20_000_000 / lines.length))) > 1_000_000);
  assert.ok(taken() - before < 4_000_000, `${before} to ${taken()} bytes`);
});
