// Four ways to go on with a history that is too long: `node examples/strategies.mjs`, at the repository's root.
//
// The history is that of the coding agent (coding-agent/): real tools read this repository, a script plays the model. Each way is
// tried on the same history, and each result is checked by the package itself.
import { existsSync } from "node:fs";
import { createTokenBudget, originalsOf } from "token-headroom";
import { checkpoint, restore } from "token-headroom/checkpoint";
import { scriptedModel, SYSTEM, TASK } from "./coding-agent/script.mjs";
import { declarations, openTools } from "./coding-agent/tools.mjs";
import { count, fields, heading, paint, paragraph, table } from "./report.mjs";

if (!existsSync("src/lib.rs")) {
  console.error("no src/lib.rs here: start this at the root of the repository that the agent shall read");
  process.exit(2);
}
const WINDOW = 48_000;
const budget = await createTokenBudget({ model: "gpt-4o", maxContextTokens: WINDOW, headroom: 4_000 });
const request = { model: "gpt-4o", messages: history(), tools: declarations };
const { tokens, available } = budget.project(request);
const broken = [];

heading("Four ways to go on");
paragraph(
  `${count(request.messages.length)} messages with ${count(tokens)} tokens; ${count(available)} fit. Shed are tokens; net is what the ` +
    "change costs over the next ten calls, in tokens at the price of plain input; negative: it pays.",
);
console.log();
const summarised = budget.plan(request, { mask: false, cut: false, cutTail: false });
const evicted = budget.evict(request);
const shared = budget.plan(request, { categories: { toolResults: 0.5, conversation: { share: 0.2, floor: 1_000 }, reserve: 0.1 } });
table(
  [
    { title: "way", width: 34 },
    { title: "steps", width: 6, right: true },
    { title: "after", width: 8, right: true },
    { title: "shed", width: 8, right: true },
    { title: "net", width: 10, right: true },
    { title: "verified, undone", width: 17 },
  ],
  [
    row("summarise the middle", summarised),
    row("evict what pays", evicted),
    row("a share for each category", shared),
  ],
);

heading("Categories");
const columns = ["category", "before", "allowance", "after"].map((title, at) => ({ title, width: 14, right: at > 0 }));
table(
  columns,
  (shared.categories ?? []).map(({ category, before, allowance, after }) => [category, count(before), count(allowance), count(after)]),
);

heading("Checkpoint and restart");
const { document, token } = await checkpoint({ task: "read the sources", request, plan: summarised });
const restored = await restore(JSON.parse(JSON.stringify(document)));
const altered = structuredClone(document);
altered.request.messages[3].content += " ";
const refusal = await restore(altered).catch((error) => error);
const whole = restored.matches(request) === request.messages.length;
fields([
  ["token", `${token.slice(0, 60)}...`],
  ["restored", `${count(restored.matches(request))} messages, each equal to its digest`],
  ["altered", refusal.message],
]);
if (!whole || refusal.path !== "request.messages[3]") broken.push("checkpoint");

console.log();
console.log(broken.length === 0 ? paint("green", "  All four hold what they promise.") : paint("red", `  BROKEN: ${broken.join(", ")}`));
process.exitCode = broken.length === 0 ? 0 : 1;

/** Turns of the agent until its history is half as long again as the window. */
function history() {
  const [tools, model] = [openTools(process.cwd()), scriptedModel()];
  const messages = [
    { role: "system", content: SYSTEM },
    { role: "user", content: TASK },
  ];
  while (budget.project({ messages, tools: declarations }).tokens < WINDOW * 1.5) {
    const { message } = model.call().choices[0];
    messages.push(message);
    model.results = message.tool_calls.map((call) => tools.run(call.function));
    message.tool_calls.forEach(({ id }, at) => messages.push({ role: "tool", tool_call_id: id, content: model.results[at] }));
  }
  return messages;
}

function row(name, plan) {
  const smaller = budget.apply(request, plan);
  const { ok } = budget.verify(request, plan);
  const back = budget.undo(smaller, plan, originalsOf(request, plan));
  const undone = back.messages.every((message, index) => message === request.messages[index]);
  if (plan.status !== "planned" || !ok || !undone) broken.push(name);
  const { shed = 0, net = 0 } = plan.objective ?? {};
  const checked = ok && undone ? "yes" : paint("red", "NO");
  return [name, count(plan.steps.length), count(plan.after.tokens), count(shed), count(Math.round(net)), checked];
}
