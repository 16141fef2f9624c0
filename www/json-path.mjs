// Where in a JSON text the value of a path stands, so that an error can be shown at its place.

const BLANK = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\]|\\.)*"/y;
const SCALAR = /[^,\]}\s]+/y;
const KEY = /\[(?:(\d+)|("(?:[^"\\]|\\.)*"))\]|\.?([^.[\]]+)/y;

/** The keys of a path as the package writes it: `messages[1].content["a b"]`; `undefined` for what is no path. */
export function keysOf(path) {
  const keys = [];
  for (let at = 0; at < path.length; ) {
    KEY.lastIndex = at;
    const [whole, index, quoted, name] = KEY.exec(path) ?? [];
    if (whole === undefined) return undefined;
    keys.push(index !== undefined ? Number(index) : quoted !== undefined ? JSON.parse(quoted) : name);
    at += whole.length;
  }
  return keys;
}

/**
 * From where to where the value under `keys` stands in `text`, which is JSON from `start` on. What is missing there is shown by what it
 * is missing in.
 */
export function placeOf(text, keys, start = 0) {
  let at = skipBlank(text, start);
  for (const key of keys) {
    const found = typeof key === "number" ? memberAt(text, at, key) : memberNamed(text, at, key);
    if (found === undefined) break;
    at = found;
  }
  return { from: at, to: endOf(text, at) };
}

function memberAt(text, at, index) {
  return find(text, at, "[", (member, position) => (position === index ? member : undefined));
}

function memberNamed(text, at, name) {
  return find(text, at, "{", (member) => {
    const end = endOf(text, member);
    const value = skipBlank(text, skipBlank(text, end) + 1);
    return parsed(text.slice(member, end)) === name ? value : undefined;
  });
}

// Calls `choose` with the place of each entry (of an object: of its key) until it gives one.
function find(text, at, opening, choose) {
  if (text[at] !== opening) return undefined;
  let member = skipBlank(text, at + 1);
  for (let position = 0; member < text.length && !"]}".includes(text[member]); position += 1) {
    const chosen = choose(member, position);
    if (chosen !== undefined) return chosen;
    let end = skipBlank(text, endOf(text, member));
    if (text[end] === ":") end = skipBlank(text, endOf(text, skipBlank(text, end + 1)));
    if (text[end] !== ",") return undefined;
    member = skipBlank(text, end + 1);
  }
  return undefined;
}

// Behind the value that begins at `at`. Brackets are counted, not matched: the text has been parsed before.
function endOf(text, at) {
  if (!"[{".includes(text[at])) return at + length(text[at] === '"' ? STRING : SCALAR, text, at);
  let depth = 0;
  for (let next = at; next < text.length; ) {
    const character = text[next];
    if (character === '"') {
      next += Math.max(1, length(STRING, text, next));
      continue;
    }
    if ("[{".includes(character)) depth += 1;
    if ("]}".includes(character)) depth -= 1;
    next += 1;
    if (depth === 0) return next;
  }
  return text.length;
}

function skipBlank(text, at) {
  return at + length(BLANK, text, at);
}

function length(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}

function parsed(key) {
  try {
    return JSON.parse(key);
  } catch {
    return undefined;
  }
}
