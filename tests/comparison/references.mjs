// Kept references: of the paths, identifiers and numbers that later calls name, how many can still be read in what was kept.

/** Texts of a message, neutral or of an API, that a model reads. */
export function* texts(value, key = "") {
  if (typeof value === "string") {
    if (key === "arguments") {
      yield* leaves(value);
    } else if (!unread.has(key)) {
      yield value;
    }
  } else if (Array.isArray(value)) {
    for (const item of value) {
      yield* texts(item, key);
    }
  } else if (typeof value === "number") {
    yield String(value);
  } else if (typeof value === "object" && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      // Whatever is below a call's input is the model's own text.
      yield* texts(item, key === "input" ? key : name);
    }
  }
}

const unread = new Set(["role", "type", "id", "tool_use_id", "tool_call_id", "signature", "data"]);

// The JSON's strings, not its text: an escaped line break would join a word.
function leaves(written) {
  try {
    return texts(JSON.parse(written), "input");
  } catch {
    return [written];
  }
}

// Words with what joins them in paths, versions and qualified names.
const RUN = /[\p{L}\p{N}_]+(?:[./-][\p{L}\p{N}_]+)*/gu;
// What a common word does not have: a digit, an underscore, a separator, a capital letter after a small one.
const DISTINCT = /[\p{N}_./]|\p{Ll}\p{Lu}/u;
const SHORTEST = 3;

/** The references of `text`: runs that look like a path, an identifier or a number, three characters or longer. */
export function references(text) {
  const found = new Set();
  for (const [run] of text.matchAll(RUN)) {
    if ((run.length >= SHORTEST || /^\p{N}{2,}$/u.test(run)) && DISTINCT.test(run)) {
      found.add(run);
    }
  }
  return found;
}

/** What `text` can resolve: its references, and the ends of its paths. */
export function resolvable(text) {
  const found = references(text);
  for (const run of [...found]) {
    for (let slash = run.indexOf("/"); slash >= 0; slash = run.indexOf("/", slash + 1)) {
      found.add(run.slice(slash + 1));
    }
  }
  return found;
}

/** Whether `kept` still has the first message of the user in `prefix`, word for word; undefined when there is none. */
export function taskKept(prefix, kept) {
  const said = (unit) => [...texts(unit)].join("\n");
  const task = prefix.find(({ role }) => role === "user");
  return task === undefined ? undefined : kept.some((unit) => unit.role === "user" && said(unit) === said(task));
}

/** The references of a trajectory's calls, and where they can be read. */
export class References {
  #calls;
  #known = new Set();
  #within = new WeakMap();

  /** What stands in instructions or tools cannot be lost and does not count. */
  constructor({ messages, system, tools }) {
    const fixed = resolvable([system, ...texts(tools)].join("\n"));
    this.#calls = messages.map(({ parts }) => {
      const calls = parts.filter(({ type }) => type === "call");
      const named = calls.flatMap((call) => [...texts(call.arguments, "arguments")].flatMap((text) => [...references(text)]));
      return new Set(named.filter((reference) => !fixed.has(reference)));
    });
    for (const call of this.#calls) {
      for (const reference of call) {
        this.#known.add(reference);
      }
    }
  }

  /** The share of what calls from message `from` on name, and `prefix` could resolve, that `kept` can; undefined when there is none. */
  share(from, prefix, kept) {
    const [before, after] = [this.#of(prefix), this.#of(kept)];
    let [asked, answered] = [0, 0];
    for (const call of this.#calls.slice(from)) {
      for (const reference of call) {
        if (before.has(reference)) {
          asked++;
          answered += after.has(reference) ? 1 : 0;
        }
      }
    }
    return asked === 0 ? undefined : answered / asked;
  }

  /** What the calls of message `index` name: `asked`, of which `before` could resolve it, and `answered`, of which `kept` can. */
  next(index, before, kept) {
    const asked = [...this.#calls[index]].filter((reference) => this.#in(before, reference));
    return { asked: asked.length, answered: asked.filter((reference) => this.#in(kept, reference)).length };
  }

  #in(units, reference) {
    return units.some((unit) => this.#unit(unit).has(reference));
  }

  #of(units) {
    const all = new Set();
    for (const unit of units) {
      for (const reference of this.#unit(unit)) {
        all.add(reference);
      }
    }
    return all;
  }

  #unit(unit) {
    if (!this.#within.has(unit)) {
      const found = [...texts(unit)].flatMap((text) => [...resolvable(text)]);
      this.#within.set(unit, new Set(found.filter((reference) => this.#known.has(reference))));
    }
    return this.#within.get(unit);
  }
}
