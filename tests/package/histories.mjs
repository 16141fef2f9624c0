// Histories that the tests share, written for them.

export const question = [
  { role: "system", content: "You keep the log of a lighthouse." },
  { role: "user", content: "What did the keeper note on Tuesday?" },
];

const entry = (day) =>
  Array.from(
    { length: 60 },
    (_, line) => `Day ${day}, line ${line}: wind ${(day * 7 + line) % 12} from the north-west.`,
  ).join("\n");

/** A request, then `turns` tool turns with long results, then a question. */
export function toolHistory(turns) {
  const messages = [...question];
  for (let day = 1; day <= turns; day++) {
    messages.push(
      {
        role: "assistant",
        content: null,
        tool_calls: [
          { id: `call_${day}`, type: "function", function: { name: "read_log", arguments: `{"day":${day}}` } },
        ],
      },
      { role: "tool", tool_call_id: `call_${day}`, content: entry(day) },
    );
  }
  messages.push(
    { role: "assistant", content: "I have read the log." },
    { role: "user", content: "Which day was calmest?" },
  );
  return messages;
}

/** A history of talk without tools: only a summary can shorten it. */
export function talk(turns) {
  const messages = [...question];
  for (let turn = 1; turn <= turns; turn++) {
    messages.push(
      { role: "assistant", content: `Entry ${turn}: ${entry(turn)}` },
      { role: "user", content: `And after entry ${turn}?` },
    );
  }
  return messages;
}
