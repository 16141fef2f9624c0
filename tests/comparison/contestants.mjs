// Who is compared, in the order of the tables.

import { contestants as pruning } from "./ai-sdk.mjs";
import { contestants as buffers } from "./buffers.mjs";
import { contestants as langchain } from "./langchain.mjs";
import { contestants as ours } from "./ours.mjs";

/** Each has a name, the library that it comes from, its settings, and `start(trajectory, judge)`. */
export const contestants = [...ours, ...pruning, ...langchain, ...buffers];
