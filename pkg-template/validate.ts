import { withBytes } from "./bytes.js";
import type { Core } from "./core.js";
import { isList } from "./found.js";
import { requireKeys } from "./option-keys.js";
import { type Json, snapshot } from "./snapshot.js";
import type { RequestInput, Violation } from "./types.js";
import type { Repair, RepairChange, ValidateOptions, Validation } from "./validate-types.js";
import { messagesOf, withMessages } from "./wire.js";

/** A transcript against the rules of its API. */
export function validate(core: Core, request: RequestInput, options: ValidateOptions = {}): Validation {
  return core.ask("validate", optionsOf(options), requestOf(request)) as Validation;
}

function optionsOf(options: ValidateOptions): Json {
  requireKeys(options, KEYS, "");
  return snapshot(options, "");
}

const KEYS = Object.keys({ dialect: true } satisfies Record<keyof ValidateOptions, true>);

// A list stands for the messages of a body.
function requestOf(request: RequestInput): Json {
  return snapshot(request ?? null, isList(request) ? "messages" : "");
}

type Edit =
  | { readonly kind: "keep"; readonly index: number }
  | { readonly kind: "replace" | "insert"; readonly message: Json };

interface Repaired {
  readonly edits: readonly Edit[] | null;
  readonly changes: readonly RepairChange[];
  readonly violations: readonly Violation[];
}

/** A transcript made valid; messages that no change names stay the caller's own. */
export function repair<T extends RequestInput>(core: Core, request: T, options: ValidateOptions = {}): Repair<T> {
  const told = core.ask("repair", optionsOf(options), requestOf(request)) as Repaired;
  const { edits, changes, violations } = told;
  if (edits === null) {
    return { request, changes, violations };
  }
  const given = messagesOf(request);
  const messages = edits.map((edit) => (edit.kind === "keep" ? given[edit.index] : withBytes(edit.message, given)));
  return { request: withMessages(request, messages as object[]), changes, violations };
}
