// Medians and Markdown.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** A Markdown table; the first column is text, the others are numbers. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), `|---|${"--:|".repeat(head.length - 1)}`, ...rows.map(line)].join("\n");
}

/** MB/s: below ten with a decimal. */
export function rate(value) {
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}

/** How many times as much, for table cells. */
export function times(value) {
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)}x`;
}
