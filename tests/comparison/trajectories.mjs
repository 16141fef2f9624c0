// Recorded agent histories in one neutral form: what was said, called and answered, whoever wrote it down.
//
// A trajectory is { id, format, target, model, system, tools, messages }. A message is { role, parts }, with the roles system, user,
// assistant and tool and the parts
//   { type: "text", text }
//   { type: "thinking", block }                  a signed block of Claude's, as recorded
//   { type: "call", id, name, arguments }        arguments are the JSON text that the model wrote
//   { type: "result", id, name, text }
// A tool message holds the results of one turn's calls. Pictures are named in words: no compactor here looks into one.

import { readFileSync } from "node:fs";
import { paired } from "./pairs.mjs";

const text = (text) => ({ type: "text", text });
const said = (role, ...texts) => ({ role, parts: texts.filter((text) => text.trim() !== "").map(text) });
const call = (id, name, input) => ({ type: "call", id, name, arguments: typeof input === "string" ? input : JSON.stringify(input ?? {}) });
const answered = (id, name, text) => ({ role: "tool", parts: [{ type: "result", id, name: name ?? "", text }] });

/** What the histories of each source are sent as, and to which model. */
export const targets = {
  "openai.chat": { api: "openai.chat", model: "gpt-4o" },
  "anthropic.messages": { api: "anthropic.messages", model: "claude-opus-4-5" },
  // AutoGen's logs are talk between agents, without tools of an API.
  autogen: { api: "openai.chat", model: "gpt-4o" },
  other: { api: "anthropic.messages", model: "claude-opus-4-5" },
};

/** The trajectories of a corpus file. */
export function trajectories(file) {
  return readFileSync(file, "utf8").trim().split("\n").map((line) => trajectory(JSON.parse(line)));
}

/** A document of the corpus in the neutral form. */
export function trajectory(document) {
  const { id, format } = document;
  const { api: target, model } = targets[format];
  const read = readers[format] ?? others[document.native] ?? others[document.native.split(/[ ,]/)[0]];
  const messages = paired(document.messages.flatMap((message) => read(message)).filter(({ parts }) => parts.length > 0));
  const tools = (document.tools ?? []).map((tool) => tool.function ?? { ...tool, parameters: tool.input_schema });
  // Instructions at the start stand outside the history, as every library here holds them.
  const first = messages.findIndex(({ role }) => role !== "system");
  const leading = first < 0 ? [] : messages.splice(0, first);
  const system = [document.system ?? "", ...leading.flatMap(({ parts }) => parts.map(({ text }) => text))].filter((text) => text !== "").join("\n\n");
  return { id, format, target, model, system, tools, messages };
}

const readers = { "openai.chat": openai, "anthropic.messages": anthropic, autogen };
const others = {
  "pi-agent": pi,
  langgraph,
  "deerflow-events": deerflow,
  "openhands-events": openhands,
  "gemini-cli": gemini,
};

/** The texts of a message's content, whatever its form. */
function texts(content) {
  if (typeof content === "string") {
    return [content];
  }
  return (content ?? []).map((part) => (typeof part === "string" ? part : (part.text ?? `[${part.type ?? "part"} left out]`)));
}

function openai({ role, content, tool_calls, tool_call_id, name }) {
  if (role === "tool" || role === "function") {
    return [answered(tool_call_id, name, texts(content).join("\n"))];
  }
  const calls = (tool_calls ?? []).map((made) => call(made.id, made.function.name, made.function.arguments));
  const message = said(role === "developer" ? "system" : role, ...texts(content));
  return [{ ...message, parts: [...message.parts, ...calls] }];
}

function anthropic({ role, content }) {
  if (typeof content === "string") {
    return [said(role, content)];
  }
  const results = content.filter(({ type }) => type === "tool_result");
  const parts = content.flatMap((block) => {
    switch (block.type) {
      case "text":
        return said(role, block.text).parts;
      case "thinking":
      case "redacted_thinking":
        return [{ type: "thinking", block }];
      case "tool_use":
        return [call(block.id, block.name, block.input)];
      default:
        return [];
    }
  });
  return [...results.map((block) => answered(block.tool_use_id, "", texts(block.content).join("\n"))), { role, parts }];
}

function autogen({ role, content }) {
  const speaker = role === "human" || role === "user" ? "user" : role === "assistant" || role.startsWith("Orchestrator") ? "assistant" : "user";
  return [said(speaker, ...texts(content))];
}

function pi({ role, content, toolCallId, toolName, command, output }) {
  switch (role) {
    case "toolResult":
      return [answered(toolCallId, toolName, texts(content).join("\n"))];
    case "bashExecution":
      return [said("user", `$ ${command}\n${output ?? ""}`)];
    case "assistant":
      return [{
        role,
        parts: content.flatMap((part) => {
          if (part.type === "toolCall") {
            return [call(part.id, part.name, part.arguments)];
          }
          if (part.type === "thinking") {
            // Without its signature a thought cannot be sent again.
            return part.thinkingSignature ? [{ type: "thinking", block: { type: "thinking", thinking: part.thinking, signature: part.thinkingSignature } }] : [];
          }
          return said(role, part.text).parts;
        }),
      }];
    default:
      return [said("user", ...texts(content))];
  }
}

function langgraph({ type, content, tool_calls, tool_call_id, name }) {
  if (type === "tool") {
    return [answered(tool_call_id, name, texts(content).join("\n"))];
  }
  const message = said(type === "ai" ? "assistant" : "user", ...texts(content));
  return [{ ...message, parts: [...message.parts, ...(tool_calls ?? []).map((made) => call(made.id, made.name, made.args))] }];
}

function deerflow({ role, content, tool_calls, tool_call_id }) {
  const calls = (tool_calls ?? []).filter(({ id }) => id !== null && id !== undefined);
  return langgraph({ type: { assistant: "ai", user: "human" }[role] ?? role, content, tool_calls: calls, tool_call_id });
}

function openhands({ source, action, args, content, message, tool_call_metadata: made, observation }) {
  if (action === "system") {
    return [said("system", args.content)];
  }
  if (made && action) {
    const reply = made.model_response.choices[0].message;
    const parts = reply.tool_calls.map((one) => call(one.id, one.function.name, one.function.arguments));
    return [{ role: "assistant", parts: [...said("assistant", reply.content ?? "").parts, ...parts] }];
  }
  if (made && observation) {
    return [answered(made.tool_call_id, made.function_name, content ?? "")];
  }
  return source === "user" || source === "agent" ? [said(source === "user" ? "user" : "assistant", args?.content ?? content ?? message ?? "")] : [];
}

function gemini({ type, content, toolCalls }) {
  if (type !== "user" && type !== "gemini") {
    return [];
  }
  const message = said(type === "user" ? "user" : "assistant", ...texts(content));
  const calls = toolCalls ?? [];
  const results = calls.map(({ id, name, result }) => {
    const said = (result ?? []).map(({ functionResponse }) => functionResponse?.response?.output ?? JSON.stringify(functionResponse?.response ?? ""));
    return answered(id, name, said.join("\n"));
  });
  return [{ ...message, parts: [...message.parts, ...calls.map(({ id, name, args }) => call(id, name, args))] }, ...results];
}
