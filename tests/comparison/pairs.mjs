// Every history starts out valid, so that what is invalid afterwards is the compactor's doing.

/**
 * The messages with every call followed at once by its result, the results of a turn in one message, and ids unique. Calls without
 * a result, results without a call and messages that are left with nothing but thoughts go: an aborted turn was never sent either.
 */
export function paired(messages) {
  const output = [];
  const seen = new Map();
  for (let index = 0; index < messages.length; index++) {
    const message = messages[index];
    if (message.role === "tool") {
      continue;
    }
    if (message.role !== "assistant") {
      output.push(message);
      continue;
    }
    const results = resultsOf(messages, index);
    const answers = [];
    const parts = [];
    for (const part of message.parts) {
      if (part.type !== "call") {
        parts.push(part);
        continue;
      }
      const result = results.get(part.id);
      if (result === undefined || answers.some(({ source }) => source === result)) {
        continue;
      }
      const times = (seen.get(part.id) ?? 0) + 1;
      seen.set(part.id, times);
      const id = times === 1 ? part.id : `${part.id}_${times}`;
      parts.push({ ...part, id });
      answers.push({ source: result, part: { ...result, id, name: part.name } });
    }
    if (parts.some(({ type }) => type !== "thinking")) {
      output.push({ role: "assistant", parts });
    }
    if (answers.length > 0) {
      output.push({ role: "tool", parts: answers.map(({ part }) => part) });
    }
  }
  return output;
}

// Up to the next reply: what comes later answers another call of the same id.
function resultsOf(messages, index) {
  const results = new Map();
  for (let next = index + 1; next < messages.length && messages[next].role !== "assistant"; next++) {
    for (const part of messages[next].parts) {
      if (part.type === "result" && !results.has(part.id)) {
        results.set(part.id, part);
      }
    }
  }
  return results;
}
