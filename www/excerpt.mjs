// What a message begins with, in whatever dialect it is written.

// Ids, signatures and media say nothing to a reader; what is not listed here is looked at only where nothing else is.
const TEXTS = [
  "kwargs",
  "data",
  "reasoning_content",
  "thinking",
  "thought",
  "summary",
  "text",
  "content",
  "parts",
  "message",
  "tool_calls",
  "toolCalls",
  "function_call",
  "function",
  "functionCall",
  "functionResponse",
  "toolUse",
  "toolResult",
  "reasoningContent",
  "reasoningText",
  "json",
  "output",
  "result",
  "response",
  "value",
];

/** At most `most` characters of what `message` says and calls, on one line. */
export function excerpt(message, most) {
  let text = "";
  for (const piece of pieces(message, most)) {
    text += (text === "" ? "" : " ") + piece.slice(0, most * 2).trim().replace(/\s+/g, " ");
    if (text.length >= most) break;
  }
  return text.length > most ? `${text.slice(0, most)}\u2026` : text;
}

function* pieces(value, most) {
  if (typeof value === "string") yield value;
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const member of value) yield* pieces(member, most);
    return;
  }
  const name = value.name ?? value.toolName;
  const given = value.arguments ?? value.args ?? value.input;
  if (typeof name === "string" && given !== undefined) {
    yield `${name}(${typeof given === "string" ? given : (JSON.stringify(given) ?? "")})`;
    return;
  }
  const told = TEXTS.filter((key) => value[key] !== undefined && value[key] !== null && value[key] !== "");
  // Where `data` is a text it is a picture.
  for (const key of told) if (key !== "data" || typeof value.data === "object") yield* pieces(value[key], most);
  if (told.length === 0) yield typeof value.type === "string" ? `[${value.type}]` : JSON.stringify(value).slice(0, most);
}
