// The suite in Deno, which may read these files and nothing else.
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
import texts from "./texts.json" with { type: "json" };

const outcome = await run({ main, fetch, edge, checkpoint, tokenizer, o200k_base, cl100k_base, o200k_ids }, texts);
console.log(report(outcome));
Deno.exit(outcome.failures.length > 0 ? 1 : 0);
