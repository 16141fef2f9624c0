import { TokenHeadroomError } from "./errors.js";
import type { Fetch } from "./guard-fetch.js";

/** Where requests are forwarded to. */
export interface Upstream {
  readonly url: URL;
  readonly fetch: Fetch;
}

/** Reads the whole body of `request`, unless it is larger than `limit` or compressed. */
export async function readLimited(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const encoding = request.headers.get("content-encoding") ?? "identity";
  if (encoding.toLowerCase() !== "identity") {
    throw new TokenHeadroomError(`found a body in ${encoding}, expected plain JSON`, { code: "encoded_body" });
  }
  if (Number(request.headers.get("content-length") ?? 0) > limit) {
    throw tooLarge(limit);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  for (let next = await reader?.read(); next !== undefined && !next.done; next = await reader?.read()) {
    size += next.value.length;
    if (size > limit) {
      await reader?.cancel();
      throw tooLarge(limit);
    }
    chunks.push(next.value);
  }
  return concatenate(chunks, size);
}

/** Sends `request` on with `body`, and hands the answer back as it streams in. */
export async function forward(request: Request, body: BodyInit | null, { url, fetch }: Upstream): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const target = new URL(url);
  target.pathname = target.pathname.replace(/\/$/, "") + pathname;
  target.search = search;
  const init: RequestInit & { duplex?: "half" } = {
    method: request.method,
    headers: endToEnd(request.headers, ["host", "content-length"]),
    redirect: "manual",
    signal: request.signal,
    ...(body === null ? {} : { body }),
    // Node demands it for streamed bodies; others ignore it.
    ...(body instanceof ReadableStream ? { duplex: "half" } : {}),
  };
  const { status, statusText, headers, body: answer } = await fetch(target, init);
  // fetch has already undone the content encoding, so that its header and the encoded length are no longer true.
  return new Response(answer, {
    status,
    statusText,
    headers: endToEnd(headers, ["content-encoding", "content-length"]),
  });
}

function tooLarge(limit: number): TokenHeadroomError {
  return new TokenHeadroomError(`the body is larger than ${limit} bytes`, {
    code: "body_too_large",
    hint: "raise maxBodyBytes",
  });
}

function concatenate(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

// RFC 9110, section 7.6.1: fields that concern one connection, and whatever `Connection` names, are not passed on.
const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

function endToEnd(headers: Headers, dropped: readonly string[]): Headers {
  const kept = new Headers(headers);
  const named = (headers.get("connection") ?? "").split(",").map((name) => name.trim());
  for (const name of [...HOP_BY_HOP, ...dropped, ...named]) {
    if (name !== "") {
      kept.delete(name);
    }
  }
  return kept;
}
