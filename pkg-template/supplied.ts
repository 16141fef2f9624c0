import { TokenHeadroomError } from "./errors.js";
import type { BudgetOptions, Categories, Projection, RequestInput } from "./types.js";

/** Counts an input in the caller's own way. */
export type CountTokens<Input> = (input: Input) => number | Promise<number>;

/** Calls the caller's counter and refuses what is not a number of tokens. */
export async function countSupplied<Input>(tokens: CountTokens<Input>, input: Input): Promise<number> {
  const counted: unknown = await tokens(input);
  if (typeof counted !== "number" || !Number.isFinite(counted) || counted < 0) {
    throw new TokenHeadroomError(`tokens() returned ${String(counted)}, expected a number of tokens`, {
      code: "invalid_value",
      path: "tokens",
    });
  }
  return Math.ceil(counted);
}

/** `projection` with the caller's own count in place of ours; where the tokens are stays as we see it. */
export function withSupplied(projection: Projection, tokens: number, tightAt: number): Projection {
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
    byCategory: NOWHERE,
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

/** The cap on output that a request body sets itself. */
export function outputCap(request: RequestInput): number | undefined {
  const { max_completion_tokens, max_tokens } = request as { max_completion_tokens?: unknown; max_tokens?: unknown };
  const cap = max_completion_tokens ?? max_tokens;
  return typeof cap === "number" && Number.isFinite(cap) && cap >= 0 ? cap : undefined;
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
