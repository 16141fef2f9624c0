import { isList } from "./found.js";
import type { Usage } from "./types.js";

/** Tokens of a call. What the provider's cache took part in is a part of `prompt`. */
export interface UsedTokens {
  readonly prompt: number;
  readonly output: number;
  /** Read from the cache. */
  readonly read: number;
  /** Written to it. */
  readonly written: number;
}

// The fields are those of src/signals/usage.rs, which says whose they are.
const WITHIN = ["", "usage", "usage.tokens", "usageMetadata", "usage_metadata", "meta.tokens", "tokens", "response.usage"];
/** Fields that hold the prompt, each with those that come on top of it. */
const PROMPT: readonly (readonly [field: string, ...more: string[]])[] = [
  ["prompt_tokens"],
  ["prompt_eval_count"],
  ["tokens_evaluated"],
  ["promptTokenCount", "toolUsePromptTokenCount"],
  ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"],
  ["inputTokens", "cacheReadInputTokens", "cacheWriteInputTokens"],
];
const OUTPUT: readonly (readonly [field: string, ...more: string[]])[] = [
  ["completion_tokens"],
  ["eval_count"],
  ["tokens_predicted"],
  ["candidatesTokenCount", "thoughtsTokenCount"],
  ["output_tokens"],
  ["outputTokens"],
];
const READ = [
  "prompt_tokens_details.cached_tokens",
  "prompt_cache_hit_tokens",
  "cache_read_input_tokens",
  "input_tokens_details.cached_tokens",
  "cachedContentTokenCount",
  "cacheReadInputTokens",
  "cachedInputTokens",
  "inputTokenDetails.cacheReadTokens",
  "inputTokens.cacheRead",
  "input_token_details.cache_read",
];
const WRITTEN = [
  "prompt_tokens_details.cache_write_tokens",
  "cache_creation_input_tokens",
  "cacheWriteInputTokens",
  "inputTokenDetails.cacheWriteTokens",
  "inputTokens.cacheWrite",
  "input_token_details.cache_creation",
];
const STOP = [
  "choices.0.finish_reason",
  "stop_reason",
  "stopReason",
  "candidates.0.finishReason",
  "done_reason",
  "finishReason",
  "finish_reason",
  "incomplete_details.reason",
];
/** Requests and answers; the last three are Gemini's, the AI SDK's and LangChain's. */
const MODEL = ["model", "modelId", "model.modelId", "modelVersion", "response.modelId", "response_metadata.model_name"];

/**
 * What an answer of any provider reports, if it does: its usage, and what else tells about it. `whole` is the answer where
 * `result` is a part of it.
 */
export function usageOf(result: unknown, whole: unknown = result): Usage | undefined {
  // Gemini streams a JSON array, each event of which reports anew.
  const answer: unknown = isList(result) ? result.at(-1) : result;
  const usage = reportIn(answer);
  if (usage === undefined) {
    return undefined;
  }
  const model = modelOf(answer) ?? modelOf(whole);
  return { usage, ...answerOf(answer), ...(model === undefined ? {} : { model }) } as Usage;
}

/** What a part of an answer says beside its usage, under one name for all providers. */
export function answerOf(part: unknown): { readonly model?: string; readonly stop_reason?: string; readonly truncated?: true } {
  const [stop, model] = [text(part, STOP), modelOf(part)];
  return {
    ...(stop === undefined ? {} : { stop_reason: stop }),
    ...(model === undefined ? {} : { model }),
    ...(at(part, "truncated") === true ? { truncated: true } : {}),
  };
}

/** The usage in a part of an answer, which may tell of the prompt or of the output alone. */
export function partialReportIn(part: unknown): object | undefined {
  return reportIn(part) ?? places(part).find((place) => total(place, OUTPUT) !== undefined);
}

/** The tokens that a report tells of; `undefined` when it has no number of prompt tokens. */
export function tokensOf(report: Usage): UsedTokens | undefined {
  const usage = reportIn(report);
  const prompt = total(usage, PROMPT);
  if (prompt === undefined) {
    return undefined;
  }
  // Reports can be anything: what is no count, or more than the prompt, is not believed.
  const within = (most: number, paths: readonly string[]) => {
    const found = count(paths.map((path) => at(usage, path)).find((value) => value !== undefined && value !== null));
    return found !== undefined && found <= most ? found : 0;
  };
  const read = within(prompt, READ);
  return { prompt, output: total(usage, OUTPUT) ?? 0, read, written: within(prompt - read, WRITTEN) };
}

/** The model that a request or an answer names. */
export function modelOf(value: unknown): string | undefined {
  return text(value, MODEL);
}

function reportIn(answer: unknown): object | undefined {
  return places(answer).find((place) => total(place, PROMPT) !== undefined);
}

function places(answer: unknown): readonly (object | undefined)[] {
  return WITHIN.map((path) => (path === "" ? answer : at(answer, path)) as object | undefined);
}

function total(usage: unknown, fields: typeof PROMPT): number | undefined {
  for (const [field, ...more] of fields) {
    const own = count(at(usage, field));
    if (own !== undefined) {
      return more.reduce((sum, key) => sum + (count(at(usage, key)) ?? 0), own);
    }
  }
  return undefined;
}

// The AI SDK's models report `{ total }`.
function count(value: unknown): number | undefined {
  const number = typeof value === "object" ? at(value, "total") : value;
  return typeof number === "number" && Number.isInteger(number) && number >= 0 ? number : undefined;
}

function text(value: unknown, paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const found = at(value, path);
    if (typeof found === "string" && found !== "") {
      return found;
    }
  }
  return undefined;
}

/** The value at a path of fields. A result can be anything at all: whatever cannot be read is absent. */
export function at(value: unknown, path: string): unknown {
  try {
    return path.split(".").reduce<unknown>((within, key) => {
      return typeof within === "object" && within !== null ? (within as Record<string, unknown>)[key] : undefined;
    }, value);
  } catch {
    return undefined;
  }
}
