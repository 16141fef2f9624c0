// The suite in Node, from ES modules.
import { readFileSync } from "node:fs";
import * as main from "token-headroom";
import * as checkpoint from "token-headroom/checkpoint";
import * as edge from "token-headroom/edge";
import cl100k_base from "token-headroom/encodings/cl100k_base";
import o200k_base from "token-headroom/encodings/o200k_base";
import o200k_ids from "token-headroom/encodings/o200k_base.ids";
import * as fetch from "token-headroom/fetch";
import * as tokenizer from "token-headroom/tokenizer";
import { report } from "./report.mjs";
import { run } from "./suite.mjs";

const texts = JSON.parse(readFileSync(new URL("texts.json", import.meta.url), "utf8"));
const outcome = await run({ main, fetch, edge, checkpoint, tokenizer, o200k_base, cl100k_base, o200k_ids }, texts);
console.log(report(outcome));
process.exitCode = outcome.failures.length > 0 ? 1 : 0;
