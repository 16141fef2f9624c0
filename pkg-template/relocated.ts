import { TokenHeadroomError } from "./errors.js";

/** The same error at another place. */
export function relocated({ code, path, message, hint, cause }: TokenHeadroomError, place: string): TokenHeadroomError {
  const bare = message.slice(path === "" ? 0 : path.length + 2, hint === "" ? undefined : -hint.length - 2);
  return new TokenHeadroomError(bare, { code, path: place, hint, ...(cause === undefined ? {} : { cause }) });
}

/** A place within what stands at `root`. */
export function within(root: string, path: string): string {
  return path === "" || path.startsWith("[") ? root + path : `${root}.${path}`;
}
