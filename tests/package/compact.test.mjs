import assert from "node:assert/strict";
import { test } from "node:test";
import { createTokenBudget, guard, originalsOf } from "token-headroom";
import { checkpoint, restore } from "token-headroom/checkpoint";

const TURNS = 12;
const days = Array.from({ length: TURNS }, (_, index) => index + 1);
const log = (day) => Array.from({ length: 40 }, (_, line) => `Day ${day}, line ${line}: wind ${(day * 7 + line) % 12}.`).join("\n");
const note = (day) => `Entry ${day}: ${log(day)}`;

/** The same talk with tool turns in it, in each dialect: what a tool turn is, and what text is. */
const dialects = {
  openai_chat: {
    model: "gpt-4o",
    list: "messages",
    said: (role, text) => ({ role, content: text }),
    turn: (day) => [
      { role: "assistant", tool_calls: [{ id: `c${day}`, type: "function", function: { name: "read", arguments: `{"day":${day}}` } }] },
      { role: "tool", tool_call_id: `c${day}`, content: log(day) },
    ],
  },
  openai_responses: {
    model: "gpt-4o",
    list: "input",
    said: (role, text) => ({ role, content: text }),
    turn: (day) => [
      { type: "function_call", call_id: `c${day}`, name: "read", arguments: `{"day":${day}}` },
      { type: "function_call_output", call_id: `c${day}`, output: log(day) },
    ],
  },
  anthropic: {
    model: "claude-sonnet-4-5",
    list: "messages",
    rest: { max_tokens: 500, system: "You keep a log." },
    said: (role, text) => ({ role, content: [{ type: "text", text }] }),
    turn: (day) => [
      { role: "assistant", content: [{ type: "tool_use", id: `c${day}`, name: "read", input: { day } }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: `c${day}`, content: log(day) }] },
    ],
  },
  gemini: {
    model: "gemini-2.5-flash",
    list: "contents",
    said: (role, text) => ({ role: role === "assistant" ? "model" : role, parts: [{ text }] }),
    turn: (day) => [
      { role: "model", parts: [{ functionCall: { name: "read", args: { day } } }] },
      { role: "user", parts: [{ functionResponse: { name: "read", response: { result: log(day) } } }] },
    ],
  },
  ai_sdk: {
    model: "gpt-4o",
    list: "messages",
    said: (role, text) => ({ role, content: [{ type: "text", text }] }),
    turn: (day) => [
      { role: "assistant", content: [{ type: "tool-call", toolCallId: `c${day}`, toolName: "read", input: { day } }] },
      {
        role: "tool",
        content: [{ type: "tool-result", toolCallId: `c${day}`, toolName: "read", output: { type: "text", value: log(day) } }],
      },
    ],
  },
};

function requestOf({ list, said, turn, rest = {} }, middle) {
  const messages = [said("user", "Read the log."), ...days.flatMap((day) => (middle === "tools" ? turn(day) : talk(said, day)))];
  const answered = middle === "tools" ? [said("assistant", "I have read it.")] : [];
  return { ...rest, [list]: [...messages, ...answered, said("user", "Which day was calmest?")] };
}

const talk = (said, day) => [...(day === 1 ? [] : [said("user", `And day ${day}?`)]), said("assistant", note(day))];

for (const [dialect, shape] of Object.entries(dialects)) {
  for (const middle of ["tools", "talk"]) {
    test(`${dialect}: a history of ${middle} is compacted, summarised in its own dialect, undone and restored`, async () => {
      const context = { model: shape.model, dialect, maxContextTokens: 4_000, maxInputTokens: 4_000, headroom: 500 };
      const request = requestOf(shape, middle);
      const before = structuredClone(request);
      const items = new Map();
      const store = { getItem: (key) => items.get(key), setItem: (key, text) => void items.set(key, text) };
      const [sent, asked, done] = [[], [], []];
      const guarded = guard(async (body) => void sent.push(body), {
        context,
        onOverflow: "compact",
        policy: { summariserTokens: 100_000 },
        summarise: (body) => {
          asked.push(body);
          return "It was windy.";
        },
        onCompact: (compaction) => done.push(compaction),
        checkpoint: { store, task: dialect },
      });
      await guarded(request);
      assert.deepEqual(request, before);
      const [{ plan, verification, summary }] = done;
      assert.equal(verification.ok, true);
      assert.equal(summary, asked.length > 0 ? "written" : "none");
      assert.ok(asked.every((body) => Array.isArray(body[shape.list] ?? body.prompt)));
      assert.equal(sent[0][shape.list].at(-1), request[shape.list].at(-1));
      const budget = await createTokenBudget(context);
      assert.equal(budget.check(sent[0]).verdict === "overflows", false);
      assert.deepEqual(budget.undo(sent[0], plan, originalsOf(request, plan)), before);
      // It goes on where it stood, and what was decided stays.
      const restored = await restore(guarded.checkpoint, { store });
      assert.deepEqual(restored.request, before);
      assert.deepEqual(restored.sent, sent[0][shape.list]);
      assert.equal((await checkpoint({ task: dialect, request: restored.request })).token, restored.token);
    });
  }
}
