// Whatever is said about a place in the input: problems beside it, warnings and broken rules below the reading.
import { byId, element } from "./dom.mjs";

/** Set by the page: shows the place of a path, if it is in the text that is shown; tells whether it is. */
let goTo = () => false;
let canShow = () => false;

/** `placed(note)` tells whether the place of a note can be shown; `go(note)` shows it. */
export function onPlace(placed, go) {
  canShow = placed;
  goTo = go;
}

/** A problem beside the input. */
export function showInputProblem(problem) {
  const { path, message, hint } = problem;
  byId("problem").hidden = false;
  byId("problem-path").replaceChildren(...(path === "" ? [] : [place(problem)]));
  byId("problem-message").textContent = message;
  byId("problem-hint").textContent = hint;
}

/** The place of a note, as a button where it can be shown. */
export function place(note) {
  if (note.path === "" || !canShow(note)) return element("code", note.path);
  const button = element("button", note.path);
  button.type = "button";
  button.className = "link place";
  button.title = "Show this place";
  button.addEventListener("click", () => goTo(note));
  return button;
}

/** Warnings of a projection, and rules of the API that the transcript breaks. */
export function showNotes({ warnings, rules = [], repairs = 0 }) {
  byId("warnings").hidden = warnings.length === 0;
  byId("warnings").replaceChildren(...warnings.map((warning) => item(warning, warning.message)));
  byId("rules").hidden = rules.length === 0;
  byId("repair").hidden = repairs === 0;
  const shown = rules.slice(0, MOST).map((rule) => item(rule, `${rule.message} (${rule.invariant})`));
  if (rules.length > MOST) shown.push(element("li", `and ${rules.length - MOST} more`));
  byId("rule-list").replaceChildren(...shown);
}

const MOST = 20;

function item(note, text) {
  const line = element("li");
  line.append(...(note.path === "" ? [] : [place(note), " "]), text);
  return line;
}
