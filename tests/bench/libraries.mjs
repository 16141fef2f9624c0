// The counters that are compared: how each is loaded, and how it counts o200k_base with special-token text as ordinary text.
// A loader does everything a user must do before the first count; it is timed as part of the cold start.

export const libraries = {
  "token-headroom": async () => {
    const { createTokenBudget } = await import("token-headroom");
    const budget = await createTokenBudget({ model: "gpt-4o" });
    return (text) => budget.countTokens(text);
  },
  "gpt-tokenizer": async () => {
    const { countTokens } = await import("gpt-tokenizer/encoding/o200k_base");
    const options = { disallowedSpecial: new Set() };
    return (text) => countTokens(text, options);
  },
  tiktoken: async () => {
    const { get_encoding } = await import("tiktoken");
    const encoding = get_encoding("o200k_base");
    return (text) => encoding.encode_ordinary(text).length;
  },
};
