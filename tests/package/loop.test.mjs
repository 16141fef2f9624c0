import assert from "node:assert/strict";
import { test } from "node:test";
import { guard, LoopDetectedError } from "token-headroom";

let ids = 0;
const user = (content) => ({ role: "user", content });

/** An assistant turn with calls `[name, arguments, result]`, and the results. */
function turn(...calls) {
  const made = calls.map(([name, args, result]) => ({ id: `call_${++ids}`, name, args, result }));
  return [
    {
      role: "assistant",
      content: `Thought ${ids}`,
      tool_calls: made.map(({ id, name, args }) => ({ id, type: "function", function: { name, arguments: args } })),
    },
    ...made.map(({ id, result }) => ({ role: "tool", tool_call_id: id, content: result })),
  ];
}

const search = (result = "nothing") => turn(["search", '{"q":"cats","page":1}', result]);
const read = (result = "empty") => turn(["read", '{"path":"a.txt"}', result]);
const list = (result = "a.txt") => turn(["list", "{}", result]);

async function outcome(messages, loop = {}) {
  let calls = 0;
  const guarded = guard(async () => ++calls, { loop });
  const error = await guarded(messages).then(
    () => undefined,
    (error) => error,
  );
  assert.equal(calls, error === undefined ? 1 : 0, "an error is thrown before the call");
  return error;
}

test("the same call with the same result three times is a loop", async () => {
  const error = await outcome([user("find"), ...search(), ...search(), ...search()]);
  assert.ok(LoopDetectedError.is(error), String(error));
  assert.equal(error.period, 1);
  assert.equal(error.repeats, 3);
  assert.match(error.pattern, /^search\(/);
  assert.equal(await outcome([user("find"), ...search(), ...search()]), undefined);
});

test("arguments are equal whatever the order of their keys and their spacing", async () => {
  const turned = turn(["search", '{ "page": 1, "q": "cats" }', "nothing"]);
  const error = await outcome([user("find"), ...search(), ...turned, ...search()]);
  assert.ok(LoopDetectedError.is(error), String(error));
});

test("another result or another argument is progress", async () => {
  assert.equal(await outcome([...search(), ...search(), ...search("a cat")]), undefined);
  assert.equal(
    await outcome([...search(), ...search(), ...turn(["search", '{"q":"cats","page":2}', "nothing"])]),
    undefined,
  );
});

for (const [period, cycle] of [
  [2, () => [...search(), ...read()]],
  [3, () => [...search(), ...read(), ...list()]],
  [4, () => [...search(), ...read(), ...list(), ...read("again")]],
]) {
  test(`a cycle of ${period} turns is found up to maxCycleLen`, async () => {
    const history = [user("go"), ...cycle(), ...cycle(), ...cycle()];
    const error = await outcome(history, { repeats: 3, maxCycleLen: 4 });
    assert.ok(LoopDetectedError.is(error), String(error));
    assert.equal(error.period, period);
    assert.equal(error.pattern.split(" -> ").length, period);
    assert.equal(await outcome(history, { repeats: 3, maxCycleLen: period - 1 }), undefined);
    assert.equal(await outcome(history, { repeats: 4, maxCycleLen: 4 }), undefined);
  });
}

test("only the end of the history counts", async () => {
  assert.equal(await outcome([...search(), ...search(), ...search(), ...read()]), undefined);
});

test("parallel calls are equal in any order", async () => {
  const one = () => turn(["search", "{}", "none"], ["read", "{}", "none"]);
  const other = () => turn(["read", "{}", "none"], ["search", "{}", "none"]);
  assert.ok(LoopDetectedError.is(await outcome([...one(), ...other(), ...one()])));
});

test("a new instruction ends a loop, a repeated nudge does not", async () => {
  assert.equal(await outcome([...search(), ...search(), user("try dogs"), ...search()]), undefined);
  const nudged = () => [...search(), user("continue")];
  const error = await outcome([...nudged(), ...nudged(), ...nudged()]);
  assert.ok(LoopDetectedError.is(error), String(error));
  assert.equal(error.period, 2);
});

test("talk without tools is never a loop", async () => {
  const messages = Array.from({ length: 12 }, () => user("hello"));
  assert.equal(await outcome(messages), undefined);
});

test("what is no message takes no turn", async () => {
  assert.ok(LoopDetectedError.is(await outcome([null, 7, ...search(), ...search(), ...search()])));
});

/** A round of one call `read({ path })` with this result, as each provider's history has it. */
const rounds = {
  Anthropic: (id, path, result) => [
    { role: "assistant", content: [{ type: "text", text: id }, { type: "tool_use", id, name: "read", input: { path } }] },
    { role: "user", content: [{ type: "tool_result", tool_use_id: id, content: result }] },
  ],
  Gemini: (id, path, result) => [
    { role: "model", parts: [{ text: id }, { functionCall: { name: "read", args: { path } } }] },
    { role: "user", parts: [{ functionResponse: { name: "read", response: { result } } }] },
  ],
  Converse: (id, path, result) => [
    { role: "assistant", content: [{ text: id }, { toolUse: { toolUseId: id, name: "read", input: { path } } }] },
    { role: "user", content: [{ toolResult: { toolUseId: id, content: [{ text: result }] } }] },
  ],
  Responses: (id, path, result) => [
    { type: "reasoning", id: `rs_${id}`, summary: [] },
    { type: "function_call", call_id: id, name: "read", arguments: JSON.stringify({ path }) },
    { type: "function_call", call_id: `${id}b`, name: "list", arguments: "{}" },
    { type: "function_call_output", call_id: id, output: result },
    { type: "function_call_output", call_id: `${id}b`, output: "a.txt" },
  ],
  "AI SDK": (id, path, result) => [
    { role: "assistant", content: [{ type: "tool-call", toolCallId: id, toolName: "read", input: { path } }] },
    { role: "tool", content: [{ type: "tool-result", toolCallId: id, toolName: "read", output: { type: "text", value: result } }] },
  ],
  Ollama: (id, path, result) => [
    { role: "assistant", content: id, tool_calls: [{ function: { name: "read", arguments: { path } } }] },
    { role: "tool", tool_name: "read", content: result },
  ],
  LangChain: (id, path, result) => [
    { type: "ai", content: id, tool_calls: [{ id, name: "read", args: { path } }] },
    { type: "tool", tool_call_id: id, content: result },
  ],
};
for (const [name, round] of Object.entries(rounds)) {
  test(`${name}: a loop is found, and progress is none`, async () => {
    const turns = (...results) => results.flatMap((result) => round(`call_${++ids}`, "a.txt", result));
    const error = await outcome(turns("empty", "empty", "empty"));
    assert.ok(LoopDetectedError.is(error), String(error));
    assert.match(error.pattern, /read\(\{"path":"a.txt"\}\)/);
    assert.equal(await outcome(turns("empty", "empty")), undefined);
    assert.equal(await outcome(turns("empty", "empty", "full")), undefined);
    assert.equal(await outcome([...turns("empty", "empty"), ...round(`call_${++ids}`, "b.txt", "empty")]), undefined);
  });
}

test("a cycle may be as long as one likes: no more of the history is looked at than there is", async () => {
  const guarded = guard(async () => "sent", { loop: { maxCycleLen: 1e300 } });
  assert.equal(await guarded([{ role: "user", content: "hello" }]), "sent");
});
