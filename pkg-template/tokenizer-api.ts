import type { EncodingName } from "./encoding-names.js";
import { importEncoding, importIds, isShipped } from "./encodings.js";
import { TokenHeadroomError } from "./errors.js";
import { optionsOf, reading, shown } from "./found.js";
import { Instance, type TokenizerExports } from "./instance.js";
import { loadFile, type TokenizerFile } from "./load-file.js";
import { type LoadedEncoding, LoadedEncodings } from "./loaded-encodings.js";
import type { Source } from "./module-source.js";
import { requireKeys } from "./option-keys.js";
import { printAs } from "./printed.js";
import { allowedSpecial, countSpecial } from "./special-tokens.js";
import { MOST_TOKENS, TextCounter } from "./text-counter.js";
import { TokenIds } from "./token-ids.js";
import type { FileOptions, LoadOptions, SpecialOptions, SyncLoadOptions, Tokenizer } from "./tokenizer-types.js";
import type { EncodingIds, EncodingModule } from "./types.js";

/** The functions of `token-headroom/tokenizer`, bound to a module. */
export interface TokenizerApi {
  /**
   * A tokenizer for an encoding that ships with the package, or for an imported module of one. A vocabulary, and with
   * `{ ids: true }` its ids, are imported when they are needed for the first time.
   *
   * @throws `TokenHeadroomError` of code `unknown_encoding` for another name, `no_ids` when ids are asked for that do not
   * exist, `corrupt_pack` for a damaged module.
   * @example
   * const tokenizer = await loadEncoding("o200k_base");
   * tokenizer.countTokens("hello world"); // 2
   */
  loadEncoding(encoding: EncodingName | EncodingModule, options?: LoadOptions): Promise<Tokenizer>;
  /**
   * A tokenizer for a model's own file: `tokenizer.json`, `tekken.json`, a tiktoken rank file or a SentencePiece model, as
   * bytes or text. It is recognised by its content; its ids come with it. The loader is imported at the first file.
   *
   * Files need not be trusted. A rank file needs `preset` or `pattern`, because it does not say how text is split. A `string` that could be
   * the name of an encoding is one, such as what `modelInfo({ model }).encoding` gives, and the path of a file is refused.
   *
   * @throws `TokenHeadroomError` of code `unsupported_tokenizer`, naming the component, for a file that cannot be counted
   * exactly; `invalid_value` for a damaged one; `invalid_option` when an option is missing or does not fit the file.
   * @example
   * const tokenizer = await loadEncoding(await readFile("tokenizer.json"), { name: "my-model" });
   */
  loadEncoding<File extends TokenizerFile>(file: NoMisspelling<File>, options?: FileOptions & LoadOptions): Promise<Tokenizer>;
  /**
   * The same with imported modules, without waiting.
   *
   * @throws `TokenHeadroomError` of code `invalid_option` for something else, `corrupt_pack` for a damaged module.
   * @example
   * import o200k_base from "token-headroom/encodings/o200k_base";
   * const tokenizer = loadEncodingSync(o200k_base);
   */
  loadEncodingSync(encoding: EncodingModule, options?: SyncLoadOptions): Tokenizer;
}

/**
 * What the compiler takes for a file: bytes, and texts that it does not know. One that is written out in the program is meant for an
 * {@link EncodingName}, so it has to be one.
 */
export type NoMisspelling<File extends TokenizerFile> = File extends string
  ? {} extends Record<File, unknown>
    ? File
    : EncodingName
  : File;

/** Binds the functions to the module that `source` gives. Nothing is decoded or compiled before the first call. */
export function bindTokenizer(source: Source, importLoader: () => Promise<{ readonly source: Source }>): TokenizerApi {
  const instance = new Instance<TokenizerExports>(source);
  const encodings = new LoadedEncodings(instance);

  function open(module: EncodingModule, ids: EncodingIds | undefined, warnings: readonly string[] = []): Tokenizer {
    return reading("encoding", () => {
      const encoding = encodings.load(module);
      return new LoadedTokenizer(instance, encoding, ids === undefined ? undefined : new TokenIds(instance, encoding, ids), warnings);
    });
  }

  async function loadEncoding(
    encoding: EncodingName | EncodingModule | TokenizerFile,
    options?: LoadOptions & FileOptions,
  ): Promise<Tokenizer> {
    const given = optionsOf(options, "options");
    if (reading("encoding", () => isFile(encoding))) {
      requireKeys(given, FILE_KEYS, "");
      const content = requireContent(encoding as TokenizerFile | URL);
      const loaded = loadFile((await importLoader()).source, content, given);
      return open(loaded.module, loaded.ids, loaded.warnings);
    }
    requireKeys(given, MODULE_KEYS, "");
    const name = typeof encoding === "string" ? encoding : reading("encoding", () => (encoding as EncodingModule | undefined)?.name as string);
    const [module, shipped] = await Promise.all([
      typeof encoding === "string" ? importEncoding(encoding) : undefined,
      given.ids === true ? shippedIds(name) : undefined,
    ]);
    return open(module ?? (encoding as EncodingModule), typeof given.ids === "boolean" ? shipped : given.ids);
  }

  return {
    loadEncoding,
    loadEncodingSync: (encoding, options) => {
      const given = optionsOf(options, "options");
      requireKeys(given, MODULE_KEYS, "");
      return open(encoding, given.ids);
    },
  };
}

const MODULE_KEYS = Object.keys({ ids: true } satisfies Record<keyof LoadOptions, true>);
// The ids come with a file, so that asking for them is no mistake.
const FILE_KEYS = Object.keys({
  name: true,
  preset: true,
  pattern: true,
  specialTokens: true,
  ids: true,
} satisfies Record<keyof (FileOptions & LoadOptions), true>);

// What could be a name is one, so that a misspelt name is not taken for a file.
const NAME = /^[\w.-]{0,64}$/;
// The end of a file's name, or the start of a path, which no file has: those of rank files have spaces, all others several lines or braces.
const PATH = /^[^{}\n]{1,1024}\.(json|model|tiktoken|txt|bin)$|^(\.{0,2}\/|~\/|[A-Za-z]:\\|\w+:\/\/)[^\s{}]{1,1024}$/;

function isFile(given: EncodingName | EncodingModule | TokenizerFile | URL): given is TokenizerFile | URL {
  return typeof given === "string"
    ? !NAME.test(given) || PATH.test(given)
    : given instanceof Uint8Array || given instanceof ArrayBuffer || given instanceof URL;
}

function requireContent(file: TokenizerFile | URL): TokenizerFile {
  if (file instanceof URL || (typeof file === "string" && PATH.test(file))) {
    const place = String(file);
    throw new TokenHeadroomError(`found the place ${shown(place)}, expected what the tokenizer's file there holds`, {
      code: "invalid_option",
      path: "encoding",
      hint: /^https?:/.test(place)
        ? "fetch the file first: await loadEncoding(await (await fetch(url)).arrayBuffer())"
        : "read the file first: await loadEncoding(await readFile(path))",
    });
  }
  if ((typeof file === "string" ? file.length : file.byteLength) === 0) {
    throw new TokenHeadroomError("found an empty file, expected what a tokenizer's file holds", {
      code: "invalid_option",
      path: "encoding",
      hint: "see that the file was written, and is read: await loadEncoding(await readFile(path))",
    });
  }
  return file;
}

async function shippedIds(name: string): Promise<EncodingIds> {
  const ids = isShipped(name) ? await importIds(name) : undefined;
  if (ids === undefined) {
    throw noIds(name);
  }
  return ids;
}

function noIds(name: string): TokenHeadroomError {
  const hint = name.startsWith("claude")
    ? "Claude's encodings have counts, but no ids: their vendor publishes none"
    : isShipped(name)
      ? `await loadEncoding(${JSON.stringify(name)}, { ids: true })`
      : "pass { ids } with what its file gave";
  return new TokenHeadroomError(`found no ids of ${name}`, { code: "no_ids", hint });
}

// JSON keeps its enumerable fields: the vocabulary is none.
class LoadedTokenizer extends TextCounter implements Tokenizer {
  readonly name: string;
  readonly warnings: readonly string[];
  readonly #module: EncodingModule;
  readonly #ids: TokenIds | undefined;
  readonly #count: (text: string, limit: number, special: string) => number | undefined;

  constructor(
    instance: Instance<TokenizerExports>,
    encoding: LoadedEncoding,
    ids: TokenIds | undefined,
    warnings: readonly string[],
  ) {
    super(instance, encoding);
    this.name = encoding.module.name;
    this.warnings = warnings;
    this.#module = encoding.module;
    printAs(this, () => `Tokenizer ${JSON.stringify(this)}`);
    this.#ids = ids;
    this.#count = (...counted) => countSpecial(instance, encoding, ...counted);
  }

  get module(): EncodingModule {
    return this.#module;
  }

  override countTokens(text: string, options?: SpecialOptions): number {
    const special = allowedSpecial(options);
    return special === undefined ? super.countTokens(text) : (this.#count(text, MOST_TOKENS, special) as number);
  }

  override countUpTo(text: string, limit: number, options?: SpecialOptions): number | undefined {
    const special = allowedSpecial(options);
    return special === undefined ? super.countUpTo(text, limit) : this.#count(text, limit, special);
  }

  encode(text: string, options?: SpecialOptions): Uint32Array {
    return this.#required().encode(text, allowedSpecial(options));
  }

  decode(ids: ArrayLike<number>): string {
    return this.#required().decode(ids);
  }

  decodeBytes(ids: ArrayLike<number>): Uint8Array {
    return this.#required().decodeBytes(ids);
  }

  #required(): TokenIds {
    if (this.#ids === undefined) {
      throw noIds(this.name);
    }
    return this.#ids;
  }
}
