// Compiled, never run: every line must type-check, and every expected error must be one.
import { createTokenBudget, modelInfo } from "token-headroom";
import o200k_base from "token-headroom/encodings/o200k_base";
import o200k_ids from "token-headroom/encodings/o200k_base.ids";
import { type Base64, encodingForModel, type EncodingName, loadEncoding, loadEncodingSync, type Tokenizer, TokenHeadroomError } from "token-headroom/tokenizer";
import { initSync, loadEncoding as slimLoad } from "token-headroom/tokenizer/slim";

const tokenizer: Tokenizer = await loadEncoding("o200k_base", { ids: true });
tokenizer.countTokens("text") satisfies number;
tokenizer.countUpTo("text", 5) satisfies number | undefined;
// @ts-expect-error a text may exceed the limit
tokenizer.countUpTo("text", 5) satisfies number;
tokenizer.decode(tokenizer.encode("text")) satisfies string;
tokenizer.decode([1, 2]);
tokenizer.decodeBytes({ length: 1, 0: 2 }) satisfies Uint8Array;
tokenizer.encode("text", { allowedSpecial: ["<|endoftext|>"] }) satisfies Uint32Array;
tokenizer.countTokens("text", { allowedSpecial: "all" }) satisfies number;
tokenizer.countUpTo("text", 5, { allowedSpecial: new Set(["<|endoftext|>"]) }) satisfies number | undefined;
// @ts-expect-error one name is a list of one
tokenizer.encode("text", { allowedSpecial: "<|endoftext|>" });
// @ts-expect-error what is cut is content
tokenizer.truncate("text", 5, { allowedSpecial: "all" });
// @ts-expect-error ids are numbers
tokenizer.decode(["1"]);
// @ts-expect-error a text is a string
tokenizer.encode(5);
tokenizer.truncate("text", 5, { keep: "both" }).omitted satisfies number;
tokenizer.fitChunks(["a", "b"], 5, { separator: "\n", last: "truncate" }).omitted satisfies readonly number[];
// @ts-expect-error an end that does not exist
tokenizer.truncate("text", 5, { keep: "middle" });
// @ts-expect-error names are read-only
tokenizer.name = "mine";
await createTokenBudget({ model: "gpt-4o", encoding: tokenizer.module });

loadEncodingSync(o200k_base, { ids: o200k_ids }).name satisfies string;
await loadEncoding(o200k_base, { ids: o200k_ids });
loadEncodingSync({ name: "mine", data: ["AAAA", "AAAA"] });
loadEncodingSync({ name: "mine", data: "AAAA" });
loadEncodingSync({ name: "mine", data: new Uint8Array(3) });
const { data } = o200k_base;
data satisfies Base64 | Uint8Array;
// @ts-expect-error what comes with the package is read-only
o200k_base.data = data;
// @ts-expect-error the synchronous door needs a vocabulary
loadEncodingSync("o200k_base");
// @ts-expect-error the synchronous door needs the ids themselves
loadEncodingSync(o200k_base, { ids: true });
// @ts-expect-error an option that does not exist
await loadEncoding("o200k_base", { id: true });

(await loadEncoding(new Uint8Array(8), { name: "mine", preset: "llama3", specialTokens: { "<s>": 1 } })).warnings satisfies readonly string[];
// @ts-expect-error ids are numbers
await loadEncoding(new ArrayBuffer(8), { specialTokens: { "<s>": "1" } });

// Texts of files are known when they are read, names when the program is written.
declare const text: string;
declare const content: string | Uint8Array;
for (const file of [text, `${text}\n${text}`, JSON.stringify({})]) await loadEncoding(file, { name: "mine" });
await loadEncoding(`${text}\n${text}`);
await loadEncoding(content);
await loadEncoding(modelInfo({ model: "gpt-4o" }).encoding, { ids: true });
// @ts-expect-error a misspelt name
await loadEncoding("o200k_bse");
// @ts-expect-error the path of a file
await loadEncoding("./tokenizer.json");
(await encodingForModel("gpt-4o")) satisfies EncodingName;
await loadEncoding(await encodingForModel("a name of today"), { ids: true });

initSync(new Uint8Array(8));
(await slimLoad("cl100k_base")) satisfies Tokenizer;
try {
  tokenizer.encode("text");
} catch (error) {
  if (TokenHeadroomError.is(error)) error.code satisfies string;
}
