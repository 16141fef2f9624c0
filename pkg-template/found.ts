import { TokenHeadroomError } from "./errors.js";

const LONGEST = 60;

/** What was found, for a message: in a few words on one line, and without calling anything of the value's own. */
export function shown(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.length > LONGEST ? `${value.slice(0, LONGEST)}...` : value);
    case "bigint":
      return "a BigInt";
    case "symbol":
      return "a symbol";
    case "function":
      return "a function";
    case "object":
      return value === null ? "null" : isList(value) ? "an array" : "an object";
    default:
      return String(value);
  }
}

/** `Array.isArray`, which fails at a revoked proxy. */
export function isList(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/** Whether `value` is an object that could hold options by name: no list. */
export function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !isList(value);
}

/** What `read` makes of a value of the caller's; what getters and proxies throw meanwhile becomes an error with its place. */
export function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (TokenHeadroomError.is(error)) {
      throw error;
    }
    throw new TokenHeadroomError(`reading ${path === "" ? "it" : path} failed: ${described(error)}`, {
      code: "unreadable",
      path,
      hint: "a getter, proxy or toJSON threw; pass plain data",
      cause: error,
    });
  }
}

/** A copy of options, which may be left out but not be something else. */
export function optionsOf<T extends object>(options: T | undefined, path: string): Partial<T> {
  if (options !== undefined && !isRecord(options)) {
    throw new TokenHeadroomError(`found ${shown(options)}, expected options`, {
      code: "invalid_option",
      path,
      hint: "pass an object that has them by name, or leave it out",
    });
  }
  return reading(path, () => ({ ...options })) as Partial<T>;
}

/** The message of whatever was thrown. */
export function described(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return "the thrown value cannot be read either";
  }
}
