// What the page shows: the verdict, the window, where the tokens are, and problems beside the input.
import { showMessages } from "./view-messages.mjs";
import { hidePlan, showPlan } from "./view-plan.mjs";
import { byId, cell, count, element, percent } from "./dom.mjs";

const CATEGORIES = [
  ["system", "System"],
  ["tools", "Tools"],
  ["user", "User"],
  ["assistant", "Assistant"],
  ["toolCalls", "Tool calls"],
  ["toolResults", "Tool results"],
  ["media", "Media"],
  ["format", "Format"],
  ["framing", "Framing"],
];
const WORDS = { fits: "Fits.", tight: "Tight.", overflows: "Overflows.", none: "Ready." };
const MARKS = {
  fits: "M3 8.5l3.2 3.2L13 5",
  tight: "M8 2.5v7M8 12.4v1.1",
  overflows: "M4 4l8 8M12 4l-8 8",
  none: "M4 8h8",
};
const BASIS = {
  exact: "exact: public tokenizer, known framing",
  estimated: "estimated, within the bounds",
  calibrated: "calibrated on reported usage",
  supplied: "from the caller's counter",
};
const FORMS = {
  body: "a request body",
  messages: "an array of messages",
  lines: "JSON Lines, one message per line",
};

/** Fills the lists of models. */
export function showCatalogue(models) {
  const options = models.map(({ name, window }) => {
    const option = element("option", `${count(window)} tokens`);
    option.value = name;
    return option;
  });
  byId("models").replaceChildren(...options);
}

/** Says that only the beginning of a long input is shown. */
export function showHeld(length, shown) {
  byId("text").toggleAttribute("data-held", length !== undefined);
  byId("read-as").dataset.held =
    length === undefined ? "" : `${count(length)} characters held, the first ${count(shown)} shown. `;
}

/** The empty meter: a window with nothing in it. */
export function showIdle({ projection }) {
  const empty = { ...projection, tokens: 0, lowerBound: 0, upperBound: 0, byCategory: {} };
  clearProblem();
  showReading(empty);
  showVerdict("none", `The window holds ${count(projection.limit.window)} tokens.`);
  byId("read-as").textContent = "Nothing to count yet.";
  byId("timing").textContent = "\u00a0";
  hidePlan();
  showMessages([]);
}

/** A measured input. */
export function showResult(result) {
  const { kind, form, notice, projection, textTokens, rows, plan, compacted, millis } = result;
  clearProblem();
  if (notice !== undefined) showInputProblem(notice);
  showReading(projection, textTokens, compacted);
  showVerdict(projection.verdict, sentence(projection));
  const readAs = byId("read-as");
  const shape = kind === "text" ? "Read as plain text, sent as one user message." : `Read as ${FORMS[form]}.`;
  readAs.textContent = (readAs.dataset.held ?? "") + shape;
  byId("timing").textContent = `Measured in ${millis < 10 ? millis.toFixed(1) : Math.round(millis)} ms on this page.`;
  showMessages(rows);
  if (plan === undefined) hidePlan();
  else showPlan(result);
}

/** An input or a setting that cannot be used; the last window fades but stays where it was. */
export function showProblem(problem) {
  showInputProblem(problem);
  settle(true);
  byId("tokens").textContent = "\u2013";
  byId("unit").textContent = "tokens";
  byId("read-as").textContent = "Not measured.";
  byId("timing").textContent = "\u00a0";
  showVerdict("none", "The note at the input says why.", "Not measured.");
  showMessages([]);
  const field = problem.code === "unknown_model" ? "model" : "text";
  byId(field).setAttribute("aria-invalid", "true");
  byId("like-field").hidden = problem.code !== "unknown_model" && byId("like").value === "";
  hidePlan();
}

function showInputProblem({ path, message, hint }) {
  byId("problem").hidden = false;
  byId("problem-path").textContent = path;
  byId("problem-path").hidden = path === "";
  byId("problem-message").textContent = message;
  byId("problem-hint").textContent = hint;
}

function clearProblem() {
  byId("problem").hidden = true;
  byId("like-field").hidden = byId("like").value === "";
  for (const field of ["text", "model"]) byId(field).removeAttribute("aria-invalid");
  settle(false);
}

function settle(stale) {
  const reading = document.querySelector(".reading");
  reading.classList.toggle("stale", stale);
  reading.setAttribute("aria-busy", "false");
}

function showVerdict(verdict, text, word = WORDS[verdict]) {
  byId("verdict").dataset.verdict = verdict;
  byId("verdict").querySelector("path").setAttribute("d", MARKS[verdict]);
  byId("verdict-word").textContent = word;
  byId("verdict-text").textContent = text;
}

function sentence({ verdict, upperBound, available, overBy, limit, headroom }) {
  const free = count(available - upperBound);
  if (verdict === "fits") return `${free} more tokens fit, with ${count(headroom)} kept for the answer.`;
  if (verdict === "tight") return `Only ${free} more tokens fit; the next turn may not.`;
  return `${count(overBy)} tokens too many: of ${count(limit.window)}, the prompt may take ${count(available)}.`;
}

function showReading(projection, textTokens, compacted) {
  const { tokens, lowerBound, upperBound, basis, encoding, limit, headroom, available, warnings } = projection;
  byId("tokens").textContent = count(tokens);
  byId("unit").textContent = tokens === 1 ? "token" : "tokens";
  byId("window").placeholder = limit.window;
  byId("headroom").placeholder = headroom;
  const scale = Math.max(limit.window, upperBound);
  drawBar(byId("bar-now"), projection, scale, "Window");
  byId("bar-after").hidden = compacted === undefined;
  if (compacted !== undefined) drawBar(byId("bar-after"), compacted, scale, "After the plan");
  placeTick(byId("tick-available"), available, scale, `prompt ${count(available)}`);
  placeTick(byId("tick-window"), limit.window, scale, `window ${count(limit.window)}`);
  byId("gauge").classList.toggle("crowded", (limit.window - available) / scale < 0.3);
  byId("legend").replaceChildren(...legend(projection));
  byId("facts").replaceChildren(
    ...(textTokens === undefined ? [] : fact("Text alone", `${count(textTokens)} tokens`)),
    ...(compacted === undefined ? [] : fact("After plan", `${count(compacted.tokens)} tokens`)),
    ...fact("Basis", BASIS[basis] ?? basis),
    ...fact("Bounds", lowerBound === upperBound ? `exactly ${count(tokens)}` : `${count(lowerBound)} to ${count(upperBound)}`),
    ...fact("Encoding", encoding),
    ...fact("Headroom", `${count(headroom)} tokens for the answer`),
  );
  byId("warnings").hidden = warnings.length === 0;
  byId("warnings").replaceChildren(...warnings.map(({ path, message }) => element("li", `${path}: ${message}`)));
}

function drawBar(bar, { tokens, byCategory, limit, available }, scale, label) {
  const pieces = [];
  let from = 0;
  for (const [key] of CATEGORIES) {
    const size = byCategory[key] ?? 0;
    if (size > 0) pieces.push(piece(`piece ${key}`, from, from + size, scale));
    from += size;
  }
  if (limit.window > Math.max(available, tokens)) {
    pieces.push(piece("piece reserved", Math.max(available, tokens), limit.window, scale));
  }
  if (tokens > available) pieces.push(piece("excess", available, tokens, scale));
  pieces.push(piece("limit", available, available, scale));
  bar.replaceChildren(...pieces);
  bar.setAttribute("aria-label", `${label}: ${count(tokens)} tokens of the ${count(available)} that a prompt may take`);
}

// Sizes are set through the object model, which a policy without inline styles allows.
function piece(className, from, to, scale) {
  const node = element("span");
  node.className = className;
  node.style.left = `${(from / scale) * 100}%`;
  node.style.width = `${((to - from) / scale) * 100}%`;
  return node;
}

function placeTick(tick, at, scale, text) {
  tick.textContent = text;
  tick.style.left = `${(at / scale) * 100}%`;
  // A label ends at its mark, unless it would begin outside.
  tick.classList.toggle("early", at / scale < 0.4);
}

function legend({ tokens, byCategory, limit, available }) {
  const rows = CATEGORIES.map(([key, name]) => [key, name, byCategory[key] ?? 0]);
  rows.push(["reserved", "Kept for the answer", limit.window - available]);
  rows.push(["free", "Free", Math.max(0, available - tokens)]);
  return rows.map(([key, name, size]) => {
    const row = element("tr");
    row.className = size === 0 ? "none" : "";
    row.dataset.category = key;
    const head = element("th");
    head.scope = "row";
    const swatch = element("i");
    swatch.className = `swatch ${key}`;
    head.append(swatch, name);
    row.append(head, cell(count(size), "number"), cell(percent(size, limit.window), "number quiet"));
    return row;
  });
}

function fact(term, text) {
  return [element("dt", term), element("dd", text)];
}
