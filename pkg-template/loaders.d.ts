// Written by the build from the packs of the repository.
import type { EncodingName } from "./encoding-names.js";
import type { EncodingIds, EncodingModule } from "./types.js";

/** Imports the vocabulary of each encoding that ships with the package. */
export const ENCODINGS: Readonly<Record<EncodingName, () => Promise<{ default: EncodingModule }>>>;
/** Imports the ids of each of them that has any. */
export const IDS: Readonly<Partial<Record<EncodingName, () => Promise<{ default: EncodingIds }>>>>;
