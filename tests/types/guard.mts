// Compiled, never run: every line must type-check, and every expected error must be one.
import OpenAI from "openai";
import { BudgetExceededError, ContextOverflowError, guard, LoopDetectedError } from "token-headroom";
import { checkpoint, type CheckpointDocument, type Restored, restore } from "token-headroom/checkpoint";
import { createEdgeHandler } from "token-headroom/edge";
import { findOverflow, guardFetch } from "token-headroom/fetch";
import { createTokenBudget as slimBudget, init, initPlanner, initPlannerSync, initSync } from "token-headroom/slim";

const client = new OpenAI({ fetch: guardFetch(fetch, { headroom: 8_000, onOverflow: "compact" }) });
type Message = OpenAI.Chat.ChatCompletionMessageParam;
const run = guardFetch(fetch, { evict: { keepLast: 4 }, checkpoint: { store: localStorage, task: "log" } });
const named: string | undefined = run.checkpoint;
void new OpenAI({ fetch: run });
void named;
// @ts-expect-error the token is read-only
run.checkpoint = "";
// @ts-expect-error a checkpoint needs a store
guardFetch(fetch, { checkpoint: { task: "log" } });

async function callModel(messages: Message[]): Promise<OpenAI.Chat.ChatCompletion> {
  return client.chat.completions.create({ model: "gpt-4o", messages });
}

const history: Message[] = [{ role: "user", content: "hello" }];
const guarded = guard(callModel, {
  context: { model: "gpt-4o", maxContextTokens: 128_000, headroom: 8_000 },
  tokens: (messages: Message[]) => messages.length,
  loop: { repeats: 3, maxCycleLen: 4 },
  budget: { maxUsd: 3.0 },
  onOverflow: "compact",
  summarise: async (request) => {
    const body = request as unknown as OpenAI.Chat.ChatCompletionCreateParamsNonStreaming;
    return (await client.chat.completions.create(body)).choices[0]?.message.content ?? "";
  },
  onCompact: ({ messages, plan, summary }) => {
    history.splice(0, history.length, ...messages);
    return [plan.steps.length, summary === "written"];
  },
});
const completion: OpenAI.Chat.ChatCompletion = await guarded(history);
completion.choices[0]?.message satisfies Message | undefined;
const spent: number = guarded.spentUsd;
void checkpoint({ task: "t", request: history, spentUsd: spent });
// @ts-expect-error the argument is what the wrapped function takes
await guarded("hello");
// @ts-expect-error spent money is read-only
guarded.spentUsd = spent;

// Bodies and further arguments keep their types; a result that is no promise becomes one.
const withBody = guard(
  (body: OpenAI.Chat.ChatCompletionCreateParamsNonStreaming, options: { signal: AbortSignal }) => {
    void options.signal;
    return body.model;
  },
  { context: {} },
);
const model: Promise<OpenAI.Chat.ChatCompletionCreateParams["model"]> = withBody(
  { model: "gpt-4o", messages: history },
  { signal: new AbortController().signal },
);
void model;
// @ts-expect-error the second argument is missing
withBody({ model: "gpt-4o", messages: history });
// @ts-expect-error the first argument of a guarded function is a request
guard((text: string) => text, { context: {} });
// @ts-expect-error a choice that does not exist
guard(callModel, { onOverflow: "respond" });
// @ts-expect-error an option that does not exist
guard(callModel, { contxt: {} });
// @ts-expect-error a counter counts
guard(callModel, { tokens: () => "many" });

try {
  await guarded(history);
} catch (error) {
  if (LoopDetectedError.is(error)) {
    error.pattern satisfies string;
  } else if (BudgetExceededError.is(error)) {
    error.spent satisfies number;
  } else if (error instanceof ContextOverflowError) {
    (error.maxContextTokens - error.headroom) satisfies number;
    error.checkpoint satisfies string | undefined;
  }
  findOverflow(error)?.plan().status satisfies "unneeded" | "planned" | "irreducible" | undefined;
}

// A run that can be killed: what is restored goes back in as what it was.
const resumed: Restored<Message[]> = await restore<Message[]>("1.task.digest.2", { store: localStorage });
const survivor = guard(callModel, {
  context: { model: "gpt-4o", learned: resumed.learned },
  evict: { keepTools: ["plan"], cache: { horizon: 20 }, categories: { toolResults: 0.5, task: { share: 0.1, floor: 500 } } },
  checkpoint: { store: new Map<string, string>() as never, task: "task", restored: resumed, createdAt: () => "today" },
});
await survivor(resumed.request);
const token: string | undefined = survivor.checkpoint;
const kept: readonly Message[] | undefined = resumed.sent;
void kept;
const { document: written } = await checkpoint({ task: "task", request: history, partial: { text: "so far" } });
written satisfies CheckpointDocument;
(await restore(written)).matches(history) satisfies number;
if (token !== undefined) await restore(token, { store: { getItem: async () => "{}", setItem: () => undefined } });
// @ts-expect-error a run has a name
await checkpoint({ request: history });
// @ts-expect-error a store can be written to
await restore("token", { store: { getItem: () => null } });
// @ts-expect-error a checkpoint needs a store
guard(callModel, { checkpoint: { task: "task" } });

const handle: (request: Request) => Promise<Response> = createEdgeHandler({ upstream: "https://api.openai.com" });
void handle;
// @ts-expect-error a handler needs an upstream
createEdgeHandler({ model: "gpt-4o" });
// @ts-expect-error guardFetch needs a fetch function
guardFetch({ model: "gpt-4o" });

await init(new URL("https://example.com/core.wasm"));
await init(fetch("https://example.com/core.wasm"));
initSync(new Uint8Array(8));
await initPlanner(fetch("https://example.com/planner.wasm"));
initPlannerSync(new Uint8Array(8));
// @ts-expect-error nothing is not a core
initSync();
await slimBudget({ model: "gpt-4o" });
