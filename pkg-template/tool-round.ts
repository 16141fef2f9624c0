import type { Json } from "./snapshot.js";

/** A call that a message makes. */
export interface Call {
  readonly id: Json | undefined;
  readonly name: string;
  readonly arguments: Json | undefined;
}

/** What a message says a tool answered. */
export interface Result {
  readonly id: Json | undefined;
  readonly content: Json | undefined;
}

/** The calls and results of one entry of a list of messages, in any dialect. */
export interface ToolRound {
  readonly calls: readonly Call[];
  readonly results: readonly Result[];
}

/** An object. */
export type Fields = { readonly [key: string]: Json };

/** Reads the calls and results of `message`: in its fields, or in the parts of its content. */
export function toolRound(message: Fields): ToolRound {
  const { role, tool_calls: listed, function_call: single, content, parts = content } = message;
  const entries = [message, ...(Array.isArray(parts) ? parts.map(fieldsOf) : [])];
  const calls = [
    ...(Array.isArray(listed) ? listed.map((call) => listedCall(fieldsOf(call))) : []),
    ...(isFields(single) ? [listedCall({ function: single })] : []),
    ...entries.flatMap((entry) => partCall(entry) ?? []),
  ];
  const own = role === "tool" || role === "function" || message.type === "tool";
  const results = entries.flatMap((entry) => partResult(entry) ?? []);
  const id = message.tool_call_id;
  return { calls, results: results.length === 0 && own ? [{ id, content }] : results };
}

// Chat Completions, Ollama, Cohere; LangChain, whose calls are flat.
function listedCall(call: Fields): Call {
  const target = fieldsOf(call.function ?? call.custom ?? call);
  return { id: call.id, name: String(target.name), arguments: target.arguments ?? target.input ?? target.args };
}

// Anthropic; Responses; the AI SDK; Gemini; Converse.
function partCall(part: Fields): Call | undefined {
  const { functionCall, toolUse } = part;
  switch (part.type) {
    case "tool_use":
      return { id: part.id, name: String(part.name), arguments: part.input };
    case "function_call":
    case "custom_tool_call":
      return { id: part.call_id, name: String(part.name), arguments: part.arguments ?? part.input };
    case "tool-call":
      return { id: part.toolCallId, name: String(part.toolName), arguments: part.input ?? part.args };
  }
  if (isFields(functionCall)) {
    return { id: functionCall.id, name: String(functionCall.name), arguments: functionCall.args };
  }
  return isFields(toolUse)
    ? { id: toolUse.toolUseId, name: String(toolUse.name), arguments: toolUse.input }
    : undefined;
}

function partResult(part: Fields): Result | undefined {
  const { functionResponse, toolResult } = part;
  switch (part.type) {
    case "tool_result":
      return { id: part.tool_use_id, content: part.content };
    case "function_call_output":
    case "custom_tool_call_output":
      return { id: part.call_id, content: part.output };
    case "tool-result":
      return { id: part.toolCallId, content: part.output ?? part.result };
  }
  if (isFields(functionResponse)) {
    return { id: functionResponse.id, content: functionResponse.response };
  }
  return isFields(toolResult) ? { id: toolResult.toolUseId, content: toolResult.content } : undefined;
}

/** `value`, or nothing at all where it is no object. */
export function fieldsOf(value: Json | undefined): Fields {
  return isFields(value) ? value : {};
}

function isFields(value: Json | undefined): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
