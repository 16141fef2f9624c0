import { TokenHeadroomError } from "./errors.js";
import { isList, optionsOf, reading, shown } from "./found.js";
import type { Instance, TokenizerExports } from "./instance.js";
import type { LoadedEncoding } from "./loaded-encodings.js";
import { requireKeys } from "./option-keys.js";
import { requireText, stageText } from "./text.js";
import { requireCount } from "./text-counter.js";
import type { SpecialOptions } from "./tokenizer-types.js";

/** The names of the special tokens that a caller allows, with a NUL between; empty for all, `undefined` for none. */
export function allowedSpecial(options: SpecialOptions | undefined): string | undefined {
  if (options === undefined) {
    return undefined;
  }
  const given = optionsOf(options, "options");
  requireKeys(given, ["allowedSpecial"], "");
  const { allowedSpecial: allowed = [] as unknown } = given;
  if (allowed === "all") {
    return "";
  }
  if (!isList(allowed) && !(allowed instanceof Set)) {
    throw refused(allowed, 'expected "all" or an array of special tokens', "allowedSpecial");
  }
  const names = reading("allowedSpecial", () => [...allowed]);
  for (const [index, name] of names.entries()) {
    if (typeof name !== "string" || name === "" || name.includes("\0")) {
      throw refused(name, "expected a special token", `allowedSpecial[${index}]`);
    }
  }
  return names.length === 0 ? undefined : names.join("\0");
}

/** Lets an encoding look for special tokens in the texts of the next call. Refuses names that are none. */
export function allowSpecial(instance: Instance<TokenizerExports>, encoding: number, names: string): void {
  instance.call("special_allow", encoding, stageText(instance, names));
}

/** Tokens of `text` where the special tokens that are named are what they look like; `undefined` as soon as they exceed `limit`. */
export function countSpecial(
  instance: Instance<TokenizerExports>,
  loaded: LoadedEncoding,
  text: string,
  limit: number,
  names: string,
): number | undefined {
  requireText(text, "text");
  requireCount(limit, "limit");
  const encoding = loaded.number();
  allowSpecial(instance, encoding, names);
  const bytes = stageText(instance, text);
  try {
    const tokens = instance.call("text_count_special", encoding, bytes, limit);
    return tokens === Number.POSITIVE_INFINITY ? undefined : tokens;
  } finally {
    instance.release();
  }
}

function refused(found: unknown, expected: string, path: string): TokenHeadroomError {
  return new TokenHeadroomError(`found ${shown(found)}, ${expected}`, {
    code: "invalid_option",
    path,
    hint: 'allow them by their text, as ["<|endoftext|>"], or "all"',
  });
}
