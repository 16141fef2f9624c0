import { Instance, type TokenizerExports } from "./instance.js";
import { type LoadedEncoding, LoadedEncodings } from "./loaded-encodings.js";
import { MessageCache } from "./message-cache.js";
import type { CoreSource } from "./module-source.js";
import { stageText } from "./text.js";
import type { EncodingModule } from "./types.js";

/** The exports of the core (src/wasm.rs): arguments and answers are JSON. */
interface CoreExports extends TokenizerExports {
  project(encoding: number, bytes: number): number;
  plan(encoding: number, bytes: number): number;
  edits(encoding: number, bytes: number): number;
  verify(encoding: number, bytes: number): number;
  undo(encoding: number, bytes: number): number;
  thoughts(encoding: number, bytes: number): number;
  model(bytes: number): number;
  models(bytes: number): number;
  record(bytes: number): number;
  counters(bytes: number): number;
  policy(bytes: number): number;
  validate(bytes: number): number;
  repair(bytes: number): number;
}

/** An encoding that the core can count in. */
export interface CoreEncoding {
  readonly loaded: LoadedEncoding;
  /** Messages that the core has counted in it. */
  readonly messages: MessageCache;
}

// One instance serves every entry in the process; the first that needs it brings the module.
let bringing: CoreSource | undefined;
/** The running core. */
export const instance: Instance<CoreExports> = /* @__PURE__ */ new Instance(
  () => (bringing as CoreSource).core(),
  () => (bringing as CoreSource).planner(),
);
const encodings = /* @__PURE__ */ new LoadedEncodings(instance);
const messages = /* @__PURE__ */ new WeakMap<LoadedEncoding, MessageCache>();

/** The core as one entry of the package brings it. */
export class Core {
  readonly #source: CoreSource;

  constructor(source: CoreSource) {
    this.#source = source;
  }

  /** Calls an export on JSON values; `undefined` becomes `null`. */
  ask(name: "model" | "models" | "record" | "counters" | "policy" | "validate" | "repair", ...args: readonly unknown[]): unknown {
    bringing = this.#source;
    return answered(() => instance.call(name, stageJson(args)));
  }

  /** The same for an export that counts. */
  askIn(
    name: "project" | "edits" | "verify" | "undo" | "thoughts",
    { loaded }: CoreEncoding,
    ...args: readonly unknown[]
  ): unknown {
    bringing = this.#source;
    // Comes first: finding the number may need the staging buffer for the vocabulary.
    const number = loaded.number();
    return answered(() => instance.call(name, number, stageJson(args)));
  }

  /** The same for plans. Their long texts stand behind the answer, not escaped, and are put where they belong. */
  plan({ loaded }: CoreEncoding, ...args: readonly unknown[]): unknown {
    bringing = this.#source;
    const number = loaded.number();
    return released(() => {
      let end = instance.call("plan", number, stageJson(args));
      const { plan, texts } = JSON.parse(instance.answerText(end)) as Planned;
      for (const { path, bytes } of texts) {
        put(plan, path, instance.answerText(bytes, end));
        end += bytes;
      }
      return plan;
    });
  }

  /** Makes an encoding known; refuses a damaged one. */
  load(module: EncodingModule): CoreEncoding {
    bringing = this.#source;
    const loaded = encodings.load(module);
    const known = messages.get(loaded) ?? new MessageCache();
    messages.set(loaded, known);
    return { loaded, messages: known };
  }
}

/** What the core answers to `plan` (src/wasm.rs): the plan without its long texts, and where these belong. */
interface Planned {
  readonly plan: unknown;
  readonly texts: readonly { readonly path: readonly (string | number)[]; readonly bytes: number }[];
}

/** Puts a text at `path`, where an empty one stands. */
function put(value: unknown, path: readonly (string | number)[], text: string): void {
  const holder = path.slice(0, -1).reduce((value, key) => (value as Record<string | number, unknown>)[key], value);
  (holder as Record<string | number, unknown>)[path.at(-1) as string | number] = text;
}

function answered(call: () => number): unknown {
  return released(() => JSON.parse(instance.answerText(call())));
}

/** What `read` reads of the core's answer, whose memory is given back. */
function released<T>(read: () => T): T {
  try {
    return read();
  } finally {
    instance.release();
  }
}

function stageJson(value: readonly unknown[]): number {
  return stageText(instance, wellFormed(JSON.stringify(value)));
}

/**
 * Puts U+FFFD in the place of lone surrogates, as encoding a text does. JSON.stringify writes them as escapes, which are
 * ASCII and would reach a reader that must refuse them. It escapes nothing else above U+001F with `\u`.
 */
function wellFormed(json: string): string {
  return json.includes("\\ud") ? json.replace(/\\(?:ud[89a-f][\da-f]{2}|.)/g, replaceSurrogate) : json;
}

function replaceSurrogate(escape: string): string {
  return escape.length === 6 ? "\ufffd" : escape;
}
