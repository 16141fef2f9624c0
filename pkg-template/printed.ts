/**
 * Lets consoles print `text` for an object whose fields are private. Node, Deno and Bun look for it under this symbol; browsers show
 * private fields by themselves. It is not enumerable, so that copies and comparisons of the object do without.
 */
export function printAs(object: object, text: () => string): void {
  Object.defineProperty(object, Symbol.for("nodejs.util.inspect.custom"), { value: text });
}
