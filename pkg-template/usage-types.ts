import type { Bounds } from "./projection-types.js";

/** What a provider reports of a call: its usage object, or the whole answer that holds one. */
export type Usage = ReportedUsage | UsageHolder;

/** A usage object as a provider writes it. Any SDK's own types fit. */
export type ReportedUsage =
  | ChatUsage
  | ResponsesUsage
  | MessagesUsage
  | GenerateContentUsage
  | ConverseUsage
  | OllamaUsage
  | LlamaUsage
  | ModelUsage
  | MessageUsage;

/** OpenAI's Chat Completions, and whoever follows them. */
export interface ChatUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens?: number | undefined;
  readonly total_tokens?: number | undefined;
  readonly prompt_tokens_details?:
    | {
        /** Of the prompt, read from the provider's cache. */
        readonly cached_tokens?: number | null | undefined;
        /** Of the prompt, written to it; reported by some hosts. */
        readonly cache_write_tokens?: number | null | undefined;
      }
    | null
    | undefined;
  /** DeepSeek's word for `cached_tokens`. */
  readonly prompt_cache_hit_tokens?: number | undefined;
}

/** OpenAI's Responses; also `tokens` of Cohere's answers. */
export interface ResponsesUsage {
  /** Cached tokens included. */
  readonly input_tokens: number;
  readonly output_tokens?: number | undefined;
  readonly total_tokens?: number | undefined;
  readonly input_tokens_details?: { readonly cached_tokens?: number | undefined } | null | undefined;
}

/** Anthropic's Messages. */
export interface MessagesUsage {
  /** Without those of the cache. */
  readonly input_tokens: number;
  readonly output_tokens?: number | undefined;
  readonly cache_creation_input_tokens?: number | null | undefined;
  readonly cache_read_input_tokens?: number | null | undefined;
}

/** Gemini's `usageMetadata`. */
export interface GenerateContentUsage {
  readonly promptTokenCount?: number | undefined;
  readonly candidatesTokenCount?: number | undefined;
  /** On top of `candidatesTokenCount`. */
  readonly thoughtsTokenCount?: number | undefined;
  /** On top of `promptTokenCount`. */
  readonly toolUsePromptTokenCount?: number | undefined;
  /** Of `promptTokenCount`. */
  readonly cachedContentTokenCount?: number | undefined;
  readonly totalTokenCount?: number | undefined;
}

/** Bedrock's Converse. */
export interface ConverseUsage {
  /** Without those of the cache. */
  readonly inputTokens: number | undefined;
  readonly outputTokens?: number | undefined;
  readonly totalTokens?: number | undefined;
  readonly cacheReadInputTokens?: number | undefined;
  readonly cacheWriteInputTokens?: number | undefined;
}

/** Ollama, which reports in the answer itself. */
export interface OllamaUsage {
  readonly prompt_eval_count: number;
  readonly eval_count?: number | undefined;
}

/** llama.cpp's own endpoints. */
export interface LlamaUsage {
  readonly tokens_evaluated: number;
  readonly tokens_predicted?: number | undefined;
  /** Whether the server has dropped a part of the prompt. */
  readonly truncated?: boolean | undefined;
}

/** `usage` of the AI SDK's results, and of its models. */
export interface ModelUsage {
  /** Cached tokens included. */
  readonly inputTokens: number | { readonly total: number | undefined } | undefined;
  readonly outputTokens: number | { readonly total: number | undefined } | undefined;
  readonly totalTokens?: number | undefined;
  readonly cachedInputTokens?: number | undefined;
  readonly inputTokenDetails?:
    | { readonly cacheReadTokens?: number | undefined; readonly cacheWriteTokens?: number | undefined }
    | undefined;
}

/** `usage_metadata` of LangChain's messages. */
export interface MessageUsage {
  /** Cached tokens included. */
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly total_tokens?: number | undefined;
  readonly input_token_details?:
    | { readonly cache_read?: number | undefined; readonly cache_creation?: number | undefined }
    | undefined;
}

/** An answer, by where it holds its usage. */
export type UsageHolder =
  /** OpenAI, Anthropic, Bedrock, Cohere's second chat, the AI SDK. */
  | { readonly usage?: ReportedUsage | { readonly tokens?: object | undefined } | null | undefined }
  /** Gemini. */
  | { readonly usageMetadata?: GenerateContentUsage | undefined }
  /** LangChain. */
  | { readonly usage_metadata?: MessageUsage | undefined }
  /** Cohere's first chat. */
  | { readonly meta?: { readonly tokens?: object | undefined } | undefined }
  /** The last event of a stream of Responses. */
  | { readonly response: { readonly usage?: ResponsesUsage | null | undefined } };

/** How a report compares with its projection; `truncated` means that the provider dropped a part of the prompt. */
export type UsageVerdict = "agrees" | "above" | "below" | "truncated";

/**
 * What gave a silent truncation away: the server says so itself (llama.cpp); the report is half a window and a few tokens;
 * prompt and answer fill the window exactly; the answer ended because the window was full; or far fewer tokens were
 * reported than the request can have.
 */
export type UsageSignature = "flagged" | "half_window" | "full_window" | "stop_reason" | "far_below";

/** What `record` found. */
export interface UsageComparison {
  readonly verdict: UsageVerdict;
  /** What gave it away; present when `truncated`. */
  readonly signature?: UsageSignature;
  /** Tokens that were projected. */
  readonly projected: number;
  /** Tokens of the prompt that were reported. */
  readonly reported: number;
  /** Reported by projected tokens. */
  readonly ratio: number;
}

/**
 * What was learned from reported usage: plain JSON, to be kept between runs and given to the option `learned`. It holds
 * numbers, names of models and digests of requests, no texts. Bounded; only what `record` makes of it has a meaning.
 */
export interface Calibration {
  /** Reported by counted tokens, newest last, by model and class of content. */
  readonly ratios: Readonly<Record<string, readonly number[]>>;
  /** Reports that a continuation can start from, newest last. */
  readonly anchors: readonly {
    readonly model: string;
    readonly fingerprint: string;
    readonly counted: Bounds;
    readonly reported: number;
  }[];
}
