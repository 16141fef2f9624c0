// Other counters on the same records: `node peers.mjs <lines written by the conformance test>`. Each gets roles, texts, calls,
// results and tools as its documentation asks for them; what it takes no account of is its own affair. Prints the tables.

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import Tokenizer, { models } from "ai-tokenizer";
import * as encodings from "ai-tokenizer/encoding";
import { count } from "ai-tokenizer/sdk";
import * as cl100k from "gpt-tokenizer/model/gpt-4-turbo";
import * as o200k from "gpt-tokenizer/model/gpt-4o";
import { AIMessage, countTokensApproximately, HumanMessage, SystemMessage, ToolMessage } from "langchain";

const counters = {
  "token-headroom": ({ ours }) => ours.tokens,
  "gpt-tokenizer": gptTokenizer,
  "ai-tokenizer": aiTokenizer,
  "LangChain, approximate": langchain,
  "characters / 4": ({ messages, tools }) => Math.ceil(texts(messages, tools).length / 4),
};

function texts(messages, tools) {
  const said = messages.map(({ content, calls = [] }) => content + calls.map((call) => call.name + call.arguments).join(""));
  return said.join("") + (tools.length > 0 ? JSON.stringify(tools) : "");
}

// OpenAI's framing for every model: that is what its users do for lack of another.
function gptTokenizer({ encoding, messages, tools }) {
  const model = encoding === "cl100k_base" ? cl100k : o200k;
  const chat = messages.map(({ role, content, calls = [] }) => ({
    role: role === "tool" ? "user" : role,
    content: content + calls.map((call) => call.name + call.arguments).join(""),
  }));
  const functions = tools.map(({ name, description, parameters }) => ({
    name,
    ...(description ? { description } : {}),
    parameters: parameters ?? { type: "object", properties: {} },
  }));
  return model.countChatCompletionTokens({ messages: chat, ...(functions.length > 0 ? { functions } : {}) });
}

const tokenizers = new Map();

function aiTokenizer({ model: name, family, messages, tools }) {
  const model = models[nearest(name, family)];
  if (!tokenizers.has(model.encoding)) {
    tokenizers.set(model.encoding, new Tokenizer(encodings[model.encoding]));
  }
  const prompt = messages.map(({ role, content, calls = [], id }) => {
    if (role === "tool") {
      const output = { type: "text", value: content };
      return { role, content: [{ type: "tool-result", toolCallId: id, toolName: "tool", output }] };
    }
    const parts = calls.map((call) => ({
      type: "tool-call",
      toolCallId: call.id,
      toolName: call.name,
      input: parsed(call.arguments),
    }));
    return { role, content: parts.length > 0 ? [{ type: "text", text: content }, ...parts] : content };
  });
  const declared = tools.map(({ name, description, parameters }) => [
    name,
    { description: description ?? "", inputSchema: { jsonSchema: parameters ?? {} } },
  ]);
  return count({
    tokenizer: tokenizers.get(model.encoding),
    model,
    messages: prompt,
    tools: Object.fromEntries(declared),
  }).total;
}

// The row of the same name under any maker, else a row of the same maker: its own fallback is the caller's choice.
const rows = Object.keys(models);
function nearest(name, family) {
  const bare = name.toLowerCase().replace(/^.*\//, "").replace(/-\d{4}-?\d{2}-?\d{2}$/, "");
  const same = rows.find((row) => row.endsWith(`/${bare}`)) ?? rows.find((row) => bare.startsWith(row.replace(/^.*\//, "")));
  const maker = family.startsWith("claude") ? "anthropic/claude-sonnet-4.5" : family.startsWith("gemini") ? "google/gemini-2.5-pro" : undefined;
  return same ?? (maker in models ? maker : "openai/gpt-4o");
}

function langchain({ messages, tools }) {
  const list = messages.map(({ role, content, calls = [], id }) => {
    switch (role) {
      case "system":
        return new SystemMessage(content);
      case "assistant":
        return new AIMessage({
          content,
          tool_calls: calls.map((call) => ({ id: call.id, name: call.name, args: parsed(call.arguments) })),
        });
      case "tool":
        return new ToolMessage({ content, tool_call_id: id ?? "" });
      default:
        return new HumanMessage(content);
    }
  });
  const declared = tools.map((tool) => ({ type: "function", function: tool }));
  return countTokensApproximately(list, declared.length > 0 ? declared : null);
}

function parsed(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : { value };
  } catch {
    return { text };
  }
}

class Row {
  n = 0;
  exact = 0;
  close = 0;
  low = 0;
  failed = 0;
  errors = [];

  add(counted, reported) {
    this.n++;
    if (!Number.isFinite(counted)) {
      this.failed++;
      this.errors.push(1);
      return;
    }
    const off = Math.abs(counted - reported);
    this.exact += off === 0 ? 1 : 0;
    this.close += off <= Math.max(5, reported * 0.02) ? 1 : 0;
    this.low += counted < reported ? 1 : 0;
    this.errors.push(off / Math.max(1, reported));
  }

  toString() {
    this.errors.sort((a, b) => a - b);
    const at = (share) => (100 * this.errors[Math.floor((this.n - 1) * share)]).toFixed(1).padStart(6);
    const share = (some) => ((100 * some) / this.n).toFixed(1).padStart(6);
    return `${share(this.exact)} ${share(this.close)} ${at(0.5)} ${at(0.95)} ${share(this.low)}${this.failed > 0 ? `  (${this.failed} refused)` : ""}`;
  }
}

const table = new Map();
const lines = createInterface({ input: createReadStream(process.argv[2]) });
for await (const line of lines) {
  const record = JSON.parse(line);
  const maker = /^(claude|gemini|openai|mistral)/.exec(record.family)?.[0] ?? "others";
  for (const group of [maker, "~ all"]) {
    for (const [name, counter] of Object.entries(counters)) {
      const key = `${group.padEnd(10)} ${name}`;
      if (!table.has(key)) {
        table.set(key, new Row());
      }
      table.get(key).add(attempt(() => counter(record)), record.reported);
    }
  }
}

function attempt(counter) {
  try {
    return counter();
  } catch {
    return Number.NaN;
  }
}

console.log(`${"models, counter".padEnd(36)} ${"n".padStart(5)}  exact  close median    p95 too low (percent; errors relative)`);
for (const key of [...table.keys()].sort()) {
  const row = table.get(key);
  console.log(`${key.padEnd(36)} ${String(row.n).padStart(5)} ${row}`);
}
