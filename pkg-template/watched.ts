/** Sees the bytes of an answer as the caller reads them. Never throws. */
export interface Watch {
  see(bytes: Uint8Array): void;
  /** There is no more: the answer has ended or broken off, or the caller wants no more of it. */
  end(): void;
}

/**
 * `response` with a body that `watch` sees. The body is passed on chunk by chunk, when the caller asks for one: nothing is
 * read ahead or held back, cancelling it cancels the original, and it breaks with the original's own error.
 */
export function watched(response: Response, watch: Watch): Response {
  const seen = new Response(passedOn(response, watch), response);
  // What fetch says beside that, and a constructor cannot.
  for (const key of ["url", "redirected", "type"] as const) {
    Object.defineProperty(seen, key, { value: response[key], configurable: true });
  }
  return seen;
}

// Holds the response, and locks its body no sooner than it is read: runtimes cancel the body of a response that nobody
// reads once it is collected as garbage.
function passedOn(response: Response, watch: Watch): ReadableStream<Uint8Array<ArrayBuffer>> {
  let reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;
  const source = () => (reader ??= (response.body as ReadableStream<Uint8Array<ArrayBuffer>>).getReader());
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        try {
          const next = await source().read();
          if (next.done) {
            watch.end();
            controller.close();
          } else {
            watch.see(next.value);
            controller.enqueue(next.value);
          }
        } catch (error) {
          watch.end();
          throw error;
        }
      },
      cancel(reason) {
        watch.end();
        return source().cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
