import { type Admitted, admit, type Admission } from "./admit.js";
import { CompactionMemory, repinned } from "./compaction-memory.js";
import { ContextOverflowError } from "./errors.js";
import { reading } from "./found.js";
import { Checkpoints, type GuardCheckpoint } from "./guard-checkpoint.js";
import type { Policy, RequestInput, Usage } from "./types.js";
import { messagesOf, withMessages } from "./wire.js";

/** The run whose calls are guarded: what its history was compacted to, and where it stands. */
export class GuardedRun {
  readonly #memory = new CompactionMemory();
  readonly #checkpoints: Checkpoints | undefined;

  /**
   * `spentUsd` tells what the calls so far have cost, those under way included. `known` gives the objects by which messages
   * are recognised.
   */
  constructor(
    checkpoint: GuardCheckpoint | undefined,
    spentUsd: () => number | undefined = () => checkpoint?.restored?.spentUsd,
    known: (messages: readonly object[]) => readonly object[] = (messages) => messages,
  ) {
    this.#checkpoints = checkpoint === undefined ? undefined : new Checkpoints(checkpoint, spentUsd);
    const { request, sent } = checkpoint?.restored ?? {};
    if (request !== undefined && sent !== undefined) {
      this.#memory.remember(known(messagesOf(request)), known(sent));
    }
  }

  /** Names the last checkpoint. */
  get checkpoint(): string | undefined {
    return this.#checkpoints?.token;
  }

  /** How many messages the history had when `message` was first left out. */
  evictedAt(message: object): number | undefined {
    return this.#memory.evictedAt(message);
  }

  /** Lets `given` through as far as it was compacted before, compacted further, or not at all. */
  async admit<Input extends RequestInput>(given: Input, admission: Admission<Input> | undefined): Promise<Admitted<Input>> {
    const input = this.#resumed(given);
    if (admission === undefined) {
      return { request: input };
    }
    const pinned = (policy: Policy | undefined) => reading("policy", () => repinned(policy, messagesOf(given), messagesOf(input)));
    const { policy, evict } = admission;
    const allowed = { ...admission, policy: pinned(policy), evict: pinned(evict), onCompact: this.#noting(admission) };
    try {
      const admitted = await admit(input, allowed);
      if (admitted.request !== input) {
        this.#memory.remember(messagesOf(given), messagesOf(admitted.request));
      }
      return admitted;
    } catch (error) {
      const isNoted = this.#checkpoints !== undefined && ContextOverflowError.is(error);
      throw isNoted ? await this.#checkpoints.overflowed(error, given) : error;
    }
  }

  /** Writes down `given`, and what is sent of it, if anything is to be written down. */
  async save(given: RequestInput, { request, budget }: Admitted<RequestInput>): Promise<void> {
    const sent = request === given ? undefined : messagesOf(request);
    await this.#checkpoints?.save(given, { sent, learned: budget?.learned });
  }

  /** Notes what an answer has reported. */
  reported(usage: Usage | undefined): void {
    if (this.#checkpoints !== undefined && usage !== undefined) {
      this.#checkpoints.usage = usage;
    }
  }

  #noting<Input>({ onCompact }: Admission<Input>): Admission<Input>["onCompact"] {
    return (compaction) => {
      if (this.#checkpoints !== undefined) {
        this.#checkpoints.plan = compaction.plan;
      }
      return onCompact?.(compaction);
    };
  }

  #resumed<Input extends RequestInput>(given: Input): Input {
    const messages = messagesOf(given);
    const resumed = this.#memory.resume(messages);
    return resumed === messages ? given : withMessages(given, resumed);
  }
}
