// The model's part, played by a script that remembers nothing: like a real model it has the messages that it is sent, and what
// it has found out so far stands in its own last one.

export const SYSTEM = "You are a careful coding agent. Keep notes of what you have found in every message.";
export const TASK = "Which of the examples is the longest, and how many lines do all of them have?";

/** A Chat Completions answer, after as long as a quick model takes. */
export async function answer({ messages }) {
  await new Promise((resolve) => setTimeout(resolve, 30));
  return { choices: [{ message: next(messages) }] };
}

function next(messages) {
  const notes = notesIn(messages);
  if (notes === undefined) return asking(0, { read: [] }, "list_files", { path: "examples" });
  const result = messages.at(-1).content;
  if (notes.left === undefined) {
    const left = result.split("\n");
    return asking(1, { read: [], left }, "read_file", { path: left[0] });
  }
  const [path, ...left] = notes.left;
  const read = [...notes.read, [path, result.split("\n").length]];
  if (left.length > 0) return asking(read.length + 1, { read, left }, "read_file", { path: left[0] });
  const [longest] = [...read].sort(([, a], [, b]) => b - a);
  const lines = read.reduce((sum, [, count]) => sum + count, 0);
  return { role: "assistant", content: `${longest[0]}, with ${longest[1]} of ${lines} lines in ${read.length} files.` };
}

function notesIn(messages) {
  const last = messages.findLast(({ role, tool_calls: calls }) => role === "assistant" && calls !== undefined);
  return last === undefined ? undefined : JSON.parse(last.content);
}

function asking(turn, notes, name, given) {
  const call = { id: `call_${turn}`, type: "function", function: { name, arguments: JSON.stringify(given) } };
  return { role: "assistant", content: JSON.stringify(notes), tool_calls: [call] };
}
