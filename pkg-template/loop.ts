import { canonicalJson } from "./canonical-json.js";
import { LoopDetectedError, type Loop, TokenHeadroomError } from "./errors.js";
import { shown } from "./found.js";
import { requireKeys } from "./option-keys.js";
import { type Json, snapshot } from "./snapshot.js";
import { type Call, fieldsOf, type Result, toolRound } from "./tool-round.js";

/** When identical turns count as a loop. */
export interface LoopOptions {
  /** How often a cycle must stand at the end of the history. Default 3. */
  readonly repeats?: number | undefined;
  /** The longest cycle looked for, in turns. Default 4. */
  readonly maxCycleLen?: number | undefined;
}

/** {@link LoopOptions} with defaults filled in. */
export type LoopLimits = { readonly repeats: number; readonly maxCycleLen: number };

/** Checks `options` and fills in defaults. */
export function loopLimits(options: LoopOptions): LoopLimits {
  requireKeys(options, ["repeats", "maxCycleLen"], "loop");
  const { repeats = 3, maxCycleLen = 4 } = options;
  requireAtLeast(repeats, 2, "loop.repeats");
  requireAtLeast(maxCycleLen, 1, "loop.maxCycleLen");
  return { repeats, maxCycleLen };
}

/** How many messages the history had when one of them was taken from the model's sight; `undefined` for what it still sees. */
export type EvictedAt = (message: object) => number | undefined;

/** Throws when `messages` ends in a loop. */
export function refuseLoop(messages: readonly object[], limits: LoopLimits, evictedAt?: EvictedAt): void {
  const loop = findLoop(messages, limits, evictedAt);
  if (loop !== undefined) {
    throw new LoopDetectedError(loop);
  }
}

/**
 * The shortest cycle of turns that stands `repeats` times at the end of `messages`, if any.
 *
 * A turn is an assistant message with all its tool calls and their results; it equals another when names, arguments
 * (whatever the order of their keys) and results are equal. What the assistant says beside its calls does not matter.
 * Other messages are turns as well when a user sends them, so that a nudge such as "continue" does not hide a loop and
 * a new instruction ends one.
 *
 * Asking again for a result that was evicted is regret and no repetition: the model could not see it any more.
 */
export function findLoop(
  messages: readonly object[],
  { repeats, maxCycleLen }: LoopLimits,
  evictedAt: EvictedAt = () => undefined,
): Loop | undefined {
  const turns = lastTurns(messages, repeats * maxCycleLen, evictedAt);
  for (let period = 1; period <= maxCycleLen && period * repeats <= turns.length; period++) {
    const cycle = turns.slice(-period);
    if (cycle.some((turn) => turn.called) && stands(turns, period, repeats)) {
      return { pattern: cycle.map((turn) => turn.label).join(" -> "), period, repeats };
    }
  }
  return undefined;
}

interface Turn {
  readonly key: string;
  readonly label: string;
  readonly called: boolean;
  /** Where the turn begins. */
  readonly at: number;
  /** Where turns begin that have not seen its results. */
  readonly unseenFrom: number;
}

function stands(turns: readonly Turn[], period: number, repeats: number): boolean {
  const from = turns.length - period * repeats;
  for (let index = from + period; index < turns.length; index++) {
    const [turn, before] = [turns[index] as Turn, turns[index - period] as Turn];
    if (turn.key !== before.key || turn.at >= before.unseenFrom) {
      return false;
    }
  }
  return true;
}

// Reads backwards and stops as soon as there is enough: the cost does not grow with the history.
function lastTurns(messages: readonly object[], wanted: number, evictedAt: EvictedAt): Turn[] {
  const turns: Turn[] = [];
  let results: readonly Result[] = [];
  let unseenFrom = Infinity;
  for (let index = messages.length - 1; index >= 0 && turns.length < wanted; index--) {
    // What is no message at all takes no turn; whether it may be sent is not decided here.
    const message = fieldsOf(snapshot(messages[index], `messages[${index}]`));
    const { calls, results: found } = toolRound(message);
    if (found.length > 0) {
      results = [...found, ...results];
      const evicted = found.some(({ content }) => isPlaceholder(content)) ? 0 : evictedAt(messages[index] as object);
      unseenFrom = Math.min(unseenFrom, evicted ?? Infinity);
    } else if (calls.length > 0) {
      // Calls without results are still to be answered, so nothing has been repeated yet.
      const turn = results.length > 0 ? toolTurn(calls, results) : unanswered(index);
      turns.unshift({ ...turn, at: index, unseenFrom });
      // In Responses every call is an entry of its own, and all of them stand before the first result.
      results = results.filter(({ id }) => message.call_id !== undefined && id !== message.call_id);
      unseenFrom = results.length > 0 ? unseenFrom : Infinity;
    } else if (message.type !== "reasoning") {
      if (message.role === "user" || message.type === "human") {
        const content = message.content ?? message.parts;
        const key = `user ${canonicalJson(content)}`;
        turns.unshift({ key, label: "(user message)", called: false, at: index, unseenFrom: Infinity });
      }
      results = [];
      unseenFrom = Infinity;
    }
  }
  return turns;
}

type Round = Omit<Turn, "at" | "unseenFrom">;

function toolTurn(calls: readonly Call[], results: readonly Result[]): Round {
  const given = calls.map((call) => ({ ...call, arguments: canonicalText(call.arguments) }));
  const answers = given.map((call, index) => {
    const result = results.find(({ id }) => call.id !== undefined && id === call.id) ?? results[index];
    return `${call.name}(${call.arguments}) = ${canonicalJson(result?.content)}`;
  });
  // Parallel calls are made at once: their order means nothing.
  const key = `call ${JSON.stringify(answers.sort())}`;
  return { key, label: given.map((call) => `${call.name}(${shorten(call.arguments)})`).join(" + "), called: true };
}

function unanswered(index: number): Round {
  return { key: `unanswered ${index}`, label: "(unanswered)", called: false };
}

// What stands for a result that was masked (src/plan/mask.rs): a text, alone or in the one part of the result.
function isPlaceholder(content: Json | undefined): boolean {
  if (typeof content === "string") {
    return content.startsWith("[result of ");
  }
  const members = typeof content === "object" && content !== null ? Object.values(content) : [];
  return members.length <= 3 && members.some(isPlaceholder);
}

function canonicalText(value: Json | undefined): string {
  if (typeof value !== "string") {
    return canonicalJson(value);
  }
  try {
    return canonicalJson(JSON.parse(value) as Json);
  } catch {
    return value;
  }
}

function shorten(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}

function requireAtLeast(value: unknown, least: number, path: string): void {
  if (!Number.isInteger(value) || (value as number) < least) {
    throw new TokenHeadroomError(`found ${shown(value)}, expected a whole number from ${least}`, {
      code: "invalid_option",
      path,
    });
  }
}
