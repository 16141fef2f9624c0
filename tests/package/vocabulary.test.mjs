// Vocabularies that callers pass: damaged, in pieces, running code while they are read; and the ways of decoding.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { createTokenBudget, createTokenBudgetSync, TokenHeadroomError } from "token-headroom";
import o200k_base from "token-headroom/encodings/o200k_base";
import { question } from "./histories.mjs";
import { refusing } from "./refused.mjs";

const budget = await createTokenBudget({ model: "gpt-4o" });
const expected = budget.project(question).tokens;
const refused = refusing(TokenHeadroomError, () => assert.equal(budget.project(question).tokens, expected, "the next call works"));

test("a damaged vocabulary is refused, and the sound one still loads", () => {
  const text = o200k_base.data.join("");
  const bytes = Uint8Array.from(Buffer.from(text, "base64"));
  const open = (data) => () =>
    createTokenBudgetSync({ model: "ours", maxContextTokens: 9_000, encoding: { name: "damaged", data } });
  assert.equal(open(bytes)().countTokens("hello world"), 2);
  assert.equal(open(text)().countTokens("hello world"), 2);
  const damaged = bytes.slice();
  damaged[bytes.length >> 1] ^= 0x55;
  refused(open(damaged), "corrupt_pack", "");
  const [first, second, ...rest] = o200k_base.data;
  refused(open([second, first, ...rest]), "corrupt_pack", "");
  refused(open([first, second]), "corrupt_pack", "");
  refused(open([]), "corrupt_pack", "");
  const endless = new Proxy([], { get: (_, key) => (key === "length" ? 2 ** 53 - 1 : "") });
  const noBytes = new Proxy(bytes, {});
  for (const data of [[first, 5], [first, , second], new Array(2 ** 32 - 1), [[first]], { 0: first, length: 1 }, endless, noBytes, 5, undefined]) {
    refused(open(data), "invalid_option", "encoding");
  }
  refused(open(bytes.subarray(0, 1_000)), "corrupt_pack", "");
  refused(open(new Uint8Array(0)), "corrupt_pack", "");
  refused(open("!not base64!"), "corrupt_pack", "");
  const sane = createTokenBudgetSync({ model: "gpt-4o", encoding: o200k_base });
  assert.equal(sane.project(question).tokens, expected);
});

test("a vocabulary that runs code while it is read is read once, before anything is staged", () => {
  const pieces = o200k_base.data;
  const reading = (name, act) => {
    let times = 0;
    const data = [...pieces];
    Object.defineProperty(data, 3, { get: () => act(++times) ?? pieces[3] });
    return () => createTokenBudgetSync({ model: "ours", maxContextTokens: 9_000, encoding: { name, data } });
  };
  for (const bad of [1, 2, 3, 4]) {
    const counts = reading(`counts ${bad}`, (times) => void (times === bad && budget.countTokens("many words ".repeat(400_000))));
    assert.equal(counts().countTokens("hello world"), 2);
  }
  for (const [bad, code] of [[1, "unreadable"], [2, undefined], [3, undefined]]) {
    const throws = reading(`throws ${bad}`, (times) => {
      if (times === bad) throw new Error("boom");
    });
    if (code === undefined) assert.equal(throws().countTokens("hello world"), 2);
    else refused(throws, code, "encoding");
  }
  refused(reading("a number", () => 5), "invalid_option", "encoding");
});

// The ways of decoding, of which each runtime has some.
const WAYS = {
  "Buffer.write": "delete Uint8Array.prototype.setFromBase64;",
  atob: "delete Uint8Array.prototype.setFromBase64; globalThis.Buffer = undefined;",
  setFromBase64: `
    const { Buffer } = globalThis;
    globalThis.Buffer = undefined;
    globalThis.atob = undefined;
    Uint8Array.prototype.setFromBase64 = function (text) {
      return { read: text.length, written: Buffer.from(this.buffer, this.byteOffset, this.length).write(text, "base64") };
    };`,
};
for (const [way, before] of Object.entries(WAYS)) {
  test(`a vocabulary and its ids are read by ${way}`, () => {
    const code = `${before}
      const { createTokenBudget } = await import("token-headroom");
      const { loadEncoding } = await import("token-headroom/tokenizer");
      const tokenizer = await loadEncoding("o200k_base", { ids: true });
      const text = "Tokens, Zeichen und 漢字.";
      const budget = await createTokenBudget({ model: "gpt-4o" });
      console.log(JSON.stringify([budget.countTokens(text), tokenizer.countTokens(text), tokenizer.decode(tokenizer.encode(text)) === text]));`;
    const run = spawnSync(process.execPath, ["--input-type=module", "--eval", code], { encoding: "utf8", cwd: import.meta.dirname });
    const tokens = budget.countTokens("Tokens, Zeichen und 漢字.");
    assert.deepEqual(JSON.parse(run.stdout || run.stderr), [tokens, tokens, true]);
  });
}
