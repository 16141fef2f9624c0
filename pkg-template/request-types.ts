/** How request bodies and messages are written. */
export type Dialect =
  | "openai_chat"
  | "openai_responses"
  | "completions"
  | "anthropic"
  | "gemini"
  | "bedrock_converse"
  | "cohere"
  | "ollama"
  | "ai_sdk"
  | "langchain"
  | "autogen";

/** A request body in any dialect, or its messages alone. Any SDK's own types fit. */
export type RequestInput = Open<RequestBody | OtherBody> | readonly object[];

/** Interfaces fit the first, literals with further fields the second. */
type Open<Body> = Body | (Body & { readonly [field: string]: unknown });

/** The messages of a request, by the caller's own type. */
export type MessageOf<Input> = Input extends readonly (infer Message extends object)[]
  ? Message
  : Input extends { readonly messages: readonly (infer Message extends object)[] }
    ? Message
    : Input extends { readonly contents: readonly (infer Message extends object)[] }
      ? Message
      : Input extends { readonly input: readonly (infer Message extends object)[] }
        ? Message
        : Input extends { readonly prompt: readonly (infer Message extends object)[] }
          ? Message
          : object;

/** A request body that holds its messages as `messages`. */
export interface RequestBody {
  readonly messages: readonly object[];
}

/** A request body that holds them under another name, or a saved state. */
export type OtherBody =
  /** Gemini. */
  | { readonly contents: object | string }
  | { readonly generateContentRequest: object }
  /** OpenAI Responses. */
  | { readonly input: string | readonly object[] }
  /** Completions, prompts of the AI SDK's models, prompts stored at OpenAI. */
  | { readonly prompt: string | object }
  /** The first version of Cohere's chat. */
  | { readonly message: string }
  /** Saved states of AutoGen. */
  | { readonly llm_context: object }
  | { readonly agent_states: object }
  | { readonly message_thread: readonly object[] };
