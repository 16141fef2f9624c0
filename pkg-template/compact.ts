import { ContextOverflowError, TokenHeadroomError } from "./errors.js";
import { requireText } from "./text.js";
import type {
  CompactionPlan,
  Fills,
  MessageOf,
  Policy,
  Projection,
  RequestInput,
  SummaryRequest,
  TokenBudget,
  Verification,
} from "./types.js";
import { listName, messagesOf } from "./wire.js";

/** How a request that does not fit is made to fit. */
export interface CompactOptions<Message extends object = object> {
  readonly policy?: Policy | undefined;
  /** Writes the summary that a plan asks for. Without it, or when it fails, the plan's own digest stands in. */
  readonly summarise?: ((request: SummaryRequest) => Promise<string> | string) | undefined;
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
  /** Why the digest stands in although a summariser was given. */
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
 * Throws {@link ContextOverflowError} when nothing the policy allows makes it fit, and `unsupported_dialect` for what is no
 * Chat Completions request.
 */
export async function compact<T extends RequestInput>(
  budget: TokenBudget,
  request: T,
  projection: Projection,
  { policy, summarise, onCompact }: CompactOptions<MessageOf<T>>,
): Promise<Compacted<T>> {
  const plan = budget.plan(request, policy);
  if (plan.status !== "planned") {
    throw new ContextOverflowError({ projection, plan: () => plan, path: listName(request) });
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
    const summary: unknown = await summarise(plan.summary.request);
    requireText(summary, "summary");
    const carried = carryOut(budget, request, plan, { summary }, { summary: "written" });
    if (carried.compaction.verification.ok) {
      return carried;
    }
    throw violated(carried.compaction.verification);
  } catch (summaryError) {
    return carryOut(budget, request, plan, {}, { summary: "digest", summaryError });
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
