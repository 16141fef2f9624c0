// Streamed answers through guardFetch, from a local stand-in: what they report is learned, and they stay as they are.
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, beforeEach, test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { createTokenBudget } from "token-headroom";
import { guardFetch } from "token-headroom/fetch";
import { startUpstream } from "./upstream.mjs";

let upstream;
/** Answers the next requests. */
let respond;
before(async () => {
  upstream = await startUpstream({ respond: (call, response) => respond(call, response) });
});
beforeEach(() => {
  upstream.received.length = 0;
});
after(() => upstream.close());

const user = [{ role: "user", content: "Is the lamp lit?" }];
const sse = (events) => events.map((event) => `event: ${event.type ?? "message"}\ndata: ${JSON.stringify(event)}\n\n`).join("");
const lines = (events) => events.map((event) => `${JSON.stringify(event)}\n`).join("");
const bytes = (text) => Buffer.from(text, "utf8");

/** A message of Amazon's event stream; checksums are not looked at. */
function amazon(payload) {
  const [headers, body] = [bytes("\u000b:event-type\u0007\u0000\u0004data"), bytes(JSON.stringify(payload))];
  const message = Buffer.alloc(16 + headers.length + body.length);
  message.writeUInt32BE(message.length, 0);
  message.writeUInt32BE(headers.length, 4);
  headers.copy(message, 12);
  body.copy(message, 12 + headers.length);
  return message;
}

const chunk = (more) => ({ object: "chat.completion.chunk", id: "c", created: 1, model: "gpt-4o", choices: [], ...more });
const said = (content, finish_reason = null) => chunk({ choices: [{ index: 0, delta: { content }, finish_reason }] });
const chat = (tokens) => [
  said('The {lamp} is "lit" \u2014 \ud83d\udca1\\'),
  said("", "stop"),
  chunk({ usage: { prompt_tokens: tokens, completion_tokens: 9, total_tokens: tokens + 9 } }),
];
const messages = (tokens) => [
  {
    type: "message_start",
    message: {
      id: "m",
      type: "message",
      role: "assistant",
      model: "claude-3-5-haiku-20241022",
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: tokens - 5, cache_read_input_tokens: 5, output_tokens: 1 },
    },
  },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Lit. \ud83d\udca1" } },
  { type: "content_block_stop", index: 0 },
  { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 4 } },
  { type: "message_stop" },
];
const answered = { id: "r", object: "response", model: "gpt-4o", output: [], status: "completed" };
const gemini = (tokens) => [
  { candidates: [{ content: { parts: [{ text: "Lit} ] \ud83d\udca1" }] } }], usageMetadata: { promptTokenCount: tokens } },
  { candidates: [{ finishReason: "STOP" }], usageMetadata: { promptTokenCount: tokens, candidatesTokenCount: 4 } },
];
const claude = { max_tokens: 100, messages: user };

/** Each provider's stream: where it is asked, with what, and what it answers when it counts so many tokens. */
const streams = {
  "OpenAI Chat": {
    path: "/v1/chat/completions",
    body: { model: "gpt-4o", stream: true, stream_options: { include_usage: true }, messages: user },
    type: "text/event-stream; charset=utf-8",
    answer: (tokens) => bytes(`${sse(chat(tokens))}data: [DONE]\n\n`),
  },
  "OpenAI Chat, lines ended otherwise and none at the end": {
    path: "/v1/chat/completions",
    body: { model: "gpt-4o", stream: true, messages: user },
    type: "text/event-stream",
    answer: (tokens) => bytes(`: note\r\n\r\n${sse(chat(tokens)).replaceAll("\n", "\r\n").trimEnd()}`),
  },
  "OpenAI Responses": {
    path: "/v1/responses",
    body: { model: "gpt-4o", stream: true, input: user },
    type: "text/event-stream",
    answer: (tokens) =>
      bytes(
        sse([
          { type: "response.created", response: { ...answered, status: "in_progress", usage: null } },
          { type: "response.output_text.delta", delta: "Lit." },
          { type: "response.completed", response: { ...answered, usage: { input_tokens: tokens, output_tokens: 4 } } },
        ]),
      ),
  },
  Anthropic: {
    path: "/v1/messages",
    body: { model: "claude-3-5-haiku-20241022", stream: true, ...claude },
    type: "text/event-stream; charset=utf-8",
    answer: (tokens) => bytes(sse(messages(tokens))),
  },
  "Gemini, events": {
    path: "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
    body: { contents: [{ role: "user", parts: [{ text: user[0].content }] }] },
    model: "gemini-2.5-flash",
    type: "text/event-stream",
    answer: (tokens) => bytes(sse(gemini(tokens))),
  },
  "Gemini, one array": {
    path: "/v1beta/models/gemini-2.5-flash:streamGenerateContent",
    body: { contents: [{ role: "user", parts: [{ text: user[0].content }] }] },
    model: "gemini-2.5-flash",
    type: "application/json; charset=UTF-8",
    answer: (tokens) => bytes(`[${gemini(tokens).map((event) => JSON.stringify(event, null, 2)).join("\n,\r\n")}\n]`),
  },
  "Bedrock Converse": {
    path: "/model/anthropic.claude-3-5-haiku-20241022-v1%3A0/converse-stream",
    body: { messages: [{ role: "user", content: [{ text: user[0].content }] }] },
    model: "anthropic.claude-3-5-haiku-20241022-v1:0",
    type: "application/vnd.amazon.eventstream",
    answer: (tokens) =>
      Buffer.concat(
        [
          { contentBlockIndex: 0, delta: { text: "Lit." } },
          { stopReason: "end_turn" },
          { usage: { inputTokens: tokens, outputTokens: 4, totalTokens: tokens + 4 }, metrics: { latencyMs: 9 } },
        ].map(amazon),
      ),
  },
  "Claude on Bedrock": {
    path: "/model/anthropic.claude-3-5-haiku-20241022-v1:0/invoke-with-response-stream",
    body: { anthropic_version: "bedrock-2023-05-31", ...claude },
    model: "anthropic.claude-3-5-haiku-20241022-v1:0",
    type: "application/vnd.amazon.eventstream",
    answer: (tokens) =>
      Buffer.concat(messages(tokens).map((event) => amazon({ bytes: bytes(JSON.stringify(event)).toString("base64"), p: "ab" }))),
  },
  Cohere: {
    path: "/v2/chat",
    body: { model: "command-a-03-2025", stream: true, messages: user },
    type: "text/event-stream",
    answer: (tokens) =>
      bytes(
        sse([
          { type: "content-delta", index: 0, delta: { message: { content: { text: "Lit." } } } },
          {
            type: "message-end",
            delta: { finish_reason: "COMPLETE", usage: { billed_units: { input_tokens: 1 }, tokens: { input_tokens: tokens, output_tokens: 2 } } },
          },
        ]),
      ),
  },
  "Ollama, a line each": {
    path: "/api/chat",
    body: { model: "llama3.2", messages: user },
    type: "application/x-ndjson",
    answer: (tokens) =>
      bytes(
        lines([
          { model: "llama3.2", message: { role: "assistant", content: "Lit \"} {" }, done: false },
          { model: "llama3.2", message: { role: "assistant", content: "" }, done: true, done_reason: "stop", prompt_eval_count: tokens, eval_count: 2 },
        ]),
      ),
  },
};

const post = (body, more) => ({ method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body), ...more });

/** Sends `whole` in pieces of `size` bytes. */
function pieces(whole, type, size) {
  return async (_, response) => {
    response.setHeader("content-type", type);
    for (let start = 0; start < whole.length; start += size) {
      response.write(whole.subarray(start, start + size));
      if (start % (size * 64) === 0) await new Promise(setImmediate);
    }
    response.end();
  };
}

/** A model that takes what is counted now, and no more once it has been told that it takes 100 more. */
async function learning(model, body, options = {}) {
  const reported = (await createTokenBudget({ model })).project(body).upperBound + 100;
  const limits = { limitKind: "input_only", maxContextTokens: reported - 1, headroom: 0 };
  return { reported, guarded: guardFetch(fetch, { ...limits, ...options }) };
}

for (const [name, { path, body, model = body.model, type, answer }] of Object.entries(streams)) {
  test(`${name}: what a stream reports is learned, and it arrives byte for byte, however it is cut`, async () => {
    for (const size of [1, 7, 1e6]) {
      const { reported, guarded } = await learning(model, body);
      const whole = answer(reported);
      respond = pieces(whole, type, size);
      const first = await guarded(`${upstream.url}${path}`, post(body));
      assert.deepEqual([first.status, first.url, first.headers.get("content-type")], [200, `${upstream.url}${path}`, type]);
      assert.deepEqual(Buffer.from(await first.arrayBuffer()), whole);
      const second = await guarded(`${upstream.url}${path}`, post(body));
      assert.equal(second.status, 400, `in pieces of ${size}: the same again takes what was reported for it`);
    }
  });
}

test("openai: a stream and its usage reach the caller, and the usage the guard", async () => {
  const { body, type, answer } = streams["OpenAI Chat"];
  const { reported, guarded } = await learning("gpt-4o", body);
  respond = pieces(answer(reported), type, 5);
  const client = new OpenAI({ apiKey: "none", baseURL: `${upstream.url}/v1`, fetch: guarded });
  const seen = [];
  for await (const part of await client.chat.completions.create(body)) {
    seen.push(part);
  }
  assert.deepEqual(seen, chat(reported));
  await assert.rejects(client.chat.completions.create(body), { code: "context_length_exceeded" });
});

test("openai: so do the events of Responses", async () => {
  const { body, type, answer } = streams["OpenAI Responses"];
  const { reported, guarded } = await learning("gpt-4o", body);
  respond = pieces(answer(reported), type, 11);
  const client = new OpenAI({ apiKey: "none", baseURL: `${upstream.url}/v1`, fetch: guarded });
  const seen = [];
  for await (const event of await client.responses.create(body)) {
    seen.push(event.type);
  }
  assert.deepEqual(seen, ["response.created", "response.output_text.delta", "response.completed"]);
  await assert.rejects(client.responses.create(body), { code: "context_length_exceeded" });
});

test("anthropic: a message is streamed, its usage learned, and an overflow is the SDK's own error", async () => {
  const { body, type, answer } = streams.Anthropic;
  const { reported, guarded } = await learning(body.model, body);
  respond = pieces(answer(reported), type, 13);
  const client = new Anthropic({ apiKey: "none", baseURL: upstream.url, fetch: guarded, maxRetries: 0 });
  const { stream: _, ...request } = body;
  const message = await client.messages.stream(request).finalMessage();
  assert.equal(message.content[0].text, "Lit. \ud83d\udca1");
  assert.equal(message.usage.input_tokens + message.usage.cache_read_input_tokens, reported);
  await assert.rejects(client.messages.stream(request).finalMessage(), (error) => error instanceof Anthropic.BadRequestError);
});

test("a caller that stops reading stops the stream at its source, and what was reported by then is learned", async () => {
  const { body, path, type, answer } = streams.Anthropic;
  const { reported, guarded } = await learning(body.model, body);
  let closed;
  respond = async (_, response) => {
    closed = once(response, "close");
    response.setHeader("content-type", type);
    // Its end never comes.
    response.write(answer(reported).subarray(0, 400));
  };
  const reader = (await guarded(`${upstream.url}${path}`, post(body))).body.getReader();
  assert.equal((await reader.read()).done, false);
  await reader.cancel("enough");
  await closed;
  assert.equal((await guarded(`${upstream.url}${path}`, post(body))).status, 400);
});

test("anthropic: leaving the loop over a stream ends the request", async () => {
  const { body, type, answer } = streams.Anthropic;
  const { reported, guarded } = await learning(body.model, body);
  let closed;
  respond = async (_, response) => {
    closed = once(response, "close");
    response.setHeader("content-type", type);
    response.write(answer(reported).subarray(0, 600));
  };
  const client = new Anthropic({ apiKey: "none", baseURL: upstream.url, fetch: guarded });
  for await (const event of await client.messages.create(body)) {
    assert.equal(event.type, "message_start");
    break;
  }
  await closed;
});

test("a stream that breaks off gives the caller the error that fetch gives", async () => {
  const { body, path, type, answer } = streams["OpenAI Chat"];
  respond = async (_, response) => {
    response.setHeader("content-type", type);
    response.write(answer(50).subarray(0, 60));
    setTimeout(() => response.destroy(), 20);
  };
  const broken = async (asking) => {
    const response = await asking(`${upstream.url}${path}`, post(body));
    return response.text().catch(({ name, message, cause }) => ({ name, message, code: cause?.code }));
  };
  const plain = await broken(fetch);
  assert.equal(plain.name, "TypeError");
  const { guarded } = await learning("gpt-4o", body);
  assert.deepEqual(await broken(guarded), plain);
  respond = pieces(answer(50), type, 100);
  assert.equal((await guarded(`${upstream.url}${path}`, post(body))).status, 200);
});

test("an abort reaches a stream that is being read", async () => {
  const { body, path, type, answer } = streams["OpenAI Chat"];
  let closed;
  respond = async (_, response) => {
    closed = once(response, "close");
    response.setHeader("content-type", type);
    response.write(answer(50).subarray(0, 60));
  };
  const abort = new AbortController();
  const { guarded } = await learning("gpt-4o", body);
  const response = await guarded(`${upstream.url}${path}`, post(body, { signal: abort.signal }));
  const reader = response.body.getReader();
  await reader.read();
  abort.abort();
  await assert.rejects(reader.read(), { name: "AbortError" });
  await closed;
});

test("nothing is read before the caller asks, and the chunks are the very same objects", async () => {
  const { body, answer } = streams["OpenAI Chat"];
  const chunks = [answer(50).subarray(0, 80), answer(50).subarray(80)].map((part) => Uint8Array.from(part));
  let pulled = 0;
  const source = () =>
    new ReadableStream(
      {
        pull(controller) {
          if (pulled < chunks.length) controller.enqueue(chunks[pulled++]);
          else controller.close();
        },
      },
      { highWaterMark: 0 },
    );
  const answering = async () => new Response(source(), { headers: { "content-type": "text/event-stream" } });
  const response = await guardFetch(answering)("http://localhost/v1/chat/completions", post(body));
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(pulled, 0);
  const reader = response.body.getReader();
  assert.equal((await reader.read()).value, chunks[0]);
  assert.equal(pulled, 1);
  assert.equal((await reader.read()).value, chunks[1]);
  assert.deepEqual(await reader.read(), { done: true, value: undefined });
});

test("what reports nothing, or nothing that can be read, arrives as it is", async () => {
  const { body, path } = streams["OpenAI Chat"];
  for (const [type, text] of [
    ["text/event-stream", 'data: {"usage": {"prompt_tokens"\n\ndata: {"usage": {}}\n\ndata: {"usage": {"prompt_tokens": -1}}\n\n'],
    ["text/event-stream", "data: null\n\ndata: \"usage: { finish_reason\"\n\n"],
    ["text/event-stream", ""],
    ["application/json", '}{"usage": {"prompt_tokens": "many"}}]"]['],
    ["application/json", '"usage": { "'],
    ["application/vnd.amazon.eventstream", "no such message: {\"usage\": {\"inputTokens\": 9}}"],
    ["text/plain", "usage"],
  ]) {
    const guarded = guardFetch(fetch, { model: "gpt-4o" });
    respond = pieces(bytes(text), type, 9);
    assert.equal(await (await guarded(`${upstream.url}${path}`, post(body))).text(), text, text);
  }
});

test("an event too long to be held is passed on, and nothing is learned of it", async () => {
  const { body } = streams["OpenAI Chat"];
  const { reported, guarded: _ } = await learning("gpt-4o", body);
  const long = bytes(`data: {"text": "${"x".repeat(17 * 1024 * 1024)}", "usage": {"prompt_tokens": ${reported}}}\n\n`);
  const answering = async () => new Response(new Blob([long]).stream(), { headers: { "content-type": "text/event-stream" } });
  const guarded = guardFetch(answering, { limitKind: "input_only", maxContextTokens: reported - 1, headroom: 0 });
  for (let turn = 0; turn < 2; turn++) {
    const response = await guarded("http://localhost/v1/chat/completions", post(body));
    assert.equal((await response.arrayBuffer()).byteLength, long.length);
  }
});

test("an answer without a body that can be watched is the caller's own", async () => {
  const { body } = streams["OpenAI Chat"];
  const headers = new Headers({ "content-type": "application/json" });
  const polyfilled = { ok: true, status: 200, headers, body: { pipe() {} }, json: async () => ({}) };
  for (const own of [polyfilled, new Response(null, { status: 204 }), Response.error()]) {
    assert.equal(await guardFetch(async () => own)("http://localhost/v1/chat/completions", post(body)), own);
  }
});
