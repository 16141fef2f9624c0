// What somebody pasted or saved: plain text, or a request in one of the shapes that people keep them in.
import { brokenAt } from "./json-place.mjs";

/** Thrown for input that claims to be a request but cannot be read as one. */
export class InputError extends Error {
  constructor(message, { path = "", hint = "" } = {}) {
    super(message);
    this.name = "InputError";
    this.path = path;
    this.hint = hint;
  }
}

/**
 * Reads `text` as `reading`: "text", "request", or "auto" to decide by its looks.
 *
 * Returns `{ kind: "text", text, notice? }` or `{ kind: "request", form, request }`, where `form` is "body", "messages"
 * or "lines" and `request` is what the package takes. `notice` is an InputError that made "auto" fall back to text.
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
    const meant = /"(?:messages|role)"\s*:/.test(text);
    return meant ? { kind: "text", text, notice: error } : { kind: "text", text };
  }
}

function readRequest(text) {
  const whole = parse(text);
  if (whole.error === undefined) return fromValue(whole.value);
  const lines = readLines(text);
  if (lines !== undefined) return { kind: "request", form: "lines", request: { messages: lines } };
  throw new InputError("not valid JSON from here on", {
    path: `line ${whole.error.line}, column ${whole.error.column}`,
    hint: "expected a request body, an array of messages, or JSON Lines with one message per line",
  });
}

function fromValue(value) {
  if (Array.isArray(value)) return { kind: "request", form: "messages", request: value };
  if (isObject(value) && Array.isArray(value.messages)) return { kind: "request", form: "body", request: value };
  if (isObject(value) && typeof value.role === "string") {
    return { kind: "request", form: "lines", request: { messages: [value] } };
  }
  throw new InputError(`found ${describe(value)}, expected a request with "messages", or an array of messages`, {
    hint: isObject(value) && isObject(value.body) ? 'use the value of "body" alone' : "",
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
    if (!isObject(value) || typeof value.role !== "string") {
      throw new InputError(`found ${describe(value)}, expected a message with a "role"`, {
        path: `line ${number}`,
        hint: "JSON Lines hold one message per line; open a single request instead of a batch",
      });
    }
    messages.push(value);
  }
  return messages.length === 0 ? undefined : messages;
}

function parse(text) {
  try {
    return { value: JSON.parse(text) };
  } catch {
    const { line, column } = brokenAt(text);
    return { error: { line, column } };
  }
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
