// The few words in which the views speak about elements and numbers.

const numbers = new Intl.NumberFormat("en");

/** The element with this id. */
export function byId(id) {
  return document.getElementById(id);
}

/** A new element; text is always text, never markup. */
export function element(name, text) {
  const node = document.createElement(name);
  if (text !== undefined) node.textContent = text;
  return node;
}

/** A table cell. */
export function cell(text, className = "") {
  const node = element("td", text);
  if (className !== "") node.className = className;
  return node;
}

/** A number with separators. */
export function count(value) {
  return numbers.format(value);
}

/** A share in words short enough for a column. */
export function percent(part, whole) {
  if (part === 0) return "";
  const share = (part / whole) * 100;
  if (share < 0.1) return "< 0.1 %";
  return share < 1_000 ? `${share.toFixed(1)} %` : `${count(Math.round(share))} %`;
}
