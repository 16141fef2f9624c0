/** Cuts an answer, as it comes in, into the JSON texts that it consists of. */
export interface Frames {
  /** Those that end within `bytes`. */
  split(bytes: Uint8Array): Iterable<string>;
  /** What is left when there is no more. */
  end(): Iterable<string>;
}

/** The frames of an answer of this content type; `undefined` where nothing can be read. */
export function framesOf(contentType: string): Frames | undefined {
  if (/^application\/vnd\.amazon\.eventstream\b/i.test(contentType)) {
    return new AmazonEvents();
  }
  if (/^text\/event-stream\b/i.test(contentType)) {
    return new ServerSentEvents();
  }
  // Also one object to a line (`application/x-ndjson`, `application/stream+json`).
  return /json\b/i.test(contentType) ? new JsonObjects() : undefined;
}

// The last event of a Responses stream repeats the whole answer, pictures included. More than this is not held.
const MOST_HELD = 16 * 1024 * 1024;

/** Holds what has not ended yet. */
class Held {
  #text = "";

  add(text: string): void {
    if (this.#text.length + text.length > MOST_HELD) {
      throw new RangeError(`an event of more than ${MOST_HELD} characters`);
    }
    this.#text += text;
  }

  take(): string {
    const text = this.#text;
    this.#text = "";
    return text;
  }
}

/** `data` of events (WHATWG HTML, section 9.2.6); all other fields say nothing about usage. */
class ServerSentEvents implements Frames {
  readonly #decoder = new TextDecoder();
  readonly #line = new Held();
  readonly #data = new Held();
  #pending = "";

  *split(bytes: Uint8Array): Iterable<string> {
    const text = this.#pending + this.#decoder.decode(bytes, { stream: true });
    // Whether it ends a line alone, or with a line feed, is in the next bytes.
    this.#pending = text.endsWith("\r") ? "\r" : "";
    const lines = text.slice(0, text.length - this.#pending.length).split(/\r\n|\n|\r/);
    const unfinished = lines.pop() ?? "";
    for (const line of lines) {
      this.#line.add(line);
      yield* this.#read(this.#line.take());
    }
    this.#line.add(unfinished);
  }

  *end(): Iterable<string> {
    yield* this.#read(this.#line.take());
    yield this.#data.take();
  }

  *#read(line: string): Iterable<string> {
    if (line.startsWith("data:")) {
      this.#data.add(`${line.slice("data:".length)}\n`);
    } else if (line === "") {
      yield this.#data.take();
    }
  }
}

/** Objects one after the other, with anything between them; or the members of an array, as Gemini streams them. */
class JsonObjects implements Frames {
  readonly #decoder = new TextDecoder();
  readonly #object = new Held();
  #depth = 0;
  // Braces and brackets that are open before an object begins: those of the array around it.
  #around = 0;
  #inString = false;
  #escaped = false;

  *split(bytes: Uint8Array): Iterable<string> {
    const text = this.#decoder.decode(bytes, { stream: true });
    let start = this.#isOpen ? 0 : undefined;
    const marks = /["\\{}[\]]/g;
    if (this.#escaped) {
      this.#escaped = false;
      marks.lastIndex = 1;
    }
    for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
      if (this.#inString) {
        if (mark[0] === "\\") {
          this.#escaped = mark.index + 1 === text.length;
          marks.lastIndex = mark.index + 2;
        }
        this.#inString = mark[0] !== '"';
        continue;
      }
      const wasOpen = this.#isOpen;
      this.#step(mark[0]);
      if (!wasOpen && this.#isOpen) {
        start = mark.index;
      } else if (wasOpen && !this.#isOpen) {
        this.#object.add(text.slice(start, mark.index + 1));
        start = undefined;
        yield this.#object.take();
      }
    }
    if (start !== undefined) {
      this.#object.add(text.slice(start));
    }
  }

  end(): Iterable<string> {
    return [];
  }

  get #isOpen(): boolean {
    return this.#depth > this.#around;
  }

  #step(mark: string): void {
    if (mark === '"') {
      this.#inString = true;
    } else if (mark === "[" && this.#depth === 0) {
      this.#depth = 1;
      this.#around = 1;
    } else if (mark === "{" || mark === "[") {
      this.#depth++;
    } else {
      this.#depth = Math.max(0, this.#depth - 1);
      this.#around = Math.min(this.#around, this.#depth);
    }
  }
}

// Prelude: length of the whole, length of the headers, checksum; at the end another checksum, four bytes each.
const PRELUDE = 12;
const CHECKSUM = 4;

/** Payloads of messages of Amazon's event stream encoding, as Bedrock streams. */
class AmazonEvents implements Frames {
  readonly #decoder = new TextDecoder();
  #held = new Uint8Array(0);

  *split(bytes: Uint8Array): Iterable<string> {
    const joined = new Uint8Array(this.#held.length + bytes.length);
    joined.set(this.#held);
    joined.set(bytes, this.#held.length);
    let start = 0;
    while (joined.length - start >= PRELUDE) {
      const view = new DataView(joined.buffer, start);
      const [length, headers] = [view.getUint32(0), view.getUint32(4)];
      if (length < PRELUDE + headers + CHECKSUM || length > MOST_HELD) {
        throw new RangeError(`a message of ${length} bytes with ${headers} bytes of headers`);
      }
      if (joined.length - start < length) {
        break;
      }
      yield this.#decoder.decode(joined.subarray(start + PRELUDE + headers, start + length - CHECKSUM));
      start += length;
    }
    this.#held = joined.slice(start);
  }

  end(): Iterable<string> {
    return [];
  }
}
