// LangChain: `trimMessages`, and the edit of `contextEditingMiddleware`, applied as the middleware applies it.

import { AIMessage, ClearToolUsesEdit, countTokensApproximately, HumanMessage, SystemMessage, ToolMessage, trimMessages } from "langchain";
import { Canonical } from "./canonical.mjs";
import { length } from "./meter.mjs";
import { parsed, wire } from "./request.mjs";

const trimmed = (startOn) => async (messages, maxTokens, tokenCounter) => {
  const kept = await trimMessages(messages, { maxTokens, tokenCounter, strategy: "last", includeSystem: true, startOn });
  // Where nothing is left, not even instructions, the list holds `undefined`.
  return kept.filter((message) => message !== undefined);
};

/** Each edit is made of the messages as they were; the next one only where the one before did not do. */
const cleared = (...edits) => async (messages, limit, countTokens) => {
  let edited = messages;
  for (const edit of edits) {
    edited = [...messages];
    await new ClearToolUsesEdit({ trigger: { tokens: limit + 1 }, ...edit }).apply({ messages: edited, countTokens });
    if (edits.length > 1 && countTokens(edited) <= limit) {
      break;
    }
  }
  return edited;
};

export const contestants = [
  contestant("trimMessages, startOn human", "strategy last, includeSystem, startOn human; our counter", trimmed("human")),
  contestant("trimMessages, startOn human or ai", "the same, startOn human or ai; our counter", trimmed(["human", "ai"])),
  contestant("trimMessages, approximate", "startOn human; countTokensApproximately", trimmed("human"), true),
  contestant("ClearToolUsesEdit", "keep 3, as by default; our counter", cleared({})),
  contestant("ClearToolUsesEdit, approximate", "keep 3; countTokensApproximately, both as by default", cleared({}), true),
  contestant("ClearToolUsesEdit, ladder", "keep 3, or keep 1 with clearToolInputs if that does not fit; our counter", cleared({}, { keep: { messages: 1 }, clearToolInputs: true })),
];

function contestant(name, settings, act, approximate = false) {
  return { name, library: "langchain", settings, start: (trajectory, judge) => new Messages(trajectory, judge, act, approximate) };
}

class Messages {
  #trajectory;
  #judge;
  #act;
  #approximate;
  #canonical;
  #system;
  #sources = new Map();
  #edited = new WeakMap();
  #weights = new Map();
  #begun = false;

  constructor(trajectory, judge, act, approximate) {
    this.#trajectory = trajectory;
    this.#judge = judge;
    this.#act = act;
    this.#approximate = approximate;
    this.#canonical = new Canonical(trajectory.messages);
    this.#system = trajectory.system === "" ? [] : [new SystemMessage({ content: trajectory.system, id: "system" })];
  }

  // Instructions are a message, the first; it is given back as what it is outside.
  take(messages) {
    const own = messages.flatMap((message) => this.#own(message));
    const instructions = this.#begun ? [] : this.#system;
    this.#begun = true;
    return [...instructions, ...own];
  }

  units(own) {
    const units = [];
    for (let index = 0; index < own.length; index++) {
      const message = own[index];
      if (message.id === "system") {
        continue;
      }
      if (message.getType() !== "tool") {
        units.push(message.getType() === "ai" ? this.#reply(message) : this.#sources.get(message.id).message);
        continue;
      }
      const parts = [this.#result(message)];
      while (own[index + 1]?.getType() === "tool") {
        parts.push(this.#result(own[++index]));
      }
      units.push(this.#canonical.message("tool", parts));
    }
    return units;
  }

  messages(own) {
    return wire(this.#trajectory.target, this.units(own));
  }

  size(own, limit, meter) {
    return this.#counted(own, limit, meter);
  }

  compact(own, limit, meter) {
    // The library's first count is the check that was made before it was called.
    let calls = 0;
    return this.#act(own, limit, (messages) => this.#counted(messages, limit, calls++ === 0 ? undefined : meter));
  }

  #counted(own, limit, meter) {
    let [tokens, characters] = [this.#judge.fixed, 0];
    for (const message of own) {
      const weight = this.#weight(message);
      tokens += weight.tokens;
      characters += weight.characters;
    }
    meter?.add(own.length, characters);
    if (this.#approximate) {
      return countTokensApproximately(own);
    }
    return this.#judge.compared(tokens, limit, () => this.messages(this.#inOrder(own)));
  }

  // `trimMessages` hands its counter the list from the end on, in which every result comes before its call.
  #inOrder(own) {
    const place = ({ id }) => this.#sources.get(id)?.place ?? -1;
    return own.every(({ id }) => id !== undefined) ? [...own].sort((a, b) => place(a) - place(b)) : own;
  }

  #weight(message) {
    const key = message.id !== undefined && !changed(message) ? message.id : message;
    if (!this.#weights.has(key)) {
      this.#weights.set(key, this.#weighed(message));
    }
    return this.#weights.get(key);
  }

  #weighed(message) {
    if (message.id === "system") {
      return { tokens: 0, characters: message.content.length };
    }
    const [unit] = this.units([message]);
    return { tokens: this.#judge.tokens(unit), characters: length(unit) };
  }

  #own(message) {
    const { role, parts } = message;
    const id = `m${this.#sources.size}`;
    this.#sources.set(id, { message, place: this.#sources.size });
    switch (role) {
      case "system":
        return [new SystemMessage({ content: joined(parts), id })];
      case "user":
        return [new HumanMessage({ content: joined(parts), id })];
      case "assistant":
        return [new AIMessage({ id, content: content(parts), tool_calls: calls(parts) })];
      default:
        return parts.map((part, index) => {
          this.#sources.set(`${id}.${index}`, { part, place: this.#sources.size });
          return new ToolMessage({ id: `${id}.${index}`, tool_call_id: part.id, name: part.name, content: part.text });
        });
    }
  }

  // Nothing here changes a reply's content, only the arguments of its calls.
  #reply(message) {
    const source = this.#sources.get(message.id).message;
    if (!changed(message)) {
      return source;
    }
    return this.#remembered(message, () => {
      const parts = source.parts.map((part) => {
        const call = message.tool_calls.find(({ id }) => id === part.id);
        return part.type !== "call" || Object.keys(call.args).length > 0 ? part : this.#emptied(part);
      });
      return this.#canonical.message("assistant", parts);
    });
  }

  #emptied(part) {
    return this.#remembered(part, () => (part.arguments === "{}" ? part : { ...part, arguments: "{}" }));
  }

  #result(message) {
    const source = this.#sources.get(message.id)?.part;
    return source ?? this.#remembered(message, () => ({ type: "result", id: message.tool_call_id, name: message.name ?? "", text: message.content }));
  }

  #remembered(key, make) {
    if (!this.#edited.has(key)) {
      this.#edited.set(key, make());
    }
    return this.#edited.get(key);
  }
}

function changed(message) {
  return message.response_metadata?.context_editing !== undefined;
}

function joined(parts) {
  return parts.map(({ text }) => text).join("\n");
}

function content(parts) {
  const blocks = parts.flatMap((part) => (part.type === "text" ? [{ type: "text", text: part.text }] : part.type === "thinking" ? [part.block] : []));
  return blocks.some(({ type }) => type !== "text") ? blocks : blocks.map(({ text }) => text).join("\n");
}

function calls(parts) {
  return parts.filter(({ type }) => type === "call").map((part) => ({ type: "tool_call", id: part.id, name: part.name, args: parsed(part.arguments) }));
}
