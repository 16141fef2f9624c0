/** One line for each failure, and the line that the builder adds up. */
export function report({ passed, failures }) {
  const lines = failures.map(({ name, message }) => `FAILED ${name}\n${message}`);
  return [...lines, `${passed} passed, ${failures.length} failed`].join("\n");
}
