// Small lists of models in the forms of models.dev and litellm, written for the tests: the shapes are theirs, the figures are not.

/** `api.json` of models.dev. */
export const modelsDev = {
  openai: {
    id: "openai",
    models: {
      "gpt-4o": {
        cost: { input: 3, output: 12, cache_read: 1.5 },
        limit: { context: 130_000, output: 16_384 },
        modalities: { input: ["text", "image"], output: ["text"] },
      },
      "gpt-4o-2024-11-20": { cost: { input: 5, output: 15 }, limit: { context: 130_000, output: 4_096 } },
      "gpt-4o-2024-08-06": { cost: { input: 3, output: 12, cache_read: 1.5 }, limit: { context: 130_000, output: 16_384 } },
      "gpt-5.4": {
        cost: {
          input: 2.5,
          output: 15,
          cache_read: 0.25,
          tiers: [{ input: 5, output: 22.5, cache_read: 0.5, tier: { type: "context", size: 272_000 } }],
          context_over_200k: { input: 5, output: 22.5, cache_read: 0.5 },
        },
        limit: { context: 1_050_000, input: 922_000, output: 128_000 },
      },
      "gpt-9-mini": { cost: { input: 1, output: 4 }, limit: { context: 600_000, input: 400_000, output: 200_000 } },
      "gpt-9-free": { limit: { context: 100_000, output: 10_000 } },
      "gpt-9-image": { limit: { context: 100_000 }, modalities: { output: ["image"] } },
      "text-embedding-9": { limit: { context: 8_000 } },
      "gpt-broken": "none",
    },
  },
  azure: {
    id: "azure",
    models: {
      "gpt-4o": { cost: { input: 3, output: 12, cache_read: 1.5 }, limit: { context: 64_000, output: 16_384 } },
      "gpt-5.4": { limit: { context: 1_050_000, input: 922_000, output: 128_000 } },
    },
  },
  "somebody-else": { id: "somebody-else", models: { "gpt-4o": { limit: { context: 1 } } } },
};

const chat = { litellm_provider: "openai", mode: "chat" };

/** `model_prices_and_context_window.json` of litellm. */
export const litellm = {
  sample_spec: { max_tokens: "a number", mode: "one of: chat" },
  "gpt-4o": {
    ...chat,
    max_input_tokens: 130_000,
    max_output_tokens: 16_384,
    input_cost_per_token: 0.000003,
    output_cost_per_token: 0.000012,
    cache_read_input_token_cost: 4e-7,
    input_cost_per_token_priority: 1,
    deprecation_date: "2027-01-31",
  },
  // The prompt alone, the whole window, and neither.
  "gpt-5": { ...chat, max_input_tokens: 272_000, max_output_tokens: 128_000 },
  "gpt-5.5": { ...chat, max_input_tokens: 1_050_000, max_output_tokens: 128_000 },
  "gpt-5.2": { ...chat, max_input_tokens: 300_000, max_output_tokens: 128_000 },
  // Parts taken for each other, and an input repeated as the output.
  "gpt-5-pro": { ...chat, mode: "responses", max_input_tokens: 128_000, max_output_tokens: 272_000 },
  "gpt-4.1": { ...chat, max_input_tokens: 1_047_576, max_output_tokens: 1_047_576 },
  "gpt-5.4": {
    ...chat,
    max_input_tokens: 922_000,
    max_output_tokens: 128_000,
    input_cost_per_token: 2.5e-6,
    output_cost_per_token: 1.5e-5,
    input_cost_per_token_above_272k_tokens: 5e-6,
    output_cost_per_token_above_272k_tokens: 2.25e-5,
    input_cost_per_token_above_272k_tokens_priority: 1,
    cache_read_input_token_cost: 2.5e-7,
    cache_read_input_token_cost_above_272k_tokens: 5e-7,
  },
  "gpt-5.9": { ...chat, max_input_tokens: 500_000, max_output_tokens: 100_000 },
  "ft:gpt-4o-2024-08-06": { ...chat, max_input_tokens: 1 },
  "azure/eu/gpt-4o": { ...chat, litellm_provider: "azure", max_input_tokens: 64_000 },
  "text-embedding-9": { litellm_provider: "openai", mode: "embedding", max_input_tokens: 8_000 },
};
