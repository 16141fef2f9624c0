// Where a text stops being JSON. Engines word this differently, and some not at all.

const BLANK = /[ \t\r\n]*/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
// A piece of a string; one pattern for whole strings would exhaust the engine's stack on large ones.
const PIECE = /[^"\\\u0000-\u001f]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const CLOSING = { "{": "}", "[": "]" };

/** The offset, line and column, the last two from 1, of the first token that cannot stand where it is; of the end when something is missing. */
export function brokenAt(text) {
  const at = offset(text);
  const before = text.slice(0, at).split("\n");
  return { at, line: before.length, column: before.at(-1).length + 1 };
}

function offset(text) {
  const open = [];
  let at = 0;
  // What may come next: a value, a key, a colon, or the comma or bracket behind a value.
  let next = "value";
  const length = (pattern, from) => {
    pattern.lastIndex = from;
    return pattern.exec(text)?.[0].length ?? 0;
  };
  const scalar = () => {
    if (text[at] !== '"') return length(SCALAR, at);
    let end = at + 1;
    for (let piece; (piece = length(PIECE, end)) > 0; ) end += piece;
    return text[end] === '"' ? end + 1 - at : 0;
  };
  for (;;) {
    at += length(BLANK, at);
    const character = text[at];
    const closes = character !== undefined && character === CLOSING[open.at(-1)];
    if (next.endsWith("or end") && closes) {
      open.pop();
      at += 1;
      next = "comma or end";
    } else if (next === "comma or end") {
      if (character !== "," || open.length === 0) return at;
      at += 1;
      next = open.at(-1) === "{" ? "key" : "value";
    } else if (next === "colon") {
      if (character !== ":") return at;
      at += 1;
      next = "value";
    } else if (next.startsWith("value") && CLOSING[character] !== undefined) {
      open.push(character);
      at += 1;
      next = character === "{" ? "key or end" : "value or end";
    } else {
      const size = scalar();
      const isKey = next.startsWith("key");
      if (size === 0 || (isKey && character !== '"')) return at;
      at += size;
      next = isKey ? "colon" : "comma or end";
    }
  }
}
