import type { Usage } from "./types.js";

/** The usage that a Chat Completions result reports, if it does. */
export function usageOf(result: unknown): Usage | undefined {
  const usage = member(result, "usage");
  return isCount(member(usage, "prompt_tokens")) ? (usage as Usage) : undefined;
}

/** The model that a Chat Completions result, or a request body, names. */
export function modelOf(value: unknown): string | undefined {
  const model = member(value, "model");
  return typeof model === "string" && model !== "" ? model : undefined;
}

// A result can be anything at all: whatever cannot be read reports nothing.
function member(value: unknown, key: string): unknown {
  try {
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  } catch {
    return undefined;
  }
}

function isCount(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}
