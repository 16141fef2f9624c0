import { TokenHeadroomError } from "./errors.js";
import { shown } from "./found.js";
import type { BudgetOptions, Categories, Projection, RequestInput } from "./types.js";
import { at } from "./usage.js";

/** Counts an input in the caller's own way. */
export type CountTokens<Input> = (input: Input) => number | Promise<number>;

/** Calls the caller's counter and refuses what is not a number of tokens. */
export async function countSupplied<Input>(tokens: CountTokens<Input>, input: Input): Promise<number> {
  const counted: unknown = await tokens(input);
  if (typeof counted !== "number" || !Number.isFinite(counted) || counted < 0) {
    throw new TokenHeadroomError(`tokens() returned ${shown(counted)}, expected a number of tokens`, {
      code: "invalid_value",
      path: "tokens",
    });
  }
  return Math.ceil(counted);
}

type Limited = Pick<Projection, "model" | "limit" | "available">;

/** `projection` with the caller's own count in place of ours; where the tokens are stays as we see it. */
export function withSupplied({ chain = [], ...counted }: Projection, tokens: number, tightAt: number): Projection {
  // One number for every model of a chain: the one that takes least decides.
  const least = chain.reduce<Limited>((least, one) => (one.available < least.available ? one : least), counted);
  const projection = { ...counted, model: least.model, limit: least.limit, available: least.available };
  const { available } = projection;
  const overBy = Math.max(0, tokens - available);
  const verdict = overBy > 0 ? "overflows" : tokens > available * tightAt ? "tight" : "fits";
  return { ...projection, tokens, lowerBound: tokens, upperBound: tokens, basis: "supplied", overBy, verdict };
}

/** Judges the caller's own count against the caller's own limit: neither a model nor a vocabulary is involved. */
export function judgeSupplied(
  request: RequestInput,
  tokens: number,
  { maxContextTokens: window = 0, headroom: asked, tightAt = 0.9 }: BudgetOptions,
): Projection {
  const headroom = asked ?? outputCap(request);
  if (headroom === undefined) {
    throw new TokenHeadroomError("found nothing, expected the tokens to keep free for the answer", {
      code: "missing_field",
      path: "context.headroom",
      hint: "give context.headroom, name a model, or cap the request with max_completion_tokens",
    });
  }
  const unjudged: Projection = {
    model: "the model",
    encoding: "none",
    tokens,
    lowerBound: tokens,
    upperBound: tokens,
    basis: "supplied",
    fingerprint: "",
    byCategory: NOWHERE,
    instructions: 0,
    messages: [],
    warnings: [],
    limit: { kind: "shared", window },
    headroom,
    available: Math.max(0, window - headroom),
    overBy: 0,
    verdict: "fits",
  };
  return withSupplied(unjudged, tokens, tightAt);
}

// Chat Completions; Anthropic, Cohere; Responses; Gemini and its SDK; Converse; Ollama; the AI SDK.
const OUTPUT_CAPS = [
  "max_completion_tokens",
  "max_tokens",
  "max_output_tokens",
  "generationConfig.maxOutputTokens",
  "config.maxOutputTokens",
  "inferenceConfig.maxTokens",
  "options.num_predict",
  "maxOutputTokens",
];

/** The cap on output that a request body sets itself. */
export function outputCap(request: RequestInput): number | undefined {
  return OUTPUT_CAPS.map((path) => at(request, path)).find(isCap);
}

function isCap(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

const NOWHERE: Categories = {
  system: 0,
  tools: 0,
  user: 0,
  assistant: 0,
  toolCalls: 0,
  toolResults: 0,
  media: 0,
  format: 0,
  framing: 0,
};
