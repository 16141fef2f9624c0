import { type Endpoint, endpointOf } from "./endpoint.js";

/** A fetch call whose body has been read, and the same call again, to be sent. */
export interface ReadCall {
  /** The body's text. */
  readonly text: string;
  readonly input: RequestInfo | URL;
  readonly init: RequestInit | undefined;
}

/** The endpoint at which a call asks a model, wherever that is served; `undefined` for all other calls. */
export function endpointCalled(input: RequestInfo | URL, init: RequestInit | undefined): Endpoint | undefined {
  try {
    return asked(input, init);
  } catch {
    // No call that could be made: that is for fetch to say.
    return undefined;
  }
}

function asked(input: RequestInfo | URL, init: RequestInit | undefined): Endpoint | undefined {
  const method = init?.method ?? (isRequest(input) ? input.method : "GET");
  const headers = headersOf(input, init);
  const type = headers.get("content-type");
  const encoding = headers.get("content-encoding");
  const isJson =
    method.toUpperCase() === "POST" &&
    (type === null || /\bjson\b/i.test(type) || type.startsWith("text/plain")) &&
    (encoding === null || encoding.toLowerCase() === "identity");
  return isJson ? endpointOf(isRequest(input) ? input.url : String(input)) : undefined;
}

/**
 * Reads a call's body without spoiling the call: a `Request` is read from a clone, a stream is replaced by what was in
 * it. `undefined` for bodies that are no text (forms) or that only the runtime can read.
 */
export async function readCall(input: RequestInfo | URL, init: RequestInit | undefined): Promise<ReadCall | undefined> {
  const body = init?.body;
  if (body === undefined || body === null) {
    return isRequest(input) ? { text: await input.clone().text(), input, init } : undefined;
  }
  if (typeof body === "string") {
    return { text: body, input, init };
  }
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body) || body instanceof Blob) {
    return { text: await new Response(body).text(), input, init };
  }
  if (body instanceof ReadableStream) {
    const bytes = new Uint8Array(await new Response(body).arrayBuffer());
    const { duplex: _, ...rest } = init as RequestInit & { duplex?: unknown };
    return { text: new TextDecoder().decode(bytes), input, init: { ...rest, body: bytes } };
  }
  return undefined;
}

/** The same call with another body. */
export function withBody({ input, init }: ReadCall, text: string): ReadCall {
  const headers = headersOf(input, init);
  if (headers.has("content-length")) {
    headers.set("content-length", String(new TextEncoder().encode(text).length));
  }
  if (isRequest(input) && (init?.body === undefined || init.body === null)) {
    return { text, input: new Request(input, { body: text, headers }), init: init && { ...init, headers } };
  }
  return { text, input, init: { ...init, body: text, headers } };
}

// As fetch does it: headers of `init`, when there are any, replace those of the request.
function headersOf(input: RequestInfo | URL, init: RequestInit | undefined): Headers {
  return new Headers(init?.headers ?? (isRequest(input) ? input.headers : undefined));
}

// Not `instanceof`: polyfills and other realms bring their own Request.
function isRequest(input: RequestInfo | URL): input is Request {
  return typeof input === "object" && "clone" in input && "url" in input;
}
