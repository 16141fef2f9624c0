// The common request: Chat Completions or Anthropic Messages, in which every outcome is judged.

/** A request of `setup` with `messages` of its API. */
export function request({ target, model, system, tools }, messages) {
  if (target === "openai.chat") {
    const instructions = system === "" ? [] : [systemMessage(system)];
    const declared = tools.map((tool) => ({ type: "function", function: tool }));
    return { model, messages: [...instructions, ...messages], ...(declared.length > 0 ? { tools: declared } : {}) };
  }
  const declared = tools.map(({ name, description, parameters }) => ({ name, description, input_schema: parameters ?? { type: "object" } }));
  return {
    model,
    max_tokens: 4096,
    ...(system === "" ? {} : { system }),
    messages,
    ...(declared.length > 0 ? { tools: declared } : {}),
  };
}

/** Neutral messages as messages of an API. The same message gives the same object, so that a counter can know it again. */
export function wire(target, messages) {
  if (target === "openai.chat") {
    return messages.flatMap((message) => remembered(openaiWire, message, openai));
  }
  const output = [];
  for (let index = 0; index < messages.length; index++) {
    const [message, next] = [messages[index], messages[index + 1]];
    if (message.role === "tool" && next?.role === "user") {
      // What the user says after results stands in one message with them.
      const merged = remembered(anthropicMerged, message, () => new WeakMap());
      output.push(remembered(merged, next, () => ({ role: "user", content: [...anthropic(message).content, ...anthropic(next).content] })));
      index++;
    } else {
      output.push(remembered(anthropicWire, message, anthropic));
    }
  }
  return output;
}

const [openaiWire, anthropicWire, anthropicMerged] = [new WeakMap(), new WeakMap(), new WeakMap()];
const systems = new Map();

function systemMessage(content) {
  if (!systems.has(content)) {
    systems.set(content, { role: "system", content });
  }
  return systems.get(content);
}

function remembered(memory, key, make) {
  if (!memory.has(key)) {
    memory.set(key, make(key));
  }
  return memory.get(key);
}

function openai({ role, parts }) {
  if (role === "tool") {
    return parts.map(({ id, text }) => ({ role, tool_call_id: id, content: text }));
  }
  const texts = parts.filter(({ type }) => type === "text").map(({ text }) => text);
  const calls = parts.filter(({ type }) => type === "call");
  const content = texts.length === 0 && calls.length > 0 ? null : texts.join("\n");
  const tool_calls = calls.map(({ id, name, arguments: written }) => ({ id, type: "function", function: { name, arguments: written } }));
  return [{ role, content, ...(calls.length > 0 ? { tool_calls } : {}) }];
}

function anthropic({ role, parts }) {
  const content = parts.map((part) => {
    switch (part.type) {
      case "text":
        return { type: "text", text: part.text };
      case "thinking":
        return part.block;
      case "call":
        return { type: "tool_use", id: part.id, name: part.name, input: parsed(part.arguments) };
      default:
        return { type: "tool_result", tool_use_id: part.id, content: part.text };
    }
  });
  // The API has no system messages among the others.
  return { role: role === "assistant" ? role : "user", content };
}

/** The object that `written` is the JSON of; what is none is wrapped, as an API that wants one needs it. */
export function parsed(written) {
  try {
    const value = JSON.parse(written);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : { value };
  } catch {
    return { text: written };
  }
}
