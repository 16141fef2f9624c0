// The counters that are compared: how each is loaded, and how it counts o200k_base with special-token text as ordinary text.
// A loader does everything a user must do before the first count; it is timed as part of the cold start. Where a library
// offers several ways, the one that was fastest here is used.

import { loadWasm } from "./wasm-peers.mjs";

const ours = {
  "token-headroom": {
    package: "token-headroom",
    async load() {
      const { createTokenBudget } = await import("token-headroom");
      const budget = await createTokenBudget({ model: "gpt-4o" });
      return (text) => budget.countTokens(text);
    },
  },
};

// The entry without requests and plans, where the package has it.
if (resolves("token-headroom/tokenizer")) {
  ours["token-headroom/tokenizer"] = {
    package: "token-headroom",
    async load() {
      const { loadEncoding } = await import("token-headroom/tokenizer");
      const tokenizer = await loadEncoding("o200k_base");
      return (text) => tokenizer.countTokens(text);
    },
  };
}

const peers = {
  hypertok: {
    package: "hypertok",
    async load() {
      const { fromBytes } = await import("hypertok");
      const { loadVocab } = await import("hypertok/vocab-resolve");
      // One thread. Without a `reserved` policy special-token text is matched; with one, counting takes longer.
      const tokenizer = await fromBytes(await loadVocab("o200k"), { tier: "single" });
      return (text) => tokenizer.encodeSync(text).length;
    },
  },
  "gpt-tokenizer": {
    package: "gpt-tokenizer",
    async load() {
      const { countTokens } = await import("gpt-tokenizer/encoding/o200k_base");
      const options = { disallowedSpecial: new Set() };
      return (text) => countTokens(text, options);
    },
  },
  "ai-tokenizer": {
    package: "ai-tokenizer",
    async load() {
      const { Tokenizer } = await import("ai-tokenizer");
      const tokenizer = new Tokenizer(await import("ai-tokenizer/encoding/o200k_base"));
      // `count` throws on special-token text.
      return (text) => tokenizer.encode(text, [], []).length;
    },
  },
  "tiktoken (npm)": {
    package: "tiktoken",
    async load() {
      const { get_encoding } = await import("tiktoken");
      const encoding = get_encoding("o200k_base");
      return (text) => encoding.encode_ordinary(text).length;
    },
  },
  "js-tiktoken": {
    package: "js-tiktoken",
    async load() {
      const { Tiktoken } = await import("js-tiktoken/lite");
      const { default: ranks } = await import("js-tiktoken/ranks/o200k_base");
      const encoding = new Tiktoken(ranks);
      return (text) => encoding.encode(text, [], []).length;
    },
  },
  "tiktoken 4 (crate)": { crate: "tiktoken", load: () => loadWasm("tiktoken_peer") },
  "bpe-openai (crate)": { crate: "bpe-openai", load: () => loadWasm("bpe_openai_peer") },
  "tiktoken-rs (crate)": { crate: "tiktoken-rs", load: () => loadWasm("tiktoken_rs_peer") },
};

/** What nobody counts with: the least work that the same texts need. */
export const floors = {
  "encodeInto": {
    async load() {
      const encoder = new TextEncoder();
      const buffer = new Uint8Array(8_000_000);
      return (text) => encoder.encodeInto(text, buffer).written;
    },
  },
  "encodeInto and class masks": { load: () => loadWasm("floor") },
};

export const ourNames = Object.keys(ours);
export const libraries = { ...ours, ...peers };

function resolves(specifier) {
  try {
    import.meta.resolve(specifier);
    return true;
  } catch {
    return false;
  }
}
