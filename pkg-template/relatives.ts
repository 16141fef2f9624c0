import type { CatalogueModel } from "./model-types.js";

// What is no conversation has rules of its own: a relative's would be wrong.
const OTHER_KINDS = /embed|rerank|moderation|transcri|whisper|tts|realtime|audio|image|live|veo|imagen|sora|guard|ocr|translat|search|research/;

/**
 * The model of `family` that a new one is most like: of the same first word, with the most other words in common, then of
 * the nearest version. `undefined` for a family that is not known.
 */
export function nearestRelative(name: string, family: readonly CatalogueModel[]): CatalogueModel | undefined {
  const own = words(name);
  if (OTHER_KINDS.test(name)) {
    return undefined;
  }
  const ranked = family
    .filter((model) => words(model.name)[0] === own[0] && !OTHER_KINDS.test(model.name))
    .map((model) => ({ model, unlike: unlikeness(name, model.name), apart: apart(name, model.name) }))
    .sort((one, other) => one.unlike - other.unlike || one.apart - other.apart);
  return ranked[0]?.model;
}

function words(name: string): readonly string[] {
  return name.split(/[^a-z]+/).filter((word) => word !== "" && !/^(?:preview|latest|exp|v|b)$/.test(word));
}

// Words that only one of them has; a relative that says less is nearer than one that says something else.
function unlikeness(name: string, other: string): number {
  const [own, theirs] = [words(name), words(other)];
  const missing = own.filter((word) => !theirs.includes(word)).length;
  const strange = theirs.filter((word) => !own.includes(word)).length;
  const apart = Math.floor(version(name)) === Math.floor(version(other)) ? 0 : 1;
  return missing + 2 * strange + 2 * apart;
}

function apart(one: string, other: string): number {
  return Math.abs(version(one) - version(other));
}

// `claude-opus-4-8` and `gpt-5.6-sol`; longer numbers are dates. A name without one means the newest.
function version(name: string): number {
  const found = /(?<!\d)(\d{1,3})(?:[.-](\d{1,2})(?!\d))?(?!\d)/.exec(name);
  return found === null ? MOST_VERSIONS : Number(found[1]) + Number(found[2] ?? 0) / 100;
}

const MOST_VERSIONS = 1_000;
