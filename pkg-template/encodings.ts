import { TokenHeadroomError } from "./errors.js";
import type { EncodingModule, EncodingName } from "./types.js";

// Literal specifiers, so that every bundler sees them and makes a chunk of each.
const LOADERS: Record<EncodingName, () => Promise<{ default: EncodingModule }>> = {
  o200k_base: () => import("./encodings/o200k_base.js"),
  cl100k_base: () => import("./encodings/cl100k_base.js"),
};

/** Loads the vocabulary of an encoding that ships with the package. */
export async function importEncoding(name: string): Promise<EncodingModule> {
  if (!isShipped(name)) {
    throw new TokenHeadroomError(`the encoding ${name} does not ship with the package`, {
      code: "unknown_encoding",
      path: "encoding",
      hint: `pass its module as { encoding: { name: ${JSON.stringify(name)}, data } }, or name one of ${Object.keys(LOADERS).join(", ")}`,
    });
  }
  return (await LOADERS[name]()).default;
}

/** Whether `name` is an encoding that ships with the package. */
export function isShipped(name: string): name is EncodingName {
  return Object.hasOwn(LOADERS, name);
}
