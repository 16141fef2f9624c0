// Histories of agent loops, of any length and in two dialects, from recorded texts.

import { random } from "./random.mjs";

// Results as most are: a few lines to a page, in characters.
const [SHORTEST, LONGEST] = [300, 3_000];
// One result in so many repeats an earlier one.
const REPEATS = 12;
const FILES = 400;

/** Slices of `texts`, as long as most results are, in an order of their own. */
export function results(texts, count) {
  const pick = random(1);
  const slices = [];
  for (let at = 0; slices.length < count; at++) {
    const text = texts[at % texts.length];
    // More short ones than long ones.
    const length = Math.floor(SHORTEST * (LONGEST / SHORTEST) ** (pick(1_000) / 1_000));
    const from = text.length > length ? pick(text.length - length) : 0;
    const slice = text.slice(from, from + length).toWellFormed?.() ?? text.slice(from, from + length);
    if (slice.length >= SHORTEST / 2) slices.push(slice);
  }
  return slices;
}

/** `groups` rounds of a call and its result. */
function rounds(slices, groups) {
  const pick = random(2);
  return Array.from({ length: groups }, (_, at) => {
    const path = `src/module_${pick(FILES)}/part_${pick(5)}.py`;
    const own = `${slices[at % slices.length]}\nrun ${at} of ${path} took ${pick(100_000)} us`;
    const earlier = at > 0 && pick(REPEATS) === 0 ? slices[pick(Math.min(at, slices.length))] : undefined;
    switch (pick(4)) {
      case 0:
        return { tool: "read_file", input: { path, start_line: 1 + pick(300), end_line: 400 + pick(300) }, result: own };
      case 1:
        return { tool: "edit_file", input: { path, old_text: own.slice(0, 120), new_text: own.slice(60, 200) }, result: own };
      case 2:
        return { tool: "bash", input: { command: `cd /home/dev/project && python -m pytest ${path} -k case_${pick(9_000)} 2>&1 | tail -40` }, result: earlier ?? own };
      default:
        return { tool: "search", input: { query: own.slice(10, 40), path: `src/module_${pick(FILES)}`, limit: pick(50) }, result: earlier ?? own };
    }
  });
}

const SYSTEM = "You are a careful engineer. Work on the task until the tests pass.";
const TASK = "The build of the project is broken since the last merge. Find the cause and repair it; keep the interface.";
const thought = (round, at) => `Step ${at}: next ${round.tool} for ${round.input.path ?? round.input.command}.`;

const schema = { type: "object", properties: { path: { type: "string" }, command: { type: "string" } } };
const TOOLS = ["read_file", "edit_file", "bash", "search"];

export const dialects = {
  openai_chat: {
    model: "gpt-4o",
    request: (list) => ({
      model: "gpt-4o",
      tools: TOOLS.map((name) => ({ type: "function", function: { name, description: `Runs ${name}.`, parameters: schema } })),
      messages: [
        { role: "system", content: SYSTEM },
        { role: "user", content: TASK },
        ...list.flatMap((round, at) => [
          {
            role: "assistant",
            content: thought(round, at),
            tool_calls: [{ id: `call_${at}`, type: "function", function: { name: round.tool, arguments: JSON.stringify(round.input) } }],
          },
          { role: "tool", tool_call_id: `call_${at}`, content: round.result },
        ]),
        { role: "user", content: "Go on." },
      ],
    }),
  },
  anthropic: {
    model: "claude-sonnet-4-5",
    request: (list) => ({
      model: "claude-sonnet-4-5",
      max_tokens: 1_000,
      system: SYSTEM,
      tools: TOOLS.map((name) => ({ name, description: `Runs ${name}.`, input_schema: schema })),
      messages: [
        { role: "user", content: TASK },
        ...list.flatMap((round, at) => [
          {
            role: "assistant",
            content: [
              { type: "text", text: thought(round, at) },
              { type: "tool_use", id: `toolu_${at}`, name: round.tool, input: round.input },
            ],
          },
          { role: "user", content: [{ type: "tool_result", tool_use_id: `toolu_${at}`, content: round.result }] },
        ]),
      ],
    }),
  },
};

/** A request of `groups` rounds in a dialect. */
export const history = (dialect, slices, groups) => dialects[dialect].request(rounds(slices, groups));
