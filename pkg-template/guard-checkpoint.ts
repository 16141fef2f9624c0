import { checkpoint } from "./checkpoint.js";
import { requirePlace } from "./checkpoint-place.js";
import type { CheckpointState, CheckpointStore, Restored } from "./checkpoint-types.js";
import { ContextOverflowError, TokenHeadroomError } from "./errors.js";
import { reading, shown } from "./found.js";
import { requireAmount, requireKeys } from "./option-keys.js";
import { spokenBy } from "./spoken.js";
import type { CompactionPlan, RequestInput, Usage } from "./types.js";
import { isRequest, messagesOf } from "./wire.js";

/** How a guard writes down where its run stands. One history per task: calls that overlap overwrite each other. */
export interface GuardCheckpoint {
  /** Where it is kept. */
  readonly store: CheckpointStore;
  /** What the run is called. */
  readonly task: string;
  /** Where it is kept. Default: `checkpoint:` and the task. */
  readonly key?: string | undefined;
  /** Says when a checkpoint is made; nothing here reads a clock. */
  readonly createdAt?: (() => string) | undefined;
  /** What `restore` gave, to go on where it stood: what was compacted is not planned or summarised again. */
  readonly restored?: Restored | undefined;
}

/** Refuses options that are none. */
export function requireCheckpoint(options: GuardCheckpoint): void {
  requireKeys(options, ["store", "task", "key", "createdAt", "restored"], "checkpoint");
  const { store, key, task, createdAt, restored } = options;
  requirePlace({ store: store ?? (null as never), key }, "checkpoint");
  if (typeof task !== "string" || task === "") {
    throw new TokenHeadroomError("found no name of the run, expected one", {
      code: "missing_field",
      path: "checkpoint.task",
      hint: 'name it as the store shall know it: task: "nightly"',
    });
  }
  if (createdAt !== undefined && typeof createdAt !== "function") {
    throw new TokenHeadroomError(`found ${shown(createdAt)}, expected a function that says when it is called`, {
      code: "invalid_option",
      path: "checkpoint.createdAt",
      hint: "createdAt: () => new Date().toISOString()",
    });
  }
  if (restored !== undefined) {
    requireRestored(restored);
  }
}

function requireRestored(restored: Restored): void {
  const { request, token, spentUsd = 0 } = reading("checkpoint.restored", () => ({ ...(restored as Partial<Restored>) }));
  if (!isRequest(request) || typeof token !== "string") {
    throw new TokenHeadroomError("found no run to go on with, expected what `restore` gave", {
      code: "invalid_option",
      path: "checkpoint.restored",
      hint: "pass `await restore(token, { store })` itself: without `await` it is a promise",
    });
  }
  requireAmount(spentUsd, "checkpoint.restored.spentUsd");
}

/** The checkpoints of a guard. */
export class Checkpoints {
  readonly #options: GuardCheckpoint;
  readonly #spentUsd: () => number | undefined;
  /** What the last answer reported. */
  usage: Usage | undefined;
  /** How the history was compacted last. */
  plan: CompactionPlan | undefined;
  #token: string | undefined;

  /** `spentUsd` tells what the calls so far have cost. */
  constructor(options: GuardCheckpoint, spentUsd: () => number | undefined) {
    this.#options = options;
    this.#spentUsd = spentUsd;
    this.#token = options.restored?.token;
    this.usage = options.restored?.usage;
    this.plan = options.restored?.plan;
  }

  /** Names the last one. */
  get token(): string | undefined {
    return this.#token;
  }

  /** Writes down `request`, and what is to be sent of it. A store that fails keeps the call from being made. */
  async save(request: RequestInput, more: Pick<CheckpointState, "sent" | "learned"> = {}): Promise<void> {
    const { store, task, key, createdAt } = this.#options;
    const state = {
      task,
      request,
      createdAt: createdAt?.(),
      plan: this.plan,
      usage: this.usage,
      spentUsd: this.#spentUsd(),
      partial: spokenBy(messagesOf(request)),
      ...more,
    };
    this.#token = (await checkpoint(state, { store, key })).token;
  }

  /**
   * The error with the token of a checkpoint of `request`, and what the model had said by then. It is what the caller has to know: a
   * store that fails meanwhile does not take its place.
   */
  async overflowed(error: ContextOverflowError, request: RequestInput): Promise<ContextOverflowError> {
    const { projection, path, hint } = error;
    const failure = await this.#failure(request);
    const cause = error.cause ?? failure?.error;
    return new ContextOverflowError({
      projection,
      plan: () => error.plan(),
      path,
      hint,
      checkpoint: failure === undefined ? this.#token : undefined,
      checkpointError: failure?.error,
      partial: spokenBy(messagesOf(request)),
      ...(cause === undefined ? {} : { cause }),
    });
  }

  // Whatever a store throws, `undefined` included, is a failure.
  async #failure(request: RequestInput): Promise<{ readonly error: unknown } | undefined> {
    try {
      await this.save(request);
      return undefined;
    } catch (error) {
      return { error };
    }
  }
}
