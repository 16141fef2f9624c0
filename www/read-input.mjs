// What somebody pasted or saved: plain text, or a request in one of the shapes that people keep them in.
import { keysOf, placeOf } from "./json-path.mjs";
import { brokenAt } from "./json-place.mjs";

/** Thrown for input that claims to be a request but cannot be read as one. */
export class InputError extends Error {
  /** `at` is the offset of the place in the text, where that is known. */
  constructor(message, { path = "", hint = "", at } = {}) {
    super(message);
    this.name = "InputError";
    this.path = path;
    this.hint = hint;
    this.at = at;
  }
}

/** Fields by which a request of some dialect is known, and whose absence tells that an object is none. */
const REQUESTS = ["messages", "contents", "input", "prompt", "message", "generateContentRequest", "llm_context", "agent_states", "message_thread"];
/** Fields by which a message is known. */
const MESSAGES = ["role", "parts", "type", "content", "source"];

/**
 * Reads `text` as `reading`: "text", "request", or "auto" to decide by its looks.
 *
 * Returns `{ kind: "text", text, notice? }` or `{ kind: "request", form, request }`, where `request` is what the package takes and
 * `form` is "body", "messages", "lines" (one message to a line) or "batch" (a line of a batch, whose `body` is the request).
 * `notice` is an InputError that made "auto" fall back to text.
 */
export function readInput(text, reading = "auto") {
  if (reading === "text") return { kind: "text", text };
  if (reading === "request") return readRequest(text);
  if (!/^\s*[{[]/.test(text)) return { kind: "text", text };
  try {
    return readRequest(text);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // Prose and code may begin with a bracket too; only what mentions a request's fields was meant as one.
    const meant = /"(?:messages|role|contents|parts|input|prompt)"\s*:/.test(text);
    return meant ? { kind: "text", text, notice: error } : { kind: "text", text };
  }
}

/** The list of messages, wherever a dialect keeps it; none in those that keep them elsewhere. */
export function messagesOf(request) {
  if (Array.isArray(request)) return request;
  const { llm_context: context, message_thread: thread } = request;
  const list = request[listOf(request)] ?? context?.messages ?? thread ?? [];
  return Array.isArray(list) ? list : [list];
}

/** The field that holds the list of messages, in the order in which the package looks for it. */
export function listOf(request) {
  return ["messages", "contents", "input", "prompt"].find((key) => request[key] !== undefined && request[key] !== null);
}

/** Where in `text` the value of a path in the request stands: `{ from, to }`, or nothing. */
export function placeIn(text, form, path) {
  const keys = keysOf(path);
  if (keys === undefined || keys.length === 0) return undefined;
  if (form === "body") return placeOf(text, keys);
  if (form === "batch") return placeOf(text, ["body", ...keys]);
  if (form === "messages") return placeOf(text, keys.slice(1));
  const [, index, ...within] = keys;
  return placeOf(text, within, startOfLine(text, index));
}

function readRequest(text) {
  const whole = parse(text);
  if (whole.error === undefined) return fromValue(whole.value);
  const lines = readLines(text);
  if (lines !== undefined) return { kind: "request", form: "lines", request: { messages: lines } };
  const { line, column, at } = whole.error;
  throw new InputError("not valid JSON from here on", {
    at,
    path: `line ${line}, column ${column}`,
    hint: "expected a request body, an array of messages, or JSON Lines with one message per line",
  });
}

function fromValue(value) {
  if (Array.isArray(value)) return { kind: "request", form: "messages", request: value };
  if (isRequest(value)) return { kind: "request", form: "body", request: value };
  if (isObject(value) && isRequest(value.body)) return { kind: "request", form: "batch", request: value.body };
  if (isMessage(value)) return { kind: "request", form: "lines", request: { messages: [value] } };
  throw new InputError(`found ${describe(value)}, expected a request body of some provider, or an array of messages`, {
    hint: `requests have one of ${REQUESTS.slice(0, 5).join(", ")}`,
  });
}

// JSON Lines, if the first line is a whole object; `undefined` when it is not, so that the error is about the whole text.
function readLines(text) {
  const messages = [];
  let number = 0;
  for (const line of text.split("\n")) {
    number += 1;
    if (line.trim() === "") continue;
    const { value, error } = parse(line);
    if (error !== undefined && messages.length === 0) return undefined;
    if (error !== undefined) {
      const path = `line ${number}, column ${error.column}`;
      throw new InputError("not valid JSON from here on", { path, hint: "one whole message per line" });
    }
    if (!isMessage(value) || isRequest(value) || isRequest(value.body)) {
      throw new InputError(`found ${describe(value)}, expected a message`, {
        path: `line ${number}`,
        hint: "JSON Lines hold one message per line; open a single request instead of a batch",
      });
    }
    messages.push(value);
  }
  return messages.length === 0 ? undefined : messages;
}

// As readLines counts them.
function startOfLine(text, index) {
  let start = 0;
  let seen = 0;
  for (const line of text.split("\n")) {
    if (line.trim() !== "" && seen++ === index) return start;
    start += line.length + 1;
  }
  return 0;
}

function parse(text) {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { error: brokenAt(text) };
  }
}

function isRequest(value) {
  return isObject(value) && typeof value.role !== "string" && REQUESTS.some((key) => value[key] !== undefined && value[key] !== null);
}

function isMessage(value) {
  return isObject(value) && MESSAGES.some((key) => key in value);
}

function describe(value) {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (!isObject(value)) return `a ${typeof value}`;
  const keys = Object.keys(value).slice(0, 4);
  return keys.length === 0 ? "an empty object" : `an object with ${keys.map((key) => `"${key}"`).join(", ")}`;
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
