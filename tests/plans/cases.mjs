// What is planned natively and in WebAssembly: histories of every dialect, policies and limits.
// `node cases.mjs FILE [CORPUS]` writes one case a line: { name, options, request, policy }.

import { existsSync, writeFileSync } from "node:fs";
import { createTokenBudget } from "token-headroom";
import { request, wire } from "../comparison/request.mjs";
import { trajectories } from "../comparison/trajectories.mjs";

const POLICIES = {
  default: {},
  pays: { when: "pays", cache: { idleSeconds: 3600 } },
  shares: {
    release: 0.6,
    categories: { toolResults: { share: 0.3 }, conversation: { share: 0.4, floor: 200 }, reserve: { share: 0.05 } },
  },
  summaries: { mask: false, cut: false, dropReasoning: false, summaryTokens: 300, summariserTokens: 4_000 },
  tight: { keepLast: 1, release: 1, toolValues: { read: 0.5 }, cache: { horizon: 40, read: 0.1, write: 1.25 } },
  // Names what no request has: the plan notes it.
  said: { cutUserText: true, cache: { idleSeconds: 3600 }, pinned: [90_000], keepTools: ["no such tool"], values: { é: 1, b: 0, a: 1 } },
};
const LIMITS = [0.3, 0.6, 0.9];

/** The same talk in the forms of each API: text, a turn of calls with thoughts, and its results. */
const DIALECTS = {
  openai_chat: {
    model: "gpt-4o",
    said: (role, content) => ({ role, content }),
    turn: (calls) => [
      { role: "assistant", content: null, tool_calls: calls.map(({ id, name, input }) => ({ id, type: "function", function: { name, arguments: JSON.stringify(input) } })) },
      ...calls.map(({ id, text }) => ({ role: "tool", tool_call_id: id, content: text })),
    ],
  },
  openai_responses: {
    model: "gpt-5",
    list: "input",
    said: (role, content) => ({ role, content }),
    turn: (calls) => [
      { type: "reasoning", id: `rs_${calls[0].id}`, summary: [], encrypted_content: "c2VhbGVk".repeat(40) },
      ...calls.map(({ id, name, input }) => ({ type: "function_call", call_id: id, name, arguments: JSON.stringify(input) })),
      ...calls.map(({ id, text }) => ({ type: "function_call_output", call_id: id, output: text })),
    ],
  },
  anthropic: {
    model: "claude-opus-4-5",
    rest: { max_tokens: 500, system: [{ type: "text", text: "You keep a log.", cache_control: { type: "ephemeral" } }] },
    said: (role, text) => ({ role, content: [{ type: "text", text }] }),
    turn: (calls) => [
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: `I look at ${calls.length} days.`, signature: "c2lnbmF0dXJl" },
          ...calls.map(({ id, name, input }) => ({ type: "tool_use", id, name, input })),
        ],
      },
      { role: "user", content: calls.map(({ id, text }) => ({ type: "tool_result", tool_use_id: id, content: text })) },
    ],
  },
  gemini: {
    model: "gemini-2.5-flash",
    list: "contents",
    said: (role, text) => ({ role: role === "assistant" ? "model" : role, parts: [{ text }] }),
    turn: (calls) => [
      { role: "model", parts: calls.map(({ name, input }) => ({ functionCall: { name, args: input } })) },
      { role: "user", parts: calls.map(({ name, text }) => ({ functionResponse: { name, response: { result: text } } })) },
    ],
  },
  bedrock_converse: {
    model: "claude-sonnet-4-5",
    rest: { toolConfig: { tools: [] } },
    said: (role, text) => ({ role, content: [{ text }] }),
    turn: (calls) => [
      { role: "assistant", content: calls.map(({ id, name, input }) => ({ toolUse: { toolUseId: id, name, input } })) },
      { role: "user", content: calls.map(({ id, text }) => ({ toolResult: { toolUseId: id, content: [{ text }] } })) },
    ],
  },
  ai_sdk: {
    model: "gpt-4o",
    said: (role, text) => ({ role, content: [{ type: "text", text }] }),
    turn: (calls) => [
      { role: "assistant", content: calls.map(({ id, name, input }) => ({ type: "tool-call", toolCallId: id, toolName: name, input })) },
      { role: "tool", content: calls.map(({ id, name, text }) => ({ type: "tool-result", toolCallId: id, toolName: name, output: { type: "text", value: text } })) },
    ],
  },
  langchain: {
    model: "mistral-large-2411",
    said: (role, content) => ({ type: role === "user" ? "human" : "ai", content }),
    turn: (calls) => [
      { type: "ai", content: "", tool_calls: calls.map(({ id, name, input }) => ({ id, name, args: input, type: "tool_call" })) },
      ...calls.map(({ id, name, text }) => ({ type: "tool", tool_call_id: id, name, content: text })),
    ],
  },
};

/** Reads that repeat, that are out of date and that go in parallel; text beyond ASCII; numbers that floats round. */
function history({ said, turn, list = "messages", rest = {} }) {
  const log = (day) => Array.from({ length: 30 }, (_, line) => `Dag ${day}, regel ${line}: wind ${(day * 7 + line) % 12} — ${0.1 * day}°C 🌬️`).join("\n");
  const read = (id, day, text = log(day)) => ({ id, name: "read_file", input: { path: `log/${day}.txt`, scale: 1.5 * day }, text });
  const write = (id, day) => ({ id, name: "write_file", input: { path: `log/${day}.txt`, content: "calm" }, text: "ok" });
  const messages = [said("user", "Which day was calmest? Lies het logboek.")];
  for (let day = 1; day <= 9; day++) {
    messages.push(...turn([read(`a${day}`, day), ...(day % 3 === 0 ? [read(`b${day}`, day + 20), read(`c${day}`, day % 2)] : [])]));
    if (day % 4 === 0) {
      messages.push(...turn([write(`w${day}`, day - 1)]), said("assistant", `Day ${day} is mended. ${log(day).slice(0, 300)}`), said("user", "Go on."));
    }
  }
  messages.push(said("assistant", "I have read it."), said("user", "And now?"));
  return { ...rest, [list]: messages };
}

/** A question with a long log in it, and one that came before. */
function pasted({ said, list = "messages", rest = {} }) {
  const log = Array.from({ length: 900 }, (_, line) => `regel ${line}: ${line % 7} — 🌬️ ${line * 0.1}`).join("\n");
  const messages = [said("user", `Hoe was het?\n${log.slice(0, 9_000)}`), said("assistant", "Calm."), said("user", `And here?\n${log}`)];
  return { ...rest, [list]: messages };
}

async function cases(corpus) {
  const found = [];
  const add = async (name, options, request, policies) => {
    const budget = await createTokenBudget(options);
    const size = budget.project(request).upperBound;
    for (const [policy, share] of policies) {
      const limit = Math.max(1, Math.floor(size * share));
      found.push({
        name: `${name} ${policy} ${share}`,
        options: { ...options, maxContextTokens: limit, maxInputTokens: limit, headroom: 0 },
        request,
        policy: POLICIES[policy],
      });
    }
  };
  const all = Object.keys(POLICIES).flatMap((policy) => LIMITS.map((share) => [policy, share]));
  for (const [dialect, form] of Object.entries(DIALECTS)) {
    await add(dialect, { model: form.model, dialect }, history(form), all);
  }
  for (const [dialect, form] of Object.entries(DIALECTS)) {
    await add(`${dialect}, pasted`, { model: form.model, dialect }, pasted(form), [0.1, 0.4].map((share) => ["said", share]));
  }
  await add("anthropic that binds thoughts", { model: "claude-opus-5-5", dialect: "anthropic" }, history(DIALECTS.anthropic), all);
  if (existsSync(corpus)) {
    for (const recorded of trajectories(corpus)) {
      const body = request(recorded, wire(recorded.target, recorded.messages));
      await add(recorded.id, { model: recorded.model }, body, [["default", 0.3], ["pays", 0.6]]);
    }
  } else {
    console.log(`skipped: ${corpus} is absent`);
  }
  return found;
}

const [file, corpus = ""] = process.argv.slice(2);
const lines = (await cases(corpus)).map((one) => JSON.stringify(one));
writeFileSync(file, `${lines.join("\n")}\n`);
