import { type Json, snapshot } from "./snapshot.js";
import { fieldsOf } from "./tool-round.js";

/** What the dialects call the model: `role`, or LangChain's and AutoGen's `type`. */
const MODEL = ["assistant", "model", "CHATBOT", "ai", "AssistantMessage"];

/** The text that the model said last, in any dialect; `undefined` if it has said nothing yet. */
export function spokenBy(messages: readonly object[]): string | undefined {
  for (let index = messages.length - 1; index >= 0; index--) {
    const message = fieldsOf(snapshot(messages[index], `messages[${index}]`));
    const { role = message.type, content, parts = content, message: cohere } = message;
    const text = MODEL.includes(String(role)) ? textOf(parts ?? cohere) : "";
    if (text !== "") {
      return text;
    }
  }
  return undefined;
}

// Thoughts are parts as well, but have no type of text; Gemini's and Converse's texts have no type at all.
function textOf(content: Json | undefined): string {
  if (typeof content === "string") {
    return content;
  }
  const parts = Array.isArray(content) ? content.map(fieldsOf) : [];
  const spoken = parts.filter(({ type, thought }) => TEXT.includes(type) && thought !== true);
  return spoken.map(({ text }) => (typeof text === "string" ? text : "")).join("");
}

const TEXT: readonly (Json | undefined)[] = [undefined, "text", "output_text"];
