// The plan for a request that overflows: what goes, why, how it comes back, and the proof that the rest fits.
import { byId, cell, count, element } from "./dom.mjs";

const DEEDS = {
  mask: "Result replaced",
  cut: "Result cut",
  drop_reasoning: "Thoughts dropped",
  remove: "Removed",
  summarise: "Replaced by a summary",
  drop: "Dropped",
};
const FLOOR = {
  system: "System",
  tools: "Tools",
  firstUser: "First user request",
  pinned: "Pinned",
  tail: "Last turns",
  framing: "Framing",
  middle: "The middle, reduced",
  total: "Together",
};

// A plan for megabytes has hundreds of steps; the first ones say what it is like.
const FIRST = 40;

let shown;

byId("more-steps").addEventListener("click", () => drawSteps(shown.steps.length));

/** Hides the plan. */
export function hidePlan() {
  byId("plan").hidden = true;
}

/** Shows the plan of an overflowing request. */
export function showPlan({ plan, verification }) {
  const irreducible = plan.status === "irreducible";
  byId("plan").hidden = false;
  byId("plan-title").textContent = irreducible ? "No plan makes this fit" : "What to leave out";
  byId("plan-summary").textContent = summary(plan);
  byId("copy").hidden = irreducible;
  byId("steps").closest("table").hidden = irreducible || plan.steps.length === 0;
  shown = plan;
  drawSteps(FIRST);
  byId("floor").hidden = plan.floor === undefined;
  byId("floor-rows").replaceChildren(...floorRows(plan));
  byId("proof").textContent = irreducible ? "" : proof(plan, verification);
  byId("proof").dataset.ok = String(verification.ok);
}

function drawSteps(most) {
  const { steps } = shown;
  byId("steps").replaceChildren(...steps.slice(0, most).map(stepRow));
  byId("more-steps").hidden = steps.length <= most;
  byId("more-steps").textContent = `Show all ${count(steps.length)} steps`;
}

function summary({ status, released, before, after, available, target, steps }) {
  if (status === "irreducible") {
    return `After every step that the policy allows, ${count(after.upperBound)} tokens remain and ${count(available)} fit. Use a model with a larger window, or send less.`;
  }
  const number = steps.length === 1 ? "One step takes" : `${count(steps.length)} steps take`;
  const taken = `${number} it from ${count(before.tokens)} to ${count(after.tokens)} tokens`;
  return released
    ? `${taken}, below the mark of ${count(target)}, so that the next turn fits as well.`
    : `${taken}. That fits, but not below the mark of ${count(target)}: the next turn may need another plan.`;
}

function stepRow(step) {
  const row = element("tr");
  const what = cell("", "what");
  what.append(element("strong", DEEDS[step.kind] ?? step.kind), element("span", place(step)), sides(step));
  const freed = step.tokensBefore - step.tokensAfter;
  row.append(
    what,
    labelled("Why", step.reason),
    labelled("Back", step.recover),
    labelled("Freed", count(freed), "number freed"),
    labelled("Leaves", count(step.tokensAfter), "number"),
  );
  return row;
}

/** What stands there, and what will. */
function sides({ before, after }) {
  const details = element("details");
  const list = element("dl");
  list.append(
    ...[element("dt", "Before"), element("dd", before)],
    ...[element("dt", "After"), element("dd", after === "" ? "nothing" : after)],
  );
  details.append(element("summary", "Before and after"), list);
  return details;
}

function place(step) {
  if (step.messages !== undefined) return `messages ${ranges(step.messages)}`;
  const kept = step.head === undefined ? "" : `, ${count(step.head + step.tail)} bytes kept`;
  return `${step.tool ?? "user"}, message ${step.message}${kept}`;
}

// On narrow screens the heading of a column stands before its cell.
function labelled(label, text, className) {
  const node = cell(text, className);
  node.dataset.label = label;
  return node;
}

function ranges(indices) {
  const runs = [];
  for (const index of indices) {
    const run = runs.at(-1);
    if (run !== undefined && run[1] === index - 1) run[1] = index;
    else runs.push([index, index]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`)).join(", ");
}

function floorRows({ floor }) {
  if (floor === undefined) return [];
  return Object.entries(FLOOR).map(([key, name]) => {
    const row = element("tr");
    const head = element("th", name);
    head.scope = "row";
    row.append(head, cell(count(floor[key] ?? 0), "number"));
    return row;
  });
}

function proof(plan, { ok, tokens, violations, inherited }) {
  const listed = (found) => found.map(({ invariant, path, message }) => `${invariant} at ${path}: ${message}`).join("; ");
  if (!ok) return `Not proven: ${listed(violations)}`;
  const own = inherited.length === 0 ? "" : ` Broken in the request itself, before any plan: ${listed(inherited)}.`;
  return `Proven: the compacted request was counted afresh (${count(tokens)} tokens) and keeps ${plan.invariants.length} invariants (${plan.invariants.join(", ")}).${own}`;
}
