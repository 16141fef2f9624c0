// Where the time of our cold start goes. A diagnostic: it wraps the exports of the core, which costs a little.

import { stopwatch } from "../clock.mjs";
import { seen, watch } from "../instances.mjs";
import { ourNames } from "../libraries.mjs";
import { median, table } from "../tables.mjs";
import { prepare as prepareCold } from "./cold.mjs";

export const title = "Where our cold start goes";
export const prepare = prepareCold;
export const names = ourNames;

export async function measure({ name, data, emit }) {
  watch({ timed: true });
  const decoded = { ms: 0 };
  // The vocabulary and the core are base64 in modules where the runtime cannot import bytes. The package decodes with the first of these.
  const [prototype, way] =
    "setFromBase64" in Uint8Array.prototype ? [Uint8Array.prototype, "setFromBase64"] : [Buffer.prototype, "write"];
  const decode = prototype[way];
  prototype[way] = function (...given) {
    const clock = stopwatch();
    const written = decode.apply(this, given);
    decoded.ms += clock.ms();
    return written;
  };
  const steps = {};
  let clock = stopwatch();
  const step = (label) => {
    steps[label] = clock.ms();
    clock = stopwatch();
  };
  let count;
  if (name === "token-headroom") {
    const { createTokenBudget } = await import("token-headroom");
    step("import of the package");
    const vocabulary = await import("token-headroom/encodings/o200k_base");
    step("import of the vocabulary");
    const budget = await createTokenBudget({ model: "gpt-4o", encoding: vocabulary.default });
    count = (text) => budget.countTokens(text);
  } else {
    const { loadEncoding } = await import("token-headroom/tokenizer");
    step("import of the package");
    const tokenizer = await loadEncoding("o200k_base");
    count = (text) => tokenizer.countTokens(text);
  }
  step("load");
  count(data.text);
  step("first count");
  count(`${data.text} and more`);
  step("second count");
  const { compile, instantiate, calls } = seen();
  const slow = calls.filter((call) => call.ms > 0.05).map((call) => [`in it: ${call.name}`, call.ms]);
  emit({
    ...steps,
    "in it: base64": decoded.ms,
    "in it: compilation": compile.ms,
    "in it: instantiation": instantiate.ms,
    ...Object.fromEntries(slow),
  });
}

export function report(runs) {
  const names = Object.keys(runs);
  const labels = [...new Set(names.flatMap((name) => runs[name].flat().flatMap(Object.keys)))];
  const rows = labels.map((label) => [
    label,
    ...names.map((name) => {
      const values = runs[name].flat().map((result) => result[label]).filter((value) => value !== undefined);
      return values.length > 0 ? median(values).toFixed(1) : "";
    }),
  ]);
  return table(["ms", ...names], rows);
}
