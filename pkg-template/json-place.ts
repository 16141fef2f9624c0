/** Where a text stops being JSON, counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/**
 * The place of the first error in `text`, or `undefined` when it is JSON. Engines word their parse errors differently
 * and some name no place at all, so an error that a caller must act on needs this.
 */
export function malformedAt(text: string): Place | undefined {
  const end = new Scanner(text).scan();
  if (end === undefined) {
    return undefined;
  }
  const before = text.slice(0, end);
  return { line: before.split("\n").length, column: end - before.lastIndexOf("\n") };
}

const LITERAL = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*/y;

// Keeps its own stack of open brackets: text from strangers can nest deeper than any call stack.
class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The offset of the first error. */
  scan(): number | undefined {
    const open: string[] = [];
    for (;;) {
      // One value: a bracket that opens, or a whole scalar.
      const bracket = this.#peek();
      if (bracket === "[" || bracket === "{") {
        this.#at++;
        if (!this.#take(bracket === "[" ? "]" : "}")) {
          open.push(bracket);
          if (bracket === "{" && !this.#key()) {
            return this.#at;
          }
          continue;
        }
      } else if (!this.#scalar()) {
        return this.#at;
      }
      // What may follow it: closing brackets, then a comma and the next value, or the end.
      while (open.length > 0 && this.#take(open.at(-1) === "[" ? "]" : "}")) {
        open.pop();
      }
      if (open.length === 0) {
        return this.#peek() === "" ? undefined : this.#at;
      }
      if (!this.#take(",") || (open.at(-1) === "{" && !this.#key())) {
        return this.#at;
      }
    }
  }

  #key(): boolean {
    return this.#peek() === '"' && this.#string() && this.#take(":");
  }

  #scalar(): boolean {
    return this.#peek() === '"' ? this.#string() : this.#match(LITERAL);
  }

  #string(): boolean {
    return this.#match(STRING) && this.#text[this.#at] === '"' && ++this.#at > 0;
  }

  #match(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const matched = pattern.test(this.#text);
    this.#at = matched ? pattern.lastIndex : this.#at;
    return matched;
  }

  #take(character: string): boolean {
    const taken = this.#peek() === character;
    this.#at += taken ? 1 : 0;
    return taken;
  }

  // The next character that is not white space; "" at the end.
  #peek(): string {
    while (" \t\n\r".includes(this.#text[this.#at] ?? "x")) {
      this.#at++;
    }
    return this.#text[this.#at] ?? "";
  }
}
