// Agents of the Vercel AI SDK, whose providers take a `fetch`: a loop of calls and results that outgrows its window.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { generateText, jsonSchema, RetryError, stepCountIs, streamText, tool } from "ai";
import { ContextOverflowError } from "token-headroom";
import { findOverflow, guardFetch } from "token-headroom/fetch";
import { toolHistory } from "./histories.mjs";

const DAYS = 12;
const logs = toolHistory(DAYS).filter(({ role }) => role === "tool").map(({ content }) => content);
const narrow = { maxContextTokens: 6_000, headroom: 1_000 };
const usage = { prompt_tokens: 20, completion_tokens: 5, total_tokens: 25 };

/** Each API's answer: a call for the log of `day`, or the end. */
const providers = {
  "openai.chat": {
    model: (fetch) => createOpenAI({ apiKey: "none", fetch }).chat("gpt-4o"),
    answer: (day) => ({
      id: "1", object: "chat.completion", created: 1, model: "gpt-4o", usage,
      choices: [
        day > DAYS
          ? { index: 0, finish_reason: "stop", message: { role: "assistant", content: "Tuesday." } }
          : {
              index: 0,
              finish_reason: "tool_calls",
              message: {
                role: "assistant",
                content: null,
                tool_calls: [{ id: `c${day}`, type: "function", function: { name: "read_log", arguments: `{"day":${day}}` } }],
              },
            },
      ],
    }),
  },
  "openai.responses": {
    model: (fetch) => createOpenAI({ apiKey: "none", fetch }).responses("gpt-4o"),
    answer: (day) => ({
      id: "1", object: "response", created_at: 1, model: "gpt-4o", status: "completed",
      usage: { input_tokens: 20, output_tokens: 5, total_tokens: 25 },
      output: [
        day > DAYS
          ? { type: "message", id: "m", role: "assistant", status: "completed", content: [{ type: "output_text", text: "Tuesday.", annotations: [] }] }
          : { type: "function_call", id: `fc_${day}`, call_id: `c${day}`, name: "read_log", arguments: `{"day":${day}}`, status: "completed" },
      ],
    }),
  },
  anthropic: {
    model: (fetch) => createAnthropic({ apiKey: "none", fetch })("claude-sonnet-4-5"),
    answer: (day) => ({
      id: "1", type: "message", role: "assistant", model: "claude-sonnet-4-5", usage: { input_tokens: 20, output_tokens: 5 },
      stop_reason: day > DAYS ? "end_turn" : "tool_use",
      content: [day > DAYS ? { type: "text", text: "Tuesday." } : { type: "tool_use", id: `c${day}`, name: "read_log", input: { day } }],
    }),
  },
  google: {
    model: (fetch) => createGoogleGenerativeAI({ apiKey: "none", fetch })("gemini-2.5-flash"),
    answer: (day) => ({
      candidates: [
        { content: { role: "model", parts: [day > DAYS ? { text: "Tuesday." } : { functionCall: { name: "read_log", args: { day } } }] }, finishReason: "STOP" },
      ],
      usageMetadata: { promptTokenCount: 20, candidatesTokenCount: 5, totalTokenCount: 25 },
    }),
  },
};

/** A provider that asks for one day after the other, and remembers what it was sent. */
function provider(answer) {
  const sent = [];
  const fetch = async (_, { body }) => {
    sent.push(body);
    return Response.json(answer(sent.length));
  };
  return { sent, fetch };
}

const agent = (model) => ({
  model,
  system: "You keep the log of a lighthouse.",
  prompt: "Which day was calmest?",
  maxRetries: 3,
  stopWhen: stepCountIs(DAYS + 2),
  tools: {
    read_log: tool({
      description: "Reads the log of a day.",
      inputSchema: jsonSchema({ type: "object", properties: { day: { type: "number" } }, required: ["day"] }),
      execute: ({ day }) => logs[day - 1],
    }),
  },
});

for (const [name, { model, answer }] of Object.entries(providers)) {
  test(`${name}: an agent ends its work in a window that its history outgrows`, async () => {
    const { sent, fetch } = provider(answer);
    const compactions = [];
    const guarded = guardFetch(fetch, { ...narrow, onOverflow: "compact", onCompact: (done) => compactions.push(done) });
    const { text } = await generateText(agent(model(guarded)));
    assert.equal(text, "Tuesday.");
    assert.equal(sent.length, DAYS + 1);
    assert.ok(compactions.length > 0);
    assert.ok(compactions.every(({ verification }) => verification.ok));
    assert.ok(sent.at(-1).includes("Which day was calmest?"));
  });

  test(`${name}: an overflow is the SDK's own error, tried once, and leads back to itself`, async () => {
    const { sent, fetch } = provider(answer);
    const error = await generateText(agent(model(guardFetch(fetch, narrow)))).catch((error) => error);
    assert.equal(error.name, "AI_APICallError");
    assert.equal(error.statusCode, 400);
    assert.equal(error.isRetryable, false);
    const overflow = findOverflow(error);
    assert.ok(ContextOverflowError.is(overflow));
    assert.ok(overflow.overBy > 0);
    assert.equal(overflow.plan().status, "planned");
    assert.equal(findOverflow(new RetryError({ message: "x", reason: "errorNotRetryable", errors: [error] })), overflow);
    assert.ok(sent.length < DAYS, "nothing was sent that did not fit");
  });
}

test("a stream tells of the overflow in its error", async () => {
  const { fetch } = provider(providers.anthropic.answer);
  const model = providers.anthropic.model(guardFetch(fetch, narrow));
  const told = [];
  const stream = streamText({ model, prompt: logs.join("\n"), onError: ({ error }) => told.push(error) });
  await stream.consumeStream();
  assert.ok(findOverflow(told[0])?.overBy > 0);
});

test("an overflow is found among the last sixteen, and never another's", async () => {
  const { fetch } = provider(providers.google.answer);
  const model = providers.google.model(guardFetch(fetch, narrow));
  const errors = [];
  for (let more = 0; more < 17; more++) {
    errors.push(await generateText({ model, prompt: logs.join("\n") + "calm ".repeat(more) }).catch((error) => error));
  }
  const found = errors.map((error) => findOverflow(error)?.overBy);
  assert.equal(found[0], undefined);
  assert.deepEqual(found.slice(1), [...new Set(found.slice(1))].sort((a, b) => a - b));
  assert.equal(findOverflow({ responseHeaders: { "x-token-headroom-overflow": "1-2" } }), undefined);
});
