import assert from "node:assert/strict";
import { test } from "node:test";
import { createTokenBudget, createTokenBudgetSync } from "token-headroom";
import o200k_base from "token-headroom/encodings/o200k_base";
import { talk, toolHistory } from "./histories.mjs";

const window = { model: "gpt-4o", maxContextTokens: 6_000, encoding: o200k_base };
const names = ({ violations }) => violations.map(({ invariant, path }) => `${invariant} ${path}`);

test("a plan is verified by the headroom of the budget that is asked", () => {
  const history = toolHistory(12);
  const whole = createTokenBudgetSync({ ...window, headroom: 0 });
  const plan = whole.plan(history, { release: 1, cache: { horizon: 1 } });
  const applied = whole.apply(history, plan);
  assert.deepEqual([plan.status, whole.verify(history, plan).ok], ["planned", true]);
  for (const headroom of [0, 100, 1_000, 3_000, 5_990]) {
    const budget = createTokenBudgetSync({ ...window, headroom });
    const proof = budget.verify(history, plan);
    const { verdict, available } = budget.project(applied);
    assert.deepEqual(
      names(proof),
      [...(verdict === "overflows" ? ["C7 messages"] : []), ...(headroom > 0 ? ["C7 plan.available"] : [])],
      `headroom ${headroom}`,
    );
    assert.equal(proof.ok, headroom === 0);
    assert.ok(proof.violations.every(({ message }) => message.includes(`at most ${available}`)));
  }
  // A plan for less is valid where there is more.
  const tight = createTokenBudgetSync({ ...window, headroom: 3_000 }).plan(history);
  assert.deepEqual(whole.verify(history, tight).violations, []);
});

test("the request's own output cap and the reserve of the policy are kept", () => {
  const budget = createTokenBudgetSync(window);
  const request = { max_tokens: 2_000, messages: toolHistory(12) };
  const plan = budget.plan(request, { categories: { reserve: { share: 0.2 } } });
  assert.equal(plan.available, 4_000);
  assert.deepEqual(budget.verify(request, plan).violations, []);
  const greedy = createTokenBudgetSync({ ...window, headroom: 0 }).plan(request);
  assert.ok(names(budget.verify(request, greedy)).includes("C7 plan.available"));
});

test("a chain verifies a plan for every model", async () => {
  const history = toolHistory(6);
  const alone = await createTokenBudget({ model: "gpt-4o" });
  const chain = await createTokenBudget({ model: "gpt-4o", fallbacks: [{ model: "gpt-4", headroom: 5_000 }] });
  const plan = alone.plan(history);
  const { chain: fits } = chain.project(alone.apply(history, plan));
  assert.deepEqual(fits.map(({ verdict }) => verdict), ["fits", "overflows"]);
  const proof = chain.verify(history, plan);
  assert.deepEqual([proof.ok, names(proof)], [false, ["C7 messages"]]);
  assert.match(proof.violations[0].message, /gpt-4, expected at most 3192/);
  const own = chain.plan(history);
  assert.deepEqual(chain.verify(history, own).violations, []);
  assert.deepEqual(chain.verify(history, JSON.parse(JSON.stringify(own))).violations, []);
  // Nothing can be made of it, and the plan says so.
  const hopeless = [{ role: "user", content: "word ".repeat(4_000) }];
  const irreducible = chain.plan(hopeless);
  assert.deepEqual([irreducible.status, chain.verify(hopeless, irreducible).ok], ["irreducible", true]);
});

test("a summary that is none is told, not thrown", () => {
  const budget = createTokenBudgetSync({ ...window, headroom: 1_000 });
  const plan = budget.plan(talk(12));
  assert.ok(plan.summary, "talk can only be summarised");
  for (const fills of [
    { summary: "" },
    { summary: " \n" },
    { summary: null },
    { summary: 5 },
    { summary: "word ".repeat(5_000) },
    { sumary: "Calm." },
    null,
  ]) {
    const proof = budget.verify(talk(12), plan, fills);
    assert.deepEqual([proof.ok, proof.tokens], [false, 0], JSON.stringify(fills));
    const [{ invariant, path, message, hint }, ...others] = proof.violations;
    assert.equal(invariant, "fill");
    assert.match(path, /^(fills|summary)/);
    assert.match(message, /^found .*expected|^unknown|^found/);
    assert.notEqual(hint, undefined);
    assert.deepEqual(others, []);
    assert.throws(() => budget.apply(talk(12), plan, fills), { code: "invalid_fill" });
  }
  assert.deepEqual(budget.verify(talk(12), plan, {}).violations, []);
  assert.deepEqual(budget.verify(talk(12), plan, { summary: undefined }).violations, []);
});

// A model of which nothing is known is estimated, and learns from every report.
const ours = { model: "ours", encoding: "o200k_base", maxContextTokens: 9_000, headroom: 1_000 };

test("what usage has taught counts when a plan is verified", async () => {
  const history = toolHistory(14);
  const taught = await createTokenBudget(ours);
  const plain = await createTokenBudget(ours);
  const plan = plain.plan(history, { release: 1, cache: { horizon: 1 } });
  assert.ok(plan.status === "planned" && plain.verify(history, plan).ok);
  // This provider takes 80 % more than is counted here.
  const first = taught.project(toolHistory(1));
  for (let call = 0; call < 4; call++) {
    taught.record(first, { prompt_tokens: Math.round(first.tokens * 1.8) });
  }
  assert.equal(taught.project(taught.apply(history, plan)).verdict, "overflows");
  assert.deepEqual(names(taught.verify(history, plan)), ["C7 messages"]);
  const own = taught.plan(history);
  assert.deepEqual(taught.verify(history, own).violations, []);
  assert.deepEqual(plain.verify(history, own).violations, [], "who has learned nothing has more room");
});

test("what was reported for a request does not hold for what a plan leaves of it", async () => {
  const history = [...toolHistory(12), { role: "user", content: "Which day was the windiest?" }];
  const budget = await createTokenBudget(ours);
  const counted = budget.project(history);
  assert.equal(counted.verdict, "overflows");
  // It takes less than is counted for it, but still too much.
  const reported = Math.round((counted.available + counted.upperBound) / 2);
  budget.record(counted, { prompt_tokens: reported });
  const projection = budget.project(history);
  assert.deepEqual([projection.verdict, projection.startsFrom?.reported], ["overflows", reported]);
  const plan = budget.plan(history, { release: 1, cache: { horizon: 1 } });
  assert.equal(plan.status, "planned");
  assert.notEqual(budget.project(budget.apply(history, plan)).verdict, "overflows");
  assert.deepEqual(budget.verify(history, plan).violations, []);
});

test("what fits by its report is not made to fit once more", async () => {
  const history = [{ role: "user", content: "word ".repeat(9_000) }, ...toolHistory(2).slice(1), { role: "user", content: "And now?" }];
  const budget = await createTokenBudget(ours);
  const counted = budget.project(history);
  assert.equal(counted.verdict, "overflows");
  budget.record(counted, { prompt_tokens: 7_800 });
  assert.notEqual(budget.project(history).verdict, "overflows");
  const plan = budget.evict(history, { keepLast: 1, cache: { horizon: 50, broken: true } });
  assert.equal(plan.status, "unneeded");
  assert.deepEqual(budget.verify(history, plan).violations, []);
});

test("a plan notes what its policy names that the request does not have, and no one else does", () => {
  const history = toolHistory(12);
  const budget = createTokenBudgetSync({ ...window, headroom: 1_000 });
  const policy = { pinned: [3, 500], keepTools: ["reed_log"], values: { call_1: 0.5, call_99: 1 }, toolValues: { read_log: 0.1, write_log: 1 } };
  const plan = budget.plan(history, policy);
  assert.deepEqual([plan.status, plan.notes], [
    "planned",
    [
      `policy.pinned: the request has ${history.length} messages and none of the index 500`,
      'policy.keepTools: the request calls and declares no tool named "reed_log"',
      'policy.values: the request has no call with the id "call_99"',
      'policy.toolValues: the request calls and declares no tool named "write_log"',
    ],
  ]);
  assert.ok(budget.verify(history, plan).ok);
  assert.deepEqual(budget.plan(history, policy), plan);
  const again = budget.plan(budget.apply(history, plan), policy);
  assert.deepEqual([again.status, again.notes], ["unneeded", undefined]);
  assert.equal(budget.plan(history).notes, undefined);
  // What the request declares may not have been called yet.
  const tools = [{ type: "function", function: { name: "write_log", parameters: { type: "object", properties: {} } } }];
  assert.equal(budget.plan({ messages: history, tools }, { toolValues: { write_log: 1 } }).notes, undefined);
});
