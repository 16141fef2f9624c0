// The window as a bar, and its legend.
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

/** Draws both bars, the marks below them and the legend. */
export function showGauge(projection, compacted) {
  const { upperBound, limit, available } = projection;
  const scale = Math.max(limit.window, upperBound);
  drawBar(byId("bar-now"), projection, scale, "Window");
  byId("bar-after").hidden = compacted === undefined;
  if (compacted !== undefined) drawBar(byId("bar-after"), compacted, scale, "After the plan");
  placeTick(byId("tick-available"), available, scale, `prompt ${count(available)}`);
  placeTick(byId("tick-window"), limit.window, scale, `window ${count(limit.window)}`);
  byId("gauge").classList.toggle("crowded", (limit.window - available) / scale < 0.3);
  byId("legend").replaceChildren(...legend(projection));
}

function drawBar(bar, { tokens, lowerBound, upperBound, byCategory, limit, available }, scale, label) {
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
  // What the provider may count: nothing to see where the count is exact.
  if (upperBound > lowerBound) pieces.push(piece("doubt", lowerBound, upperBound, scale));
  pieces.push(piece("limit", available, available, scale));
  bar.replaceChildren(...pieces);
  const bounds = upperBound > lowerBound ? `, at least ${count(lowerBound)} and at most ${count(upperBound)},` : "";
  bar.setAttribute("aria-label", `${label}: ${count(tokens)} tokens${bounds} of the ${count(available)} that a prompt may take`);
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
