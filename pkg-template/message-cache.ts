import { isUnchanged, type Json, snapshot } from "./snapshot.js";

/** One message of a request, with the handle under which the core knows it, or will. */
export interface CachedMessage {
  readonly snapshot: Json;
  readonly handle: number;
  /** Whether the core has not been given it yet. */
  readonly fresh: boolean;
}

// Handles are unique in the process, since every budget shares one core.
let lastHandle = 0;

/**
 * Which message objects the core has already counted in one encoding. An unchanged object is neither sent nor counted
 * again; one that was mutated in place gets a new handle. Holds nothing alive.
 */
export class MessageCache {
  #seen = new WeakMap<object, CachedMessage>();

  /**
   * Looks up the message at `list[index]`, or reads it; nothing is remembered before {@link remember}. A long history is looked
   * up at every call, so that nothing is made for a message that is known.
   */
  read(message: unknown, list: string, index: number): CachedMessage {
    const seen = isObject(message) ? this.#seen.get(message) : undefined;
    if (seen !== undefined && isUnchanged(message, seen.snapshot)) {
      return seen;
    }
    return { snapshot: snapshot(message, `${list}[${index}]`), handle: ++lastHandle, fresh: true };
  }

  /** Remembers that the core has counted `message`. */
  remember(message: unknown, { snapshot, handle, fresh }: CachedMessage): void {
    if (fresh && isObject(message)) {
      this.#seen.set(message, { snapshot, handle, fresh: false });
    }
  }

  /** The same message under a new handle, for a core that has forgotten the old one. */
  renew({ snapshot }: CachedMessage): CachedMessage {
    return { snapshot, handle: ++lastHandle, fresh: true };
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
