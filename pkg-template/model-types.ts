import type { ModelName } from "./model-names.js";
import type { EncodingName, Limit, LimitKind } from "./types.js";

/** Who serves a model. */
export type HostName =
  | "azure"
  | "bedrock"
  | "vertex"
  | "openrouter"
  | "groq"
  | "cerebras"
  | "together"
  | "fireworks"
  | "huggingface"
  | "ollama"
  | "github"
  | "databricks"
  | "snowflake"
  | "llama.cpp"
  | "vllm"
  | (string & {});

/** List prices in US dollars per million tokens. */
export interface Price {
  /** Prompt tokens. */
  readonly input: number;
  /** Answer tokens. */
  readonly output: number;
  /** Prompt tokens read from the provider's cache. */
  readonly cacheRead?: number | undefined;
  /** Prompt tokens written to the provider's cache. */
  readonly cacheWrite?: number | undefined;
  /** Prices of requests with longer prompts, which are billed at them as a whole. */
  readonly tiers?: readonly PriceTier[] | undefined;
}

/** Prices of requests whose prompt is longer than a mark. */
export interface PriceTier {
  /** Prompt tokens that must be exceeded. */
  readonly above: number;
  /** As in {@link Price}. */
  readonly input: number;
  /** As in {@link Price}. */
  readonly output: number;
  /** As in {@link Price}. */
  readonly cacheRead?: number | undefined;
  /** As in {@link Price}. */
  readonly cacheWrite?: number | undefined;
}

/** What is known of a model. */
export interface ModelInfo {
  /** The name as asked for. */
  readonly name: string;
  /** The catalogue row it was resolved to. */
  readonly row: string;
  /** The encoding that it is counted in: its own, or one that stands in for a vocabulary that is not here. */
  readonly encoding: string;
  /** Family of framing rules. */
  readonly framing: string;
  /** Its limits, in tokens. */
  readonly limit: Limit;
  /** Tokens kept free when neither the options nor the request say how many. */
  readonly defaultHeadroom: number;
  /** List prices, where they are known. */
  readonly price?: Price;
  /** Who serves it, where options or name say so. */
  readonly host?: HostName;
  /** Whether nothing is known of it but its name: `unknownModel: "estimate"`. */
  readonly assumed?: boolean;
  /** The day on which it is no longer served, where announced. */
  readonly retires?: string;
  /** Where limits and prices come from. */
  readonly source?: string;
  /** When they were looked up: `"2026-11-20"`. */
  readonly date?: string;
  /** Keys of the option `models` that apply to it. */
  readonly overrides?: readonly string[];
}

/** A model of the catalogue, as the modules of `token-headroom/models` hold it. */
export interface CatalogueModel {
  /** Its own name. */
  readonly name: string;
  /** Other names of the same model. Hosts' prefixes, dates and the like are not among them: `modelInfo` reads those. */
  readonly aliases: readonly string[];
  /** Whose model it is. */
  readonly provider: string;
  /** As in {@link ModelInfo}. */
  readonly encoding: string;
  /** Family of framing rules. */
  readonly framing: string;
  /** Its limits, in tokens. */
  readonly limit: Limit;
  /** List prices, where they are known. */
  readonly price?: Price;
  /** The day on which it is no longer served, where announced. */
  readonly retires?: string;
  /** What else is to be known. */
  readonly note?: string;
  /** Where limits and prices come from. */
  readonly source: string;
  /** When they were looked up. */
  readonly date: string;
}

/** A model of your own, or a correction of one in the catalogue. What is absent stays as it is. */
export interface ModelOverride {
  /**
   * Take everything that is absent here from this model of the catalogue, prices included; of a model that is in the
   * catalogue itself, encoding and framing only.
   */
  readonly like?: ModelName | undefined;
  /** Count with this encoding. */
  readonly encoding?: EncodingName | (string & {}) | undefined;
  /** Who serves it. */
  readonly host?: HostName | undefined;
  /** Which comparison applies. */
  readonly limitKind?: LimitKind | undefined;
  /** The context window. */
  readonly maxContextTokens?: number | undefined;
  /** The largest prompt, where it is less than the window. */
  readonly maxInputTokens?: number | undefined;
  /** The largest answer. */
  readonly maxOutputTokens?: number | undefined;
  /** `null`: not known, whatever the catalogue says. */
  readonly price?: Price | readonly [input: number, output: number] | null | undefined;
  /** The day on which it is no longer served. */
  readonly retires?: string | undefined;
  /** Where the figures come from. */
  readonly source?: string | undefined;
  /** When they were looked up. */
  readonly date?: string | undefined;
}

/**
 * {@link ModelOverride}s by the name of a model, or by `name@host` for what only that host does differently. One for a
 * name applies to all its spellings: `"gpt-4o"` to `azure/gpt-4o-2024-08-06` too.
 */
export type ModelOverrides = Readonly<Record<string, ModelOverride>>;
