// What a saved request takes, and what to leave out of it:
// `node examples/inspect-file.mjs FILE [--model gpt-4o] [--limit 128000] [--headroom 8000] [--out COMPACTED.json]`.
//
// FILE holds a request body of any provider, an array of messages, or JSON Lines with one message per line. Without --model it is
// measured for the model that it names itself.
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { ContextOverflowError, createTokenBudget, TokenHeadroomError, validate } from "token-headroom";
import { chooseModel } from "../www/choose-model.mjs";
import { excerpt } from "../www/excerpt.mjs";
import { InputError, listOf, messagesOf, readInput } from "../www/read-input.mjs";
import { bar, costs, count, fields, heading, losses, paint, paragraph, planTable, table, verdict, WIDTH } from "./report.mjs";

const USAGE = "usage: node examples/inspect-file.mjs FILE [--model NAME] [--limit TOKENS] [--headroom TOKENS] [--out FILE]";
const MOST_MESSAGES = 40;

try {
  await inspect(readArguments());
} catch (error) {
  if (!(error instanceof InputError) && !TokenHeadroomError.is(error)) throw error;
  console.error(`${paint("red", "error")}: ${complaint(error)}`);
  process.exitCode = 2;
}

async function inspect({ file, model, limit, headroom, out }) {
  const { request } = readInput(read(file), "request");
  const messages = messagesOf(request);
  const { dialect } = validate(request);
  const budget = await createTokenBudget({
    model: chooseModel({ chosen: model, request, dialect, isKnown: () => true }).model,
    ...(limit === undefined ? {} : { maxContextTokens: limit }),
    ...(headroom === undefined ? {} : { headroom }),
  });
  const projection = budget.project(request);
  printProjection(file, dialect, projection);
  printMessages(messages, projection, growth(budget, request, messages));
  const error = overflow(budget, request);
  if (error === undefined) return;
  heading(`${error.name}, as a guard throws it before the call`);
  paragraph(error.message);

  const plan = error.plan();
  if (plan.status === "irreducible") {
    printFloor(plan);
    process.exitCode = 1;
    return;
  }
  heading(`The plan: from ${count(plan.before.tokens)} to ${count(plan.after.tokens)} tokens`);
  planTable(plan, messages);
  console.log();
  fields(losses(plan));
  const proof = budget.verify(request, plan);
  const compacted = budget.apply(request, plan);
  const recount = budget.project(compacted);
  const proven = proof.ok && recount.tokens === plan.after.tokens;
  heading("The compacted request and its proof");
  fields([
    ["messages", `${count(messages.length)} before, ${count(recount.messages.length)} after`],
    ...costs(plan, recount, budget.model),
    ["verify", proof.ok ? "ok" : proof.violations.map(({ path, message }) => `${path}: ${message}`).join("; ")],
    ["recount", `${count(recount.tokens)} tokens, ${recount.verdict}`],
    ["invariants", plan.invariants.join(", ")],
  ]);
  if (out === undefined) console.log(paint("dim", "\n  --out FILE writes the compacted request"));
  else writeFileSync(out, `${JSON.stringify(compacted, null, 2)}\n`);
  process.exitCode = proven ? 0 : 1;
}

function overflow(budget, request) {
  try {
    budget.check(request);
    return undefined;
  } catch (error) {
    if (!ContextOverflowError.is(error)) throw error;
    return error;
  }
}

// What the request took when it ended with each message: the messages were counted once, so this costs next to nothing.
function growth(budget, request, messages) {
  const list = listOf(request);
  if (!Array.isArray(request) && !Array.isArray(request[list])) return [];
  return messages.map((_, at) => {
    const soFar = messages.slice(0, at + 1);
    return budget.project(Array.isArray(request) ? soFar : { ...request, [list]: soFar });
  });
}

function readArguments() {
  const tokens = (name, text) => {
    if (text === undefined || /^\d+$/.test(text)) return text && Number(text);
    throw new InputError(`found ${text}, expected a whole number of tokens`, { path: `--${name}`, hint: USAGE });
  };
  const { values, positionals } = parsed();
  if (positionals.length !== 1) throw new InputError(`found ${positionals.length} files, expected one`, { hint: USAGE });
  const { model, limit, headroom, out } = values;
  return { file: positionals[0], model, out, limit: tokens("limit", limit), headroom: tokens("headroom", headroom) };
}

function parsed() {
  const string = { type: "string" };
  try {
    return parseArgs({ allowPositionals: true, options: { model: string, limit: string, headroom: string, out: string } });
  } catch (error) {
    throw new InputError(error.message, { hint: USAGE });
  }
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new InputError(`cannot be read (${error.code})`, { path: file, hint: "name a file of JSON or JSON Lines" });
  }
}

function printProjection(file, dialect, projection) {
  const { model, encoding, tokens, lowerBound, upperBound, basis, available, headroom, limit, byCategory, warnings } = projection;
  const bounds = lowerBound === upperBound ? "" : `, ${count(lowerBound)} to ${count(upperBound)}`;
  heading(file);
  console.log(`  ${bar(projection, WIDTH - 4)}`);
  const spent = Object.entries(byCategory).filter(([, size]) => size > 0);
  fields([
    ["verdict", `${verdict(projection.verdict)}${projection.overBy > 0 ? `, ${count(projection.overBy)} tokens too many` : ""}`],
    ["tokens", `${count(tokens)} (${basis}${bounds})`],
    ["dialect", dialect],
    ["model", `${model}, counted in ${encoding}`],
    ["window", `${count(limit.window)}; ${count(headroom)} kept for the answer, ${count(available)} for the prompt`],
    ...spent.map(([name, size]) => [name, count(size)]),
    ...warnings.map(({ path, message }) => ["warning", `${path}: ${message}`]),
  ]);
}

function printMessages(messages, { messages: sizes }, growth) {
  heading(`Messages (${count(sizes.length)})`);
  const columns = [
    { title: "#", width: 5, right: true },
    { title: "role", width: 9 },
    { title: "begins", width: 44, clip: true },
    { title: "tokens", width: 9, right: true },
    { title: "request", width: 10, right: true },
    { title: "verdict", width: 9 },
  ];
  const shown = sizes.length > MOST_MESSAGES ? largest(sizes) : sizes;
  table(
    columns,
    shown.map(({ index, role, tokens }) => {
      const soFar = growth[index];
      const until = soFar === undefined ? ["", ""] : [count(soFar.tokens), verdict(soFar.verdict)];
      return [index, role, excerpt(messages[index], 200), count(tokens), ...until];
    }),
  );
  if (shown.length < sizes.length) console.log(paint("dim", `the ${MOST_MESSAGES} largest of ${count(sizes.length)}`));
}

function largest(sizes) {
  const kept = [...sizes].sort((a, b) => b.tokens - a.tokens).slice(0, MOST_MESSAGES);
  return kept.sort((a, b) => a.index - b.index);
}

function printFloor({ floor, available }) {
  heading("No plan makes it fit");
  fields([
    ...Object.entries(floor).map(([name, size]) => [name, count(size)]),
    ["available", count(available)],
    ["advice", "use a model with a larger window, or send less"],
  ]);
}

function complaint({ message, path, hint, code }) {
  // The package's own messages name path and hint already.
  if (code !== undefined) return message;
  return `${path ? `${path}: ` : ""}${message}${hint ? `; ${hint}` : ""}`;
}
