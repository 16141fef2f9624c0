// Compiled, never run: every line must type-check, and every expected error must be one.
import type OpenAI from "openai";
import {
  type Calibration,
  type CompactionPlan,
  ContextOverflowError,
  createTokenBudget,
  createTokenBudgetSync,
  originalsOf,
  type Projection,
  type Step,
  type TokenBudget,
  TokenHeadroomError,
} from "token-headroom";
import o200k_base from "token-headroom/encodings/o200k_base";

type Equal<One, Other> = (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false;
function expectType<Expected>(): <Actual>(value: Actual, same: Equal<Actual, Expected>) => void {
  return () => undefined;
}

const budget: TokenBudget = await createTokenBudget({ model: "gpt-4o", headroom: 8_000 });
createTokenBudgetSync({ model: "some-new-model", like: "gpt-4o", encoding: o200k_base });
// @ts-expect-error the synchronous door needs a vocabulary
createTokenBudgetSync({ model: "gpt-4o" });
// @ts-expect-error an option that does not exist
await createTokenBudget({ model: "gpt-4o", headrom: 8_000 });
// @ts-expect-error an encoding that does not ship
await createTokenBudget({ model: "gpt-4o", encoding: "o300k_base" });
// @ts-expect-error a limit kind that does not exist
await createTokenBudget({ model: "gpt-4o", limitKind: "both" });

expectType<number>()(budget.countTokens("text"), true);
expectType<number | undefined>()(budget.countUpTo("text", 5), true);
// @ts-expect-error a text is a string
budget.countTokens(5);
// @ts-expect-error an end that does not exist
budget.truncate("text", 5, { keep: "middle" });

// The SDK's own types are requests, and come back as what they were.
declare const body: OpenAI.Chat.ChatCompletionCreateParamsNonStreaming;
declare const messages: OpenAI.Chat.ChatCompletionMessageParam[];
const projection: Projection = budget.project(body);
budget.project(messages);
budget.project([{ role: "user", content: "hello" }]);
// Bodies of other dialects are requests too, and so are states that hold messages.
budget.project({ model: "gemini-2.5-flash", contents: [{ role: "user", parts: [{ text: "hello" }] }] });
budget.project({ contents: "hello" });
budget.project({ model: "gpt-5", input: "hello" });
declare const response: OpenAI.Responses.ResponseCreateParamsNonStreaming & { input: string };
budget.project(response);
budget.project({ prompt: [{ role: "user", content: [{ type: "text", text: "hello" }] }] });
budget.project([["human", "hello"]]);
budget.project({ message: "hello", chat_history: [] });
budget.project({ type: "AssistantAgentState", llm_context: { messages: [] } });
await createTokenBudget({ model: "gpt-4o", dialect: "ai_sdk" });
// @ts-expect-error a dialect that does not exist
await createTokenBudget({ model: "gpt-4o", dialect: "esperanto" });
// @ts-expect-error a text is no request
budget.project("hello");
// @ts-expect-error a body has messages
budget.project({ model: "gpt-4o" });

const plan: CompactionPlan = budget.plan(body, { keepLast: 2, pinned: [0] });
expectType<OpenAI.Chat.ChatCompletionCreateParamsNonStreaming>()(budget.apply(body, plan), true);
expectType<OpenAI.Chat.ChatCompletionMessageParam[]>()(budget.apply(messages, plan, { summary: "short" }), true);
budget.plan(body, {
  when: "pays",
  values: { call_1: 1 },
  toolValues: { read: 0.2 },
  cache: { horizon: 5, idleSeconds: 60 },
  categories: { reserve: 0.1, media: { share: 0.2, floor: 100 } },
  thinking: "append_only",
});
expectType<CompactionPlan>()(budget.evict(messages, { similarity: 0.8 }), true);
expectType<readonly OpenAI.Chat.ChatCompletionMessageParam[]>()(originalsOf(body, plan), true);
expectType<OpenAI.Chat.ChatCompletionMessageParam[]>()(budget.undo(messages, plan, originalsOf(messages, plan)), true);
plan.summary?.requests.map(({ request, maxTokens, tokens }) => [request["model"], maxTokens - tokens]);
// @ts-expect-error a moment that does not exist
budget.plan(body, { when: "always" });
// @ts-expect-error a category that does not exist
budget.plan(body, { categories: { tools: 0.2 } });
// @ts-expect-error a share is not a text
budget.plan(body, { categories: { media: { share: "half" } } });
// @ts-expect-error a policy that does not exist
budget.plan(body, { keepFirst: 2 });
// @ts-expect-error results are read-only
projection.tokens = 5;
// @ts-expect-error plans are read-only
plan.steps.push();

// Unions narrow by their tags.
if (plan.status === "irreducible") {
  expectType<number>()(plan.floor.total, true);
} else {
  // @ts-expect-error only an irreducible plan has a floor
  plan.floor;
}
function describe(step: Step): string {
  switch (step.kind) {
    case "mask":
      return step.placeholder;
    case "cut":
    case "cut_text":
      return `${step.head}${step.notice}${step.tail}`;
    case "drop_reasoning":
    case "remove":
      return step.originals.join();
    case "summarise":
    case "drop":
      return step.digest;
    default:
      return step satisfies never;
  }
}
describe(plan.steps[0] as Step);
// @ts-expect-error a verdict that does not exist
projection.verdict === "full";

// Errors narrow what was caught.
try {
  budget.check(body);
} catch (error) {
  if (ContextOverflowError.is(error)) {
    expectType<number>()(error.overBy, true);
    expectType<CompactionPlan>()(error.plan(), true);
  } else if (TokenHeadroomError.is(error)) {
    expectType<string>()(error.path, true);
    // @ts-expect-error only an overflow has one
    error.overBy;
  }
}

// Fallbacks, by name or with options of their own; what was learned goes from one budget to the next.
const chained = await createTokenBudget({
  model: "gpt-4o",
  fallbacks: ["gpt-4.1", { model: "claude-sonnet-4-5", maxContextTokens: 100_000 }],
  learned: budget.learned,
});
expectType<Calibration | undefined>()(chained.learned, true);
chained.project(messages).chain?.[0]?.room satisfies number | undefined;
createTokenBudgetSync({ model: "gpt-4o", encoding: o200k_base, fallbacks: [{ model: "gpt-4.1", encoding: o200k_base }] });
// @ts-expect-error what was learned belongs to the chain
await createTokenBudget({ model: "gpt-4o", fallbacks: [{ model: "gpt-4.1", learned: budget.learned }] });
// @ts-expect-error what was learned is read-only
chained.learned.anchors.push();

// Usage of every provider, by itself or in its answer.
declare const completion: OpenAI.Chat.ChatCompletion;
declare const answer: OpenAI.Responses.Response;
const found = budget.record(projection, completion);
if (completion.usage !== undefined) {
  budget.record(projection, completion.usage);
}
if (answer.usage !== undefined) {
  budget.record(projection, answer.usage);
}
budget.record(projection, answer);
budget.record(projection, { input_tokens: 5, cache_read_input_tokens: null, output_tokens: 2 });
budget.record(projection, { usageMetadata: { promptTokenCount: 5, cachedContentTokenCount: 2 } });
budget.record(projection, { usage: { inputTokens: 5, outputTokens: 2, totalTokens: 7 } });
budget.record(projection, { prompt_eval_count: 5, eval_count: 2 });
found.signature satisfies "flagged" | "half_window" | "full_window" | "stop_reason" | "far_below" | undefined;
// @ts-expect-error usage is an object
budget.record(projection, 12);
// @ts-expect-error not what any provider reports
budget.record(projection, { tokensUsed: 12 });
projection.startsFrom?.reported satisfies number | undefined;
projection.counted?.upperBound satisfies number | undefined;
projection.fingerprint satisfies string;
projection.instructions satisfies number;
