// Whatever is passed to whatever is public: the call works, or its error is ours, short and with a message; and the next call works.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import * as main from "token-headroom";
import * as cp from "token-headroom/checkpoint";
import * as edge from "token-headroom/edge";
import o200k from "token-headroom/encodings/o200k_base";
import * as fetchy from "token-headroom/fetch";
import * as tok from "token-headroom/tokenizer";
import { question, toolHistory } from "./histories.mjs";
import { hostile } from "./hostile.mjs";

const { TokenHeadroomError, createTokenBudget, createTokenBudgetSync, guard, modelInfo, validate, repair, originalsOf } = main;
const narrow = { model: "gpt-4o", maxContextTokens: 6_000, headroom: 1_000 };
const budget = await createTokenBudget(narrow);
const history = toolHistory(12);
const plan = budget.plan(history);
const applied = budget.apply(history, plan);
const originals = originalsOf(history, plan);
const projection = budget.project(question);
const expected = projection.tokens;
const items = new Map();
const store = { getItem: (key) => items.get(key), setItem: (key, text) => void items.set(key, text) };
const { document, token } = await cp.checkpoint({ task: "t", request: question }, { store });
const tokenizer = await tok.loadEncoding("o200k_base", { ids: true });

/** One case for each key, named `prefix` and the key. */
const each = (prefix, keys, act) => Object.fromEntries(keys.split(" ").map((key) => [`${prefix}.${key}`, (v) => act({ [key]: v })]));

const LIMITS = "headroom maxContextTokens maxInputTokens maxOutputTokens limitKind tightAt";
const BUDGET = `model encoding like dialect host unknownModel models fallbacks learned ${LIMITS}`;
const COMPACT = "policy summarise onCompact";
const GUARD = `context tokens loop budget evict checkpoint onOverflow usage ${COMPACT}`;
const SWITCHES = "mask cut cutTail cutUserText dropReasoning summarise drop";
const POLICY = `when release keepLast pinned keepTools summaryTokens summariserTokens similarity values toolValues cache thinking ${SWITCHES}`;
const STATE = "task request createdAt sent plan fills usage spentUsd learned partial state";

const chat = "http://localhost/v1/chat/completions";
const post = { method: "POST", body: JSON.stringify({ model: "gpt-4o", messages: question }) };
const answer = async () => new Response("{}");
const call = async () => ({});
const said = (content) => [{ role: "user", content }];
const ask = (options, request = question) => guard(call, { context: narrow, ...options })(request);
const write = (checkpoint) => guard(call, { checkpoint: { store, task: "t", ...checkpoint } })(question);
const fetched = (options, input = chat, init = post) => fetchy.guardFetch(answer, options)(input, init);
const edged = (options) => edge.createEdgeHandler({ upstream: "http://localhost", fetch: answer, ...options })(new Request(chat, post));

/** What is asked of a whole request, of each method that takes one. */
const requests = (method) => ({
  [`${method}(v)`]: (v) => budget[method](v),
  [`${method}([v])`]: (v) => budget[method]([v]),
  [`${method}([user says v])`]: (v) => budget[method](said(v)),
  [`${method}([user says [v]])`]: (v) => budget[method](said([v])),
  [`${method}([user says text v])`]: (v) => budget[method](said([{ type: "text", text: v }])),
  [`${method}([calls v])`]: (v) => budget[method]([{ role: "assistant", content: null, tool_calls: v }]),
  ...each(method, "messages input contents prompt", (body) => budget[method](body)),
  ...each(method, "tools max_tokens response_format system model", (more) => budget[method]({ messages: question, ...more })),
});

const cases = {
  "createTokenBudget(v)": (v) => createTokenBudget(v),
  "createTokenBudgetSync(v)": (v) => createTokenBudgetSync(v),
  ...each("createTokenBudget", BUDGET, (options) => createTokenBudget({ model: "gpt-4o", ...options })),
  ...each("createTokenBudget.encoding", "name data", (part) => createTokenBudget({ model: "gpt-4o", encoding: { ...o200k, ...part } })),
  "createTokenBudget.models.x": (v) => createTokenBudget({ model: "x", models: { x: v } }),
  "createTokenBudget.fallbacks[0]": (v) => createTokenBudget({ model: "gpt-4o", fallbacks: [v] }),
  "modelInfo(v)": (v) => modelInfo(v),
  ...each("modelInfo", BUDGET, (options) => modelInfo({ model: "gpt-4o", ...options })),
  "validate(v)": (v) => validate(v),
  "validate([v])": (v) => validate([v]),
  "validate({ messages: v })": (v) => validate({ messages: v }),
  "validate(, v)": (v) => validate(question, v),
  "validate.dialect": (v) => validate(question, { dialect: v }),
  "repair(v)": (v) => repair(v),
  "repair([v])": (v) => repair([v]),
  "repair([user says v])": (v) => repair(said(v)),
  "repair(, v)": (v) => repair(question, v),
  "originalsOf(v)": (v) => originalsOf(v, plan),
  "originalsOf(, v)": (v) => originalsOf(history, v),
  "originalsOf(, { steps: v })": (v) => originalsOf(history, { ...plan, steps: v }),
  "originalsOf(, { steps: [v] })": (v) => originalsOf(history, { ...plan, steps: [v] }),
  "countTokens(v)": (v) => budget.countTokens(v),
  "countUpTo(v)": (v) => budget.countUpTo(v, 5),
  "countUpTo(, v)": (v) => budget.countUpTo("hi", v),
  ...requests("project"),
  ...requests("check"),
  ...requests("plan"),
  ...requests("evict"),
  "plan(, v)": (v) => budget.plan(history, v),
  "evict(, v)": (v) => budget.evict(history, v),
  ...each("plan.policy", `categories ${POLICY}`, (policy) => budget.plan(history, policy)),
  ...each("plan.policy.categories", "toolResults system", (categories) => budget.plan(history, { categories })),
  ...each("plan.policy.cache", "horizon broken read", (cache) => budget.plan(history, { cache })),
  "apply(v)": (v) => budget.apply(v, plan),
  "apply(, v)": (v) => budget.apply(history, v),
  "apply(, { steps: v })": (v) => budget.apply(history, { ...plan, steps: v }),
  "apply(, { steps: [v] })": (v) => budget.apply(history, { ...plan, steps: [v] }),
  "apply(, , v)": (v) => budget.apply(history, plan, v),
  "apply(, , { summary: v })": (v) => budget.apply(history, plan, { summary: v }),
  "verify(v)": (v) => budget.verify(v, plan),
  "verify(, v)": (v) => budget.verify(history, v),
  "verify(, , v)": (v) => budget.verify(history, plan, v),
  "undo(v)": (v) => budget.undo(v, plan, originals),
  "undo(, v)": (v) => budget.undo(applied, v, originals),
  "undo(, , v)": (v) => budget.undo(applied, plan, v),
  "undo(, , [v])": (v) => budget.undo(applied, plan, [v]),
  "record(v)": (v) => budget.record(v, { prompt_tokens: 9 }),
  "record(, v)": (v) => budget.record(projection, v),
  "record(, { prompt_tokens: v })": (v) => budget.record(projection, { prompt_tokens: v }),
  "truncate(v)": (v) => budget.truncate(v, 5),
  "truncate(, v)": (v) => budget.truncate("a b", v),
  "truncate(, , v)": (v) => budget.truncate("a b", 5, v),
  "truncate(, , { keep: v })": (v) => budget.truncate("a b", 1, { keep: v }),
  "fitChunks(v)": (v) => budget.fitChunks(v, 5),
  "fitChunks([v])": (v) => budget.fitChunks([v], 5),
  "fitChunks([a getter that gives v])": (v) => budget.fitChunks(Object.defineProperty([""], 0, { get: () => v }), 5),
  "fitChunks(, v)": (v) => budget.fitChunks(["a"], v),
  "fitChunks(, , v)": (v) => budget.fitChunks(["a"], 5, v),
  ...each("fitChunks", "separator last", (options) => budget.fitChunks(["a", "b"], 1, options)),
  "guard(v)": (v) => guard(v, { context: narrow }),
  "guard(, v)": (v) => guard(call, v),
  ...each("guard", GUARD, (options) => ask(options)),
  ...each("guard, compacting", COMPACT, (options) => ask({ onOverflow: "compact", ...options }, history)),
  ...each("guard.loop", "repeats maxCycleLen", (loop) => ask({ loop })),
  ...each("guard.budget", "maxUsd price", (spend) => ask({ budget: { maxUsd: 1, ...spend } })),
  ...each("guard.checkpoint", "store task key createdAt restored", (checkpoint) => write(checkpoint)),
  "guard.checkpoint.createdAt gives v": (v) => write({ createdAt: () => v }),
  "guard.tokens gives v": (v) => ask({ tokens: () => v }),
  "guard.usage gives v": (v) => ask({ usage: () => v }),
  "guard.summarise gives v": (v) => ask({ onOverflow: "compact", summarise: () => v }, history),
  "guard's call gives v": (v) => guard(async () => v, { context: narrow, budget: { maxUsd: 1 } })(question),
  "guarded(v)": (v) => ask({}, v),
  "guarded([v])": (v) => ask({ loop: {} }, [v]),
  "guarded([v]) that is checked for loops alone": (v) => guard(call, { loop: {} })([v]),
  "checkpoint(v)": (v) => cp.checkpoint(v),
  "checkpoint(, v)": (v) => cp.checkpoint({ task: "t", request: question }, v),
  ...each("checkpoint", STATE, async (state) => cp.restore((await cp.checkpoint({ task: "t", request: question, ...state })).document)),
  "restore(v)": (v) => cp.restore(v),
  "restore(, v)": (v) => cp.restore(token, v),
  "restore(, { key: v })": (v) => cp.restore(token, { store, key: v }),
  "restore from a store that gives v": (v) => cp.restore(token, { store: { getItem: () => v, setItem() {} } }),
  ...each("restore", "version task request sent digests sums integrity", (part) => cp.restore({ ...document, ...part })),
  "matches(v)": async (v) => (await cp.restore(document)).matches(v),
  "guardFetch(v)": (v) => fetchy.guardFetch(v),
  "guardFetch(, v)": (v) => fetchy.guardFetch(answer, v),
  ...each("guardFetch", `${BUDGET} onUnreadable evict checkpoint ${COMPACT}`, (options) => fetched({ onOverflow: "throw", ...options })),
  ...each("guardFetch", "onOverflow", (options) => fetched(options)),
  "fetch(v)": (v) => fetched({}, v),
  "fetch(, v)": (v) => fetched({}, chat, v),
  "fetch(, { body: v })": (v) => fetched({}, chat, { method: "POST", body: v }),
  "findOverflow(v)": (v) => fetchy.findOverflow(v),
  "is(v)": (v) => [TokenHeadroomError.is(v), main.ContextOverflowError.is(v)],
  "createEdgeHandler(v)": (v) => edge.createEdgeHandler(v),
  ...each("createEdgeHandler", `${BUDGET} upstream fetch maxBodyBytes onUnreadable`, (options) => edged(options)),
  "encodingForModel(v)": (v) => tok.encodingForModel(v),
  "loadEncoding(v)": (v) => tok.loadEncoding(v),
  "loadEncoding(, v)": (v) => tok.loadEncoding("o200k_base", v),
  "loadEncoding(, { ids: v })": (v) => tok.loadEncoding("o200k_base", { ids: v }),
  "loadEncodingSync(v)": (v) => tok.loadEncodingSync(v),
  "loadEncodingSync(, v)": (v) => tok.loadEncodingSync(o200k, v),
  ...each("loadEncoding(bytes)", "name preset pattern specialTokens", (options) => tok.loadEncoding(new Uint8Array(5), options)),
  "encode(v)": (v) => tokenizer.encode(v),
  "decode(v)": (v) => tokenizer.decode(v),
  "decode([v])": (v) => tokenizer.decode([v]),
  "tokenizer.countTokens(v)": (v) => tokenizer.countTokens(v),
  "tokenizer.truncate(, v)": (v) => tokenizer.truncate("a", v),
};

/** What JavaScript itself reads of a value, in \`await\` and in \`fetch\`, fails before it is ours. */
const awaited = new Set(["guard.tokens gives v", "guard's call gives v", "restore from a store that gives v", "fetch(, { body: v })"]);

for (const [name, act] of Object.entries(cases)) {
  test(`${name}: works, or fails with an error of ours`, async () => {
    for (const [what, value] of Object.entries(hostile())) {
      try {
        await act(value);
      } catch (error) {
        if (!(awaited.has(name) && /^(proxy|revoked)/.test(what))) {
          assert.ok(TokenHeadroomError.is(error), `${what}: ${error?.stack}`);
          assert.notEqual(error.code, "internal", `${what}: ${error.message}`);
          assert.doesNotMatch(error.message, /\[object |NaN is/, what);
          assert.ok(error.message.length > 12 && error.message.length < 2_000, `${what}: ${error.message}`);
        }
      }
      assert.equal(budget.countTokens("hello world"), 2, `after ${what}`);
    }
    assert.equal(budget.project(question).tokens, expected, "the next call works");
  });
}

test("a text of many megabytes is counted, cut and judged, and is no option, name or key", async () => {
  const large = "word \ud800 ".repeat(3_000_000);
  const { length } = large;
  assert.equal(budget.countUpTo(large, 10), undefined);
  assert.ok(budget.countTokens(large) >= 6_000_000);
  assert.equal(budget.truncate(large, 5).omitted > length - 40, true);
  assert.equal(budget.project([{ role: "user", content: large }]).verdict, "overflows");
  const refused = (act, path) =>
    assert.throws(act, (error) => {
      assert.ok(TokenHeadroomError.is(error) && error.message.length < 2_500, String(error).slice(0, 500));
      return error.path.startsWith(path);
    });
  refused(() => modelInfo({ model: large }), "model");
  refused(() => modelInfo({ model: "gpt-4o", dialect: large }), "dialect");
  refused(() => guard(async () => 1, { [large]: 1 }), "word");
  refused(() => budget.truncate("a", 5, { keep: large }), "keep");
  refused(() => budget.project([{ role: large, content: "" }]), "messages[0].role");
  await assert.rejects(cp.restore(large), { code: "checkpoint_corrupt", path: "token" });
  assert.equal(budget.project(question).tokens, expected);
});

test("what something has put on Object.prototype changes no count and no plan", () => {
  const script = `
    import { createTokenBudget, originalsOf, repair, validate } from "token-headroom";
    import { toolHistory } from "./histories.mjs";
    const history = toolHistory(12);
    async function all() {
      const budget = await createTokenBudget({ model: "gpt-4o", maxContextTokens: 6_000, headroom: 1_000 });
      const plan = budget.plan(history);
      const applied = budget.apply(history, plan);
      const proof = [budget.verify(history, plan), validate(history), repair(history), originalsOf(history, plan)];
      return JSON.stringify([budget.project(history), plan, applied, proof]);
    }
    const before = await all();
    const message = { role: "user", content: "x", type: "text", text: "y", tools: [3], messages: [1] };
    const put = { ...message, path: "p", index: 3, model: "gpt-4", headroom: 9, steps: [], kept: 1 };
    for (const [key, value] of Object.entries(put)) {
      Object.prototype[key] = value;
      const after = await all().catch(String);
      delete Object.prototype[key];
      if (after !== before) console.log(key);
    }
    console.log("done");`;
  const options = { cwd: import.meta.dirname, encoding: "utf8" };
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", script], options);
  assert.equal(stdout.trim(), "done", stderr);
});
