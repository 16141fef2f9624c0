// Requests to every provider's own endpoint, through guardFetch and the edge handler, against a local stand-in.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { ContextOverflowError, createTokenBudget, guard } from "token-headroom";
import { createEdgeHandler } from "token-headroom/edge";
import { guardFetch } from "token-headroom/fetch";
import { startUpstream } from "./upstream.mjs";

let upstream;
let answer;
before(async () => {
  const respond = async (_, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answer));
  };
  upstream = await startUpstream({ respond });
});
beforeEach(() => {
  upstream.received.length = 0;
});
after(() => upstream.close());

const said = "The wind came from the north-west and the lamp was lit. ";
const text = (length) => said.repeat(length);

/** Each provider: a path, a body that takes about `length` lines, its answer, and its error. */
const providers = {
  "OpenAI Responses": {
    path: "/v1/responses",
    body: (length) => ({ model: "gpt-4o", input: [{ role: "user", content: text(length) }] }),
    model: "gpt-4o",
    answer: (tokens) => ({ object: "response", model: "gpt-4o", usage: { input_tokens: tokens, output_tokens: 3 } }),
    refused: ({ error }) => error.type === "invalid_request_error" && error.param === "input" && error.message,
  },
  "OpenAI Responses, a text": {
    path: "/v1/responses",
    body: (length) => ({ model: "gpt-4o", input: text(length) }),
    model: "gpt-4o",
    answer: (tokens) => ({ object: "response", model: "gpt-4o", usage: { input_tokens: tokens, output_tokens: 3 } }),
    refused: ({ error }) => error.code === "context_length_exceeded" && error.message,
  },
  Anthropic: {
    path: "/v1/messages",
    body: (length) => ({
      model: "claude-3-5-haiku-20241022",
      max_tokens: 100,
      system: "You keep the log.",
      messages: [{ role: "user", content: text(length) }],
    }),
    model: "claude-3-5-haiku-20241022",
    answer: (tokens) => ({ type: "message", usage: { input_tokens: tokens - 5, cache_read_input_tokens: 5 } }),
    refused: ({ type, error }) => type === "error" && error.type === "invalid_request_error" && error.message,
  },
  Gemini: {
    path: "/v1beta/models/gemini-2.5-flash:generateContent?key=none",
    body: (length) => ({ contents: [{ role: "user", parts: [{ text: text(length) }] }] }),
    model: "gemini-2.5-flash",
    answer: (tokens) => ({ candidates: [], usageMetadata: { promptTokenCount: tokens } }),
    refused: ({ error }) => error.code === 400 && error.status === "INVALID_ARGUMENT" && error.message,
  },
  "Gemini, streaming": {
    path: "/v1beta/models/gemini-2.5-flash:streamGenerateContent",
    body: (length) => ({ contents: [{ role: "user", parts: [{ text: text(length) }] }] }),
    model: "gemini-2.5-flash",
    answer: (tokens) => [{ candidates: [] }, { usageMetadata: { promptTokenCount: tokens } }],
    refused: ({ error }) => error.status === "INVALID_ARGUMENT" && error.message,
  },
  "Bedrock Converse": {
    path: "/model/us.anthropic.claude-3-5-haiku-20241022-v1%3A0/converse",
    body: (length) => ({ messages: [{ role: "user", content: [{ text: text(length) }] }] }),
    model: "us.anthropic.claude-3-5-haiku-20241022-v1:0",
    answer: (tokens) => ({ output: {}, usage: { inputTokens: tokens, outputTokens: 3, totalTokens: tokens + 3 } }),
    refused: ({ message }, headers) => headers.get("x-amzn-errortype") === "ValidationException" && message,
  },
  Cohere: {
    path: "/v2/chat",
    body: (length) => ({ model: "command-a-03-2025", messages: [{ role: "user", content: text(length) }] }),
    model: "command-a-03-2025",
    answer: (tokens) => ({ usage: { billed_units: { input_tokens: 1 }, tokens: { input_tokens: tokens } } }),
    refused: ({ message }) => message,
  },
  Ollama: {
    path: "/api/chat",
    body: (length) => ({ model: "llama3.2", stream: false, messages: [{ role: "user", content: text(length) }] }),
    model: "llama3.2",
    answer: (tokens) => ({ done: true, prompt_eval_count: tokens, eval_count: 3 }),
    refused: ({ error }) => error,
  },
};

const narrow = { maxContextTokens: 3_000, maxInputTokens: 2_500, headroom: 500 };
const post = (body) => ({ method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

for (const [name, { path, body, model, answer: answered, refused }] of Object.entries(providers)) {
  test(`${name}: what fits is sent as it is, what does not is answered in the provider's own shape`, async () => {
    answer = answered(100);
    const guarded = guardFetch(fetch, narrow);
    assert.equal((await guarded(`${upstream.url}${path}`, post(body(5)))).status, 200);
    assert.equal(upstream.received[0].body, JSON.stringify(body(5)));
    const handle = createEdgeHandler({ upstream: upstream.url, ...narrow });
    const fits = await handle(new Request(`http://gateway.example${path}`, post(body(5))));
    assert.equal(fits.headers.get("x-token-headroom-verdict"), "fits");
    assert.equal(upstream.received[1].path, path);
    for (const response of [
      await guarded(`${upstream.url}${path}`, post(body(500))),
      await handle(new Request(`http://gateway.example${path}`, post(body(500)))),
    ]) {
      assert.equal(response.status, 400);
      assert.equal(response.headers.get("x-token-headroom-verdict"), "overflows");
      const told = await response.json();
      assert.match(refused(told, response.headers), /more than the 2500/);
      assert.equal(told.token_headroom.code, "context_overflow");
      assert.equal(told.token_headroom.projection.model, model);
      assert.equal(told.token_headroom.plan.status, "irreducible");
    }
    assert.equal(upstream.received.length, 2);
  });

  test(`${name}: with throw the overflow is thrown; what cannot be compacted is refused, whatever else is passed`, async () => {
    const throwing = guardFetch(fetch, { ...narrow, onOverflow: "throw" });
    const thrown = await throwing(`${upstream.url}${path}`, post(body(500))).catch((error) => error);
    assert.ok(ContextOverflowError.is(thrown), String(thrown));
    assert.equal(thrown.plan().status, "irreducible");
    const compacting = { ...narrow, onOverflow: "compact", onUnreadable: "pass" };
    const response = await guardFetch(fetch, compacting)(`${upstream.url}${path}`, post(body(500)));
    assert.equal(response.status, 400);
    assert.equal((await response.json()).token_headroom.code, "context_overflow");
    assert.equal(upstream.received.length, 0);
    answer = answered(100);
    assert.equal((await guardFetch(fetch, compacting)(`${upstream.url}${path}`, post(body(5)))).status, 200);
  });

  test(`${name}: the reported usage is learned from`, async () => {
    const reported = (await createTokenBudget({ model })).project(body(5)).upperBound + 100;
    answer = answered(reported);
    const guarded = guardFetch(fetch, { limitKind: "input_only", maxContextTokens: reported - 1, headroom: 0 });
    const ask = () => guarded(`${upstream.url}${path}`, post(body(5)));
    const first = await ask();
    assert.equal(first.status, 200);
    assert.deepEqual(await first.json(), answer, "the answer is not consumed");
    assert.equal((await ask()).status, 400, "the same again takes what was reported for it");
  });
}

test("a guard reads requests and usage of other dialects, and prices them", async () => {
  const price = { input: 10, output: 100, cacheRead: 1 };
  const options = { context: {}, budget: { maxUsd: 100, price } };
  const request = { model: "gemini-2.5-flash", contents: [{ role: "user", parts: [{ text: "hello" }] }] };
  const usageMetadata = { promptTokenCount: 1e6, cachedContentTokenCount: 5e5, candidatesTokenCount: 1e4, thoughtsTokenCount: 1e4 };
  const gemini = guard(async () => ({ usageMetadata, modelVersion: "gemini-2.5-flash" }), options);
  await gemini(request);
  assert.equal(gemini.spentUsd.toFixed(6), "7.500000");
  const usage = { input_tokens: 4e5, cache_read_input_tokens: 5e5, cache_creation_input_tokens: 1e5, output_tokens: 0 };
  const anthropic = guard(async () => ({ type: "message", usage }), options);
  await anthropic({ model: "claude-3-5-haiku-latest", max_tokens: 9, messages: [{ role: "user", content: "hello" }] });
  assert.equal(anthropic.spentUsd.toFixed(6), "5.500000");
  const long = { model: "command-a-03-2025", message: text(500), chat_history: [] };
  const narrowly = (onOverflow) => guard(async () => ({}), { context: narrow, onOverflow })(long);
  await assert.rejects(narrowly("throw"), { name: "ContextOverflowError" });
  await assert.rejects(narrowly("compact"), { name: "ContextOverflowError" });
});

test("Claude is known under Bedrock's and Vertex' own paths", async () => {
  const body = { anthropic_version: "x", max_tokens: 9, messages: [{ role: "user", content: text(500) }] };
  for (const [path, kind] of [
    ["/model/anthropic.claude-3-5-haiku-20241022-v1:0/invoke", "ValidationException"],
    ["/v1/projects/p/locations/l/publishers/anthropic/models/claude-3-5-haiku@20241022:rawPredict", null],
  ]) {
    const refused = await guardFetch(fetch, narrow)(`${upstream.url}${path}`, post(body));
    assert.equal(refused.status, 400, path);
    assert.equal(refused.headers.get("x-amzn-errortype"), kind);
  }
  assert.equal(upstream.received.length, 0);
});

test("what only looks like an endpoint passes through", async () => {
  answer = {};
  const guarded = guardFetch(fetch, { ...narrow, model: "gpt-4o" });
  const long = { messages: [{ role: "user", content: text(500) }] };
  for (const path of [
    "/v1/threads/thread_1/messages",
    "/v1/messages/count_tokens",
    "/v1beta/models/gemini-2.5-flash:countTokens",
    "/v1/responses/resp_1/cancel",
    // A web application's own, whose bodies name no model.
    "/api/chat",
  ]) {
    assert.equal((await guarded(`${upstream.url}${path}`, post(long))).status, 200, path);
  }
  assert.equal(upstream.received.length, 5);
});
