// The exports of the core (src/wasm.rs) as wasm-bindgen's web target writes them to glue.js.
// Failures are thrown as plain objects: { code, path, message, hint }.

export interface Exports {
  readonly memory: WebAssembly.Memory;
}

export function initSync(source: { module: WebAssembly.Module }): Exports;
/** Replaces the instance by a new one. */
export function __wbg_reset_state(): void;
export function encoding_register(pack: Uint8Array): number;
export function text_reserve(bytes: number): number;
export function text_count(encoding: number, bytes: number): number;
export function text_count_up_to(encoding: number, bytes: number, limit: number): number | undefined;
export function text_truncate(encoding: number, bytes: number, limit: number, keep: string): unknown;
export function text_release(): void;
export function project(encoding: number, options: object, wire: object, learned: unknown): unknown;
export function plan(encoding: number, options: object, wire: object, policy: object | undefined): unknown;
export function edits(encoding: number, options: object, wire: object, plan: object, fills: object): unknown;
export function verify(encoding: number, options: object, wire: object, plan: object, fills: object): unknown;
export function record(learned: unknown, judgement: object, usage: object): unknown;
export function model(options: object): unknown;
export function models(): unknown;
export function counters(): unknown;
