import assert from "node:assert/strict";
import { test } from "node:test";
import { ContextOverflowError, createTokenBudget, guard, originalsOf } from "token-headroom";

const log = Array.from({ length: 40_000 }, (_, line) => `${line}: the request took ${(line * 7) % 90} ms`).join("\n");
const question = `Why is it slow?\n${log}`;
const dialects = {
  openai_chat: ["gpt-4o", { messages: [{ role: "user", content: question }] }],
  openai_responses: ["gpt-4o", { input: [{ role: "user", content: [{ type: "input_text", text: question }] }] }],
  anthropic: ["claude-sonnet-4-5", { max_tokens: 500, messages: [{ role: "user", content: question }] }],
  gemini: ["gemini-2.5-flash", { contents: [{ role: "user", parts: [{ text: question }] }] }],
  ai_sdk: ["gpt-4o", { messages: [{ role: "user", content: [{ type: "text", text: question }] }] }],
};
const policy = { cutUserText: true };

for (const [dialect, [model, request]] of Object.entries(dialects)) {
  test(`${dialect}: a log of a megabyte in a question is irreducible, and keeps its ends where the policy says so`, async () => {
    const budget = await createTokenBudget({ model, dialect, limitKind: "shared", maxContextTokens: 20_000, headroom: 2_000 });
    assert.equal(budget.plan(request).status, "irreducible");
    const plan = budget.plan(request, policy);
    assert.deepEqual([plan.status, plan.released, plan.steps.map(({ kind }) => kind)], ["planned", true, ["cut_text"]]);
    assert.ok(plan.after.upperBound > plan.target * 0.9);
    assert.deepEqual(budget.verify(request, plan).violations, []);
    const applied = budget.apply(request, plan);
    const [{ notice, head, tail }] = plan.steps;
    const left = [question.slice(0, head), notice, question.slice(question.length - tail)].join("");
    assert.equal(JSON.stringify(applied), JSON.stringify(request).replace(JSON.stringify(question), () => JSON.stringify(left)));
    assert.equal(budget.plan(applied, policy).status, "unneeded");
    const stored = JSON.parse(JSON.stringify([plan, originalsOf(request, plan)]));
    assert.deepEqual(budget.undo(applied, ...stored), request);
  });
}

test("a guard says how a question that is too long could be sent, and sends it then", async () => {
  const context = { model: "gpt-4o", limitKind: "shared", maxContextTokens: 20_000, headroom: 2_000 };
  const sent = [];
  const ask = (more) =>
    guard(async (messages) => sent.push(messages), { context, onOverflow: "compact", ...more })(dialects.openai_chat[1].messages);
  const error = await ask().catch((error) => error);
  assert.ok(ContextOverflowError.is(error));
  assert.match(error.hint, /cutUserText: true/);
  const still = await ask({ policy: { ...policy, pinned: [0] } }).catch((error) => error);
  assert.doesNotMatch(still.hint, /cutUserText/);
  assert.equal(sent.length, 0);
  await ask({ policy });
  assert.match(sent[0][0].content, /bytes of this message cut here to fit/);
});

test("half of a surrogate pair in a message does not keep it from being cut", async () => {
  const budget = await createTokenBudget({ model: "gpt-4o", maxContextTokens: 3_000, headroom: 500 });
  const messages = [{ role: "user", content: `\ud83d ${"word ".repeat(9_000)} \udca8` }];
  const plan = budget.plan(messages, policy);
  assert.equal(plan.status, "planned");
  assert.ok(budget.verify(messages, plan).ok);
  const [{ content }] = budget.apply(messages, plan);
  assert.ok(content.length < 20_000 && content.includes("cut here to fit"));
  assert.deepEqual(budget.undo(budget.apply(messages, plan), plan, messages), messages);
});

test("pictures that differ only far behind their headers each stay in their own message", async () => {
  const picture = (last) => {
    const bytes = new Uint8Array(54 + 200 * 150 * 3).fill(255);
    const view = new DataView(bytes.buffer);
    bytes.set([0x42, 0x4d]);
    const header = [[2, bytes.length], [10, 54], [14, 40], [18, 200], [22, 150]];
    header.forEach(([at, value]) => view.setUint32(at, value, true));
    bytes[bytes.length - 1] = last;
    return bytes;
  };
  const [first, second] = [picture(1), picture(2)];
  const said = (text, image) => ({ role: "user", content: [{ type: "text", text }, { type: "image", image, mediaType: "image/bmp" }] });
  const messages = [said(`compare: ${log.slice(0, 30_000)}`, first), { role: "assistant", content: "one more" }, said("here", second)];
  const budget = await createTokenBudget({ model: "gpt-4o", maxContextTokens: 4_000, headroom: 0, dialect: "ai_sdk" });
  const plan = budget.plan(messages, policy);
  assert.equal(plan.status, "planned");
  const applied = budget.apply(messages, plan);
  assert.notEqual(applied[0], messages[0]);
  assert.equal(applied[0].content[1].image, first);
  assert.equal(applied[2].content[1].image, second);
  assert.throws(() => budget.apply([said("compare", second), ...messages.slice(1)], plan), { code: "plan_mismatch" });
});
