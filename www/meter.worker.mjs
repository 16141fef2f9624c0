// Counting happens here, off the page's thread, so that typing stays smooth while megabytes are read.
import { createTokenBudget, models } from "./pkg/index.js";
import { readInput } from "./read-input.mjs";

const EXCERPT = 120;

// What the last measurement was about, so that "copy" needs neither the text nor the plan again.
let last;

self.onmessage = async ({ data }) => {
  const { id, task } = data;
  try {
    self.postMessage({ id, ...(await tasks[task](data)) });
  } catch (error) {
    self.postMessage({ id, error: describe(error) });
  }
};

const tasks = {
  catalogue: () => ({ models: models().map(({ name, limit }) => ({ name, window: limit.window })) }),
  measure,
  compact: () => ({ text: write(last.input.form, last.budget.apply(last.input.request, last.plan)) }),
};

async function measure({ text, reading, options }) {
  const started = performance.now();
  last = undefined;
  const input = readInput(text, reading);
  const budget = await createTokenBudget(options);
  const request = input.kind === "text" ? [{ role: "user", content: input.text }] : input.request;
  const projection = budget.project(request);
  const result = {
    kind: input.kind,
    form: input.form,
    notice: input.notice && describe(input.notice),
    textTokens: input.kind === "text" ? budget.countTokens(input.text) : undefined,
    projection,
    rows: input.kind === "text" ? [] : rows(messagesOf(request), projection.messages),
  };
  if (input.kind === "request" && projection.verdict === "overflows") {
    const plan = budget.plan(request);
    Object.assign(result, { plan, verification: budget.verify(request, plan) });
    if (plan.status === "planned") result.compacted = budget.project(budget.apply(request, plan));
    last = { budget, input, plan };
  }
  return { ...result, millis: performance.now() - started };
}

function rows(messages, counted) {
  return counted.map(({ index, role, tokens }) => ({ index, role, tokens, begins: excerpt(messages[index]) }));
}

function excerpt(message) {
  const { content, tool_calls: calls } = message;
  const text = typeof content === "string" ? content : parts(content);
  const called = Array.isArray(calls) ? calls.map((call) => `${call?.function?.name}(${call?.function?.arguments})`) : [];
  return [text, ...called].filter(Boolean).join(" ").slice(0, EXCERPT).replace(/\s+/g, " ");
}

function parts(content) {
  if (!Array.isArray(content)) return "";
  return content.map((part) => (typeof part?.text === "string" ? part.text : `[${part?.type}]`)).join(" ");
}

function messagesOf(request) {
  return Array.isArray(request) ? request : request.messages;
}

// Back in the form in which it came.
function write(form, request) {
  if (form === "lines") return request.messages.map((message) => JSON.stringify(message)).join("\n");
  return JSON.stringify(request, null, 2);
}

function describe(error) {
  const { code = "unexpected", path = "", hint = "" } = error;
  // The package's message repeats path and hint for logs; here they have places of their own.
  let message = String(error.message ?? error);
  if (path !== "" && message.startsWith(`${path}: `)) message = message.slice(path.length + 2);
  if (hint !== "" && message.endsWith(`; ${hint}`)) message = message.slice(0, -hint.length - 2);
  return { code, path, hint, message };
}
