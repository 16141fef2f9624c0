import { checkpoint, requirePlace } from "./checkpoint.js";
import type { CheckpointState, CheckpointStore, Restored } from "./checkpoint-types.js";
import { ContextOverflowError, TokenHeadroomError } from "./errors.js";
import { requireKeys } from "./option-keys.js";
import { spokenBy } from "./spoken.js";
import type { CompactionPlan, RequestInput, Usage } from "./types.js";
import { messagesOf } from "./wire.js";

/** How a guard writes down where its run stands. One history per task: calls that overlap overwrite each other. */
export interface GuardCheckpoint {
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
  const { store, key, task } = options;
  requirePlace({ store: store ?? (null as never), key }, "checkpoint");
  if (typeof task !== "string" || task === "") {
    throw new TokenHeadroomError("found no name of the run", { code: "missing_field", path: "checkpoint.task" });
  }
}

/** The checkpoints of a guard. */
export class Checkpoints {
  readonly #options: GuardCheckpoint;
  /** What the last answer reported. */
  usage: Usage | undefined;
  /** How the history was compacted last. */
  plan: CompactionPlan | undefined;
  #token: string | undefined;

  constructor(options: GuardCheckpoint) {
    this.#options = options;
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
      partial: spokenBy(messagesOf(request)),
      ...more,
    };
    this.#token = (await checkpoint(state, { store, key })).token;
  }

  /** The error with the token of a checkpoint of `request`, and what the model had said by then. */
  async overflowed(error: ContextOverflowError, request: RequestInput): Promise<ContextOverflowError> {
    await this.save(request);
    const { projection, path, cause } = error;
    return new ContextOverflowError({
      projection,
      plan: () => error.plan(),
      path,
      checkpoint: this.#token,
      partial: spokenBy(messagesOf(request)),
      ...(cause === undefined ? {} : { cause }),
    });
  }
}
