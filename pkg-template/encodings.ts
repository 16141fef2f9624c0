import type { EncodingName } from "./encoding-names.js";
import { TokenHeadroomError } from "./errors.js";
import { nearest } from "./option-keys.js";
import { ENCODINGS, IDS } from "./loaders.js";
import type { EncodingIds, EncodingModule } from "./types.js";

/** Loads the vocabulary of an encoding that ships with the package. */
export async function importEncoding(name: string): Promise<EncodingModule> {
  if (!isShipped(name)) {
    const shipped = Object.keys(ENCODINGS);
    const meant = nearest(name, shipped);
    throw new TokenHeadroomError(`the encoding ${name} does not ship with the package`, {
      code: "unknown_encoding",
      path: "encoding",
      hint:
        `${meant === undefined ? "name" : `did you mean ${JSON.stringify(meant)}? Name`} one of ${shipped.join(", ")}; that of a model is ` +
        "`await encodingForModel(model)`, from token-headroom/tokenizer; another vocabulary is passed as the module that `loadEncoding` makes of its file",
    });
  }
  return (await ENCODINGS[name]()).default;
}

/** Loads the ids of an encoding that ships with the package; `undefined` when it has none. */
export async function importIds(name: EncodingName): Promise<EncodingIds | undefined> {
  return Object.hasOwn(IDS, name) ? (await IDS[name]?.())?.default : undefined;
}

/** Whether `name` is an encoding that ships with the package. */
export function isShipped(name: string): name is EncodingName {
  return Object.hasOwn(ENCODINGS, name);
}
