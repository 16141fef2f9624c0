// The page's thread: reads the form, asks the worker, hands results to the view. One question is under way at a time.
import { placeIn } from "./read-input.mjs";
import { samples } from "./samples.mjs";
import { onPlace } from "./view-notes.mjs";
import { showCatalogue, showHeld, showIdle, showProblem, showProgress, showResult } from "./view.mjs";

const DEBOUNCE_MS = 80;
// A text area lays out every line it holds; longer inputs are held beside it and only their beginning is shown.
const SHOWN_AT_MOST = 200_000;
const HELD_EXCERPT = 2_000;

const byId = (id) => document.getElementById(id);
const area = byId("text");
const form = byId("settings");

const worker = new Worker("meter.worker.mjs", { type: "module" });
const answers = new Map();
let asked = 0;
let held;
// The form of the request that was measured last, for the paths that are told of it.
let measuredForm;
let timer;
let busy = false;
let again = false;

worker.onmessage = ({ data }) => {
  if (data.progress !== undefined) return showProgress(data.progress);
  answers.get(data.id)?.(data);
  answers.delete(data.id);
};
worker.onerror = (event) => {
  event.preventDefault();
  showProblem({ path: "", message: "the counter could not be started", hint: event.message ?? "reload the page" });
};

area.addEventListener("input", () => setText(area.value));
area.addEventListener("paste", (event) => {
  const pasted = event.clipboardData?.getData("text/plain") ?? "";
  if (held !== undefined || area.value.length + pasted.length <= SHOWN_AT_MOST) return;
  event.preventDefault();
  const { value, selectionStart, selectionEnd } = area;
  setText(value.slice(0, selectionStart) + pasted + value.slice(selectionEnd));
});
area.addEventListener("dragover", (event) => event.preventDefault());
area.addEventListener("drop", (event) => {
  const file = event.dataTransfer?.files[0];
  if (file === undefined) return;
  event.preventDefault();
  openFile(file);
});
byId("file").addEventListener("change", (event) => {
  const [file] = event.target.files;
  if (file !== undefined) openFile(file);
  event.target.value = "";
});
byId("clear").addEventListener("click", () => {
  setText("");
  area.focus();
});
for (const button of document.querySelectorAll("[data-sample]")) {
  button.addEventListener("click", () => {
    const { model, text } = samples[button.dataset.sample];
    form.reset();
    form.elements.model.value = model ?? "";
    setText(text());
  });
}
form.addEventListener("input", schedule);
form.addEventListener("submit", (event) => event.preventDefault());
byId("copy").addEventListener("click", () => copy("compact", byId("copy"), "Copy compacted request"));
byId("repair").addEventListener("click", () => copy("repair", byId("repair"), "Copy repaired request"));
onPlace((note) => held === undefined && span(note) !== undefined, goTo);

ask({ task: "catalogue" }).then(({ models, error }) => {
  if (error !== undefined) return showProblem(error);
  showCatalogue(models);
  setText(area.value);
});

async function openFile(file) {
  setText(await file.text());
}

function setText(text) {
  held = text.length > SHOWN_AT_MOST ? text : undefined;
  const shown = held === undefined ? text : text.slice(0, HELD_EXCERPT);
  if (area.value !== shown) area.value = shown;
  area.readOnly = held !== undefined;
  showHeld(held?.length, HELD_EXCERPT);
  byId("clear").disabled = text === "";
  schedule();
}

function schedule() {
  clearTimeout(timer);
  timer = setTimeout(measure, DEBOUNCE_MS);
}

async function measure() {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  const text = held ?? area.value;
  const { reading, dialect } = form.elements;
  const answer = await ask({ task: "measure", text, reading: reading.value, dialect: dialect.value, options: options() });
  busy = false;
  measuredForm = answer.form;
  if (again) {
    again = false;
    return measure();
  }
  if (answer.error !== undefined) showProblem(answer.error);
  else if (text === "") showIdle(answer);
  else showResult(answer);
}

function options() {
  const { model, window: limit, headroom, like } = form.elements;
  const options = { model: model.value.trim() };
  if (limit.value !== "") options.maxContextTokens = limit.valueAsNumber;
  if (headroom.value !== "") options.headroom = headroom.valueAsNumber;
  if (like.value.trim() !== "" && !byId("like-field").hidden) options.like = like.value.trim();
  return options;
}

function ask(question) {
  asked += 1;
  const id = asked;
  return new Promise((resolve) => {
    answers.set(id, resolve);
    worker.postMessage({ id, ...question });
  });
}

function span({ path, at }) {
  if (at !== undefined) return { from: at, to: at + 1 };
  return measuredForm === undefined || path === "" ? undefined : placeIn(area.value, measuredForm, path);
}

// A browser scrolls to a selection when the field gets the focus, and not before.
function goTo(note) {
  const { from, to } = span(note);
  area.blur();
  area.setSelectionRange(from, from);
  area.focus();
  area.setSelectionRange(from, to);
}

async function copy(task, button, label) {
  const { text, error } = await ask({ task });
  const status = byId("copied");
  if (error !== undefined) return showProblem(error);
  try {
    await navigator.clipboard.writeText(text);
    status.textContent = "Request copied.";
    button.textContent = "Copied";
  } catch {
    status.textContent = "The browser did not allow copying.";
    button.textContent = "Not allowed to copy";
  }
  setTimeout(() => {
    button.textContent = label;
    status.textContent = "";
  }, 2_000);
}
