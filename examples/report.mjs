// Reports for terminals: 100 columns, colour only where somebody looks at a terminal that wants it.

export const WIDTH = 100;

const COLOURED = process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== "dumb";
const STYLES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 };
const VERDICTS = { fits: "green", tight: "yellow", overflows: "red" };
const DEEDS = {
  mask: "replaced",
  cut: "cut",
  cut_text: "cut",
  drop_reasoning: "without thoughts",
  remove: "removed",
  summarise: "summarised",
  drop: "dropped",
};
// Characters that terminals draw two columns wide.
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\u{1f300}-\u{1faff}]/gu;

const numbers = new Intl.NumberFormat("en");

/** A number with separators. */
export function count(value) {
  return numbers.format(value);
}

/** `text` in a style, where styles are wanted. */
export function paint(style, text) {
  return COLOURED && STYLES[style] !== undefined ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text;
}

/** The verdict in its colour. */
export function verdict(name) {
  return paint(VERDICTS[name], name);
}

/** A heading with room above it. */
export function heading(text) {
  console.log(`\n${paint("bold", text)}\n${paint("dim", "-".repeat(WIDTH))}`);
}

/** A paragraph, wrapped. */
export function paragraph(text) {
  for (const line of wrap(text, WIDTH)) console.log(line);
}

/** Names and values, one pair a line, values aligned and wrapped. */
export function fields(pairs) {
  const widest = Math.max(...pairs.map(([name]) => name.length));
  for (const [name, value] of pairs) {
    const [first = "", ...rest] = wrap(String(value), WIDTH - widest - 4);
    console.log(`  ${paint("dim", name.padEnd(widest))}  ${first}`);
    for (const line of rest) console.log(" ".repeat(widest + 4) + line);
  }
}

/**
 * Prints a table. Columns are `{ title, width, right?, clip? }`; cells wrap within their column, or are clipped where the
 * column says `clip`.
 */
export function table(columns, rows) {
  const titles = lines(columns, columns.map(({ title }) => title));
  console.log(paint("dim", titles.join("\n")));
  for (const cells of rows) tableRow(columns, cells);
}

/** Prints one more row. */
export function tableRow(columns, cells) {
  console.log(lines(columns, cells).join("\n"));
}

function lines(columns, cells) {
  const columnLines = columns.map(({ width, clip }, at) => {
    const text = String(cells[at] ?? "");
    return clip ? [clipped(text, width)] : wrap(text, width);
  });
  const height = Math.max(1, ...columnLines.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) =>
    columns
      .map(({ width, right }, at) => pad(columnLines[at][line] ?? "", width, right))
      .join("  ")
      .trimEnd(),
  );
}

/** How much of the window a projection takes: `#` used, `.` free, `|` where the room for the answer begins. */
export function bar({ tokens, available, limit }, width) {
  const scale = Math.max(limit.window, tokens);
  const used = Math.min(width, Math.round((tokens / scale) * width));
  const mark = Math.min(width - 1, Math.round((available / scale) * width));
  const cells = Array.from({ length: width }, (_, at) => (at === mark ? "|" : at < used ? "#" : "."));
  return cells.join("");
}

/** The steps of a plan for `messages`: what goes and why, what it frees, and what is left after it. */
export function planTable(plan, messages, most = 24) {
  const columns = [
    { title: "step", width: 4, right: true },
    { title: "what goes, and why it may", width: 72 },
    { title: "freed", width: 8, right: true },
    { title: "leaves", width: 10, right: true },
  ];
  const shown = plan.steps.slice(0, most);
  const freed = (from, to) => count(from.tokensBefore - to.tokensAfter);
  const cells = (step, at) => [at + 1, `${what(step, messages)}\n${step.reason}`, freed(step, step), count(step.tokensAfter)];
  table(columns, shown.map(cells));
  const rest = plan.steps.slice(most);
  if (rest.length > 0) console.log(`      and ${rest.length} more steps, which free ${freed(rest[0], rest.at(-1))} tokens`);
}

/** For each kind of step, what its first one loses and how that comes back. */
export function losses(plan) {
  const kinds = new Map(plan.steps.map((step) => [step.kind, plan.steps.find(({ kind }) => kind === step.kind)]));
  return [...kinds.values()].map(({ kind, lost, recover }) => [DEEDS[kind] ?? kind, `the first loses ${lost}; to get it back, ${recover}`]);
}

/** What a plan costs and saves: the prompt's price before and after, and what a prompt cache must read anew. */
export function costs(plan, compacted, { price }) {
  const changed = plan.steps.flatMap(({ message, messages }) => messages ?? [message]);
  const first = Math.min(...changed);
  const anew = compacted.messages.filter(({ index }) => index >= first).reduce((sum, { tokens }) => sum + tokens, 0);
  const usd = (tokens) => `$${((tokens * price.input) / 1e6).toFixed(4)}`;
  const { before, after, summary } = plan;
  return [
    ...(price ? [["price", `${usd(before.tokens)} a call before, ${usd(after.tokens)} after, at $${price.input} per million tokens`]] : []),
    ["cache", `messages[${first}] is the first to change: ${count(anew)} tokens from there on must be read anew once`],
    ...(summary ? [["summary", `asking for it takes ${count(asked(summary))} tokens and up to ${count(summary.maxTokens)} of answer`]] : []),
  ];
}

function asked({ requests }) {
  return requests.reduce((sum, { tokens }) => sum + tokens, 0);
}

function what(step, messages) {
  const deed = DEEDS[step.kind] ?? step.kind;
  if (step.messages !== undefined) return `${deed}: ${step.messages.length} messages`;
  const calls = messages.flatMap(({ tool_calls: made }) => made ?? []);
  const call = calls.find(({ id }) => id === step.callId)?.function;
  return `message ${step.message}, ${deed}: ${call === undefined ? (step.tool ?? "what the user said") : spoken(call)}`;
}

/** A tool call as people would write it. */
export function spoken({ name, arguments: given }) {
  return `${name}(${values(given).join(", ")})`.slice(0, 120);
}

// Models write arguments; what is no JSON is shown as they wrote it.
function values(given) {
  try {
    return Object.values(JSON.parse(given)).map((value) => (typeof value === "string" ? value : JSON.stringify(value)));
  } catch {
    return [given];
  }
}

function wrap(text, width) {
  const lines = [];
  for (const paragraphText of text.split("\n")) {
    let line = "";
    for (const word of paragraphText.split(" ")) {
      const longer = line === "" ? word : `${line} ${word}`;
      if (columnsOf(longer) <= width || line === "") line = longer;
      else {
        lines.push(line);
        line = word;
      }
    }
    lines.push(line);
  }
  return lines.flatMap((line) => broken(line, width));
}

// A word longer than its column is broken: nothing may push the next column away.
function broken(line, width) {
  const pieces = [];
  let rest = line;
  while (columnsOf(rest) > width) {
    const piece = [...rest].slice(0, Math.max(1, width - wideIn(rest))).join("");
    pieces.push(piece);
    rest = rest.slice(piece.length);
  }
  return [...pieces, rest];
}

function clipped(text, width) {
  const flat = text.replace(/\s+/g, " ");
  if (columnsOf(flat) <= width) return flat;
  let kept = "";
  for (const character of flat) {
    if (columnsOf(kept + character) > width - 3) break;
    kept += character;
  }
  return `${kept}...`;
}

function pad(text, width, right) {
  const room = " ".repeat(Math.max(0, width - columnsOf(text)));
  return right ? room + text : text + room;
}

// Colour takes no room.
function columnsOf(text) {
  const bare = text.replace(/\u001b\[\d+m/g, "");
  return [...bare].length + wideIn(bare);
}

function wideIn(text) {
  return text.match(WIDE)?.length ?? 0;
}
