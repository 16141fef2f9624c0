import type { Json } from "./snapshot.js";
import type { Calibration, CompactionPlan, Fills, MessageOf, RequestInput, Usage } from "./types.js";

/**
 * Where checkpoints are kept: anything with `getItem` and `setItem`, at once or in a promise. `localStorage`, unstorage and its
 * drivers are such; for others two lines do: `{ getItem: (key) => redis.get(key), setItem: (key, text) => redis.set(key, text) }`.
 * `setItem` should replace the text at once or not at all; a text that is cut off is noticed, but what was there before is gone.
 */
export interface CheckpointStore {
  /** The text under `key`, also as bytes or already parsed; `null` or `undefined` where there is none. */
  getItem(key: string): unknown;
  /** Keeps `text` under `key`. */
  setItem(key: string, text: string): unknown;
}

/** Where a checkpoint is kept. */
export interface CheckpointPlace {
  /** Where it is kept. `checkpoint` does without: then the caller keeps the document. */
  readonly store?: CheckpointStore | undefined;
  /** Default: `checkpoint:` and the task. */
  readonly key?: string | undefined;
}

/** Where a run stands. All but `task` and `request` may be absent. */
export interface CheckpointState<T extends RequestInput = RequestInput> {
  /** What the run is called; not empty. */
  readonly task: string;
  /** The request with the whole history. */
  readonly request: T;
  /** When this is, in the caller's words: nothing here reads a clock. */
  readonly createdAt?: string | undefined;
  /** The messages as they were last sent, where that is a shorter form of the history. */
  readonly sent?: readonly object[] | undefined;
  /** The plan that led there. */
  readonly plan?: CompactionPlan | undefined;
  /** What was filled into it. */
  readonly fills?: Fills | undefined;
  /** What the provider reported last. */
  readonly usage?: Usage | undefined;
  /**
   * What the run has cost so far, in US dollars. A guard's `budget` goes on from it. Written before a call, with what that is
   * expected to cost: if the process ends before the answer is paid, that counts as spent.
   */
  readonly spentUsd?: number | undefined;
  /** What the budget has learned: `budget.learned`. */
  readonly learned?: Calibration | undefined;
  /** What there is of an answer. */
  readonly partial?: unknown;
  /** Whatever else the caller needs to go on. */
  readonly state?: unknown;
}

/** A checkpoint as it is stored: plain JSON. */
export interface CheckpointDocument {
  /** Version of this format. */
  readonly version: 1;
  readonly task: string;
  readonly request: Json;
  readonly createdAt?: string;
  /** For each message its place in the history, or the message itself where it is none of them. */
  readonly sent?: readonly ({ readonly kept: number } | { readonly message: Json })[];
  readonly plan?: Json;
  readonly fills?: Json;
  readonly usage?: Json;
  readonly spentUsd?: number;
  readonly learned?: Json;
  readonly partial?: Json;
  readonly state?: Json;
  /** The chain over the messages, in hex: SHA-256 of the digest before and the canonical JSON (RFC 8785) of the message. */
  readonly digests: readonly string[];
  /** SHA-256 of the canonical JSON of every other field, `request` without its messages; they tell which one was altered. */
  readonly sums: Readonly<Record<string, string>>;
  /** SHA-256 over `digests` and `sums`, and so over all. */
  readonly integrity: string;
}

/** A checkpoint that was made. */
export interface Checkpoint {
  readonly document: CheckpointDocument;
  /** `version.task.digest.count`: names the task and the history up to its last message. Give it to `restore`. */
  readonly token: string;
}

/** A run to go on with. */
export interface Restored<T extends RequestInput = RequestInput> extends CheckpointState<T> {
  /** As in {@link CheckpointState}; messages that the history has too are the same objects. */
  readonly sent?: readonly MessageOf<T>[] | undefined;
  /** The token that names this checkpoint. */
  readonly token: string;
  /** How many messages at the beginning of `request` are those of the checkpoint, unchanged. */
  matches(request: RequestInput): number;
}
