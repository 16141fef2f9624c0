// AI SDK: `pruneMessages`, which takes no tokens. Its caller counts, and prunes harder while the request is too large.

import { pruneMessages } from "ai";
import { Canonical } from "./canonical.mjs";
import { parsed, wire } from "./request.mjs";

const DOCUMENTED = { reasoning: "before-last-message", toolCalls: "before-last-2-messages", emptyMessages: "remove" };
// Calls of fewer and fewer messages; at last the thoughts too. "all" would take the results that the next call waits for.
const LADDER = [
  ...[64, 32, 16, 8, 4, 2].map((count) => ({ toolCalls: `before-last-${count}-messages` })),
  { toolCalls: "before-last-message" },
  { toolCalls: "before-last-message", reasoning: "before-last-message" },
];

export const contestants = [
  contestant("pruneMessages, defaults", "nothing set", [{}]),
  contestant("pruneMessages, as documented", "reasoning before-last-message, toolCalls before-last-2-messages", [DOCUMENTED]),
  contestant("pruneMessages, ladder", "toolCalls before the last 64, 32, 16, 8, 4, 2, 1 messages, then also reasoning, until it fits", LADDER),
];

function contestant(name, settings, rungs) {
  return { name, library: "ai", settings, start: (trajectory, judge) => new Pruning(trajectory, judge, rungs) };
}

class Pruning {
  #trajectory;
  #judge;
  #rungs;
  #neutral = new WeakMap();
  #parts = new WeakMap();
  #canonical;

  constructor(trajectory, judge, rungs) {
    this.#trajectory = trajectory;
    this.#judge = judge;
    this.#rungs = rungs;
    this.#canonical = new Canonical(trajectory.messages);
  }

  take(messages) {
    return messages.map((message) => {
      const own = this.#own(message);
      this.#neutral.set(own, message);
      return own;
    });
  }

  units(own) {
    return own.map((message) => {
      if (!this.#neutral.has(message)) {
        const parts = message.content.map((part) => this.#parts.get(part));
        this.#neutral.set(message, this.#canonical.message(message.role, parts));
      }
      return this.#neutral.get(message);
    });
  }

  messages(own) {
    return wire(this.#trajectory.target, this.units(own));
  }

  size(own, limit, meter) {
    const units = this.units(own);
    meter.list(units);
    return this.#judge.compared(this.#judge.sum(units), limit, () => this.messages(own));
  }

  compact(own, limit, meter) {
    let pruned = own;
    for (const options of this.#rungs) {
      pruned = pruneMessages({ messages: own, ...options });
      if (this.#rungs.length > 1 && this.size(pruned, limit, meter) <= limit) {
        break;
      }
    }
    return pruned;
  }

  #own({ role, parts }) {
    if (role === "system") {
      return { role, content: parts.map(({ text }) => text).join("\n") };
    }
    return { role, content: parts.map((part) => this.#part(part)) };
  }

  #part(part) {
    const own = ownPart(part);
    this.#parts.set(own, part);
    return own;
  }
}

function ownPart(part) {
  switch (part.type) {
    case "thinking": {
      const { thinking = "", signature, data } = part.block;
      const anthropic = data === undefined ? { signature } : { redactedData: data };
      return { type: "reasoning", text: thinking, providerOptions: { anthropic } };
    }
    case "call":
      return { type: "tool-call", toolCallId: part.id, toolName: part.name, input: parsed(part.arguments) };
    case "result":
      return { type: "tool-result", toolCallId: part.id, toolName: part.name, output: { type: "text", value: part.text } };
    default:
      return { type: "text", text: part.text };
  }
}
