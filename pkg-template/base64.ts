// Not every runtime has any of these, and no type library that may be missing shall be needed.
const { toBase64, setFromBase64 } = Uint8Array.prototype as {
  toBase64?: (this: Uint8Array) => string;
  setFromBase64?: (this: Uint8Array, text: string) => { readonly written: number };
};
const { Buffer } = globalThis as {
  Buffer?: {
    from?(bytes: ArrayBufferLike, offset: number, length: number): {
      toString(encoding: "base64"): string;
      write(text: string, encoding: "base64"): number;
    };
  };
};

// Runtimes copy a text before they decode it: pieces go through memory that was used just before, and new memory is what a
// process waits for when it starts. A multiple of four.
const PIECE = 64 * 1024;

/** Decodes standard base64. What is not base64 throws, or gives other bytes. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(mostBytes(text));
  const length = decodeBase64Into(text, bytes);
  return length === bytes.length ? bytes : bytes.slice(0, length);
}

/** The same into `target`, which has room for {@link mostBytes}; gives the number of bytes. */
export function decodeBase64Into(text: string, target: Uint8Array<ArrayBuffer>): number {
  let end = 0;
  for (let start = 0; start < text.length; start += PIECE) {
    // After a break of lines, say, the next piece would start within a group of four.
    if (end !== (start / 4) * 3) {
      return decodeInto(text, target);
    }
    end += decodeInto(text.slice(start, start + PIECE), target.subarray(end));
  }
  return end;
}

/** Bytes that a text in base64 can stand for; of standard base64 as many as it does. */
export function mostBytes(text: string): number {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  return Math.ceil(text.length / 4) * 3 - padding;
}

function decodeInto(text: string, target: Uint8Array<ArrayBuffer>): number {
  if (setFromBase64 !== undefined) {
    return setFromBase64.call(target, text).written;
  }
  // A vocabulary takes the loop below longer than all else that loading does.
  if (Buffer?.from !== undefined) {
    return Buffer.from(target.buffer, target.byteOffset, target.length).write(text, "base64");
  }
  // A loop: Uint8Array.from(binary, ...) takes twenty times as long.
  const binary = atob(text);
  for (let index = 0; index < binary.length; index++) {
    target[index] = binary.charCodeAt(index);
  }
  return binary.length;
}

/** Encodes bytes in standard base64. */
export function encodeBase64(bytes: Uint8Array): string {
  if (toBase64 !== undefined) {
    return toBase64.call(bytes);
  }
  if (Buffer?.from !== undefined) {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  }
  // In pieces: a call takes only so many arguments.
  let binary = "";
  for (let start = 0; start < bytes.length; start += 4096) {
    binary += String.fromCharCode(...bytes.subarray(start, start + 4096));
  }
  return btoa(binary);
}
