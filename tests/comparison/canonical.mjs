// The same message is the same object, however often a library copies it: so a count is made once, and an unchanged prefix is seen.

/** Neutral messages by role and parts. */
export class Canonical {
  #byFirst = new WeakMap();

  constructor(messages) {
    for (const message of messages) {
      this.#list(message.parts[0]).push(message);
    }
  }

  /** The message of these parts. */
  message(role, parts) {
    const list = this.#list(parts[0]);
    const known = list.find((message) => message.role === role && same(message.parts, parts));
    if (known !== undefined) {
      return known;
    }
    const made = { role, parts };
    list.push(made);
    return made;
  }

  #list(part) {
    if (!this.#byFirst.has(part)) {
      this.#byFirst.set(part, []);
    }
    return this.#byFirst.get(part);
  }
}

function same(some, others) {
  return some.length === others.length && some.every((part, index) => part === others[index]);
}
