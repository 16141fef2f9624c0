// The core of the installed package, beside its public entry: its counters prove what was not done twice.
const { Core, instance } = await import(new URL("./core.js", import.meta.resolve("token-headroom")));
const started = () => {
  throw new Error("the core has been started by a budget before");
};
const core = new Core({ core: started, planner: started });

/** Texts and bytes tokenised and messages counted during `act`. */
export function counted(act) {
  const before = core.ask("counters");
  const result = act();
  const after = core.ask("counters");
  return {
    result,
    texts: after.texts - before.texts,
    bytes: after.bytes - before.bytes,
    messages: after.messages - before.messages,
  };
}

/** Bytes that the core's memory takes. */
export function memoryBytes() {
  return instance.memoryBytes();
}
