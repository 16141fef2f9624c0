import { TokenHeadroomError } from "./errors.js";
import { reading, shown } from "./found.js";
import { Instance, type LoaderExports, utf8 } from "./instance.js";
import type { Source } from "./module-source.js";
import type { FileOptions } from "./tokenizer-types.js";
import type { EncodingIds, EncodingModule } from "./types.js";

/** The bytes of a tokenizer's file, or its text. */
export type TokenizerFile = string | Uint8Array | ArrayBuffer;

/** What a file gave. */
export interface LoadedFile {
  readonly module: EncodingModule;
  readonly ids: EncodingIds;
  readonly warnings: readonly string[];
}

/** Turns a tokenizer's file into a vocabulary. The loader's memory, which follows the file's size, goes when this returns. */
export function loadFile(source: Source, file: TokenizerFile, options: FileOptions): LoadedFile {
  const instance = new Instance<LoaderExports>(source);
  const bytes = bytesOf(file);
  const given = utf8(reading("options", () => fieldsOf(options)).join("\0"));
  instance.stage(bytes, given);
  const answer = instance.answer(instance.call("file_load", bytes.length, given.length));
  const lengths = new DataView(answer.buffer);
  const idsStart = 8 + lengths.getUint32(0, true);
  const warningsStart = idsStart + lengths.getUint32(4, true);
  const name = options.name ?? "custom";
  const warnings = new TextDecoder().decode(answer.subarray(warningsStart));
  return {
    module: { name, data: answer.slice(8, idsStart) },
    ids: { name, data: answer.slice(idsStart, warningsStart) },
    warnings: warnings === "" ? [] : warnings.split("\n"),
  };
}

function bytesOf(file: TokenizerFile): Uint8Array {
  if (typeof file === "string") {
    return utf8(file);
  }
  return file instanceof Uint8Array ? file : new Uint8Array(file);
}

function fieldsOf({ name = "", preset = "", pattern = "", specialTokens = {} }: FileOptions): string[] {
  const fields: [unknown, string][] = [
    [name, "name"],
    [preset, "preset"],
    [pattern, "pattern"],
  ];
  if (typeof specialTokens !== "object" || specialTokens === null) {
    throw invalid(specialTokens, "an object of ids by token", "specialTokens");
  }
  for (const [token, id] of Object.entries(specialTokens)) {
    if (!Number.isInteger(id) || id < 0 || id > 0xffff_fffe) {
      throw invalid(id, "a token id", `specialTokens[${JSON.stringify(token)}]`);
    }
    fields.push([token, "specialTokens"], [String(id), ""]);
  }
  return fields.map(([field, path]) => {
    if (typeof field !== "string" || field.includes("\0")) {
      throw invalid(field, "a string without NUL", path);
    }
    return field;
  });
}

function invalid(found: unknown, expected: string, path: string): TokenHeadroomError {
  return new TokenHeadroomError(`found ${shown(found)}, expected ${expected}`, { code: "invalid_option", path });
}
