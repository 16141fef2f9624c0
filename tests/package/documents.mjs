// Documents and recordings that the tests share, written for them.

const page = "BT /F1 12 Tf 72 720 Td (The lamp was lit at dusk and trimmed at midnight.) Tj ET";

/** A PDF of one page with a line of text. */
export const pdf = Buffer.from(
  [
    "%PDF-1.4",
    "1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj",
    "2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj",
    "3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R >> endobj",
    `4 0 obj << /Length ${page.length} >> stream`,
    page,
    "endstream endobj",
    "trailer << /Root 1 0 R >>",
    "%%EOF",
  ].join("\n"),
).toString("base64");

/** Ten seconds of silence. */
export const wav = (() => {
  const seconds = 10;
  const rate = 8_000;
  const bytes = Buffer.alloc(44 + seconds * rate);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(36 + seconds * rate, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(rate, 28);
  bytes.writeUInt16LE(1, 32);
  bytes.writeUInt16LE(8, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(seconds * rate, 40);
  return bytes.toString("base64");
})();

/** A question about the PDF, as Anthropic's API takes it. */
export const asked = [
  { role: "user", content: "Wait for the log." },
  { role: "assistant", content: "I am waiting." },
  {
    role: "user",
    content: [
      { type: "document", source: { type: "base64", media_type: "application/pdf", data: pdf } },
      { type: "text", text: "When was the lamp lit?" },
    ],
  },
];

/** A question about the recording, as Chat Completions takes it. */
export const heard = [
  {
    role: "user",
    content: [
      { type: "text", text: "What is said?" },
      { type: "input_audio", input_audio: { data: wav, format: "wav" } },
    ],
  },
];
