// The core of the installed package, beside its public entry: its counters prove what was not done twice.
const glue = await import(new URL("./glue.js", import.meta.resolve("token-headroom")));

/** Texts and bytes tokenised and messages counted during `act`. */
export function counted(act) {
  const before = glue.counters();
  const result = act();
  const after = glue.counters();
  return {
    result,
    texts: after.texts - before.texts,
    bytes: after.bytes - before.bytes,
    messages: after.messages - before.messages,
  };
}

/** Bytes that the core's memory takes. */
export function memoryBytes() {
  return glue.initSync().memory.buffer.byteLength;
}
