import assert from "node:assert/strict";
import { test } from "node:test";
import { createTokenBudget, originalsOf, TokenHeadroomError } from "token-headroom";
import { talk, toolHistory } from "./histories.mjs";

const narrow = { model: "gpt-4o", maxContextTokens: 6_000, headroom: 1_000 };
const budget = await createTokenBudget(narrow);
const copy = (value) => JSON.parse(JSON.stringify(value));
const more = [
  { role: "assistant", content: "Calm." },
  { role: "user", content: "And then?" },
];

const histories = { "tool turns": toolHistory(12), talk: talk(12), both: [...toolHistory(6), ...talk(9).slice(2)] };

for (const [name, messages] of Object.entries(histories)) {
  test(`${name}: what was applied is undone, with the caller's own objects`, () => {
    const request = { model: "gpt-4o", messages, temperature: 0 };
    const plan = budget.plan(request);
    assert.equal(plan.status, "planned");
    const originals = originalsOf(request, plan);
    assert.ok(originals.length > 0 && originals.every((message) => messages.includes(message)));
    for (const fills of plan.summary === undefined ? [{}] : [{}, { summary: "The wind was north-westerly." }]) {
      const applied = budget.apply(request, plan, fills);
      const undone = budget.undo(applied, plan, originals);
      assert.deepEqual(undone, request);
      assert.ok(undone.messages.every((message, index) => message === messages[index]));
      const longer = { ...applied, messages: [...applied.messages, ...more] };
      assert.deepEqual(budget.undo(longer, plan, originals), { ...request, messages: [...messages, ...more] });
    }
  });

  test(`${name}: stored in between, with others, in any order`, () => {
    const plan = copy(budget.plan(messages));
    const applied = copy(budget.apply(messages, plan));
    const stored = copy([...more, ...originalsOf(messages, plan).toReversed()]);
    assert.deepEqual(budget.undo(applied, plan, stored), messages);
  });
}

test("two compactions are undone one after the other", () => {
  const first = budget.plan(histories.talk);
  const once = budget.apply(histories.talk, first);
  const grown = [...once, ...talk(12).slice(2)];
  const second = budget.plan(grown);
  const twice = budget.apply(grown, second);
  const originals = [...originalsOf(histories.talk, first), ...originalsOf(grown, second)];
  const back = budget.undo(budget.undo(twice, second, originals), first, originals);
  assert.deepEqual(back, [...histories.talk, ...talk(12).slice(2)]);
});

test("what is missing is named, and a request that was changed is refused", () => {
  const messages = histories["tool turns"];
  const plan = budget.plan(messages);
  const applied = budget.apply(messages, plan);
  const originals = originalsOf(messages, plan);
  const place = messages.indexOf(originals[0]);
  assert.throws(
    () => budget.undo(applied, plan, originals.slice(1)),
    (error) =>
      TokenHeadroomError.is(error) &&
      error.code === "missing_field" &&
      error.path === "originals" &&
      error.message.includes(`messages[${place}] (SHA-256 `),
  );
  const edited = [{ ...applied[0], content: "You are a pirate." }, ...applied.slice(1)];
  assert.throws(() => budget.undo(edited, plan, originals), { code: "plan_mismatch" });
  assert.throws(() => budget.undo({ messages: applied, temperature: 1 }, plan, originals), { code: "plan_mismatch" });
  assert.throws(() => budget.undo(applied, { version: 1 }, originals), { code: "plan_mismatch" });
  assert.throws(() => budget.undo(applied, plan), { code: "invalid_type", path: "originals" });
});

test("a plan of a chain is undone as well", async () => {
  const chain = await createTokenBudget({ ...narrow, fallbacks: ["gpt-4"] });
  const plan = chain.plan(histories.talk);
  const applied = chain.apply(histories.talk, plan);
  assert.deepEqual(chain.undo(applied, plan, originalsOf(histories.talk, plan)), histories.talk);
});
