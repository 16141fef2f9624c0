import type { Listing } from "./registry.js";
import type { Limit } from "./types.js";

/** Limits as a list has them, in our words. */
export interface ListedLimits {
  readonly kind?: "shared" | "split";
  readonly window?: number | undefined;
  readonly maxInput?: number | undefined;
  readonly maxOutput?: number | undefined;
  /** What the list leaves open. */
  readonly unclear?: string;
}

/** Reads the limits of `listing`; `known` are those of the same model in the catalogue, or of its nearest relative. */
export function listedLimits(listing: Listing, known: Limit): ListedLimits {
  const { window, maxInput, maxOutput } = listing;
  const output = credibleOutput(listing, known);
  const found = window === undefined ? promptAlone(maxInput, maxOutput, known) : whole(window, maxInput, known);
  return { ...found, ...(output === undefined ? {} : { maxOutput: output }) };
}

// A list that tells window and prompt apart.
function whole(window: number, input: number | undefined, known: Limit): ListedLimits {
  const capped = input !== undefined && input < window;
  return {
    window,
    ...(capped || known.maxInput !== undefined ? { maxInput: input } : {}),
    ...(capped && known.kind === "shared" ? { kind: "split" as const } : {}),
  };
}

// litellm's `max_input_tokens` is the cap on the prompt for some models and the whole window for others, and has changed
// from one to the other: what is known of the model decides which it can be.
function promptAlone(input: number | undefined, output: number | undefined, known: Limit): ListedLimits {
  if (input === undefined) {
    return {};
  }
  const { window, maxInput = window } = known;
  switch (known.kind) {
    case "shared":
    case "input_only":
      return { window: input };
    case "separate":
      if (maxInput === window) {
        return known.maxInput === undefined ? { window: input } : { window: input, maxInput: input };
      }
      return input === window ? {} : { maxInput: input };
    case "split":
      if (input === window) {
        return {};
      }
      if (input === known.maxOutput && output === maxInput) {
        return { unclear: `${input} and ${output} may have been taken for each other` };
      }
      return input === maxInput || input + (output ?? 0) === window
        ? { window, maxInput: input }
        : { unclear: `${input} may be the prompt alone or the whole window` };
  }
}

// A quarter of litellm's rows repeat the input as the output, and of a split window the parts are at times taken for each
// other: an answer that does not fill what the prompt leaves is not believed.
function credibleOutput(listing: Listing, known: Limit): number | undefined {
  const { maxInput, maxOutput, window = maxInput } = listing;
  if (maxOutput === undefined || maxOutput === known.maxOutput) {
    return maxOutput;
  }
  const parts = (maxInput ?? 0) + maxOutput === known.window && maxOutput !== known.maxInput;
  const fills = listing.window !== undefined || known.kind !== "split" || parts;
  return maxOutput !== window && maxOutput < (window ?? Number.POSITIVE_INFINITY) && fills ? maxOutput : undefined;
}
