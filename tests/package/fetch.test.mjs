import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import OpenAI from "openai";
import { ContextOverflowError, TokenHeadroomError } from "token-headroom";
import { findOverflow, guardFetch } from "token-headroom/fetch";
import { question, talk, toolHistory } from "./histories.mjs";
import { completion, startUpstream } from "./upstream.mjs";

let upstream;
before(async () => {
  upstream = await startUpstream();
});
beforeEach(() => {
  upstream.received.length = 0;
});
after(() => upstream.close());

const narrow = { maxContextTokens: 6_000, headroom: 1_000 };
const sdk = (options, client = {}) =>
  new OpenAI({ apiKey: "none", baseURL: `${upstream.url}/v1`, fetch: guardFetch(fetch, options), ...client });
const endpoint = () => `${upstream.url}/v1/chat/completions`;
const post = (body, more = {}) => ({ method: "POST", headers: { "content-type": "application/json" }, body, ...more });

test("openai: a request that fits reaches the provider byte for byte", async () => {
  const result = await sdk(narrow).chat.completions.create({ model: "gpt-4o", messages: question });
  assert.equal(result.choices[0].message.content, "Noted.");
  assert.equal(upstream.received.length, 1);
  assert.equal(upstream.received[0].body, JSON.stringify({ model: "gpt-4o", messages: question }));
});

test("openai: by default an overflow raises BadRequestError at once, without a request or a retry", async () => {
  let attempts = 0;
  const guarded = guardFetch(fetch, narrow);
  const client = sdk(narrow, {
    maxRetries: 5,
    fetch: (...args) => {
      attempts++;
      return guarded(...args);
    },
  });
  const error = await client.chat.completions
    .create({ model: "gpt-4o", messages: toolHistory(12) })
    .catch((error) => error);
  assert.ok(error instanceof OpenAI.BadRequestError, String(error));
  assert.equal(error.status, 400);
  assert.equal(error.code, "context_length_exceeded");
  assert.equal(error.type, "invalid_request_error");
  assert.equal(error.param, "messages");
  assert.match(error.message, /more than the 5000/);
  assert.equal(attempts, 1);
  assert.equal(upstream.received.length, 0);
  const overflow = findOverflow(error);
  assert.ok(ContextOverflowError.is(overflow));
  assert.equal(overflow.available, 5_000);
  assert.equal(overflow.plan().status, "planned");
});

test("openai: with onOverflow: throw the overflow is the cause of a connection error, after retries", async () => {
  let attempts = 0;
  const guarded = guardFetch(fetch, { ...narrow, onOverflow: "throw" });
  const client = sdk(narrow, {
    maxRetries: 1,
    fetch: (...args) => {
      attempts++;
      return guarded(...args);
    },
  });
  const error = await client.chat.completions
    .create({ model: "gpt-4o", messages: toolHistory(12) })
    .catch((error) => error);
  assert.ok(error instanceof OpenAI.APIConnectionError, String(error));
  assert.ok(ContextOverflowError.is(error.cause), "the overflow is the cause");
  assert.equal(findOverflow(error), error.cause);
  assert.equal(attempts, 2, "which is why it is not the default");
  assert.equal(upstream.received.length, 0);
});

test("openai: with onOverflow: compact a smaller request is sent, and the next turn starts from it", async () => {
  const compactions = [];
  const client = sdk({ ...narrow, onOverflow: "compact", onCompact: (done) => compactions.push(done) });
  const messages = toolHistory(12);
  await client.chat.completions.create({ model: "gpt-4o", messages, temperature: 0 });
  const [{ body, headers }] = upstream.received;
  const sent = JSON.parse(body);
  assert.equal(sent.temperature, 0);
  assert.deepEqual(sent.messages, compactions[0].messages);
  assert.deepEqual(sent.messages[0], messages[0]);
  assert.deepEqual(sent.messages.at(-1), messages.at(-1));
  assert.ok(body.length < JSON.stringify({ messages }).length);
  assert.equal(Number(headers["content-length"] ?? Buffer.byteLength(body)), Buffer.byteLength(body));
  messages.push({ role: "assistant", content: "Day 3." }, { role: "user", content: "Thanks. And the windiest?" });
  await client.chat.completions.create({ model: "gpt-4o", messages });
  assert.equal(compactions.length, 1, "the SDK writes the history anew each time; it is recognised all the same");
  assert.equal(JSON.parse(upstream.received[1].body).messages.length, sent.messages.length + 2);
});

test("openai: what cannot be compacted raises BadRequestError", async () => {
  const client = sdk({ maxContextTokens: 1_010, headroom: 1_000, onOverflow: "compact" });
  const error = await client.chat.completions
    .create({ model: "gpt-4o", messages: toolHistory(3) })
    .catch((error) => error);
  assert.equal(error.code, "context_length_exceeded");
  assert.equal(findOverflow(error).plan().status, "irreducible");
  assert.equal(upstream.received.length, 0);
});

test("openai: streams pass through", async () => {
  const chunk = {
    id: "c",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index: 0, delta: { content: "Calm." } }],
  };
  const streaming = await startUpstream({
    respond: async (_, response) => {
      response.setHeader("content-type", "text/event-stream");
      response.end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
    },
  });
  try {
    const client = sdk(narrow, { baseURL: `${streaming.url}/v1` });
    const stream = await client.chat.completions.create({ model: "gpt-4o", messages: question, stream: true });
    const seen = [];
    for await (const part of stream) {
      seen.push(part.choices[0].delta.content);
    }
    assert.deepEqual(seen, ["Calm."]);
  } finally {
    await streaming.close();
  }
});

test("openai: other endpoints pass through untouched", async () => {
  const client = sdk({ maxContextTokens: 20, headroom: 10 });
  await client.embeddings.create({ model: "text-embedding-3-small", input: "word ".repeat(500) });
  assert.equal(upstream.received[0].path, "/v1/embeddings");
});

test("a model that is not known is reported by name, and onUnreadable: pass sends it", async () => {
  const messages = question;
  const error = await sdk({})
    .chat.completions.create({ model: "gpt-99-nonesuch", messages })
    .catch((error) => error);
  assert.equal(error.code, "unknown_model");
  assert.match(error.message, /gpt-99-nonesuch/);
  assert.equal(upstream.received.length, 0);
  await sdk({ onUnreadable: "pass" }).chat.completions.create({ model: "gpt-99-nonesuch", messages });
  assert.equal(upstream.received.length, 1);
});

const fits = { model: "gpt-4o", messages: question };
const overflows = { model: "gpt-4o", messages: talk(12) };
const bytes = (body) => new TextEncoder().encode(body);
const streamOf = (body) => new Blob([body]).stream();
for (const [name, call] of [
  ["a string", (body) => [endpoint(), post(body)]],
  ["a URL object", (body) => [new URL(endpoint()), post(body)]],
  ["a Uint8Array", (body) => [endpoint(), post(bytes(body))]],
  ["an ArrayBuffer", (body) => [endpoint(), post(bytes(body).buffer)]],
  ["a Blob", (body) => [endpoint(), post(new Blob([body]))]],
  ["a ReadableStream", (body) => [endpoint(), post(streamOf(body), { duplex: "half" })]],
  ["a Request", (body) => [new Request(endpoint(), post(body))]],
  ["a Request with a stream", (body) => [new Request(endpoint(), post(streamOf(body), { duplex: "half" }))]],
  ["a Request whose body init replaces", (body) => [new Request(endpoint(), post("{}")), { body }]],
]) {
  test(`the body of ${name} is judged and arrives unchanged`, async () => {
    const guarded = guardFetch(fetch, narrow);
    const answer = await guarded(...call(JSON.stringify(fits)));
    assert.deepEqual(await answer.json(), completion);
    assert.equal(upstream.received[0].body, JSON.stringify(fits));
    const refused = await guarded(...call(JSON.stringify(overflows)));
    assert.equal(refused.status, 400);
    assert.equal((await refused.json()).error.code, "context_length_exceeded");
    assert.equal(upstream.received.length, 1);
    const compacting = guardFetch(fetch, { ...narrow, onOverflow: "compact" });
    assert.equal((await compacting(...call(JSON.stringify(overflows)))).status, 200);
    const sent = JSON.parse(upstream.received[1].body);
    assert.ok(sent.messages.length < overflows.messages.length);
  });
}

test("a declared content-length is corrected when the body changes", async () => {
  const body = JSON.stringify(overflows);
  const seen = [];
  const spy = async (input, init) => {
    seen.push(new Headers(init.headers).get("content-length"), init.body);
    return Response.json(completion);
  };
  const headers = { "content-type": "application/json", "content-length": String(body.length) };
  await guardFetch(spy, { ...narrow, onOverflow: "compact" })(
    "http://localhost/v1/chat/completions",
    post(body, { headers }),
  );
  assert.equal(Number(seen[0]), bytes(seen[1]).length);
});

test("what is no chat request passes through as the same arguments", async () => {
  const seen = [];
  const guarded = guardFetch(async (...args) => {
    seen.push(args);
    return new Response("ok");
  }, narrow);
  const form = new FormData();
  const calls = [
    ["http://localhost/v1/chat/completions"],
    ["http://localhost/v1/chat/completions", post("not json")],
    ["http://localhost/v1/chat/completions", post("[]")],
    ["http://localhost/v1/chat/completions", post(form, { headers: {} })],
    ["http://localhost/v1/models", post(JSON.stringify(overflows))],
    ["/relative/path", post("{}")],
  ];
  for (const call of calls) {
    await guarded(...call);
  }
  assert.equal(seen.length, calls.length);
  seen.forEach((args, index) => {
    assert.equal(args[0], calls[index][0]);
    assert.equal(args[1], calls[index][1]);
  });
});

test("an abort signal reaches the wrapped fetch", async () => {
  const controller = new AbortController();
  controller.abort();
  const call = guardFetch(fetch, narrow)(endpoint(), post(JSON.stringify(fits), { signal: controller.signal }));
  await assert.rejects(call, { name: "AbortError" });
});

test("options that are wrong are refused when the wrapper is made", () => {
  const refused = (options, message) =>
    assert.throws(
      () => guardFetch(fetch, options),
      (error) => TokenHeadroomError.is(error) && message.test(error.message),
    );
  refused({ headrom: 1 }, /did you mean "headroom"/);
  refused({ onOverflow: "ignore" }, /"respond" or "throw" or "compact"/);
  assert.throws(() => guardFetch({}), { code: "invalid_option", path: "fetch" });
});

test("a policy that is none is refused when the fetch is guarded, by the name that the caller wrote", () => {
  const policy = { keepTols: ["read"] };
  for (const options of [{ onOverflow: "compact", policy }, { policy }, { evict: true, policy }]) {
    assert.throws(() => guardFetch(fetch, { ...narrow, ...options }), { code: "invalid_option", path: "policy.keepTols" });
  }
  assert.throws(() => guardFetch(fetch, { ...narrow, evict: { release: 0 } }), { code: "invalid_option", path: "evict.release" });
});
