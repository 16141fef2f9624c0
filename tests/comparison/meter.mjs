// Counting work: what is handed to a token counter, message by message, each time it is.

/** Messages and characters that were handed to a counter. */
export class Meter {
  messages = 0;
  characters = 0;

  /** A list is handed over: neutral messages, or `messages` of another kind with their `characters`. */
  add(messages, characters) {
    this.messages += messages;
    this.characters += characters;
  }

  /** A list of neutral messages is handed over. */
  list(messages) {
    this.add(messages.length, messages.reduce((sum, message) => sum + length(message), 0));
  }
}

const lengths = new WeakMap();

/** Characters of a neutral message: texts, thoughts, names, arguments and results. */
export function length(message) {
  if (!lengths.has(message)) {
    lengths.set(message, message.parts.reduce((sum, part) => sum + partLength(part), 0));
  }
  return lengths.get(message);
}

function partLength(part) {
  switch (part.type) {
    case "thinking":
      return (part.block.thinking ?? part.block.data ?? "").length;
    case "call":
      return part.name.length + part.arguments.length;
    default:
      return part.text.length;
  }
}
