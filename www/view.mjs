// What the page shows: the verdict, the window, where the tokens are, and problems beside the input.
import { byId, count, element } from "./dom.mjs";
import { showGauge } from "./view-gauge.mjs";
import { showMessages } from "./view-messages.mjs";
import { showInputProblem, showNotes } from "./view-notes.mjs";
import { hidePlan, showPlan } from "./view-plan.mjs";

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
  batch: "a request in a line of a batch",
  messages: "an array of messages",
  lines: "JSON Lines, one message per line",
};
const DIALECTS = {
  openai_chat: "OpenAI Chat Completions",
  openai_responses: "OpenAI Responses",
  completions: "Completions",
  anthropic: "Anthropic Messages",
  gemini: "Gemini generateContent",
  bedrock_converse: "Bedrock Converse",
  cohere: "Cohere chat",
  ollama: "Ollama chat",
  ai_sdk: "Vercel AI SDK",
  langchain: "LangChain",
  autogen: "AutoGen",
};
const WHY = {
  chosen: "chosen here",
  named: "named by the request",
  usual: "neither the request nor you name one",
};

/** Fills the lists of models. */
export function showCatalogue(models) {
  const options = models.map(({ name, encoding, window }) => {
    const option = element("option", `${count(window)} tokens, ${encoding}`);
    option.value = name;
    return option;
  });
  byId("models").replaceChildren(...options);
  const dialects = Object.entries(DIALECTS).map(([value, name]) => Object.assign(element("option", name), { value }));
  byId("dialect").append(...dialects);
}

/** Says that only the beginning of a long input is shown. */
export function showHeld(length, shown) {
  byId("text").toggleAttribute("data-held", length !== undefined);
  byId("read-as").dataset.held =
    length === undefined ? "" : `${count(length)} characters held, the first ${count(shown)} shown. `;
}

/** The empty meter: a window with nothing in it. */
export function showIdle({ projection, model }) {
  const empty = { ...projection, tokens: 0, lowerBound: 0, upperBound: 0, byCategory: {}, warnings: [] };
  clearProblem();
  showReading({ projection: empty, model });
  showVerdict("none", `The window holds ${count(projection.limit.window)} tokens.`);
  byId("read-as").textContent = "Nothing to count yet.";
  byId("timing").textContent = "\u00a0";
  hidePlan();
  showMessages([]);
}

/** A measured input. */
export function showResult(result) {
  const { kind, notice, projection, rows, plan, millis } = result;
  clearProblem();
  if (notice !== undefined) showInputProblem(notice);
  showReading(result);
  showVerdict(projection.verdict, sentence(projection));
  const readAs = byId("read-as");
  const shape = kind === "text" ? "Read as plain text, sent as one user message." : shapeOf(result);
  readAs.textContent = (readAs.dataset.held ?? "") + shape;
  byId("timing").textContent = `Measured in ${millis < 10 ? millis.toFixed(1) : Math.round(millis)} ms on this page.`;
  showMessages(rows);
  if (plan === undefined) hidePlan();
  else showPlan(result);
}

function shapeOf({ form, dialect, rows }) {
  const messages = rows.length === 1 ? "one message" : `${count(rows.length)} messages`;
  return `Read as ${DIALECTS[dialect] ?? dialect}: ${FORMS[form]}, ${messages}.`;
}

/** Something that takes a moment. */
export function showProgress(text) {
  document.querySelector(".reading").setAttribute("aria-busy", "true");
  byId("timing").textContent = text;
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
  // Some models limit prompt and answer apart.
  const kept = available < limit.window ? `, with ${count(headroom)} kept for the answer` : "";
  if (verdict === "fits") return `${free} more tokens fit${kept}.`;
  if (verdict === "tight") return `Only ${free} more tokens fit; the next turn may not.`;
  return `${count(overBy)} tokens too many: of ${count(limit.window)}, the prompt may take ${count(available)}.`;
}

function showReading({ projection, model, textTokens, compacted, rules, repairs, unplanned }) {
  const { tokens, lowerBound, upperBound, basis, encoding, limit, headroom, warnings } = projection;
  byId("tokens").textContent = count(tokens);
  byId("unit").textContent = tokens === 1 ? "token" : "tokens";
  byId("model").placeholder = model.name;
  byId("window").placeholder = limit.window;
  byId("headroom").placeholder = headroom;
  showGauge(projection, compacted);
  byId("facts").replaceChildren(
    ...(textTokens === undefined ? [] : fact("Text alone", `${count(textTokens)} tokens`)),
    ...(compacted === undefined ? [] : fact("After plan", `${count(compacted.tokens)} tokens`)),
    ...fact("Model", `${model.name}, ${WHY[model.why]}`),
    ...fact("Basis", BASIS[basis] ?? basis),
    ...fact("Bounds", lowerBound === upperBound ? `exactly ${count(tokens)}` : `${count(lowerBound)} to ${count(upperBound)}`),
    ...fact("Encoding", encoding),
    ...fact("Headroom", `${count(headroom)} tokens for the answer`),
  );
  showNotes({ warnings: unplanned === undefined ? warnings : [...warnings, unplanned], rules, repairs });
}

function fact(term, text) {
  return [element("dt", term), element("dd", text)];
}
