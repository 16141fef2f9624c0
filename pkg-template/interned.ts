/**
 * Gives equal messages of successive request bodies the same object. SDKs write the whole history anew for every call;
 * with one object per message, what was counted or compacted at one turn is recognised at the next.
 *
 * Holds at most `capacity` UTF-16 code units of text and forgets the least recently used.
 */
export class InternedMessages {
  readonly #capacity: number;
  readonly #messages = new Map<string, object>();
  #size = 0;

  constructor(capacity: number = 4 * 1024 * 1024) {
    this.#capacity = capacity;
  }

  /** `messages` with every one that was seen before replaced by the object it was then. */
  intern(messages: readonly object[]): readonly object[] {
    const interned = messages.map((message) => this.#intern(message));
    for (const [text] of this.#messages) {
      if (this.#size <= this.#capacity) {
        break;
      }
      this.#messages.delete(text);
      this.#size -= text.length;
    }
    return interned;
  }

  #intern(message: object): object {
    const text = JSON.stringify(message);
    const known = this.#messages.get(text) ?? message;
    // Setting anew makes it the most recently used.
    if (!this.#messages.delete(text)) {
      this.#size += text.length;
    }
    this.#messages.set(text, known);
    return known;
  }
}
