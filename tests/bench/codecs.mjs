// The libraries that give ids: how each encodes o200k_base with special-token text as ordinary text, and decodes.

const ours = {
  async "token-headroom/tokenizer"() {
    const { loadEncoding } = await import("token-headroom/tokenizer");
    const tokenizer = await loadEncoding("o200k_base", { ids: true });
    return { encode: (text) => tokenizer.encode(text), decode: (ids) => tokenizer.decode(ids) };
  },
};

const peers = {
  async hypertok() {
    const { fromBytes } = await import("hypertok");
    const { loadVocab } = await import("hypertok/vocab-resolve");
    const tokenizer = await fromBytes(await loadVocab("o200k"), { tier: "single" });
    return { encode: (text) => tokenizer.encodeSync(text), decode: (ids) => tokenizer.decode(ids) };
  },
  async "gpt-tokenizer"() {
    const { decode, encode } = await import("gpt-tokenizer/encoding/o200k_base");
    const options = { allowedSpecial: new Set(), disallowedSpecial: new Set() };
    return { encode: (text) => encode(text, options), decode };
  },
  async "ai-tokenizer"() {
    const { Tokenizer } = await import("ai-tokenizer");
    const tokenizer = new Tokenizer(await import("ai-tokenizer/encoding/o200k_base"));
    return { encode: (text) => tokenizer.encode(text, [], []), decode: (ids) => tokenizer.decode(ids) };
  },
  async "tiktoken (npm)"() {
    const { get_encoding } = await import("tiktoken");
    const encoding = get_encoding("o200k_base");
    const decoder = new TextDecoder();
    return { encode: (text) => encoding.encode_ordinary(text), decode: (ids) => decoder.decode(encoding.decode(ids)) };
  },
  async "js-tiktoken"() {
    const { Tiktoken } = await import("js-tiktoken/lite");
    const { default: ranks } = await import("js-tiktoken/ranks/o200k_base");
    const encoding = new Tiktoken(ranks);
    return { encode: (text) => encoding.encode(text, [], []), decode: (ids) => encoding.decode(ids) };
  },
};

export const ourName = Object.keys(ours)[0];
export const codecs = { ...ours, ...peers };
