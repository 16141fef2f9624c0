import { withBytes } from "./bytes.js";
import { type Core, type CoreEncoding, instance } from "./core.js";
import { ContextOverflowError, TokenHeadroomError } from "./errors.js";
import { isList, isRecord, optionsOf, reading, shown } from "./found.js";
import { type Json, snapshot } from "./snapshot.js";
import { TextCounter } from "./text-counter.js";
import type {
  BudgetOptions,
  Calibration,
  CompactionPlan,
  Fills,
  ModelInfo,
  Policy,
  Projection,
  RequestInput,
  TokenBudget,
  Usage,
  UsageComparison,
  Verification,
} from "./types.js";
import { evicting } from "./evict.js";
import { BUDGET_KEYS, requireKeys } from "./option-keys.js";
import { printAs } from "./printed.js";
import { listName, messagesOf, sendRequest, type Wire, withMessages } from "./wire.js";

/** Options as the core takes them: the encoding by name, absent fields absent. */
export type CoreOptions = Readonly<Record<string, Json>>;

/** One message of an applied request, as the core describes it. */
type Edit =
  | { readonly kind: "keep"; readonly index: number }
  | { readonly kind: "replace"; readonly index: number; readonly message: object }
  | { readonly kind: "insert"; readonly message: object };

/** Where a message of an undone request comes from: the applied request, or the stored originals. */
interface Origin {
  readonly kind: "kept" | "stored";
  readonly index: number;
}

/** What was found, and what was learned so far. */
interface Recorded extends UsageComparison {
  readonly state: Calibration;
}

interface Room {
  readonly available: number;
  readonly counted: number;
}

/** Most plans that are made again because usage has taught that their results take more than is counted for them. */
const MOST_AIMS = 3;

/** What reported usage has taught. The core keeps models apart in it: those of a chain share one. */
export interface Lessons {
  learned: Calibration | undefined;
}

/** Copies what the core may read of `options`. */
export function coreOptions(options: BudgetOptions): CoreOptions {
  if (!isRecord(options)) {
    throw new TokenHeadroomError(`found ${shown(options)}, expected options`, {
      code: "invalid_option",
      hint: 'pass { model: "gpt-4o" }',
    });
  }
  requireKeys(options, BUDGET_KEYS, "");
  // Not the core's concern: fallbacks are budgets of their own, and what was learned comes with each request.
  const { encoding, fallbacks: _, learned: __, ...rest } = options;
  const name = typeof encoding === "object" ? encoding?.name : encoding;
  const copied = snapshot(name === undefined ? rest : { ...rest, encoding: name }, "") as CoreOptions;
  requireFinite(rest, "");
  return copied;
}

/** Options under which exactly `available` tokens are left for the prompt. */
export function limitedTo(available: number): {
  readonly limitKind: "shared";
  readonly maxContextTokens: number;
  readonly maxInputTokens: number;
  readonly headroom: number;
} {
  const tokens = Math.max(1, Math.floor(available));
  return { limitKind: "shared", maxContextTokens: tokens, maxInputTokens: tokens, headroom: 0 };
}

/** A budget over a loaded encoding. */
export class Budget extends TextCounter implements TokenBudget {
  readonly #model: () => ModelInfo;
  readonly #core: Core;
  readonly #encoding: CoreEncoding;
  readonly #options: CoreOptions;
  readonly #lessons: Lessons;

  constructor(core: Core, encoding: CoreEncoding, options: CoreOptions, model: () => ModelInfo, lessons: Lessons) {
    super(instance, encoding.loaded);
    this.#core = core;
    this.#encoding = encoding;
    this.#options = options;
    this.#model = model;
    this.#lessons = lessons;
    printAs(this, () => Budget.printed(this));
  }

  get model(): ModelInfo {
    return this.#model();
  }

  get learned(): Calibration | undefined {
    return this.#lessons.learned;
  }

  project(request: RequestInput): Projection {
    return this.#send(request, (wire) =>
      this.#core.askIn("project", this.#encoding, this.#options, wire, this.learned),
    ) as Projection;
  }

  check(request: RequestInput): Projection {
    const projection = this.project(request);
    if (projection.verdict === "overflows") {
      throw new ContextOverflowError({ projection, plan: () => this.plan(request), path: listName(request) });
    }
    return projection;
  }

  plan(request: RequestInput, policy?: Policy): CompactionPlan {
    const allowed = policy === undefined ? undefined : (snapshot(optionsOf(policy, "policy"), "policy") as object);
    requireFinite(policy ?? {}, "policy.");
    const planned = (options: CoreOptions, by = allowed): CompactionPlan =>
      this.#send(request, (wire) => this.#core.plan(this.#encoding, options, wire, by)) as CompactionPlan;
    if (this.learned === undefined) {
      return planned(this.#options);
    }
    // Plans are made in plain counts. Where usage has taught that a request takes more or less, they aim in proportion: first by
    // what the request takes, then by what the result does, which need not continue what was reported.
    let plan = planned(this.#aimingAt(this.#roomFor(request)));
    for (let tries = 0; tries < MOST_AIMS && plan.status === "planned"; tries++) {
      const room = this.#roomFor(this.apply(request, plan));
      if (plan.after.upperBound <= room.counted) {
        break;
      }
      plan = planned(this.#aimingAt(room));
    }
    // What fits as it is, by what was reported for it, need not be made to fit once more.
    return plan.status === "irreducible" && this.project(request).verdict !== "overflows"
      ? planned(this.#aimingAt(this.#roomFor(request)), { ...allowed, when: "overflow" })
      : plan;
  }

  apply<T extends RequestInput>(request: T, plan: CompactionPlan, fills: Fills = {}): T {
    const [steps, filled] = [snapshot(plan, "plan") as object, snapshot(fills, "fills") as object];
    const edits = this.#send(request, (wire) =>
      this.#core.askIn("edits", this.#encoding, this.#options, wire, steps, filled),
    ) as readonly Edit[];
    const given = messagesOf(request);
    const messages = edits.map(
      (edit) => (edit.kind === "keep" ? given[edit.index] : withBytes(edit.message as Json, given)) as object,
    );
    return withMessages(request, messages);
  }

  verify(request: RequestInput, plan: CompactionPlan, fills: Fills = {}): Verification {
    const [steps, filled] = [snapshot(plan, "plan") as object, snapshot(fills, "fills") as object];
    return this.#send(request, (wire) =>
      this.#core.askIn("verify", this.#encoding, this.#options, wire, steps, filled, this.learned),
    ) as Verification;
  }

  evict(request: RequestInput, policy: Policy = {}): CompactionPlan {
    return this.plan(request, evicting(policy));
  }

  undo<T extends RequestInput>(request: T, plan: CompactionPlan, originals: readonly object[]): T {
    if (!isList(originals)) {
      throw new TokenHeadroomError(`found ${shown(originals)}, expected the messages that the plan took away: an array`, {
        code: "invalid_type",
        path: "originals",
        hint: "store what `originalsOf(request, plan)` gives before the history is replaced, and pass it",
      });
    }
    const stored = snapshot(originals, "originals");
    const steps = snapshot(plan, "plan");
    const origins = this.#send(request, (wire) =>
      this.#core.askIn("undo", this.#encoding, this.#options, wire, steps, stored),
    ) as readonly Origin[];
    const given = messagesOf(request);
    const messages = origins.map(({ kind, index }) => (kind === "kept" ? given[index] : originals[index]) as object);
    return withMessages(request, messages);
  }

  record(projection: Projection, usage: Usage): UsageComparison {
    const [judgement, reported] = [snapshot(projection, "projection") as object, snapshot(usage, "usage") as object];
    const { state, ...found } = this.#core.ask("record", this.learned, judgement, reported) as Recorded;
    this.#lessons.learned = state;
    return found;
  }

  /** What a console prints of it: for what it was made, without asking the core. */
  static printed(budget: Budget): string {
    const { model, like } = budget.#options;
    return `TokenBudget ${JSON.stringify({ model: model ?? like, encoding: budget.#encoding.loaded.module.name })}`;
  }

  /** Tokens of the signed thoughts in `request`, which no other model reads. */
  static signedThoughts(budget: Budget, request: RequestInput): number {
    return budget.#send(request, (wire) =>
      budget.#core.askIn("thoughts", budget.#encoding, budget.#options, wire),
    ) as number;
  }

  /** What there is room for, and the same in counted tokens, where usage has taught that as many of `request` take more or less. */
  #roomFor(request: RequestInput): Room {
    const { available, upperBound, counted } = this.project(request);
    return { available, counted: counted === undefined ? available : (available * counted.upperBound) / Math.max(1, upperBound) };
  }

  #aimingAt({ available, counted }: Room): CoreOptions {
    return counted === available ? this.#options : { ...this.#options, ...limitedTo(counted) };
  }

  #send(request: RequestInput, send: (wire: Wire) => unknown): unknown {
    return sendRequest(request, this.#encoding.messages, send);
  }
}

/** What a budget starts from; a copy, whatever becomes of the caller's own. */
export function lessonsFrom(learned: unknown): Lessons {
  if (learned === undefined) {
    return { learned: undefined };
  }
  const { ratios, anchors } = reading("learned", () => ({ ...(learned as Partial<Calibration>) }));
  if (typeof ratios !== "object" || ratios === null || !isList(anchors)) {
    throw new TokenHeadroomError("found a state that is none, expected `ratios` and `anchors`", {
      code: "invalid_option",
      path: "learned",
      hint: "pass on what `budget.learned` gave, or leave it out",
    });
  }
  return { learned: snapshot(learned, "learned") as unknown as Calibration };
}

/** JSON would make null of NaN and Infinity, and the core's complaint would name a value that nobody gave. */
export function requireFinite(options: object, path: string): void {
  for (const [key, value] of Object.entries(options)) {
    if (typeof value === "object" && value !== null) {
      requireFinite(value, `${path}${key}.`);
    } else if (typeof value === "number" && !Number.isFinite(value)) {
      throw new TokenHeadroomError(`found ${shown(value)}, expected a finite number`, {
        code: "invalid_option",
        path: `${path}${key}`,
      });
    }
  }
}
