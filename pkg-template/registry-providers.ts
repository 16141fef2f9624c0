/** The public lists of models that can be read. */
export type RegistryName = "models.dev" | "litellm";

/** The ids of a provider's entries in each list. */
type Ids = Readonly<Record<RegistryName, readonly string[]>>;

/** Whose entry one is. */
export interface Owner {
  /** Our name of the provider. */
  readonly name: string;
  /** Whether it serves the models of other makers. */
  readonly hosted: boolean;
}

/** Makers that serve their own models: their entries are the models' own limits and list prices. */
const PROVIDERS: Readonly<Record<string, Ids>> = {
  openai: both(["openai"]),
  anthropic: both(["anthropic"]),
  google: { "models.dev": ["google"], litellm: ["gemini"] },
  mistral: both(["mistral"]),
  deepseek: both(["deepseek"]),
  xai: both(["xai"]),
  cohere: { "models.dev": ["cohere"], litellm: ["cohere", "cohere_chat"] },
  meta: { "models.dev": ["llama"], litellm: ["meta_llama"] },
  qwen: { "models.dev": ["alibaba"], litellm: ["dashscope"] },
  zai: both(["zai"]),
  moonshot: { "models.dev": ["moonshotai"], litellm: ["moonshot"] },
  minimax: both(["minimax"]),
  perplexity: both(["perplexity"]),
};

/** Hosts that serve the models of others, by the names that the option `host` takes. */
export const HOSTS: Readonly<Record<string, Ids>> = {
  azure: { "models.dev": ["azure"], litellm: ["azure", "azure_ai"] },
  bedrock: { "models.dev": ["amazon-bedrock"], litellm: ["bedrock", "bedrock_converse"] },
  vertex: {
    "models.dev": ["google-vertex", "google-vertex-anthropic"],
    litellm: ["vertex_ai", "vertex_ai-language-models", "vertex_ai-anthropic_models"],
  },
  openrouter: both(["openrouter"]),
  groq: both(["groq"]),
  cerebras: both(["cerebras"]),
  together: { "models.dev": ["togetherai"], litellm: ["together_ai"] },
  fireworks: { "models.dev": ["fireworks-ai"], litellm: ["fireworks_ai"] },
  github: { "models.dev": ["github-copilot", "github-models"], litellm: ["github_copilot"] },
};

/** Whose the entry `model` is, which `list` has under `id`; `undefined` for providers that are not read. */
export function ownerOf(list: RegistryName, id: string, model: string): Owner | undefined {
  const named = (table: Readonly<Record<string, Ids>>): string | undefined =>
    Object.keys(table).find((name) => table[name]?.[list].includes(id));
  const maker = named(PROVIDERS);
  if (maker !== undefined) {
    // Alibaba serves the models of others too.
    return maker === "qwen" && !/^(?:qwen|qwq|qvq)/.test(model) ? undefined : { name: maker, hosted: false };
  }
  const host = named(HOSTS);
  if (host === "bedrock" && /^(?:nova|titan)/.test(model)) {
    return { name: "amazon", hosted: false };
  }
  return host === undefined ? undefined : { name: host, hosted: true };
}

function both(ids: readonly string[]): Ids {
  return { "models.dev": ids, litellm: ids };
}
