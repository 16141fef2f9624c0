// Watches what a package does with WebAssembly, from outside: to be called before the package is imported.

import { stopwatch } from "./clock.mjs";

const compile = { ms: 0, bytes: 0 };
const instantiate = { ms: 0 };
const calls = new Map();
const memories = new Set();

/** What was seen so far. */
export const seen = () => ({
  compile,
  instantiate,
  calls: [...calls].map(([name, { ms, times }]) => ({ name, ms, times })),
  /** Bytes of all linear memories. */
  memory: [...memories].reduce((sum, memory) => sum + memory.buffer.byteLength, 0),
});

/** Starts watching; `timed` also times every call of an export, which makes short calls longer. */
export function watch({ timed = false } = {}) {
  const { Module, Instance, instantiate: start } = WebAssembly;
  const within = (entry, work) => {
    const clock = stopwatch();
    try {
      return work();
    } finally {
      entry.ms += clock.ms();
    }
  };
  const observe = (exports) => {
    for (const value of Object.values(exports)) if (value instanceof WebAssembly.Memory) memories.add(value);
    if (!timed) return exports;
    const wrapped = Object.entries(exports).map(([name, value]) => {
      if (typeof value !== "function") return [name, value];
      const entry = { ms: 0, times: 0 };
      calls.set(name, entry);
      return [
        name,
        (...args) => {
          entry.times++;
          return within(entry, () => value(...args));
        },
      ];
    });
    return Object.fromEntries(wrapped);
  };
  WebAssembly.Module = new Proxy(Module, {
    construct(target, args, self) {
      compile.bytes += args[0].byteLength;
      return within(compile, () => Reflect.construct(target, args, self === WebAssembly.Module ? target : self));
    },
  });
  WebAssembly.Instance = new Proxy(Instance, {
    construct(target, args) {
      const instance = within(instantiate, () => new target(...args));
      const exports = observe(instance.exports);
      return exports === instance.exports ? instance : { exports };
    },
  });
  WebAssembly.instantiate = async (...args) => {
    const clock = stopwatch();
    const result = await start.apply(WebAssembly, args);
    compile.ms += clock.ms();
    observe((result.instance ?? result).exports);
    return result;
  };
}
