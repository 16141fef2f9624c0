import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { TokenHeadroomError } from "token-headroom";
import { createEdgeHandler } from "token-headroom/edge";
import { question, toolHistory } from "./histories.mjs";
import { completion, startUpstream } from "./upstream.mjs";

let upstream;
before(async () => {
  upstream = await startUpstream();
});
beforeEach(() => {
  upstream.received.length = 0;
});
after(() => upstream.close());

const narrow = { model: "gpt-4o", maxContextTokens: 6_000, headroom: 1_000 };
const handler = (options = {}) => createEdgeHandler({ upstream: upstream.url, ...narrow, ...options });
const chat = (body, more = {}) =>
  new Request("https://gateway.example/v1/chat/completions?trace=1", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer key", ...more.headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...(more.signal === undefined ? {} : { signal: more.signal }),
  });

test("what fits is forwarded byte for byte, with the numbers in the answer's headers", async () => {
  const body = `{ "model": "gpt-4o",\n "messages": ${JSON.stringify(question)} }`;
  const headers = { connection: "keep-alive, x-private", "x-private": "1", "x-kept": "2", te: "trailers" };
  const response = await handler()(chat(body, { headers }));
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), completion);
  const [received] = upstream.received;
  assert.equal(received.body, body);
  assert.equal(received.path, "/v1/chat/completions?trace=1");
  assert.equal(received.headers.authorization, "Bearer key");
  assert.equal(received.headers["x-kept"], "2");
  assert.equal(received.headers["x-private"], undefined);
  assert.equal(received.headers.te, undefined);
  assert.equal(received.headers.host, new URL(upstream.url).host);
  assert.ok(Number(response.headers.get("x-token-headroom-projected")) > 10);
  assert.equal(response.headers.get("x-token-headroom-available"), "5000");
  assert.equal(response.headers.get("x-token-headroom-verdict"), "fits");
});

test("an overflow is answered in the provider's shape and not forwarded", async () => {
  const response = await handler()(chat({ model: "gpt-4o", messages: toolHistory(12) }));
  assert.equal(response.status, 400);
  assert.equal(response.headers.get("x-token-headroom-verdict"), "overflows");
  const { error, token_headroom } = await response.json();
  assert.equal(error.type, "invalid_request_error");
  assert.equal(error.param, "messages");
  assert.equal(error.code, "context_length_exceeded");
  assert.match(error.message, /more than the 5000/);
  assert.equal(token_headroom.projection.available, 5_000);
  assert.equal(token_headroom.projection.overBy, token_headroom.projection.upperBound - 5_000);
  assert.equal(token_headroom.plan.status, "planned");
  assert.ok(token_headroom.plan.after.upperBound <= 5_000);
  assert.equal(upstream.received.length, 0);
});

test("a body that is no JSON is answered with the place", async () => {
  const refused = async (body) => {
    const response = await handler()(chat(body));
    assert.equal(response.status, 400);
    const { error } = await response.json();
    assert.equal(error.code, "malformed_body");
    return error.message;
  };
  assert.match(await refused('{"model": "gpt-4o",\n  "messages": [}'), /line 2, column 16/);
  assert.match(await refused('{"model": "gpt-4o"'), /line 1, column 19/);
  assert.match(await refused(""), /line 1, column 1/);
  assert.match(await refused("{} {}"), /line 1, column 4/);
  assert.match(await refused(`${"[".repeat(200_000)}x`), /line 1, column 200001/);
  assert.match(await refused('{"a": "x\ny"}'), /line 1, column 9/);
  assert.equal(upstream.received.length, 0);
});

test("a body that is no object is named as the fault, also without a model in the options", async () => {
  for (const body of ["[]", "null", "5", '"text"']) {
    const response = await createEdgeHandler({ upstream: upstream.url })(chat(body));
    assert.equal(response.status, 400);
    const { error } = await response.json();
    assert.equal(error.code, "invalid_type");
    assert.match(error.message, /expected a request body: an object/);
  }
  assert.equal(upstream.received.length, 0);
});

test("a message that is not valid is answered with its path", async () => {
  const refused = async (body, code, param) => {
    const response = await handler()(chat(body));
    assert.equal(response.status, 400);
    const { error } = await response.json();
    assert.equal(error.code, code);
    assert.equal(error.param, param);
  };
  await refused({ messages: [{ role: "robot", content: "hi" }] }, "unknown_role", "messages[0].role");
  await refused({ model: "gpt-4o" }, "missing_field", "messages");
  await refused("null", "invalid_type", null);
  assert.equal(upstream.received.length, 0);
});

test("without a model in the options the body's own decides; one that is not known is refused or passed", async () => {
  const messages = question;
  const open = createEdgeHandler({ upstream: upstream.url });
  assert.equal((await open(chat({ model: "gpt-4o", messages }))).status, 200);
  const unknown = await open(chat({ model: "gpt-99-nonesuch", messages }));
  assert.equal(unknown.status, 400);
  assert.equal((await unknown.json()).error.code, "unknown_model");
  assert.equal((await (await open(chat({ messages }))).json()).error.param, "model");
  const passing = createEdgeHandler({ upstream: upstream.url, onUnreadable: "pass" });
  assert.equal((await passing(chat({ model: "gpt-99-nonesuch", messages }))).status, 200);
  assert.equal((await passing(chat("{"))).status, 400);
});

test("bodies that are too large or compressed are refused before they are read through", async () => {
  const large = await handler({ maxBodyBytes: 1_000 })(chat({ messages: toolHistory(1) }));
  assert.equal(large.status, 413);
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(512)),
  });
  const request = new Request("https://gateway.example/v1/chat/completions", {
    method: "POST",
    body: endless,
    duplex: "half",
  });
  assert.equal((await handler({ maxBodyBytes: 1_000 })(request)).status, 413);
  const packed = await handler()(chat("{}", { headers: { "content-encoding": "gzip" } }));
  assert.equal(packed.status, 415);
  assert.equal(upstream.received.length, 0);
});

test("other paths and methods are forwarded without a verdict", async () => {
  const handle = handler();
  const models = await handle(new Request("https://gateway.example/v1/models"));
  assert.equal(models.status, 200);
  assert.equal(models.headers.get("x-token-headroom-verdict"), null);
  const body = "x".repeat(100_000);
  await handle(new Request("https://gateway.example/v1/embeddings", { method: "POST", body }));
  assert.deepEqual(
    upstream.received.map(({ method, path }) => `${method} ${path}`),
    ["GET /v1/models", "POST /v1/embeddings"],
  );
  assert.equal(upstream.received[1].body, body);
});

test("the answer streams through while the provider is still writing", async () => {
  let finish;
  const streaming = await startUpstream({
    respond: async (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: first\n\n");
      await new Promise((resolve) => {
        finish = resolve;
      });
      response.end("data: [DONE]\n\n");
    },
  });
  try {
    const response = await handler({ upstream: streaming.url })(chat({ messages: question, stream: true }));
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    assert.equal((await reader.read()).value, "data: first\n\n");
    finish();
    assert.equal((await reader.read()).value, "data: [DONE]\n\n");
    assert.equal((await reader.read()).done, true);
  } finally {
    await streaming.close();
  }
});

test("a compressed answer arrives readable", async () => {
  const { gzipSync } = await import("node:zlib");
  const zipped = await startUpstream({
    respond: async (_, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
      response.end(gzipSync(JSON.stringify(completion)));
    },
  });
  try {
    const response = await handler({ upstream: zipped.url })(chat({ messages: question }));
    assert.equal(response.headers.get("content-encoding"), null);
    assert.deepEqual(await response.json(), completion);
  } finally {
    await zipped.close();
  }
});

test("a client that goes away takes its upstream request with it", async () => {
  const controller = new AbortController();
  let dropped;
  const gone = new Promise((resolve) => {
    dropped = resolve;
  });
  const slow = await startUpstream({
    respond: (_, response) => {
      response.on("close", dropped);
      controller.abort();
      return gone;
    },
  });
  try {
    const call = handler({ upstream: slow.url })(chat({ messages: question }, { signal: controller.signal }));
    await assert.rejects(call, { name: "AbortError" });
    await gone;
  } finally {
    await slow.close();
  }
});

test("an upstream that cannot be reached is a 502", async () => {
  const response = await handler({ fetch: async () => Promise.reject(new TypeError("refused")) })(
    chat({ messages: question }),
  );
  assert.equal(response.status, 502);
  assert.equal((await response.json()).error.code, "upstream_unreachable");
});

test("an upstream path stands before the request's own", async () => {
  await handler({ upstream: `${upstream.url}/proxy/` })(chat({ messages: question }));
  assert.equal(upstream.received[0].path, "/proxy/v1/chat/completions?trace=1");
});

test("options that are wrong are refused when the handler is made", () => {
  const refused = (options, message) =>
    assert.throws(
      () => createEdgeHandler(options),
      (error) => TokenHeadroomError.is(error) && message.test(error.message),
    );
  refused({}, /upstream/);
  refused({ upstream: "api.openai.com" }, /http/);
  refused({ upstream: "https://api.openai.com", maxBodyBytes: 0 }, /maxBodyBytes/);
  refused({ upstream: "https://api.openai.com", modle: "gpt-4o" }, /did you mean "model"/);
});
