// Counting happens here, off the page's thread, so that typing stays smooth while megabytes are read.
import { chooseModel } from "./choose-model.mjs";
import { excerpt } from "./excerpt.mjs";
import { createTokenBudget, modelInfo, models, repair, validate } from "./pkg/index.js";
import { messagesOf, readInput } from "./read-input.mjs";

const ROW = 120;
const STEP = 400;
/** Warnings of calls and results that do not belong together. */
const TORN = ["unanswered_call", "unpaired_tool_result"];

// What the last measurement was about, so that "copy" needs neither the text nor the plan again.
let last;
// Vocabularies that have been loaded; the first use of another one takes a moment.
const loaded = new Set();

self.onmessage = async ({ data }) => {
  const { id, task } = data;
  const progress = (text) => self.postMessage({ id, progress: text });
  try {
    self.postMessage({ id, ...(await tasks[task](data, progress)) });
  } catch (error) {
    self.postMessage({ id, error: describe(error), form: last?.input.form });
  }
};

const tasks = {
  catalogue: () => ({ models: models().map(({ name, encoding, limit }) => ({ name, encoding, window: limit.window })) }),
  measure,
  compact: () => ({ text: write(last.input.form, last.budget.apply(last.input.request, last.plan)) }),
  repair: () => ({ text: write(last.input.form, last.repaired) }),
};

async function measure({ text, reading, dialect, options }, progress) {
  const started = performance.now();
  last = undefined;
  const input = readInput(text, reading);
  last = { input };
  const isRequest = input.kind === "request";
  const named = dialect === "" || !isRequest ? {} : { dialect };
  const request = isRequest ? input.request : [{ role: "user", content: input.text }];
  const checked = isRequest ? validate(request, named) : undefined;
  const { model, why, notice } = chooseModel({ chosen: options.model, request, dialect: checked?.dialect, isKnown });
  const budget = await open({ ...options, ...named, model }, progress);
  const projection = budget.project(request);
  const rules = violations(checked);
  const result = {
    kind: input.kind,
    form: input.form,
    dialect: checked?.dialect,
    model: { name: model, why },
    notice: input.notice && describe(input.notice),
    textTokens: isRequest ? undefined : budget.countTokens(input.text),
    projection: { ...projection, warnings: warningsOf(projection, rules, notice) },
    rows: isRequest ? rows(messagesOf(request), projection.messages) : [],
    rules,
  };
  last = { input, budget };
  if (rules.length > 0) {
    const mended = repair(request, named);
    last.repaired = mended.request;
    result.repairs = mended.changes.length;
  }
  if (isRequest && projection.verdict === "overflows") Object.assign(result, planned(budget, request));
  return { ...result, millis: performance.now() - started };
}

async function open(options, progress) {
  const { encoding } = modelInfo(options);
  if (!loaded.has(encoding)) progress(`Loading the vocabulary ${encoding}.`);
  const budget = await createTokenBudget(options);
  loaded.add(encoding);
  return budget;
}

function isKnown(model) {
  try {
    return modelInfo({ model }) !== undefined;
  } catch {
    return false;
  }
}

/** Without those that the rules say of a torn pair, or `notice` of the model. */
function warningsOf({ warnings }, rules, notice) {
  const ruled = new Set(rules.map(({ path }) => path));
  const told = warnings.filter(({ code, path }) => !(TORN.includes(code) && ruled.has(path)));
  return notice === undefined ? told : [notice, ...told.filter(({ code }) => code !== "model_mismatch")];
}

// What cannot be read at all is the projection's to refuse.
function violations(checked) {
  return (checked?.violations ?? []).filter(({ invariant }) => invariant !== "shape");
}

function planned(budget, request) {
  let plan;
  try {
    plan = budget.plan(request);
  } catch (error) {
    if (error.code !== "unsupported_dialect") throw error;
    return { unplanned: describe(error) };
  }
  last.plan = plan;
  const given = messagesOf(request);
  return {
    plan: { ...plan, steps: plan.steps.map((step) => ({ ...step, ...sides(step, given) })) },
    verification: budget.verify(request, plan),
    ...(plan.status === "planned" ? { compacted: budget.project(budget.apply(request, plan)) } : {}),
  };
}

/** What a step finds and what it leaves. */
function sides({ message, messages = [message], placeholder, notice, digest }, given) {
  const said = messages.slice(0, 3).map((index) => excerpt(given[index], STEP));
  const more = messages.length - said.length;
  const before = [...said, ...(more > 0 ? [`\u2026 and ${more} more messages`] : [])].join("\n");
  const after = notice !== undefined ? `${said[0]?.slice(0, 80)}\u2026 ${notice} \u2026` : (placeholder ?? digest ?? "");
  return { before, after: after.slice(0, STEP * 2) };
}

function rows(messages, counted) {
  return counted.map(({ index, role, tokens }) => ({ index, role, tokens, begins: excerpt(messages[index], ROW) }));
}

// Back in the form in which it came.
function write(form, request) {
  if (form === "lines") return request.messages.map((message) => JSON.stringify(message)).join("\n");
  return JSON.stringify(request, null, 2);
}

function describe(error) {
  const { code = "unexpected", path = "", hint = "", at } = error;
  // The package's message repeats path and hint for logs; here they have places of their own.
  let message = String(error.message ?? error);
  if (path !== "" && message.startsWith(`${path}: `)) message = message.slice(path.length + 2);
  if (hint !== "" && message.endsWith(`; ${hint}`)) message = message.slice(0, -hint.length - 2);
  return { code, path, hint, message, at };
}
