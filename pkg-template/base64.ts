import type { Base64 } from "./types.js";

// Not every runtime has either, and no type library that may be missing shall be needed.
const { setFromBase64, toBase64 } = Uint8Array.prototype as {
  setFromBase64?: (this: Uint8Array, text: string) => { readonly written: number };
  toBase64?: (this: Uint8Array) => string;
};
const { Buffer } = globalThis as {
  Buffer?: {
    from?(bytes: ArrayBufferLike, offset: number, length: number): {
      write(text: string, encoding: "base64"): number;
      toString(encoding: "base64"): string;
    };
  };
};

/** Bytes that standard base64 makes, at most: what is not base64 makes fewer, or none. */
export function decodedLength(text: Base64): number {
  return piecesOf(text).reduce((sum, piece) => sum + 3 * Math.ceil(piece.length / 4), 0);
}

/** Decodes standard base64 to the start of `target`, and gives the number of bytes. What is not base64 throws, or gives other bytes. */
export function decodeInto(target: Uint8Array, text: Base64): number {
  return piecesOf(text).reduce((end, piece) => end + decodePiece(target.subarray(end), piece), 0);
}

/** Decodes standard base64. What is not base64 throws, or gives other bytes. */
export function decodeBase64(text: Base64): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(decodedLength(text));
  return bytes.subarray(0, decodeInto(bytes, text));
}

function piecesOf(text: Base64): readonly string[] {
  return typeof text === "string" ? [text] : text;
}

function decodePiece(target: Uint8Array, piece: string): number {
  if (setFromBase64 !== undefined) {
    return setFromBase64.call(target, piece).written;
  }
  // A vocabulary takes the loop below longer than all else that loading does.
  if (Buffer?.from !== undefined) {
    return Buffer.from(target.buffer, target.byteOffset, target.length).write(piece, "base64");
  }
  // A loop: Uint8Array.from(binary, ...) takes twenty times as long.
  const binary = atob(piece);
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
