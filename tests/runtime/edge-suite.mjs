// The edge handler as a server, in front of a fake provider that is a server too: what fits is forwarded and streamed,
// what does not is answered before the provider hears of it.

/** A provider that notes what it is sent in `seen` and streams its answer in two parts. */
export function fakeProvider(seen) {
  return async (request) => {
    seen.push({ url: request.url, key: request.headers.get("authorization"), body: await request.text() });
    const parts = ['data: {"delta":"first"}\n\n', "data: [DONE]\n\n"].map((part) => new TextEncoder().encode(part));
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(parts.shift());
        if (parts.length === 0) controller.close();
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };
}

export const limits = { model: "gpt-4o", maxContextTokens: 3_000, headroom: 500 };

/** Asks the gateway through `ask(init)`. Returns `{ passed, failures }` as the other suite does. */
export async function run(ask, seen) {
  const failures = [];
  for (const [name, check] of Object.entries(checks)) {
    seen.length = 0;
    try {
      await check(ask, seen);
    } catch (error) {
      failures.push({ name, message: String(error?.stack ?? error) });
    }
  }
  return { passed: Object.keys(checks).length - failures.length, failures };
}

const checks = {
  async "what fits reaches the provider unchanged, and its stream the client"(ask, seen) {
    const body = `{ "model": "gpt-4o",\n  "stream": true, "messages": [${JSON.stringify(user("hello"))}] }`;
    const response = await ask(post(body));
    equal(response.status, 200);
    equal(response.headers.get("content-type"), "text/event-stream");
    equal(response.headers.get("x-token-headroom-verdict"), "fits");
    equal(await response.text(), 'data: {"delta":"first"}\n\ndata: [DONE]\n\n');
    equal(seen.length, 1);
    equal(new URL(seen[0].url).pathname, "/v1/chat/completions");
    equal(seen[0].key, "Bearer key");
    equal(seen[0].body, body);
  },

  async "an overflow is answered in the provider's shape, and the provider hears nothing"(ask, seen) {
    const response = await ask(post(JSON.stringify({ model: "gpt-4o", messages: [user("word ".repeat(4_000))] })));
    equal(response.status, 400);
    const { error, token_headroom } = await response.json();
    equal(error.code, "context_length_exceeded");
    equal(token_headroom.projection.verdict, "overflows");
    equal(seen.length, 0);
  },

  async "a body that is no JSON is refused with its place"(ask, seen) {
    const response = await ask(post('{"messages": [}'));
    equal(response.status, 400);
    equal((await response.json()).error.code, "malformed_body");
    equal(seen.length, 0);
  },
};

function user(content) {
  return { role: "user", content };
}

function post(body) {
  return { method: "POST", headers: { "content-type": "application/json", authorization: "Bearer key" }, body };
}

function equal(found, expected) {
  if (found !== expected) throw new Error(`found ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`);
}
