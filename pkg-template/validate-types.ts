import type { Violation } from "./plan-types.js";
import type { Dialect } from "./request-types.js";

/** How a transcript is read. */
export interface ValidateOptions {
  /** How it is written; default: recognised by what it holds. */
  readonly dialect?: Dialect | undefined;
}

/** The outcome of `validate`. */
export interface Validation {
  /** Whether there are no `violations`. */
  readonly ok: boolean;
  /** The dialect that the transcript was read in; `null` for what is no request. */
  readonly dialect: Dialect | null;
  /** What it breaks, message by message; `shape` for what cannot be read as its dialect. */
  readonly violations: readonly Violation[];
}

/** One thing that a repair changed. */
export interface RepairChange {
  /** The invariant that it restores. */
  readonly invariant: string;
  /** The place in the request as it was given; of an answer that was added, that of its call. */
  readonly path: string;
  /** What was done. */
  readonly message: string;
}

/** The outcome of `repair`. */
export interface Repair<T> {
  /** The request; the very one that was given where nothing was changed. Messages that no change names are the caller's own. */
  readonly request: T;
  /** What was changed, in order. */
  readonly changes: readonly RepairChange[];
  /** What is left, because it cannot be mended without knowing what was lost. */
  readonly violations: readonly Violation[];
}
