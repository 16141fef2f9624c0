import assert from "node:assert/strict";
import { test } from "node:test";
import { createTokenBudget, createTokenBudgetSync, TokenHeadroomError } from "token-headroom";
import o200k_base from "token-headroom/encodings/o200k_base";
import { memoryBytes } from "./core.mjs";
import { question } from "./histories.mjs";
import { refusing } from "./refused.mjs";

const budget = await createTokenBudget({ model: "gpt-4o" });
const expected = budget.project(question).tokens;
const refused = refusing(TokenHeadroomError, () => assert.equal(budget.project(question).tokens, expected, "the next call works"));

const user = (content) => ({ role: "user", content });
const nested = (depth) => {
  let value = "deep";
  for (let level = 0; level < depth; level++) {
    value = [value];
  }
  return value;
};
const cyclic = user([]);
cyclic.content.push({ type: "text", text: "a", self: cyclic });
const throwing = (trap) =>
  new Proxy(
    {},
    {
      [trap]: () => {
        throw new Error("trapped");
      },
    },
  );
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  return proxy;
};

const requests = {
  null: [null, "invalid_type", ""],
  "a number": [7, "invalid_type", ""],
  "a string": ["hello", "invalid_type", ""],
  nothing: [undefined, "invalid_type", ""],
  "no messages": [{}, "missing_field", "messages"],
  "messages of another type": [{ messages: "hello" }, "invalid_type", "messages"],
  "a message of another type": [[question[0], 7], "invalid_type", "messages[1]"],
  "a message that is a function": [[() => {}], "invalid_type", "messages[0]"],
  "a hole": [[question[0], , question[1]], "invalid_type", "messages[1]"],
  "an unknown role": [[question[0], { role: "robot", content: "hi" }], "unknown_role", "messages[1].role"],
  "no role": [[{ content: "hi" }], "missing_field", "messages[0].role"],
  "content of another type": [[user(7)], "invalid_type", "messages[0].content"],
  "a cycle": [[question[0], cyclic], "cyclic", "messages[1].content[0].self"],
  "a BigInt": [[user([{ type: "text", text: 1n }])], "bigint", "messages[0].content[0].text"],
  "a BigInt outside the messages": [{ messages: question, "max tokens": 1n }, "bigint", '["max tokens"]'],
  "a getter that throws": [
    [
      {
        role: "user",
        get content() {
          throw new Error("boom");
        },
      },
    ],
    "unreadable",
    "messages[0].content",
  ],
  "a toJSON that throws": [
    [
      user({
        toJSON() {
          throw new Error("boom");
        },
      }),
    ],
    "unreadable",
    "messages[0].content",
  ],
  "a proxy that throws on reading": [[user(throwing("get"))], "unreadable", "messages[0].content"],
  "a proxy that throws on listing": [[user(throwing("ownKeys"))], "unreadable", "messages[0].content"],
  "a revoked proxy for the request": [revoked(), "unreadable", ""],
  "a revoked proxy for the messages": [{ messages: revoked() }, "unreadable", ""],
  "a revoked proxy for a message": [[revoked()], "unreadable", "messages[0]"],
  "a value nested too deeply": [[user(nested(1_200))], "too_deep", `messages[0].content${"[0]".repeat(15)}...`],
  "a value nested far too deeply": [[user(nested(200_000))], "too_deep", `messages[0].content${"[0]".repeat(15)}...`],
};
for (const [name, [request, code, path]] of Object.entries(requests)) {
  test(`${name} is refused with its place`, () => {
    refused(() => budget.project(request), code, path);
    refused(() => budget.check(request), code, path);
    refused(() => budget.plan(request), code, path);
  });
}

test("the cause of an unreadable value is kept", () => {
  const cause = new Error("boom");
  const error = refused(
    () =>
      budget.project([
        user({
          toJSON() {
            throw cause;
          },
        }),
      ]),
    "unreadable",
    "messages[0].content",
  );
  assert.equal(error.cause, cause);
});

test("what nests as deeply as a provider can read is read", () => {
  const request = { messages: question, metadata: nested(200) };
  assert.equal(budget.project(request).tokens, expected);
});

test("a key named __proto__ is data", () => {
  const message = JSON.parse('{"role":"user","content":"hi","__proto__":{"role":"robot"}}');
  const plain = budget.project([user("hi")]).tokens;
  assert.ok(budget.project([message]).tokens >= plain);
});

test("lone surrogates count as U+FFFD, in texts and in messages", () => {
  assert.equal(budget.countTokens("a\ud83db"), budget.countTokens("a\ufffdb"));
  assert.equal(budget.project([user("a\ud83db")]).tokens, budget.project([user("a\ufffdb")]).tokens);
});

test("texts of another type are refused", () => {
  for (const text of [undefined, null, 7, {}, ["a"], Symbol("a"), new String("a")]) {
    refused(() => budget.countTokens(text), "invalid_type", "text");
    refused(() => budget.countUpTo(text, 5), "invalid_type", "text");
    refused(() => budget.truncate(text, 5), "invalid_type", "text");
  }
  refused(() => budget.fitChunks(["a", 7], 5), "invalid_type", "chunks[1]");
  refused(() => budget.fitChunks("a", 5), "invalid_type", "chunks");
});

test("limits that are no number of tokens are refused", () => {
  for (const limit of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, "5", undefined, 2 ** 32]) {
    refused(() => budget.countUpTo("a", limit), "invalid_value", "limit");
    refused(() => budget.truncate("a", limit), "invalid_value", "maxTokens");
    refused(() => budget.fitChunks(["a"], limit), "invalid_value", "maxTokens");
  }
  refused(() => budget.truncate("a", 1, { keep: "middle" }), "invalid_option", "keep");
  refused(() => budget.fitChunks(["a"], 1, { last: "drop" }), "invalid_option", "last");
});

test("options that are no finite number are refused by the value that was given", async () => {
  const given = { model: "gpt-4o", headroom: Number.NaN };
  await assert.rejects(createTokenBudget(given), /headroom: found NaN, expected a finite number/);
  refused(() => budget.plan([], { keepLast: Number.POSITIVE_INFINITY }), "invalid_option", "policy.keepLast");
});

test("a text of 50 MB is counted, and the memory it took is given back for the next", () => {
  const sentence = "The keeper lit the lamp at dusk. ";
  const text = sentence.repeat(Math.ceil((50 * 1024 * 1024) / sentence.length));
  const tokens = budget.countTokens(text);
  const each = budget.countTokens(sentence.repeat(2)) - budget.countTokens(sentence);
  const times = text.length / sentence.length;
  assert.ok(Math.abs(tokens - each * times) <= times / 100, `${tokens} tokens`);
  const taken = memoryBytes();
  assert.equal(budget.countTokens(text), tokens);
  assert.equal(budget.countUpTo(text, 1_000), undefined);
  assert.equal(memoryBytes(), taken, "the memory of the first count serves the others");
  assert.equal(budget.project(question).tokens, expected);
});

test("a large text outside ASCII is counted as a whole", () => {
  const sentence = "灯台守は夕暮れに灯りをともした。";
  const one = sentence.repeat(100);
  const many = sentence.repeat(40_000);
  assert.ok(Math.abs(budget.countTokens(many) - budget.countTokens(one) * 400) <= 400);
});

test("usage and plans of another shape are refused", () => {
  const projection = budget.project(question);
  assert.throws(
    () => budget.record(projection, { tokens: 5 }),
    (error) => TokenHeadroomError.is(error),
  );
  assert.throws(
    () => budget.record({}, { prompt_tokens: 5 }),
    (error) => TokenHeadroomError.is(error),
  );
  assert.throws(
    () => budget.apply(question, {}),
    (error) => TokenHeadroomError.is(error),
  );
  assert.throws(
    () => budget.plan(question, { relase: 0.5 }),
    (error) => TokenHeadroomError.is(error),
  );
  assert.equal(budget.project(question).tokens, expected);
});

// The first 24 bytes of a PNG of 640 by 480 pixels.
const header = [137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 2, 128, 0, 0, 1, 224];
const png = (length) => Uint8Array.from({ length }, (_, index) => header[index] ?? index % 251);
const base64 = Buffer.from(png(24)).toString("base64");
const told = (projection) => projection.warnings.map(({ code, path }) => `${code} ${path}`);

test("bytes count as the base64 that they would be sent as, whatever holds them", () => {
  const shown = (image) => budget.project([user([{ type: "image", image }])]);
  const expected = shown(base64);
  assert.deepEqual(told(expected), [], "the size is known");
  const bytes = png(24);
  const inside = new Uint8Array([0, 0, ...bytes, 0]).subarray(2, 26);
  const data = new DataView(bytes.buffer);
  for (const given of [bytes, bytes.buffer, Buffer.from(bytes), inside, data, [...bytes], Buffer.from(bytes).toJSON()]) {
    const { tokens, lowerBound, upperBound, warnings } = shown(given);
    assert.deepEqual(warnings, []);
    assert.deepEqual([tokens, lowerBound, upperBound], [expected.tokens, expected.lowerBound, expected.upperBound]);
  }
});

test("a picture of many megabytes is not copied", () => {
  const large = [user([{ type: "image", image: png(32 * 1024 * 1024) }])];
  const small = [user([{ type: "image", image: png(24) }])];
  assert.equal(budget.project(large).tokens, budget.project(small).tokens);
  const taken = memoryBytes();
  const started = performance.now();
  for (let turn = 0; turn < 20; turn++) {
    budget.project(large);
  }
  assert.ok(performance.now() - started < 2_000, "a turn takes no time to speak of");
  assert.equal(memoryBytes(), taken);
});

test("bytes that change are read again", () => {
  const image = png(24);
  const messages = [user([{ type: "image", image }])];
  const before = budget.project(messages).tokens;
  image[18] = 8;
  assert.notEqual(budget.project(messages).tokens, before);
});

test("a URL object is its address", () => {
  const shown = (image) => budget.project([user([{ type: "image", image }])]);
  const address = "https://example.com/a.png";
  assert.deepEqual(shown(new URL(address)), shown(address));
});

/** A message as LangChain's classes serialise themselves. */
class Live {
  constructor(name, kwargs) {
    this.lc_kwargs = kwargs;
    this.name_ = name;
  }
  toJSON() {
    return { lc: 1, type: "constructor", id: ["langchain_core", "messages", this.name_], kwargs: this.lc_kwargs };
  }
}

test("frameworks' messages count like those of Chat Completions that they stand for", () => {
  const chat = [
    { role: "system", content: "Be brief." },
    { role: "user", content: "Which crate parses dates?" },
    {
      role: "assistant",
      content: "I look.",
      tool_calls: [{ id: "c", type: "function", function: { name: "find", arguments: '{"q":"dates"}' } }],
    },
    { role: "tool", tool_call_id: "c", content: "jiff" },
    { role: "assistant", content: "It is jiff." },
  ];
  const call = { type: "tool-call", toolCallId: "c", toolName: "find", input: { q: "dates" } };
  const result = { type: "tool-result", toolCallId: "c", toolName: "find", output: { type: "text", value: "jiff" } };
  const sdk = {
    prompt: [
      { role: "system", content: "Be brief." },
      { role: "user", content: [{ type: "text", text: "Which crate parses dates?" }] },
      { role: "assistant", content: [{ type: "text", text: "I look." }, call] },
      { role: "tool", content: [result] },
      { role: "assistant", content: [{ type: "text", text: "It is jiff." }] },
    ],
  };
  const live = [
    new Live("SystemMessage", { content: "Be brief." }),
    new Live("HumanMessage", { content: "Which crate parses dates?" }),
    new Live("AIMessage", { content: "I look.", tool_calls: [{ name: "find", args: { q: "dates" }, id: "c" }] }),
    new Live("ToolMessage", { content: "jiff", tool_call_id: "c", name: "find" }),
    new Live("AIMessage", { content: "It is jiff.", tool_calls: [] }),
  ];
  const state = {
    type: "AssistantAgentState",
    llm_context: {
      messages: [
        { type: "SystemMessage", content: "Be brief." },
        { role: "user", content: "Which crate parses dates?" },
        { type: "AssistantMessage", source: "a", thought: "I look.", content: [{ id: "c", name: "find", arguments: '{"q":"dates"}' }] },
        { type: "FunctionExecutionResultMessage", content: [{ call_id: "c", name: "find", content: "jiff" }] },
        { type: "AssistantMessage", source: "a", content: "It is jiff." },
      ],
    },
  };
  const expected = budget.project(chat).tokens;
  for (const [name, request] of Object.entries({ sdk, live, liveBody: { messages: live }, state })) {
    assert.equal(budget.project(request).tokens, expected, name);
  }
});

test("the place of a mistake starts with the caller's own field", () => {
  const broken = { role: "user", content: [{ type: "text" }] };
  refused(() => budget.project({ prompt: [broken] }), "missing_field", "prompt[0].content[0].text");
  refused(() => budget.project({ prompt: [user(1n)] }), "bigint", "prompt[0].content");
  refused(() => budget.project({ llm_context: { messages: [{ type: "UserMessage" }] } }), "missing_field", "llm_context.messages[0].content");
  refused(() => budget.project({ input: 4 }), "invalid_type", "input");
  refused(() => budget.project({ contents: 4 }), "invalid_type", "contents");
  refused(() => budget.project({ prompt: [] }), "invalid_value", "prompt");
  refused(() => budget.project([]), "invalid_value", "messages");
});

test("a dialect that is named is not recognised", async () => {
  const sdk = await createTokenBudget({ model: "gpt-4o", dialect: "ai_sdk" });
  assert.equal(sdk.project(question).tokens, expected);
  const developer = [{ role: "developer", content: "hi" }];
  assert.ok(budget.project(developer).tokens > 0);
  refused(() => sdk.project(developer), "unknown_role", "messages[0].role");
  await assert.rejects(createTokenBudget({ model: "gpt-4o", dialect: "esperanto" }), { path: "dialect" });
});

test("options that cannot be are refused with place, value and remedy", async () => {
  const refused = async (options, path, message, code = "invalid_option") => {
    for (const open of [() => createTokenBudget(options), async () => createTokenBudgetSync({ ...options, encoding: o200k_base })]) {
      await assert.rejects(open(), (error) => {
        assert.ok(TokenHeadroomError.is(error), String(error));
        assert.deepEqual([error.code, error.path], [code, path], error.message);
        assert.match(error.message, message);
        assert.notEqual(error.hint, "");
        return true;
      });
    }
  };
  await refused({ model: "gpt-4o", headroom: 128_000 }, "headroom", /found 128000, expected less than the window of 128000 tokens/);
  await refused({ model: "gpt-4o", maxContextTokens: 500, headroom: 600 }, "headroom", /window of 500 tokens; no prompt would fit/);
  await refused({ model: "gpt-4o", asOf: "2025-02-30" }, "asOf", /found "2025-02-30", expected a day of the calendar/);
  await refused({ modle: "gpt-4o" }, "modle", /did you mean "model"\? Known options: .*fallbacks, learned/);
  await refused({ model: "gpt-4o", fallbak: [] }, "fallbak", /did you mean "fallbacks"/);
  await refused({ model: "gpt-4o", fallbacks: [null] }, "fallbacks[0]", /found null, expected the name of a model/);
  await refused({ model: "gpt-4o", fallbacks: [{ model: "gpt-4o", headroom: 200_000 }] }, "fallbacks[0].headroom", /window of 128000/);
  // Nothing like it is known: a wrong guess would not help.
  await assert.rejects(createTokenBudget({ model: "gpt-4o", xyz: 1 }), ({ hint }) => hint.startsWith("known options: model"));
  const learned = { ratios: [1], anchors: [] };
  await assert.rejects(createTokenBudget({ model: "gpt-4o", learned }).then((budget) => budget.project(question)), { path: "learned" });
});

test("a limit that is none is refused with the range", () => {
  for (const limit of [-1, 0.5, Number.NaN, 2 ** 32, "5", null]) {
    assert.throws(() => budget.countUpTo("a", limit), {
      code: "invalid_value",
      path: "limit",
      message: /expected a whole number of tokens from 0 to 4294967295/,
    });
  }
});

test("what cannot be undone is named in the package's own words", () => {
  const request = { messages: question };
  const plan = budget.plan(request);
  for (const originals of [null, undefined, {}, "text"]) {
    assert.throws(() => budget.undo(request, plan, originals), {
      code: "invalid_type",
      path: "originals",
      hint: /originalsOf\(request, plan\)/,
    });
  }
  assert.throws(() => budget.undo(null), { path: "originals" });
});
