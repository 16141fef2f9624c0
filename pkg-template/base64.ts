// Not every runtime has either, and no type library that may be missing shall be needed.
const { fromBase64 } = Uint8Array as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };
const { toBase64 } = Uint8Array.prototype as { toBase64?: (this: Uint8Array) => string };
const { Buffer } = globalThis as {
  Buffer?: {
    from?(text: string, encoding: "base64"): Uint8Array<ArrayBuffer>;
    from?(bytes: ArrayBufferLike, offset: number, length: number): { toString(encoding: "base64"): string };
  };
};

/** Decodes standard base64. What is not base64 throws, or gives other bytes. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  if (fromBase64 !== undefined) {
    return fromBase64.call(Uint8Array, text);
  }
  // A vocabulary takes the loop below longer than all else that loading does.
  if (Buffer?.from !== undefined) {
    return Buffer.from(text, "base64");
  }
  // A loop: Uint8Array.from(binary, ...) takes twenty times as long.
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) {
    bytes[index] = binary.charCodeAt(index);
  }
  return bytes;
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
