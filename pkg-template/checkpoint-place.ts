import type { CheckpointPlace, CheckpointStore } from "./checkpoint-types.js";
import { TokenHeadroomError } from "./errors.js";
import { reading, shown } from "./found.js";
import { requireKeys } from "./option-keys.js";

/** Refuses a place that is none. */
export function requirePlace(place: CheckpointPlace, path = ""): void {
  requireKeys(place, ["store", "key"], path);
  const { store, key } = place;
  if (key !== undefined && typeof key !== "string") {
    throw new TokenHeadroomError(`found ${shown(key)}, expected a string`, {
      code: "invalid_option",
      path: path === "" ? "key" : `${path}.key`,
    });
  }
  if (store !== undefined && !reading(path === "" ? "store" : `${path}.store`, () => isStore(store))) {
    throw new TokenHeadroomError("found no store, expected an object with getItem and setItem", {
      code: "invalid_option",
      path: path === "" ? "store" : `${path}.store`,
    });
  }
}

function isStore(store: unknown): store is CheckpointStore {
  const { getItem, setItem } = (store ?? {}) as Partial<CheckpointStore>;
  return typeof getItem === "function" && typeof setItem === "function";
}
