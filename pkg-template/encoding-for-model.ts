import type { EncodingName } from "./encoding-names.js";
import { TokenHeadroomError } from "./errors.js";
import { shown } from "./found.js";
import type { ModelName } from "./model-names.js";
import { nearest } from "./option-keys.js";
import { requireText } from "./text.js";

/**
 * The encoding of a model: the vocabulary that is the model's own, never a stand-in. Knows the names of the catalogue, in any case, also
 * behind a host's path and before a date: `openai/gpt-4o-2024-08-06`. The list of names is imported when it is needed for the first time.
 *
 * @throws `TokenHeadroomError` (rejected) of code `unknown_model` for a name that is not known, and for a model whose vocabulary is not in
 * the package: Grok's, Llama's, Kimi's and others. `modelInfo({ model }).encoding` of `token-headroom` reads every spelling of a name, and
 * names a stand-in for these.
 * @example
 * const tokenizer = await loadEncoding(await encodingForModel("gpt-4o"));
 */
export async function encodingForModel(model: ModelName): Promise<EncodingName> {
  requireText(model, "model");
  const { MODELS_BY_OWN_ENCODING: models } = await import("./model-own-encodings.js");
  const name = model.trim().toLowerCase();
  const last = name.slice(name.lastIndexOf("/") + 1);
  // As src/models/names.rs reads them, as far as it goes: names are compared whole, so that no variant is taken for what it is named after.
  const spellings = [name, last, last.replace(DATE, "")].filter((spelling) => /^\S+$/.test(spelling));
  for (const spelling of spellings) {
    const found = models.find(([, names]) => names.includes(` ${spelling} `));
    if (found !== undefined) {
      return found[0];
    }
  }
  const meant = nearest(last.slice(0, LONGEST), models.flatMap(([, names]) => names.trim().split(" ")));
  throw new TokenHeadroomError(`the package has no encoding that is known to be that of ${shown(model)}`, {
    code: "unknown_model",
    path: "model",
    hint:
      (meant === undefined ? "" : `did you mean ${JSON.stringify(meant)}? `) +
      "`modelInfo({ model }).encoding` of token-headroom reads names as hosts write them, and names a stand-in where the vocabulary is not here",
  });
}

const DATE = /-(\d{4}-\d{2}-\d{2}|\d{8})$/;
// Longer ones are no misspelling of a model.
const LONGEST = 60;
