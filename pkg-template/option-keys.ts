import { TokenHeadroomError } from "./errors.js";
import { isRecord, reading, shown } from "./found.js";
import type { BudgetOptions } from "./types.js";

/** The keys of {@link BudgetOptions}. */
export const BUDGET_KEYS: readonly string[] = Object.keys({
  model: true,
  headroom: true,
  encoding: true,
  like: true,
  dialect: true,
  host: true,
  asOf: true,
  unknownModel: true,
  models: true,
  maxContextTokens: true,
  maxInputTokens: true,
  maxOutputTokens: true,
  limitKind: true,
  tightAt: true,
  fallbacks: true,
  learned: true,
} satisfies Record<keyof BudgetOptions, true>);

/** Refuses options that are no object, and keys that are not `known`, naming the nearest one. */
export function requireKeys(options: unknown, known: readonly string[], path: string): void {
  if (!isRecord(options)) {
    throw new TokenHeadroomError(`found ${shown(options)}, expected options`, {
      code: "invalid_option",
      path,
      hint: `known options: ${known.join(", ")}`,
    });
  }
  // Each is read once here, so that none can fail where nobody would know its place.
  for (const key of known) {
    reading(path === "" ? key : `${path}.${key}`, () => (options as Record<string, unknown>)[key]);
  }
  for (const key of reading(path, () => Object.keys(options))) {
    if (!known.includes(key)) {
      const named = key.length <= LONGEST_KEY ? key : `${key.slice(0, LONGEST_KEY)}...`;
      const meant = nearest(named, known);
      throw new TokenHeadroomError(`${shown(named)} is no option`, {
        code: "invalid_option",
        path: path === "" ? named : `${path}.${named}`,
        hint: `${meant === undefined ? "known" : `did you mean ${JSON.stringify(meant)}? Known`} options: ${known.join(", ")}`,
      });
    }
  }
}

/** Refuses a choice that is not one of `known`; `hint` says what they mean. */
export function requireChoice(value: unknown, known: readonly string[], path: string, hint?: string): void {
  if (!known.includes(value as string)) {
    const expected = known.map((one) => JSON.stringify(one)).join(" or ");
    const meant = typeof value === "string" ? nearest(value.slice(0, LONGEST_KEY), known) : undefined;
    throw new TokenHeadroomError(`found ${shown(value)}, expected ${expected}`, {
      code: "invalid_option",
      path,
      hint: hint ?? (meant === undefined ? "leave it out for the default" : `did you mean ${JSON.stringify(meant)}?`),
    });
  }
}

/** Refuses what is no amount: a finite number from 0. */
export function requireAmount(value: unknown, path: string, expected = "an amount in US dollars"): void {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) {
    throw new TokenHeadroomError(`found ${shown(value)}, expected ${expected}`, { code: "invalid_option", path });
  }
}

// Longer ones are no misspelling of an option.
const LONGEST_KEY = 40;

/** The one of `known` that `name` is a misspelling or a part of, if any. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const part = known.find((one) => name.length > 1 && one.toLowerCase().startsWith(name.toLowerCase()));
  const ranked = known.map((one) => ({ one, off: distance(name, one) })).sort((one, other) => one.off - other.off);
  return part ?? ranked.find(({ one, off }) => off <= Math.max(1, Math.min(one.length, name.length) / 2))?.one;
}

// Levenshtein's distance, ignoring case.
function distance(from: string, to: string): number {
  const [source, target] = [from.toLowerCase(), to.toLowerCase()];
  let row = Array.from({ length: target.length + 1 }, (_, column) => column);
  for (let line = 1; line <= source.length; line++) {
    const next = [line];
    for (let column = 1; column <= target.length; column++) {
      const replaced = (row[column - 1] as number) + (source[line - 1] === target[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] as number) + 1, (next[column - 1] as number) + 1));
    }
    row = next;
  }
  return row[target.length] as number;
}
