// A coding agent whose history outgrows its model, and what happens then: `node examples/coding-agent.mjs`.
//
// The tools really read this repository and its dependencies, and every turn goes through the real package. The model
// is a script (coding-agent/script.mjs): nothing is sent anywhere and no key is needed. Start it at the repository's root.
import { existsSync } from "node:fs";
import { ContextOverflowError, createTokenBudget, guard } from "token-headroom";
import { scriptedModel, SYSTEM, TASK } from "./coding-agent/script.mjs";
import { declarations, openTools } from "./coding-agent/tools.mjs";
import { bar, costs, count, fields, heading, losses, paint, paragraph, planTable, spoken, table, tableRow, verdict } from "./report.mjs";

const MODEL = "gpt-4o";
const HEADROOM = 8_000;
const TURNS_AFTER = 6;

const COLUMNS = [
  { title: "turn", width: 4, right: true },
  { title: "action", width: 43, clip: true },
  { title: "tokens", width: 8, right: true },
  { title: "growth", width: 8, right: true },
  { title: "window", width: 15 },
  { title: "verdict", width: 9 },
];

const context = { model: MODEL, headroom: HEADROOM };
if (!existsSync("src/lib.rs")) {
  console.error("no src/lib.rs here: start the agent at the root of the repository that it shall read");
  process.exit(2);
}
const tools = openTools(process.cwd());
const model = scriptedModel();
const budget = await createTokenBudget(context);
const history = [
  { role: "system", content: SYSTEM },
  { role: "user", content: TASK },
];
const promises = [];
let turn = 0;
let lastTokens = 0;

heading("A coding agent outgrows its model");
paragraph(
  `Tools that really read this repository and its dependencies; a script in the model's place; no network. Every turn ` +
    `is counted for ${MODEL}: a window of ${count(budget.model.limit.window)} tokens, ${count(HEADROOM)} of them kept for the answer.`,
);
console.log();

const overflow = await runUntilOverflow();
if (overflow !== undefined) {
  const compacted = recover(overflow);
  if (compacted !== undefined) await goOn();
}
finish();

/** Runs turns until the guard refuses one, and returns its error. */
async function runUntilOverflow() {
  const call = guard((body) => model.call(body), { context, loop: { repeats: 3, maxCycleLen: 4 } });
  console.log(paint("dim", "Each line: what the agent did, and what the next request then takes."));
  table(COLUMNS, []);
  for (;;) {
    const projection = budget.project(request());
    const before = JSON.stringify(history);
    const asked = model.calls;
    try {
      const answer = await call(request());
      const done = act(answer);
      printTurn(budget.project(request()), done);
      if (answer.choices[0].message.tool_calls === undefined) break;
    } catch (error) {
      if (!ContextOverflowError.is(error)) throw error;
      printTurn(projection, "(not sent)");
      promise("the call was refused before anything was sent", model.calls === asked);
      promise("the history is untouched", JSON.stringify(history) === before);
      promise("the error carries the projection of this turn", error.projectedTokens === projection.upperBound);
      return error;
    }
  }
  promise(`the history outgrows ${MODEL}`, false);
  return undefined;
}

/** Prints what the error says, and the plan with its proof. */
function recover(error) {
  heading("ContextOverflowError, caught before the call");
  const { name, code, projectedTokens, maxContextTokens, headroom, available, overBy, projection } = error;
  fields([
    ["message", error.message],
    ["name, code", `${name}, ${code}`],
    ["projectedTokens", `${count(projectedTokens)} (${projection.basis})`],
    ["maxContextTokens", count(maxContextTokens)],
    ["headroom", `${count(headroom)}, which leaves ${count(available)} for the prompt`],
    ["overBy", count(overBy)],
    ["largest category", largest(projection.byCategory)],
  ]);

  const plan = error.plan();
  heading(`The plan: from ${count(plan.before.tokens)} to ${count(plan.after.tokens)} tokens, target ${count(plan.target)}`);
  planTable(plan, history);
  console.log();
  fields(losses(plan));
  promise("a plan was found", plan.status === "planned");
  if (plan.status !== "planned") return undefined;

  const compacted = budget.apply(request(), plan);
  prove(plan, compacted);
  return compacted;
}

function prove(plan, compacted) {
  const proof = budget.verify(request(), plan);
  const recount = budget.project(compacted);
  const kept = compacted.messages.filter((message) => history.includes(message)).length;
  heading("The compacted request and its proof");
  fields([
    ["messages", `${history.length} before, ${compacted.messages.length} after; ${kept} are the caller's own objects`],
    ["tokens", `${count(plan.before.tokens)} before, ${count(recount.tokens)} after, ${recount.verdict}`],
    ...costs(plan, recount, budget.model),
    ["bytes as JSON", `${count(bytes(request()))} before, ${count(bytes(compacted))} after`],
    ["verify", proof.ok ? "ok" : proof.violations.map(({ invariant, message }) => `${invariant}: ${message}`).join("; ")],
    ["invariants", plan.invariants.join(", ")],
    ["recount", `${count(recount.tokens)} projected afresh, ${count(plan.after.tokens)} promised by the plan`],
    ["input, output", `${plan.input.slice(0, 16)}..., ${plan.output.slice(0, 16)}... (SHA-256)`],
  ]);
  promise("verify finds nothing wrong", proof.ok);
  promise("the recount equals the plan", recount.tokens === plan.after.tokens && proof.tokens === plan.after.tokens);
  promise("the plan lands at or below its target", plan.released && recount.upperBound <= plan.target);
  promise("planning again on the result changes nothing", budget.plan(compacted).status === "unneeded");
  promise("every tool call still has its one result", isPaired(compacted.messages));
}

/** Goes on with the whole history and `onOverflow: "compact"`. */
async function goOn() {
  heading('The run goes on with onOverflow: "compact"');
  let compactions = 0;
  let sent;
  const send = (body) => {
    sent = budget.project(body);
    return model.call(body);
  };
  const onCompact = ({ plan, verification }) => {
    compactions += 1;
    const { before, after } = plan;
    console.log(
      paint("cyan", `      compacted from ${count(before.tokens)} to ${count(after.tokens)} tokens, verified: ${verification.ok}`),
    );
  };
  const call = guard(send, { context, onOverflow: "compact", onCompact });
  console.log(paint("dim", "Each line: what was sent, and what the agent did with the answer."));
  table(COLUMNS, []);
  let fits = true;
  for (let more = 0; more < TURNS_AFTER; more += 1) {
    const answer = await call(request());
    fits &&= sent.verdict !== "overflows";
    printTurn(sent, `sent; ${act(answer)}`);
    if (answer.choices[0].message.tool_calls === undefined) break;
  }
  promise("every later call was sent and fitted", fits && sent !== undefined);
  promise("the history was compacted on the way", compactions > 0);
}

/** Appends the answer, runs its tools, appends their results; says what was done. */
function act(answer) {
  const { message } = answer.choices[0];
  history.push(message);
  const calls = message.tool_calls ?? [];
  model.results = calls.map((call) => tools.run(call.function));
  calls.forEach(({ id }, at) => history.push({ role: "tool", tool_call_id: id, content: model.results[at] }));
  return calls.length === 0 ? message.content : calls.map((call) => spoken(call.function)).join(", ");
}

function request() {
  return { model: MODEL, messages: history, tools: declarations };
}

function printTurn(projection, action) {
  turn += 1;
  const growth = projection.tokens - lastTokens;
  lastTokens = projection.tokens;
  const signed = `${growth < 0 ? "-" : "+"}${count(Math.abs(growth))}`;
  const cells = [turn, action, count(projection.tokens), signed, bar(projection, 15), verdict(projection.verdict)];
  tableRow(COLUMNS, cells);
}

function largest(categories) {
  const [[name, tokens]] = Object.entries(categories).sort(([, a], [, b]) => b - a);
  return `${name}, ${count(tokens)} tokens`;
}

function bytes(value) {
  return Buffer.byteLength(JSON.stringify(value));
}

// Checked here without the package's help: it is the one thing that providers refuse a history for.
function isPaired(messages) {
  const asked = messages.flatMap(({ tool_calls: calls = [] }) => calls.map(({ id }) => id));
  const answered = messages.filter(({ role }) => role === "tool").map(({ tool_call_id: id }) => id);
  return asked.length === answered.length && asked.every((id, at) => id === answered[at]);
}

function promise(text, kept) {
  promises.push([text, kept]);
}

function finish() {
  heading("Promised and kept");
  for (const [text, kept] of promises) console.log(`  ${kept ? paint("green", "kept  ") : paint("red", "BROKEN")}  ${text}`);
  const broken = promises.filter(([, kept]) => !kept).length;
  console.log();
  paragraph(
    `${turn} turns, ${model.calls} calls of the scripted model, ${history.length} messages in the history. ` +
      (broken === 0 ? "Everything is as promised." : `${broken} promises are broken.`),
  );
  process.exitCode = broken === 0 ? 0 : 1;
}
