// Loads a module that the workspace wasm-peers was compiled to: a staging buffer, filled by encodeInto, and a count.

import { readFileSync } from "node:fs";
import { join } from "node:path";

export async function loadWasm(name) {
  const folder = process.env.BENCH_WASM_PEERS;
  const { instance } = await WebAssembly.instantiate(readFileSync(join(folder, `${name}.wasm`)), {});
  const { memory, alloc, init, count } = instance.exports;
  init();
  const encoder = new TextEncoder();
  let capacity = 1 << 16;
  let address = alloc(capacity);
  let view = new Uint8Array(memory.buffer, address, capacity);
  return (text) => {
    // A UTF-16 unit takes at most three bytes.
    if (text.length * 3 > capacity) {
      capacity = text.length * 3;
      address = alloc(capacity);
    }
    if (view.length !== capacity || view.buffer !== memory.buffer) {
      view = new Uint8Array(memory.buffer, address, capacity);
    }
    return count(address, encoder.encodeInto(text, view).written);
  };
}
