import { ContextOverflowError, TokenHeadroomError } from "./errors.js";
import { requireText } from "./text.js";
import type {
  CompactionPlan,
  Fills,
  MessageOf,
  Policy,
  Projection,
  RequestInput,
  SummaryBody,
  SummaryRequest,
  SummarySlot,
  TokenBudget,
  Verification,
} from "./types.js";
import { listName, messagesOf } from "./wire.js";

/** How a request that does not fit is made to fit. */
export interface CompactOptions<Message extends object = object> {
  /** What may go, what must stay, and how much is made free. */
  readonly policy?: Policy | undefined;
  /**
   * Writes the summary that a plan asks for, or a piece of it: called for each of `plan.summary.requests`, one after the other, so
   * that a failure ends it before the next piece is paid for. The answers, each on a line of its own, are the summary. Without
   * it, or when any piece fails, the plan's own digest stands in. An answer that the request's output cap cut off is longer than
   * is accepted, and fails; throw where the provider tells of another reason why it is not whole.
   */
  readonly summarise?: ((request: SummaryBody) => Promise<string> | string) | undefined;
  /** Told of every compaction before the call goes on. */
  readonly onCompact?: ((compaction: Compaction<Message>) => unknown) | undefined;
}

/** A compaction that was carried out. */
export interface Compaction<Message extends object = object> {
  /** The plan. */
  readonly plan: CompactionPlan;
  /** The messages that are sent. They can be adopted as the history. */
  readonly messages: readonly Message[];
  /** What stands in for the removed middle. */
  readonly summary: "none" | "written" | "digest";
  /** Why the digest stands in although a summariser was given; its `path` names the piece, `plan.summary.requests[1]`. */
  readonly summaryError?: unknown;
  /** The independent check of the result. */
  readonly verification: Verification;
}

/** The outcome of {@link compact}. */
export interface Compacted<T extends RequestInput> {
  readonly request: T;
  readonly compaction: Compaction<MessageOf<T>>;
}

/**
 * Plans, has the summary written, applies and verifies. `request` is never touched, whatever fails.
 *
 * Throws {@link ContextOverflowError} when nothing the policy allows makes it fit.
 */
export async function compact<T extends RequestInput>(
  budget: TokenBudget,
  request: T,
  projection: Projection,
  { policy, summarise, onCompact }: CompactOptions<MessageOf<T>>,
): Promise<Compacted<T>> {
  const plan = budget.plan(request, policy);
  if (plan.status !== "planned") {
    throw new ContextOverflowError({ projection, plan: () => plan, path: listName(request), hint: hintOf(plan, policy) });
  }
  const carried =
    (await withSummary(budget, request, plan, summarise)) ?? carryOut(budget, request, plan, {}, noSummary(plan));
  if (!carried.compaction.verification.ok) {
    const cause = violated(carried.compaction.verification);
    throw new ContextOverflowError({ projection, plan: () => plan, path: listName(request), cause });
  }
  await onCompact?.(carried.compaction);
  return carried;
}

// What a user pasted is cut only on demand.
function hintOf(plan: CompactionPlan, policy: Policy | undefined): string | undefined {
  if (plan.status !== "irreducible" || policy?.cutUserText === true) {
    return undefined;
  }
  const { firstUser, tail, total, ...others } = plan.floor;
  return Math.max(firstUser, tail) >= Math.max(...Object.values(others))
    ? "nothing was sent: send less, or let long texts of the user's lose their middle with `policy: { cutUserText: true }`"
    : undefined;
}

type Standing = Pick<Compaction, "summary" | "summaryError">;

// A summary is only ever an improvement: whatever goes wrong with it, the digest stands in and the history is intact.
async function withSummary<T extends RequestInput>(
  budget: TokenBudget,
  request: T,
  plan: CompactionPlan,
  summarise: CompactOptions["summarise"],
): Promise<Compacted<T> | undefined> {
  if (plan.summary === undefined || summarise === undefined) {
    return undefined;
  }
  try {
    const summary = await written(budget, plan.summary, summarise);
    const carried = carryOut(budget, request, plan, { summary }, { summary: "written" });
    if (carried.compaction.verification.ok) {
      return carried;
    }
    throw violated(carried.compaction.verification);
  } catch (summaryError) {
    return carryOut(budget, request, plan, {}, { summary: "digest", summaryError });
  }
}

async function written(
  budget: TokenBudget,
  { requests }: SummarySlot,
  summarise: NonNullable<CompactOptions["summarise"]>,
): Promise<string> {
  const pieces: string[] = [];
  for (const [index, asked] of requests.entries()) {
    try {
      const text: unknown = await summarise(asked.request);
      requirePiece(text, asked, budget);
      pieces.push(text);
    } catch (cause) {
      const piece = requests.length === 1 ? "the summary" : `piece ${index + 1} of ${requests.length} of the summary`;
      throw new TokenHeadroomError(`${piece} failed: ${cause instanceof Error ? cause.message : String(cause)}`, {
        code: "invalid_fill",
        path: `plan.summary.requests[${index}]`,
        cause,
      });
    }
  }
  return pieces.join("\n");
}

// A piece may be written longer than it may be: one that the output cap cut off takes more than its share, and is refused.
function requirePiece(text: unknown, { maxTokens }: SummaryRequest, budget: TokenBudget): asserts text is string {
  requireText(text, "");
  const tooLong = budget.countUpTo(text, maxTokens) === undefined;
  if (tooLong || text.trim() === "") {
    const found = tooLong
      ? `more than ${maxTokens} tokens, expected a summary of at most that; its end may have been cut off`
      : "an empty text, expected a summary";
    throw new TokenHeadroomError(`found ${found}`, { code: "invalid_fill" });
  }
}

function carryOut<T extends RequestInput>(
  budget: TokenBudget,
  request: T,
  plan: CompactionPlan,
  fills: Fills,
  standing: Standing,
): Compacted<T> {
  const applied = budget.apply(request, plan, fills);
  const verification = budget.verify(request, plan, fills);
  const messages = messagesOf(applied) as readonly MessageOf<T>[];
  return { request: applied, compaction: { plan, messages, verification, ...standing } };
}

function noSummary(plan: CompactionPlan): Standing {
  return { summary: plan.summary === undefined ? "none" : "digest" };
}

function violated({ violations }: Verification): TokenHeadroomError {
  const [first] = violations;
  return new TokenHeadroomError(
    violations.map(({ invariant, message }) => `${invariant}: ${message}`).join("; ") || "the result was not verified",
    { code: "plan_mismatch", path: first?.path },
  );
}
