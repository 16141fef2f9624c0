import { isUnchanged, type Json, snapshot } from "./snapshot.js";
import type { Policy } from "./types.js";

interface Compacted {
  readonly input: readonly object[];
  readonly snapshots: readonly Json[];
  readonly output: readonly object[];
}

/**
 * Remembers what a history was compacted to. When the same messages come again with new ones behind them, the compacted
 * form takes their place, so that a growing history is not planned, summarised and paid for anew at every turn.
 */
export class CompactionMemory {
  // Keyed by the last message that was compacted; an entry lives as long as that message.
  readonly #compacted = new WeakMap<object, Compacted>();
  // How long the history was when a message was left out for the first time.
  readonly #evictedAt = new WeakMap<object, number>();

  /** `messages` with their longest remembered beginning replaced, or `messages` itself. */
  resume(messages: readonly object[]): readonly object[] {
    for (let last = messages.length - 1; last >= 0; last--) {
      const known = this.#compacted.get(messages[last] as object);
      if (known !== undefined && known.input.length === last + 1 && begins(messages, known)) {
        return [...known.output, ...messages.slice(last + 1)];
      }
    }
    return messages;
  }

  /** Remembers that `input` became `output`. */
  remember(input: readonly object[], output: readonly object[]): void {
    const last = input.at(-1);
    if (last !== undefined) {
      const snapshots = input.map((message, index) => snapshot(message, `messages[${index}]`));
      this.#compacted.set(last, { input: [...input], snapshots, output: [...output] });
    }
    const kept = new Set(output);
    for (const message of input) {
      if (!kept.has(message) && !this.#evictedAt.has(message)) {
        this.#evictedAt.set(message, input.length);
      }
    }
  }

  /** How many messages the history had when `message` was first left out or shortened; what came behind has not seen it. */
  evictedAt(message: object): number | undefined {
    return this.#evictedAt.get(message);
  }
}

/** `policy`, whose pinned places are those in `given`, for `resumed`. Pinned messages survive as the same objects. */
export function repinned(
  policy: Policy | undefined,
  given: readonly object[],
  resumed: readonly object[],
): Policy | undefined {
  if (policy?.pinned === undefined || given === resumed) {
    return policy;
  }
  const places = new Map(resumed.map((message, index) => [message, index]));
  return { ...policy, pinned: policy.pinned.flatMap((index) => places.get(given[index] as object) ?? []) };
}

function begins(messages: readonly object[], { input, snapshots }: Compacted): boolean {
  return input.every((message, index) => message === messages[index] && isUnchanged(message, snapshots[index] as Json));
}
