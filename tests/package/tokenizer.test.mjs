import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { test } from "node:test";
import { promisify } from "node:util";
import { createTokenBudget, createTokenBudgetSync } from "token-headroom";
import o200k_base from "token-headroom/encodings/o200k_base";
import o200k_ids from "token-headroom/encodings/o200k_base.ids";
import { loadEncoding, loadEncodingSync, TokenHeadroomError } from "token-headroom/tokenizer";
import { refusing } from "./refused.mjs";

const tokenizer = loadEncodingSync(o200k_base, { ids: o200k_ids });
const hello = [24912, 2375];

const refused = refusing(TokenHeadroomError, () => assert.equal(tokenizer.countTokens("hello world"), 2, "the next call works"));

test("tokenizer: what is counted is what is encoded, and decodes to the text", () => {
  for (const text of ["", "hello world", "def f(x):\n\treturn x ** 2\n", "灯台守は夕暮れに", "👩‍👩‍👧‍👦 \u{10ffff}\ufeff", "<|endoftext|>"]) {
    const ids = tokenizer.encode(text);
    assert.ok(ids instanceof Uint32Array);
    assert.equal(ids.length, tokenizer.countTokens(text), text);
    assert.equal(tokenizer.decode(ids), text);
    assert.equal(tokenizer.decode([...ids]), text);
  }
  assert.deepEqual([...tokenizer.encode("hello world")], hello);
  assert.equal(tokenizer.decode(tokenizer.encode("\ufeffa")), "\ufeffa", "a byte order mark is text");
  assert.equal(tokenizer.decode(tokenizer.encode("灯").subarray(0, 0)), "");
});

test("tokenizer: ids that arrive one by one are the bytes of the text, whatever they cut", () => {
  const text = "灯台 👩‍👩‍👧‍👦 \ufeff é 𝒳";
  const ids = [...tokenizer.encode(text)];
  const each = ids.map((id) => tokenizer.decodeBytes([id]));
  assert.deepEqual(Buffer.concat(each), Buffer.from(text));
  assert.deepEqual(tokenizer.decodeBytes(ids), new TextEncoder().encode(text));
  const characters = new TextDecoder("utf-8", { ignoreBOM: true });
  assert.equal(each.map((bytes) => characters.decode(bytes, { stream: true })).join("") + characters.decode(), text);
  // A copy, which the next call leaves alone.
  const [first] = each;
  tokenizer.decodeBytes(hello);
  assert.deepEqual(tokenizer.decodeBytes(ids.slice(0, 1)), first);
  // As text, every part of a character that is cut becomes U+FFFD as in any other decoder.
  const cut = ids.filter((id) => tokenizer.decode([id]).includes("\ufffd"));
  assert.ok(cut.length > 0);
  for (const id of cut) assert.equal(tokenizer.decode([id]), new TextDecoder().decode(tokenizer.decodeBytes([id])));
  assert.deepEqual(tokenizer.decodeBytes([]), new Uint8Array());
  assert.deepEqual(tokenizer.decodeBytes({ length: 2, ...hello }), tokenizer.decodeBytes(hello));
  refused(() => tokenizer.decodeBytes([24912, 4_000_000]), "invalid_value", "ids[1]");
  refused(() => tokenizer.decodeBytes("1"), "invalid_type", "ids");
});

test("tokenizer: encodings load by name, with and without ids", async () => {
  const [counting, encoding, older] = await Promise.all([
    loadEncoding("o200k_base"),
    loadEncoding("o200k_base", { ids: true }),
    loadEncoding("cl100k_base", { ids: true }),
  ]);
  assert.deepEqual([counting.name, older.name], ["o200k_base", "cl100k_base"]);
  assert.equal(counting.countTokens("hello world"), 2);
  assert.deepEqual([...encoding.encode("hello world")], hello);
  assert.deepEqual([...older.encode("hello world")], [15339, 1917]);
  const error = refused(() => counting.encode("hello"), "no_ids");
  assert.match(error.hint, /ids: true/);
  refused(() => counting.decode([1]), "no_ids");
  refused(() => counting.decodeBytes([1]), "no_ids");
  await assert.rejects(loadEncoding("o300k_base"), { code: "unknown_encoding" });
  await assert.rejects(loadEncoding("claude gen 1"), TokenHeadroomError.is);
  await assert.rejects(loadEncoding({ name: "mine", data: o200k_base.data }, { ids: true }), { code: "no_ids" });
});

test("tokenizer: an option that is none is named, with the nearest one", async () => {
  assert.match(refused(() => tokenizer.truncate("hello", 1, { kep: "tail" }), "invalid_option", "kep").hint, /"keep"/);
  assert.match(refused(() => tokenizer.fitChunks(["a"], 1, { seperator: "" }), "invalid_option", "seperator").hint, /"separator"/);
  assert.match(refused(() => loadEncodingSync(o200k_base, { id: o200k_ids }), "invalid_option", "id").hint, /"ids"/);
  await assert.rejects(loadEncoding("o200k_base", { nmae: "mine" }), { code: "invalid_option", path: "nmae" });
  await assert.rejects(loadEncoding(new TextEncoder().encode("aGk= 0"), { patern: "x" }), { code: "invalid_option", path: "patern" });
});

test("tokenizer: what is kept of both ends never joins two lone halves", () => {
  const text = "a \ud973 long text in the middle that goes away \udce3 b";
  for (let limit = 0; limit <= tokenizer.countTokens(text); limit++) {
    const { text: kept, head, tail, tokens, omitted } = tokenizer.truncate(text, limit, { keep: "both" });
    assert.equal(tokens, tokenizer.countTokens(kept), `${limit}`);
    assert.ok(tokens <= limit, `${limit}`);
    assert.equal(kept, head + tail);
    assert.ok(text.startsWith(head) && text.endsWith(tail) && head.length + omitted + tail.length === text.length);
    assert.ok([...kept].every((character) => text.includes(character)), `${limit}: ${JSON.stringify(kept)}`);
  }
});

test("tokenizer: every encoding of the package loads, counts, encodes and decodes", async () => {
  const folder = new URL("./encodings/", import.meta.resolve("token-headroom"));
  const names = (await readdir(folder)).filter((file) => /^[^.]+(\.\d)?\.js$/.test(file)).map((file) => file.slice(0, -3));
  assert.ok(names.length >= 2 && names.includes("o200k_base"));
  const text = "The keeper lit 42 lamps.\nfn main() {}  灯台守 👩‍👩‍👧‍👦";
  for (const name of names) {
    const ids = existsSync(new URL(`${name}.ids.js`, folder));
    const loaded = await loadEncoding(name, { ids });
    assert.equal(loaded.name, name);
    assert.ok(loaded.countTokens(text) > 0, name);
    assert.equal(loaded.countUpTo(text, 3), undefined, name);
    assert.ok(loaded.truncate(text, 5).tokens <= 5, name);
    if (ids) {
      assert.equal(loaded.encode(text).length, loaded.countTokens(text), name);
      assert.equal(loaded.decode(loaded.encode(text)), text, name);
    } else {
      assert.throws(() => loaded.encode(text), { code: "no_ids" });
      await assert.rejects(loadEncoding(name, { ids: true }), { code: "no_ids" });
    }
  }
});

test("tokenizer: the module goes on to a budget, and counts the same", async () => {
  const { module } = tokenizer;
  assert.deepEqual(module, { ...o200k_base });
  const budgets = [
    await createTokenBudget({ model: "gpt-4o", encoding: module }),
    createTokenBudgetSync({ model: "mine", maxContextTokens: 9_000, encoding: { name: "mine", data: packOf(o200k_base) } }),
  ];
  for (const budget of budgets) assert.equal(budget.countTokens("a b c"), tokenizer.countTokens("a b c"));
  const bytes = loadEncodingSync({ name: "mine", data: packOf(o200k_base) });
  assert.deepEqual([bytes.name, bytes.countTokens("hello world")], ["mine", 2]);
});

test("tokenizer: counting stops at a limit, and is exact at and below it", () => {
  const text = "The keeper lit the lamp at dusk. ".repeat(50);
  const tokens = tokenizer.countTokens(text);
  assert.equal(tokenizer.countUpTo(text, tokens), tokens);
  assert.equal(tokenizer.countUpTo(text, 2 ** 32 - 1), tokens);
  assert.equal(tokenizer.countUpTo(text, tokens - 1), undefined);
  assert.equal(tokenizer.countUpTo(text, 0), undefined);
  assert.equal(tokenizer.countUpTo("", 0), 0);
});

test("tokenizer: truncation and chunks stay within the limit", () => {
  const text = "灯台守は lamp 👩‍👩‍👧‍👦 ".repeat(40);
  for (const keep of ["head", "tail", "both"]) {
    for (const limit of [0, 1, 7, 100, 10_000]) {
      const cut = tokenizer.truncate(text, limit, { keep });
      assert.ok(cut.tokens <= limit);
      assert.equal(cut.tokens, tokenizer.countTokens(cut.text));
      assert.equal(cut.text, cut.head + cut.tail);
      assert.equal(cut.omitted, text.length - cut.text.length);
      assert.doesNotMatch(cut.text, /\p{Surrogate}/u);
    }
  }
  const fitted = tokenizer.fitChunks(["one two", "three four five", "six"], 5);
  assert.ok(fitted.tokens <= 5);
  assert.deepEqual(fitted.omitted, [1]);
});

test("tokenizer: lone surrogates count and encode as U+FFFD", () => {
  for (const text of ["a\ud83db", "\udc00\ud800", "x\ud800"]) {
    const sound = text.replace(/\p{Surrogate}/gu, "\ufffd");
    assert.equal(tokenizer.countTokens(text), tokenizer.countTokens(sound));
    assert.equal(tokenizer.decode(tokenizer.encode(text)), sound);
  }
});

test("tokenizer: texts, limits and ids of another kind are refused", () => {
  for (const text of [undefined, null, 7, {}, ["a"], Symbol("a"), new String("a"), 1n]) {
    refused(() => tokenizer.countTokens(text), "invalid_type", "text");
    refused(() => tokenizer.countUpTo(text, 5), "invalid_type", "text");
    refused(() => tokenizer.truncate(text, 5), "invalid_type", "text");
    refused(() => tokenizer.encode(text), "invalid_type", "text");
    refused(() => tokenizer.fitChunks([text], 5), "invalid_type", "chunks[0]");
  }
  for (const limit of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, "5", undefined, null, 2 ** 32, 1n]) {
    refused(() => tokenizer.countUpTo("a", limit), "invalid_value", "limit");
    refused(() => tokenizer.truncate("a", limit), "invalid_value", "maxTokens");
    refused(() => tokenizer.fitChunks(["a"], limit), "invalid_value", "maxTokens");
  }
  refused(() => tokenizer.truncate("a", 1, { keep: "middle" }), "invalid_option", "keep");
  const lengths = [-1, 0.5, Number.NaN, 2 ** 40, "1", 1n].map((length) => ({ length, 0: 1 }));
  for (const ids of [undefined, null, 7, "1", {}, new Set([1]), new DataView(new ArrayBuffer(4)), () => 1, ...lengths]) {
    assert.match(refused(() => tokenizer.decode(ids), "invalid_type", "ids").hint, /Array\.from\(ids\)/);
  }
  for (const ids of [{ length: 2, ...hello }, new Uint16Array(hello), new Float64Array(hello)]) assert.equal(tokenizer.decode(ids), "hello world");
  assert.match(refused(() => tokenizer.decode(new BigUint64Array([1n])), "invalid_value", "ids[0]").hint, /Array\.from\(ids, Number\)/);
  for (const id of [-1, 0.5, Number.NaN, 2 ** 32, "1", undefined, null, 1n]) {
    refused(() => tokenizer.decode([1, id]), "invalid_value", "ids[1]");
  }
  refused(() => tokenizer.decode([1, 2, 4_000_000_000]), "invalid_value", "ids[2]");
  refused(() => tokenizer.decode(new Uint32Array([1, 300_000])), "invalid_value", "ids[1]");
});

test("tokenizer: what is no vocabulary, or a damaged one, is refused", async () => {
  const pack = packOf(o200k_base);
  const damaged = Uint8Array.from(pack);
  damaged[damaged.length >> 1] ^= 0x55;
  for (const data of [damaged, pack.subarray(0, 1_000), new Uint8Array(0), "!not base64!", "QUJD"]) {
    refused(() => loadEncodingSync({ name: "damaged", data }), "corrupt_pack");
    refused(() => loadEncodingSync(o200k_base, { ids: { name: "damaged", data } }), "corrupt_pack");
  }
  for (const module of [undefined, null, 7, "o200k_base", {}, { name: "a" }, { name: 7, data: pack }]) {
    refused(() => loadEncodingSync(module), "invalid_option", "encoding");
  }
  refused(() => loadEncodingSync(o200k_base, { ids: {} }), "invalid_option", "ids");
  const other = (await import("token-headroom/encodings/cl100k_base")).default;
  refused(() => loadEncodingSync({ name: "o200k_base", data: other.data }), "unknown_encoding");
  refused(() => loadEncodingSync(other, { ids: o200k_ids }), "corrupt_pack");
});

test("tokenizer: a text of 100 MB is counted, cut and stopped", () => {
  const sentence = "The keeper lit the lamp at dusk. ";
  const text = sentence.repeat(Math.ceil((100 * 1024 * 1024) / sentence.length));
  const each = tokenizer.countTokens(sentence.repeat(2)) - tokenizer.countTokens(sentence);
  const times = text.length / sentence.length;
  assert.ok(Math.abs(tokenizer.countTokens(text) - each * times) <= times / 100);
  assert.equal(tokenizer.countUpTo(text, 1_000), undefined);
  assert.equal(tokenizer.truncate(text, 1_000).tokens, 1_000);
});

// A module that may not grow beyond 64 MiB really fails on a large text: the trap is V8's, not one made for the test.
const script = `
  import assert from "node:assert/strict";
  import { loadEncoding, TokenHeadroomError } from "token-headroom/tokenizer";
  const [modern, older] = [await loadEncoding("o200k_base", { ids: true }), await loadEncoding("cl100k_base")];
  // Nothing in it is a place to count it in parts, so nothing is known of its start without its end.
  const large = "dusk,".repeat(20e6);
  const observe = () => [modern.countTokens("lamp at dusk"), [...modern.encode("lamp")], older.countTokens("lamp at dusk")];
  const before = observe();
  for (const attempt of [() => modern.countTokens(large), () => modern.encode(large), () => older.truncate(large, 5e6)]) {
    assert.throws(attempt, (error) => TokenHeadroomError.is(error) && error.code === "internal" && error.cause instanceof WebAssembly.RuntimeError);
    assert.deepEqual(observe(), before);
  }
  console.log("recovered");
`;

test("tokenizer: after a trap the next call works, for every encoding", async () => {
  const flags = ["--wasm-max-mem-pages=1024", "--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, flags, { cwd: import.meta.dirname });
  assert.equal(stdout.trim(), "recovered");
});

function packOf({ data }) {
  return new Uint8Array(Buffer.from(data.join(""), "base64"));
}

test("tokenizer: special tokens are what they look like where that is allowed", async () => {
  for (const [name, specials] of [
    ["o200k_base", { "<|endoftext|>": 199_999, "<|endofprompt|>": 200_018 }],
    ["o200k_harmony", { "<|start|>": 200_006, "<|end|>": 200_007, "<|endoftext|>": 199_999 }],
    ["cl100k_base", { "<|endoftext|>": 100_257, "<|fim_prefix|>": 100_258, "<|endofprompt|>": 100_276 }],
    ["p50k_base", { "<|endoftext|>": 50_256 }],
    ["qwen3", { "<|im_start|>": 151_644, "<|im_end|>": 151_645 }],
  ]) {
    const tokenizer = await loadEncoding(name, { ids: true });
    const names = Object.keys(specials);
    const text = names.map((special) => `a ${special} b`).join("");
    for (const allowedSpecial of ["all", names, new Set(names)]) {
      const ids = [...tokenizer.encode(text, { allowedSpecial })];
      assert.deepEqual(ids.filter((id) => Object.values(specials).includes(id)), Object.values(specials), name);
      assert.equal(tokenizer.countTokens(text, { allowedSpecial }), ids.length);
      assert.equal(tokenizer.countUpTo(text, ids.length, { allowedSpecial }), ids.length);
      assert.equal(tokenizer.countUpTo(text, ids.length - 1, { allowedSpecial }), undefined);
      assert.equal(tokenizer.decode(ids), text);
    }
    // Others, and all without the option, are ordinary text.
    const [first, second] = names;
    const one = [...tokenizer.encode(`${first}${second ?? ""}`, { allowedSpecial: [first] })];
    assert.equal(one[0], specials[first]);
    assert.equal(second !== undefined && one.includes(specials[second]), false);
    for (const options of [undefined, {}, { allowedSpecial: [] }, { allowedSpecial: undefined }]) {
      const ids = [...tokenizer.encode(text, options)];
      assert.equal(ids.some((id) => Object.values(specials).includes(id)), false);
      assert.equal(tokenizer.countTokens(text, options), ids.length);
    }
  }
});

test("tokenizer: special tokens of a file are allowed by their text", async () => {
  const bytes = Array.from({ length: 256 }, (_, byte) => `${Buffer.from([byte]).toString("base64")} ${byte}`).join("\n");
  const options = { preset: "llama3", specialTokens: { "<mine>": 300_000 } };
  const tokenizer = await loadEncoding(bytes, options);
  assert.deepEqual([...tokenizer.encode("a<mine><|eot_id|>", { allowedSpecial: ["<mine>", "<|eot_id|>"] })], [97, 300_000, 128_009]);
  assert.equal(tokenizer.countTokens("<mine>"), 6);
});

test("tokenizer: special tokens that cannot be allowed are refused", async () => {
  const tokenizer = await loadEncoding("o200k_base");
  const refused = (options, path, message) => {
    for (const call of [() => tokenizer.countTokens("a", options), () => tokenizer.countUpTo("a", 5, options)]) {
      assert.throws(call, { code: "invalid_option", path, message });
    }
  };
  refused({ allowedSpecial: ["<|endoftxt|>"] }, "allowedSpecial[0]", /no special token of o200k_base; its special tokens are "<\|endoftext\|>"/);
  refused({ allowedSpecial: ["<|endoftext|>", ""] }, "allowedSpecial[1]", /found "", expected a special token/);
  refused({ allowedSpecial: ["<|endoftext|>", 5] }, "allowedSpecial[1]", /found 5/);
  refused({ allowedSpecial: "<|endoftext|>" }, "allowedSpecial", /expected "all" or an array/);
  refused({ alowedSpecial: "all" }, "alowedSpecial", /did you mean "allowedSpecial"/);
  refused(5, "options", /found 5, expected options/);
  for (const name of ["claude-gen1", "claude-gen2"]) {
    const claude = await loadEncoding(name);
    for (const allowedSpecial of ["all", ["<EOT>"]]) {
      assert.throws(() => claude.countTokens("a", { allowedSpecial }), {
        code: "invalid_option",
        path: "allowedSpecial",
        message: new RegExp(`${name} has counts, but no special tokens`),
      });
    }
    assert.equal(claude.countTokens("a", { allowedSpecial: [] }), claude.countTokens("a"));
  }
});

test("tokenizer: options of a file that do not fit it are refused", async () => {
  const json = JSON.stringify({ version: "3.0", model: { type: "BPE", vocab: {}, merges: [] } });
  await assert.rejects(loadEncoding(json), { path: "version", message: /found "3\.0", expected "1\.0" or "2\.0"/ });
  await assert.rejects(loadEncoding(json, { preset: "llama3" }), { code: "invalid_option", path: "preset", hint: /only rank files/ });
  await assert.rejects(loadEncoding(json, { pattern: "." }), { code: "invalid_option", path: "pattern" });
  const broken = '{"model": {"type": "BPE", "vocab": {"a": "x"}}}';
  await assert.rejects(loadEncoding(broken), { code: "invalid_value", path: "model.vocab.a" });
  await assert.rejects(loadEncoding("gemma"), { hint: /did you mean "gemma4"\?.*encodingForModel/ });
  await assert.rejects(loadEncoding("o200k"), { hint: /did you mean "o200k_base"/ });
});
