// A local stand-in for a provider: answers chat completions with usage and remembers what it received.
import { createServer } from "node:http";

/** Starts a server; `received` lists every request's method, path, headers and body. */
export async function startUpstream({ respond = answer } = {}) {
  const received = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    request.on("aborted", () => received.push({ aborted: true }));
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    const call = {
      method: request.method,
      path: request.url,
      headers: request.headers,
      body: Buffer.concat(chunks).toString("utf8"),
    };
    received.push(call);
    await respond(call, response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    received,
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

export const completion = {
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1,
  model: "gpt-4o-2024-08-06",
  choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "Noted." } }],
  usage: { prompt_tokens: 20, completion_tokens: 5, total_tokens: 25 },
};

function answer(call, response) {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(completion));
}
