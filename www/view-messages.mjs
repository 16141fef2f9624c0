// The messages of a request, in order or largest first.
import { byId, cell, count, element } from "./dom.mjs";

const FIRST = 50;
const COLOURS = {
  system: "system",
  developer: "system",
  user: "user",
  assistant: "assistant",
  tool: "toolResults",
  function: "toolResults",
};

let rows = [];
let all = false;

for (const radio of document.getElementsByName("order")) radio.addEventListener("change", draw);
byId("more").addEventListener("click", () => {
  all = true;
  draw();
});

/** Shows `messages`, each `{ index, role, tokens, begins }`; hides the table when there are none. */
export function showMessages(messages) {
  rows = messages;
  all = false;
  byId("messages").hidden = rows.length === 0;
  draw();
}

function draw() {
  const largestFirst = document.querySelector("[name=order]:checked").value === "largest";
  const sorted = largestFirst ? [...rows].sort((a, b) => b.tokens - a.tokens || a.index - b.index) : rows;
  const shown = all ? sorted : sorted.slice(0, FIRST);
  const most = rows.reduce((max, { tokens }) => Math.max(max, tokens), 1);
  byId("rows").replaceChildren(...shown.map((row) => rowOf(row, most)));
  byId("more").hidden = shown.length === rows.length;
  byId("more").textContent = `Show all ${count(rows.length)}`;
}

function rowOf({ index, role, tokens, begins }, most) {
  const row = element("tr");
  const size = cell("", "number size");
  const bar = element("span");
  bar.className = `amount ${COLOURS[role] ?? "framing"}`;
  bar.style.width = `calc(${tokens / most} * (100% - 4.25rem))`;
  size.append(element("span", count(tokens)), bar);
  row.append(cell(String(index), "number quiet"), cell(role, "role"), cell(begins, "begins"), size);
  return row;
}
