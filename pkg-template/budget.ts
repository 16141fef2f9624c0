import type { Core, LoadedEncoding } from "./core.js";
import { ContextOverflowError, TokenHeadroomError } from "./errors.js";
import { fitChunks } from "./fit-chunks.js";
import { type Json, snapshot } from "./snapshot.js";
import { requireText, withStaged } from "./text.js";
import type {
  BudgetOptions,
  CompactionPlan,
  Fills,
  FitOptions,
  Fitted,
  Keep,
  ModelInfo,
  Policy,
  Projection,
  RequestInput,
  TokenBudget,
  Truncated,
  Usage,
  UsageComparison,
  Verification,
} from "./types.js";
import { messagesOf, sendRequest, type Wire, withMessages } from "./wire.js";

/** Options as the core takes them: the encoding by name, absent fields absent. */
export type CoreOptions = Readonly<Record<string, Json>>;

/** One message of an applied request, as the core describes it. */
type Edit =
  | { readonly kind: "keep"; readonly index: number }
  | { readonly kind: "replace"; readonly index: number; readonly message: object }
  | { readonly kind: "insert"; readonly message: object };

/** What was found, and what was learned so far. */
interface Recorded extends UsageComparison {
  readonly state: unknown;
}

/** Copies what the core may read of `options`. */
export function coreOptions(options: BudgetOptions): CoreOptions {
  if (typeof options !== "object" || options === null) {
    throw new TokenHeadroomError(`found ${options === null ? "null" : typeof options}, expected options`, {
      code: "invalid_option",
      hint: 'pass { model: "gpt-4o" }',
    });
  }
  const { encoding, ...rest } = options;
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
export class Budget implements TokenBudget {
  readonly model: ModelInfo;
  readonly #core: Core;
  readonly #encoding: LoadedEncoding;
  readonly #options: CoreOptions;
  // What reported usage has taught about this model; the core's own form.
  #learned: unknown;

  constructor(core: Core, encoding: LoadedEncoding, options: CoreOptions, model: ModelInfo) {
    this.#core = core;
    this.#encoding = encoding;
    this.#options = options;
    this.model = model;
  }

  countTokens(text: string): number {
    requireText(text, "text");
    return withStaged(this.#core, text, (bytes) => this.#core.call("text_count", this.#encoding.id(), bytes));
  }

  countUpTo(text: string, limit: number): number | undefined {
    requireText(text, "text");
    requireCount(limit, "limit");
    return withStaged(this.#core, text, (bytes) =>
      this.#core.call("text_count_up_to", this.#encoding.id(), bytes, limit),
    );
  }

  project(request: RequestInput): Projection {
    return this.#project(request, this.#learned);
  }

  check(request: RequestInput): Projection {
    const projection = this.project(request);
    if (projection.verdict === "overflows") {
      throw new ContextOverflowError({ projection, plan: () => this.plan(request) });
    }
    return projection;
  }

  plan(request: RequestInput, policy?: Policy): CompactionPlan {
    const allowed = policy === undefined ? undefined : (snapshot(policy, "policy") as object);
    requireFinite(policy ?? {}, "policy.");
    const options = this.#planningOptions(request);
    return this.#send(request, (wire) =>
      this.#core.call("plan", this.#encoding.id(), options, wire, allowed),
    ) as CompactionPlan;
  }

  apply<T extends RequestInput>(request: T, plan: CompactionPlan, fills: Fills = {}): T {
    const [steps, filled] = [snapshot(plan, "plan") as object, snapshot(fills, "fills") as object];
    const edits = this.#send(request, (wire) =>
      this.#core.call("edits", this.#encoding.id(), this.#options, wire, steps, filled),
    ) as readonly Edit[];
    const given = messagesOf(request);
    const messages = edits.map((edit) => (edit.kind === "keep" ? (given[edit.index] as object) : edit.message));
    return withMessages(request, messages);
  }

  verify(request: RequestInput, plan: CompactionPlan, fills: Fills = {}): Verification {
    const [steps, filled] = [snapshot(plan, "plan") as object, snapshot(fills, "fills") as object];
    return this.#send(request, (wire) =>
      this.#core.call("verify", this.#encoding.id(), this.#options, wire, steps, filled),
    ) as Verification;
  }

  record(projection: Projection, usage: Usage): UsageComparison {
    const [judgement, reported] = [snapshot(projection, "projection") as object, snapshot(usage, "usage") as object];
    const { state, ...found } = this.#core.call("record", this.#learned, judgement, reported) as Recorded;
    this.#learned = state;
    return found;
  }

  truncate(text: string, maxTokens: number, { keep = "head" }: { readonly keep?: Keep | undefined } = {}): Truncated {
    requireText(text, "text");
    requireCount(maxTokens, "maxTokens");
    if (keep !== "head" && keep !== "tail" && keep !== "both") {
      throw new TokenHeadroomError(`found ${JSON.stringify(keep)}, expected "head", "tail" or "both"`, {
        code: "invalid_option",
        path: "keep",
      });
    }
    const kept = withStaged(this.#core, text, (bytes) =>
      this.#core.call("text_truncate", this.#encoding.id(), bytes, maxTokens, keep),
    ) as { head: number; tail: number; tokens: number };
    const [head, tail] = [text.slice(0, kept.head), text.slice(kept.tail)];
    return { text: head + tail, head, tail, tokens: kept.tokens, omitted: text.length - head.length - tail.length };
  }

  fitChunks(chunks: readonly string[], maxTokens: number, options: FitOptions = {}): Fitted {
    requireCount(maxTokens, "maxTokens");
    return fitChunks(this, chunks, maxTokens, options);
  }

  #project(request: RequestInput, learned: unknown): Projection {
    return this.#send(request, (wire) =>
      this.#core.call("project", this.#encoding.id(), this.#options, wire, learned),
    ) as Projection;
  }

  // Plans are made in plain counts. Where usage has taught that a request takes more, the plan aims lower in proportion.
  #planningOptions(request: RequestInput): CoreOptions {
    const learned = this.#learned === undefined ? undefined : this.project(request);
    if (learned?.basis !== "calibrated") {
      return this.#options;
    }
    const { upperBound } = this.#project(request, undefined);
    return { ...this.#options, ...limitedTo((learned.available * upperBound) / learned.upperBound) };
  }

  #send(request: RequestInput, send: (wire: Wire) => unknown): unknown {
    return sendRequest(request, this.#encoding.messages, send);
  }
}

// Counts cross as unsigned 32-bit integers.
const MOST = 0xffff_ffff;

function requireCount(count: unknown, path: string): asserts count is number {
  if (typeof count !== "number" || !Number.isInteger(count) || count < 0 || count > MOST) {
    throw new TokenHeadroomError(`found ${String(count)}, expected a whole number of tokens`, {
      code: "invalid_value",
      path,
    });
  }
}

// JSON would make null of NaN and Infinity, and the core's complaint would name a value that nobody gave.
function requireFinite(options: object, path: string): void {
  for (const [key, value] of Object.entries(options)) {
    if (typeof value === "number" && !Number.isFinite(value)) {
      throw new TokenHeadroomError(`found ${value}, expected a finite number`, {
        code: "invalid_option",
        path: `${path}${key}`,
      });
    }
  }
}
